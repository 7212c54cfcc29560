"""Records of every register are entered, changed, confirmed, retired and restored, and their history is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.built_once import built_once
from youbei import content
from youbei.actions.access import create_user, give_grant
from youbei.actions.registers.keep import confirm_records, restore_record, retire_record, revive_record
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.records.models import LogEntry, Organisation, RecordChange, StockLot, Team, TeamCapability, User
from youbei.records.registers.values import values_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TEAM = {
    "code": "hazmat-1",
    "name_zh": "危化救援一队",
    "organisation": "north",
    "kind": "professional",
    "capabilities": {"rescue": 1},
    "turn_out_min": Decimal("2.5"),
    "lat": 34.6,
    "lon": 119.2,
}


def save(name: str, values: dict[str, Any], by: User | None = None, **more: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=by, now=more.pop("now", NOW), **more)


@built_once
def county() -> Organisation:
    save("organisation", {"code": "city", "name_zh": "市", "kind": "government"})
    save("organisation", {"code": "south", "name_zh": "南县", "kind": "government", "parent": "city"})
    north: Organisation = save(
        "organisation", {"code": "north", "name_zh": "北县", "name_en": "North", "kind": "government", "parent": "city"}
    )
    return north


def keeper(unit: Organisation, name: str = "keeper", role: Role = Role.REGISTRAR) -> User:
    user = create_user(by=None, now=NOW, username=name, password="long enough for anybody")
    give_grant(by=None, now=NOW, user=user, role=role, organisation=unit)
    return user


def test_a_record_is_entered_with_its_place_its_copies_and_its_history(county: Organisation) -> None:
    by = keeper(county)
    team = save("team", TEAM, by)
    assert team.org_path == county.path
    assert team.turn_out_s == 150
    assert (team.confirmed_at, bool(team.confirmed_by)) == (NOW, True)
    pair = TeamCapability.objects.get(team=team)
    assert (pair.capability.code, pair.type, pair.is_available) == ("rescue", 1, True)
    change = RecordChange.objects.get(register="team", record_id=team.pk)
    assert (change.kind, change.by, change.after["turn_out_min"]) == ("created", by, "2.5")
    entry = LogEntry.objects.get(stream=f"register:team:{team.pk}")
    assert entry.kind == "record.created"
    assert "危化" not in entry.data


def test_a_change_keeps_what_was_before_and_only_that_goes_back(county: Organisation) -> None:
    team = save("team", TEAM)
    save("team", {"strength": 30, "phone": "0518-1111"}, pk=team.pk, now=LATER)
    save("team", {"phone": "0518-2222"}, pk=team.pk, now=LATER)
    change = RecordChange.objects.filter(kind="changed").order_by("id").first()
    assert change is not None
    assert (change.before["strength"], change.after["strength"]) == (0, 30)
    restored = restore_record(change=change, by=None, now=LATER)
    assert (restored.strength, restored.phone) == (0, "")  # type: ignore[attr-defined]
    assert RecordChange.objects.filter(source=f"restore:{change.pk}").count() == 1


def test_nobody_restores_what_they_may_not_change_and_nothing_comes_back_under_a_unit_that_is_gone(
    county: Organisation,
) -> None:
    save("organisation", {"code": "mid", "name_zh": "中街道", "kind": "government", "parent": "north"})
    team = save("team", TEAM | {"organisation": "mid"})
    by, neighbour = keeper(county), keeper(Organisation.objects.get(code="south"), "neighbour")
    save("team", {"organisation": "north"}, by, pk=team.pk)
    change = RecordChange.objects.get(register="team", kind="changed")
    with pytest.raises(NotFound):
        restore_record(change=change, by=neighbour, now=LATER)
    with pytest.raises(NotAllowed):
        restore_record(change=change, by=keeper(county, "observer", Role.OBSERVER), now=LATER)
    retire_record(
        register=content.registers()["organisation"],
        pk=Organisation.objects.get(code="mid").pk,
        reason="merged",
        by=None,
        now=LATER,
    )
    with pytest.raises(Refused, match="no organisation “mid”"):
        restore_record(change=change, by=by, now=LATER)
    TeamCapability.objects.filter(team=team).delete()
    Team.objects.filter(pk=team.pk).delete()
    with pytest.raises(Refused, match="enter it anew"):
        restore_record(change=change, by=by, now=LATER)
    with pytest.raises(NotFound):
        restore_record(change=change, by=neighbour, now=LATER)


def test_saving_the_same_again_confirms_and_changes_nothing(county: Organisation) -> None:
    team = save("team", TEAM)
    save("team", TEAM, pk=team.pk, now=LATER)
    assert RecordChange.objects.filter(register="team").count() == 1
    assert Team.objects.get().confirmed_at == LATER


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(county: Organisation) -> None:
    team = save("team", TEAM)
    seen = RecordChange.objects.latest("id").pk
    save("team", {"strength": 30}, pk=team.pk)
    with pytest.raises(Refused, match="Strength"):
        save("team", {"strength": 25, "phone": "0518-1"}, pk=team.pk, seen=seen)
    save("team", {"phone": "0518-1"}, pk=team.pk, seen=seen)
    assert (Team.objects.get().strength, Team.objects.get().phone) == (30, "0518-1")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"organisation": "nowhere"}, "no organisation “nowhere”"),
        ({"name_zh": None}, "Missing: Name"),
        ({"colour": "red"}, "no field colour"),
        ({"status": "assigned"}, "follows from the response"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(
    county: Organisation, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        save("team", TEAM | wrong)
    assert not Team.objects.exists()
    assert not RecordChange.objects.filter(register="team").exists()


def test_a_key_is_taken_once_and_stays(county: Organisation) -> None:
    team = save("team", TEAM)
    with pytest.raises(Refused, match="already has"):
        save("team", TEAM)
    with pytest.raises(Refused, match="identifies this record"):
        save("team", {"code": "other"}, pk=team.pk)


def test_a_reference_is_found_by_name_where_only_one_has_it(county: Organisation) -> None:
    assert save("team", TEAM | {"organisation": "北县"}).organisation == county
    save("organisation", {"code": "north-2", "name_zh": "北县", "kind": "government", "parent": "city"})
    with pytest.raises(Refused, match="several are called"):
        save("team", TEAM | {"code": "t2", "organisation": "北县"})


def test_a_keeper_keeps_only_what_lies_below_their_own_unit(county: Organisation) -> None:
    south = Organisation.objects.get(code="south")
    neighbour = keeper(south, "neighbour")
    team = save("team", TEAM)
    with pytest.raises(NotFound):
        save("team", {"strength": 1}, neighbour, pk=team.pk)
    with pytest.raises(Refused, match="that you may see"):
        save("team", TEAM | {"code": "t2"}, neighbour)
    mine = save("team", TEAM | {"code": "t3", "organisation": "south"}, neighbour)
    with pytest.raises(Refused):
        save("team", {"organisation": "north"}, neighbour, pk=mine.pk)
    observer = keeper(county, "observer", Role.OBSERVER)
    with pytest.raises(NotAllowed):
        save("team", {"strength": 1}, observer, pk=team.pk)


def test_confirming_says_who_and_when_and_stands_in_the_log_once(county: Organisation) -> None:
    by = keeper(county)
    pks = [save("team", TEAM | {"code": f"t{number}"}).pk for number in range(3)]
    assert confirm_records(register=content.registers()["team"], pks=pks, by=by, now=LATER) == 3
    assert set(Team.objects.values_list("confirmed_at", flat=True)) == {LATER}
    entry = LogEntry.objects.get(kind="record.confirmed")
    assert entry.org_path == county.path
    with pytest.raises(NotFound):
        confirm_records(
            register=content.registers()["team"],
            pks=pks,
            by=keeper(Organisation.objects.get(code="south"), "neighbour"),
            now=LATER,
        )


def test_a_retired_team_is_kept_but_no_longer_found_nearby(county: Organisation) -> None:
    team = save("team", TEAM)
    register = content.registers()["team"]
    with pytest.raises(Refused, match="Say why"):
        retire_record(register=register, pk=team.pk, reason=" ", by=None, now=NOW)
    retire_record(register=register, pk=team.pk, reason="disbanded", by=None, now=NOW)
    assert not TeamCapability.objects.get(team=team).is_available
    revive_record(register=register, pk=team.pk, by=None, now=NOW)
    assert TeamCapability.objects.get(team=team).is_available
    kinds = list(RecordChange.objects.filter(register="team").order_by("id").values_list("kind", flat=True))
    assert kinds == ["created", "retired", "revived"]


def test_a_lot_stands_where_its_store_stands_and_moves_with_it(county: Organisation) -> None:
    store = {
        "code": "store-1",
        "name_zh": "一号库",
        "organisation": "north",
        "kind": "store",
        "lat": 34.6,
        "lon": 119.2,
    }
    site = save("site", store)
    save("item", {"code": "tent", "name_zh": "帐篷", "unit_zh": "顶"})
    lot = {"code": "l1", "item": "帐篷", "site": "store-1", "organisation": "north", "quantity": Decimal(5)}
    save("lot", lot)
    save("site", {"lat": 34.7}, pk=site.pk)
    assert StockLot.objects.get().lat == 34.7
    said = values_of(content.registers()["lot"], StockLot.objects.get())
    assert {name: said[name] for name in ("item", "site", "quantity", "reserve")} == {
        "item": "tent",
        "site": "store-1",
        "quantity": Decimal(5),
        "reserve": "government",
    }


def test_a_superior_is_not_changed_by_saving(county: Organisation) -> None:
    with pytest.raises(Refused, match="use “Move”"):
        save("organisation", {"parent": "south"}, pk=county.pk)
