"""The tree through time: units move, merge, divide and end in any order, and every day can be looked at again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions.test_tree import NOW, paths_hold, save, unit, user_at
from tests.built_once import built_once
from youbei import content
from youbei.actions.registers.keep import retire_record, revive_record
from youbei.actions.registers.save import save_record
from youbei.actions.registers.splitting import NewUnit, split_unit
from youbei.actions.registers.tree import TreeRefused, dissolve_unit, merge_unit, move_unit
from youbei.engine.errors import NotFound, Refused
from youbei.records.models import (
    Organisation,
    OrganisationSpan,
    Person,
    Qualification,
    Site,
    StockLot,
    Team,
    TeamMember,
    User,
)
from youbei.records.registers.spans import disagreements
from youbei.records.reports.past_tree import standing, tree_on

pytestmark = pytest.mark.django_db
REGISTERS = content.registers()
OWNED = (Team, Site, StockLot, Person)


@built_once
def tree() -> None:
    save("organisation", code="city", name_zh="市", kind="government")
    for code in ("north", "south"):
        save("organisation", code=code, name_zh=code, kind="government", parent="city")
    save("organisation", code="works", name_zh="红旗化工厂", kind="enterprise", parent="north", division="110103")
    for code in ("shop", "yard"):
        save("organisation", code=code, name_zh=code, kind="enterprise", parent="works")
    save("person", code="zhang", name_zh="张三", organisation="works")
    save("person", code="li", name_zh="李四", organisation="shop")
    save("qualification", person="zhang", kind="first_aid")
    save("team", code="t1", name_zh="厂队", organisation="works", kind="enterprise", turn_out_min=5, lat=34, lon=119)
    save("team_member", team="t1", person="zhang")
    save("site", code="s1", name_zh="库", organisation="works", kind="store", lat=34, lon=119)
    save("item", code="tent", name_zh="帐篷", unit_zh="顶")
    save("lot", code="l1", item="tent", site="s1", organisation="works", quantity=3)


def everything_holds() -> None:
    """Each record belongs to one unit: a living one, or a past one whose successors lead to a living one."""
    paths_hold()
    assert list(disagreements()) == []
    for member in TeamMember.objects.select_related("team"):
        assert member.org_path == member.team.org_path
    units = {row.pk: row for row in Organisation.objects.all()}
    for row in units.values():
        seen = set()
        above: Organisation | None = row
        while above is not None:
            assert above.pk not in seen, "a circle of superiors"
            seen.add(above.pk)
            above = units.get(above.parent_id or 0)
    for model in OWNED:
        for record in model._default_manager.all():
            owner = units[record.organisation_id]  # type: ignore[attr-defined]
            for _ in units:
                if owner.retired_at is None:
                    break
                assert owner.succeeded_by_id is not None
                owner = units[owner.succeeded_by_id]
            assert owner.retired_at is None


def test_a_unit_is_divided_and_what_belongs_to_a_record_goes_with_it(tree: None) -> None:
    zhang, team = Person.objects.get(code="zhang"), Team.objects.get()
    made, effect = split_unit(
        unit=unit("works"),
        new=NewUnit("works-2", "红旗二厂"),
        units=[unit("shop").pk],
        records={"person": [zhang.pk], "team": [team.pk]},
        document="市编〔2026〕11号",
        by=None,
        now=NOW,
    )
    assert (effect.units, effect.records) == (1, 2)
    assert (made.parent, made.kind) == (unit("north"), "enterprise")
    assert unit("shop").parent == made
    assert unit("yard").parent == unit("works")
    assert Qualification.objects.get().org_path == made.path
    assert TeamMember.objects.get().org_path == made.path
    assert Site.objects.get().organisation == unit("works")
    everything_holds()


def test_only_what_is_the_units_own_can_be_given_away(tree: None) -> None:
    li = Person.objects.get(code="li")
    for units, records in (([unit("south").pk], {}), ([], {"person": [li.pk]}), ([], {"qualification": [1]})):
        with pytest.raises(TreeRefused):
            split_unit(
                unit=unit("works"), new=NewUnit("x", "新"), units=units, records=records, document="", by=None, now=NOW
            )
    with pytest.raises(NotFound):
        split_unit(unit=unit("works"), new=NewUnit("x", "新"), document="", by=user_at("works", "own"), now=NOW)
    assert not Organisation.objects.filter(code="x").exists()


def test_a_dissolved_unit_has_a_successor_and_its_units_go_to_the_superior(tree: None) -> None:
    dissolve_unit(unit=unit("works"), successor=unit("south"), document="", by=None, now=NOW)
    assert unit("works").succeeded_by == unit("south")
    assert unit("shop").parent == unit("north")
    assert Team.objects.get().organisation == unit("south")
    everything_holds()
    with pytest.raises(Refused, match="goes on in its place"):
        revive_record(register=REGISTERS["organisation"], pk=unit("works").pk, by=None, now=NOW)


def test_a_unit_that_still_has_something_is_not_just_put_out_of_use(tree: None) -> None:
    with pytest.raises(Refused, match="successor"):
        retire_record(register=REGISTERS["organisation"], pk=unit("works").pk, reason="x", by=None, now=NOW)
    retire_record(register=REGISTERS["organisation"], pk=unit("yard").pk, reason="x", by=None, now=NOW)
    everything_holds()


def test_members_follow_a_team_that_comes_to_another_unit(tree: None) -> None:
    team = Team.objects.get()
    save_record(register=REGISTERS["team"], values={"organisation": "south"}, by=None, now=NOW, pk=team.pk)
    assert TeamMember.objects.get().org_path == unit("south").path


def names_on(user: User, at: datetime, below: str = "") -> dict[str, str]:
    found = tree_on(user, at, below)
    return {} if found is None else {row.code: row.name.zh for row in found.rows}


def test_a_day_shows_the_names_and_superiors_of_its_time(tree: None) -> None:
    boss = user_at("city", "boss")
    days = [NOW + timedelta(days=number) for number in range(5)]
    save_record(
        register=REGISTERS["organisation"], values={"name_zh": "新名"}, by=None, now=days[1], pk=unit("works").pk
    )
    move_unit(unit=unit("works"), to=unit("south"), document="", by=None, now=days[2])
    merge_unit(unit=unit("works"), into=unit("south"), document="", by=None, now=days[3])
    boss = User.objects.get(pk=boss.pk)
    after = timedelta(hours=1)
    assert names_on(boss, NOW + after, "north") == {"works": "红旗化工厂"}
    assert names_on(boss, days[1] + after, "north") == {"works": "新名"}
    assert names_on(boss, days[2] + after, "north") == {}
    assert names_on(boss, days[2] + after, "south") == {"works": "新名"}
    assert names_on(boss, days[3] + after, "south") == {"shop": "shop", "yard": "yard"}
    assert names_on(boss, NOW - after) == {}
    then = tree_on(boss, NOW + after, "north")
    assert then is not None
    [works] = then.rows
    assert works.is_renamed
    assert works.succeeded_by == unit("south")


def test_the_codes_of_divisions_are_those_of_the_day(tree: None) -> None:
    assert OrganisationSpan.objects.get(unit=unit("works")).division == "110101"
    divisions = content.divisions()
    assert [one.name for one in divisions.on("110101", 2020)] == ["东城区"]
    assert "崇文区" in {one.name for one in divisions.on("110103", 2005)}
    assert {one.code for one in divisions.on("370116", 2015)} == {"371200", "371202"}


def test_the_former_superior_sees_its_past_and_a_stranger_nothing(tree: None) -> None:
    north, south = user_at("north", "nn"), user_at("south", "ss")
    move_unit(unit=unit("works"), to=unit("south"), document="", by=None, now=NOW + timedelta(days=2))
    then, now = NOW + timedelta(days=1), NOW + timedelta(days=3)
    assert names_on(User.objects.get(pk=north.pk), then, "north") == {"works": "红旗化工厂"}
    assert names_on(User.objects.get(pk=north.pk), now, "works") == {}
    assert set(names_on(User.objects.get(pk=south.pk), now, "works")) == {"shop", "yard"}
    assert names_on(User.objects.get(pk=south.pk), then, "north") == {}


def seen_now() -> set[tuple[str, str, str]]:
    """Return (code, name, code of the superior) of all units in use."""
    rows = Organisation.objects.filter(retired_at=None).select_related("parent")
    return {(row.code, row.name_zh, row.parent.code if row.parent else "") for row in rows}


def seen_then(at: datetime) -> set[tuple[str, str, str]]:
    codes = dict(Organisation.objects.values_list("pk", "code"))
    return {(codes[span.unit_id], span.name_zh, codes.get(span.parent_pk or 0, "")) for span in standing(at)}


def rename(first: Organisation, second: Organisation, now: datetime, number: int) -> None:
    values = {"name_zh": f"名{number}"}
    save_record(register=REGISTERS["organisation"], values=values, by=None, now=now, pk=first.pk)


def divide(first: Organisation, second: Organisation, now: datetime, number: int) -> None:
    below = list(Organisation.objects.filter(parent=first, retired_at=None).values_list("pk", flat=True)[:1])
    people = list(Person.objects.filter(organisation=first).values_list("pk", flat=True)[:1])
    lots = list(StockLot.objects.filter(organisation=first).values_list("pk", flat=True))
    split_unit(
        unit=first, new=NewUnit(f"new-{number}", f"新{number}"), units=below, records={"person": people, "lot": lots},
        document="", by=None, now=now,
    )  # fmt: skip


VERBS: dict[str, Callable[[Organisation, Organisation, datetime, int], Any]] = {
    "move": lambda first, second, now, number: move_unit(unit=first, to=second, document="", by=None, now=now),
    "merge": lambda first, second, now, number: merge_unit(unit=first, into=second, document="", by=None, now=now),
    "dissolve": lambda first, second, now, number: dissolve_unit(
        unit=first, successor=second, document="", by=None, now=now
    ),
    "split": divide,
    "rename": rename,
}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(list(VERBS)), st.integers(0, 9), st.integers(0, 9)), max_size=8))
def test_in_whatever_order_units_change_every_record_has_its_unit_and_every_day_its_tree(
    tree: None, steps: list[tuple[str, int, int]]
) -> None:
    sid = transaction.savepoint()
    try:
        play(steps)
    finally:
        transaction.savepoint_rollback(sid)


def play(steps: list[tuple[str, int, int]]) -> None:
    """Carry out what can be, look at the whole after it, and at every day once more."""
    kept: list[tuple[datetime, set[tuple[str, str, str]]]] = [(NOW, seen_now())]
    for number, (verb, one, other) in enumerate(steps, start=1):
        units = list(Organisation.objects.filter(retired_at=None).order_by("pk"))
        now = NOW + timedelta(days=number)
        with contextlib.suppress(Refused), transaction.atomic():
            VERBS[verb](units[one % len(units)], units[other % len(units)], now, number)
        kept.append((now, seen_now()))
    everything_holds()
    for at, tree_then in kept:
        assert seen_then(at + timedelta(hours=1)) == tree_then
