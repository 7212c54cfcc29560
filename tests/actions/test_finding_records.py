"""Records are found across all registers, by those who may see them, from the moment they are entered."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.built_once import built_once
from youbei import content
from youbei.actions.access import create_user, give_grant
from youbei.actions.registers.keep import retire_record, revive_record
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.engine.registers.field import FieldKind
from youbei.engine.words.match import Reason
from youbei.records.models import Organisation, SearchEntry, Team, User
from youbei.records.registers.indexing import check, index_records, index_under, rebuild
from youbei.records.registers.tables import visible
from youbei.records.search.entries import AT_ONCE
from youbei.records.search.find import LOOKED_AT, Found, find

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


def save(name: str, values: dict[str, Any], **more: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW, **more)


def team(code: str, name: str, unit: str, **more: Any) -> Any:
    place = {"turn_out_min": Decimal(5), "lat": 34.6, "lon": 119.2}
    said = {"code": code, "name_zh": name, "organisation": unit, "kind": "professional"}
    return save("team", said | place | more)


@built_once
def city() -> Organisation:
    made: Organisation = save("organisation", {"code": "city", "name_zh": "海州市", "kind": "government"})
    for code, name in (("north", "北安县应急管理局"), ("south", "南安县应急管理局")):
        save("organisation", {"code": code, "name_zh": name, "kind": "bureau", "parent": "city"})
        team(f"{code}-1", f"{name[:3]}危险化学品救援队", code)
        person = {"code": f"{code}-wang", "name_zh": "王小明", "phone": "13912345678", "organisation": code}
        save("person", person | {"id_number": "320700199001011234"})
    save("item", {"code": "mask", "name_zh": "防毒面具", "unit_zh": "个"})
    return made


def account(unit: Organisation, role: Role = Role.OBSERVER, name: str = "watcher") -> User:
    user = create_user(by=None, now=NOW, username=name, password="long enough for anybody")
    give_grant(by=None, now=NOW, user=user, role=role, organisation=unit)
    return user


def unit(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def codes(found: Found) -> list[str]:
    return [hit.code for hit in found.hits]


def test_one_text_finds_records_of_all_registers_and_says_why(city: Organisation) -> None:
    by = account(city)
    assert [(hit.register, hit.code, hit.reason) for hit in find(by, "北安").hits] == [
        ("organisation", "north", Reason.START),
        ("team", "north-1", Reason.START),
    ]
    assert codes(find(by, "baxwxhxp")) == ["north-1"]
    assert [hit.reason for hit in find(by, "危化救援").hits] == [Reason.SYNONYM, Reason.SYNONYM]
    assert codes(find(by, "NORTH-1"))[0] == "north-1"
    assert codes(find(by, "防毒")) == ["mask"]


def test_nobody_finds_what_they_may_not_see(city: Organisation) -> None:
    north = account(unit("north"))
    assert codes(find(north, "安县")) == ["north", "north-1"]
    assert codes(find(north, "王小明")) == ["north-wang"]
    assert codes(find(north, "防毒面具")) == ["mask"]
    stranger = create_user(by=None, now=NOW, username="stranger", password="long enough for anybody")
    assert find(stranger, "防毒面具") == Found()
    for register in content.registers().values():
        seen = set(visible(register, north).values_list("pk", flat=True))
        for text in ("安", "王", "x", "n", "w", "fangdu"):
            assert {hit.pk for hit in find(north, text, registers=[register.name]).hits} <= seen


def test_a_search_can_be_confined_to_registers_and_to_a_unit(city: Organisation) -> None:
    by = account(city)
    assert codes(find(by, "安县", registers=["team"])) == ["north-1", "south-1"]
    assert codes(find(by, "安县", registers=["team"], unit=unit("south").path)) == ["south-1"]
    assert find(account(unit("north"), name="north"), "安县", unit=unit("south").path) == Found()


def test_personal_values_are_not_in_the_index(city: Organisation) -> None:
    by = account(city, Role.ADMINISTRATOR)
    assert find(by, "13912345678") == Found()
    assert find(by, "320700199001011234") == Found()
    for entry in SearchEntry.objects.filter(register="person"):
        kept = " ".join(str(value) for value in vars(entry).values())
        assert "139123" not in kept
        assert "320700" not in kept


def test_a_record_is_found_by_what_it_says_now(city: Organisation) -> None:
    by = account(city)
    row = Team.objects.get(code="north-1")
    save("team", {"name_zh": "北安县水上救援队"}, pk=row.pk)
    assert codes(find(by, "水上救援")) == ["north-1"]
    assert codes(find(by, "危险化学品")) == ["south-1"]
    retire_record(register=content.registers()["team"], pk=row.pk, reason="解散", by=None, now=NOW)
    assert find(by, "水上救援") == Found()
    revive_record(register=content.registers()["team"], pk=row.pk, by=None, now=NOW)
    assert codes(find(by, "水上救援")) == ["north-1"]
    assert check() == []


def test_what_stands_elsewhere_after_a_move_is_found_there(city: Organisation) -> None:
    north, south = unit("north"), unit("south")
    Team.objects.filter(code="north-1").update(org_path=south.path, organisation=south)
    index_under(south.path)
    assert codes(find(account(south), "救援队", registers=["team"])) == ["north-1", "south-1"]
    assert find(account(north, name="north"), "救援队", registers=["team"]) == Found()


def test_the_index_is_compared_with_the_registers_and_made_anew(city: Organisation) -> None:
    before = list(SearchEntry.objects.order_by("register", "record_id").values_list("register", "record_id", "tokens"))
    Team.objects.filter(code="north-1").update(name_zh="改了名的队")
    SearchEntry.objects.filter(register="person").first().delete()  # type: ignore[union-attr]
    SearchEntry.objects.create(register="team", record_id=99999, org_path="/", tokens="x")
    found = {one.register.name: (one.missing, one.wrong, one.surplus) for one in check()}
    assert found == {"team": (0, 1, 1), "person": (1, 0, 0)}
    counted: list[tuple[str, int]] = []
    total = rebuild(lambda register, count: counted.append((register.name, count)))
    assert check() == []
    assert total == len(before) == SearchEntry.objects.count()
    assert ("team", 2) in counted
    assert codes(find(account(city), "改了名")) == ["north-1"]


def test_records_written_past_the_actions_are_brought_in_line_by_their_keys(city: Organisation) -> None:
    row = Team.objects.get(code="north-1")
    Team.objects.filter(pk=row.pk).update(name_zh="新名字队")
    index_records(content.registers()["team"], [row.pk, 12345])
    assert codes(find(account(city), "新名字")) == ["north-1"]


def test_many_matches_cost_no_more_than_some_and_it_is_said_that_there_are_more(city: Organisation) -> None:
    by = account(city)
    add_teams(2 * AT_ONCE)
    with CaptureQueriesContext(connection) as few:
        find(by, "水库")
    add_teams(20 * AT_ONCE)
    with CaptureQueriesContext(connection) as many:
        found = find(by, "水库")
    assert found.is_more
    assert len(found.hits) == LOOKED_AT
    assert len(many) <= len(few)
    assert codes(find(by, "水库第777号"))[0] == "mass-777"


def add_teams(until: int) -> None:
    register = content.registers()["team"]
    first = Team.objects.filter(code__startswith="mass-").count()
    home = unit("south")
    Team.objects.bulk_create(
        Team(
            code=f"mass-{n}", name_zh=f"南安县水库第{n}号抢险队", organisation=home, org_path=home.path,
            kind="volunteer", lat=30, lon=110, turn_out_s=60,
        )
        for n in range(first, until)
    )  # fmt: skip
    index_records(register, Team.objects.filter(code__startswith="mass-").values_list("pk", flat=True))


def test_words_with_signs_of_the_query_languages_are_only_words(city: Organisation) -> None:
    by = account(city)
    team("o-brien", 'O\'Brien "Rescue" & (Sons) | -x:* \\ 队', "north")
    assert codes(find(by, "o'brien")) == ["o-brien"]
    assert codes(find(by, '"rescue" AND (sons)')) == []
    for typed in ("' OR 1=1 --", '"', "a*", "NEAR(a b)", "\\", "tokens:x", "^海", "~应急", "o1", "r:team", "& | !"):
        find(by, typed)


def test_fields_that_are_searched_are_of_a_kind_that_has_words() -> None:
    for register in content.registers().values():
        for one in register.fields:
            if one.is_searched:
                assert one.kind not in (FieldKind.REFERENCE, FieldKind.DATE, FieldKind.FLAG), (register.name, one.name)
