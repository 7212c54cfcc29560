"""Units move and merge with all that belongs to them; the log keeps the path of its time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.built_once import built_once
from youbei import content
from youbei.actions.access import create_user, give_grant
from youbei.actions.registers.save import save_record
from youbei.actions.registers.tree import effect_of, merge_unit, move_unit, scoped_tables
from youbei.engine.access import Role
from youbei.engine.errors import NotFound, Refused
from youbei.records.log import verify_log
from youbei.records.models import (
    Grant,
    LogEntry,
    Organisation,
    Person,
    Qualification,
    RecordChange,
    Site,
    StockLot,
    Team,
    User,
)
from youbei.records.registers.indexing import check
from youbei.records.search.find import find

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
REGISTERS = content.registers()


def save(name: str, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=NOW)


def unit(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def user_at(code: str, name: str, role: Role = Role.REGISTRAR) -> User:
    user = create_user(by=None, now=NOW, username=name, password="long enough for anybody")
    give_grant(by=None, now=NOW, user=user, role=role, organisation=unit(code))
    return user


@built_once
def tree() -> None:
    save("organisation", code="city", name_zh="市", kind="government")
    for code in ("north", "south"):
        save("organisation", code=code, name_zh=code, kind="government", parent="city")
    save("organisation", code="works", name_zh="红旗化工厂", kind="enterprise", parent="north")
    save("organisation", code="shop", name_zh="车间", kind="enterprise", parent="works")
    save("person", code="zhang", name_zh="张三", organisation="shop")
    save("qualification", person="zhang", kind="first_aid")
    save("team", code="t1", name_zh="厂队", organisation="works", kind="enterprise", turn_out_min=5, lat=34, lon=119)
    save("site", code="s1", name_zh="库", organisation="works", kind="store", lat=34, lon=119)
    save("item", code="tent", name_zh="帐篷", unit_zh="顶")
    save("lot", code="l1", item="tent", site="s1", organisation="works", quantity=3)


def paths_hold() -> None:
    """Every record stands on the path of its owner, and every unit on that of its superior."""
    for row in Organisation.objects.select_related("parent"):
        assert row.path == f"{row.parent.path if row.parent else '/'}{row.pk}/"
    for model in (Team, Site, StockLot, Person):
        for record in model._default_manager.select_related("organisation"):
            assert record.org_path == record.organisation.path  # type: ignore[attr-defined]
    for certificate in Qualification.objects.select_related("person"):
        assert certificate.org_path == certificate.person.org_path
    for grant in Grant.objects.select_related("organisation"):
        assert grant.org_path == grant.organisation.path
    assert check() == []


def test_a_unit_moves_with_all_below_it(tree: None) -> None:
    keeper, newcomer = user_at("north", "old"), user_at("south", "new")
    own = user_at("works", "own")
    assert effect_of(unit("works")).units == 2
    moved, effect = move_unit(unit=unit("works"), to=unit("south"), document="市编〔2026〕9号", by=None, now=NOW)
    assert moved.parent == unit("south")
    assert effect.grants == 1
    paths_hold()
    assert not User.objects.get(pk=keeper.pk).may(REGISTERS["team"].see, Team.objects.get().org_path)
    assert User.objects.get(pk=newcomer.pk).may(REGISTERS["team"].see, Team.objects.get().org_path)
    assert User.objects.get(pk=own.pk).may(REGISTERS["team"].edit, Team.objects.get().org_path)
    assert [hit.code for hit in find(User.objects.get(pk=newcomer.pk), "红旗").hits] == ["works"]
    assert find(User.objects.get(pk=keeper.pk), "红旗").hits == ()
    change = RecordChange.objects.get(register="organisation", source__startswith="tree:")
    assert (change.before, change.after) == ({"parent": "north"}, {"parent": "south"})


def test_the_log_keeps_the_path_of_its_time_and_holds(tree: None) -> None:
    before = dict(LogEntry.objects.values_list("position", "org_path"))
    move_unit(unit=unit("works"), to=unit("south"), document="", by=None, now=NOW)
    assert {
        position: path for position, path in LogEntry.objects.values_list("position", "org_path") if position in before
    } == before
    assert list(verify_log()) == []


def test_a_unit_is_merged_and_points_to_the_one_that_goes_on(tree: None) -> None:
    own = user_at("works", "own")
    target, _ = merge_unit(unit=unit("works"), into=unit("south"), document="市编〔2026〕10号", by=None, now=NOW)
    gone = unit("works")
    assert (gone.succeeded_by, gone.retired_at) == (target, NOW)
    assert {row.organisation for row in (Team.objects.get(), Site.objects.get(), StockLot.objects.get())} == {target}
    assert unit("shop").parent == target
    assert User.objects.get(pk=own.pk).paths_with(REGISTERS["team"].see) == []
    Grant.objects.all().delete()
    paths_hold()


@pytest.mark.parametrize(("what", "to"), [("works", "shop"), ("works", "works"), ("works", "north")])
def test_a_tree_stays_a_tree(tree: None, what: str, to: str) -> None:
    with pytest.raises(Refused):
        move_unit(unit=unit(what), to=unit(to), document="", by=None, now=NOW)
    paths_hold()


def test_nobody_moves_units_in_or_out_of_what_they_do_not_keep(tree: None) -> None:
    north, city = user_at("north", "north"), user_at("city", "city")
    with pytest.raises(NotFound):
        move_unit(unit=unit("works"), to=unit("south"), document="", by=north, now=NOW)
    with pytest.raises(NotFound):
        merge_unit(unit=unit("works"), into=unit("south"), document="", by=north, now=NOW)
    move_unit(unit=unit("works"), to=unit("south"), document="", by=city, now=NOW)


def test_an_old_division_code_is_mapped_to_the_one_in_force(tree: None) -> None:
    save("organisation", code="x", name_zh="原崇文区某单位", kind="bureau", parent="city", division="110103")
    assert unit("x").division == "110101"


def test_every_table_with_a_path_is_known(tree: None) -> None:
    names = {model.__name__ for model, _ in scoped_tables()}
    assert {"Organisation", "Team", "StockLot", "Grant", "Incident", "Run", "Message", "RecordChange"} <= names
    assert "LogEntry" not in names
