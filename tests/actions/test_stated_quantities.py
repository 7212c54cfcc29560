"""Another quantity of a lot that is entered, sent or imported waits until somebody else has looked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.test_sheets import NOW, REGISTERS, applied, checked, done, keeper_of, save, sheet_of, upload
from tests.built_once import built_once
from youbei.actions.registers.keep import restore_record, retire_record
from youbei.actions.registers.save import save_record
from youbei.actions.sheets.exporting import export_register
from youbei.actions.sheets.upload import undo_import
from youbei.actions.stock import verbs
from youbei.actions.stock.checking import disagreements
from youbei.actions.stock.verifying import DecidedAlready, confirm_stated, reject_stated
from youbei.engine.access import Role
from youbei.engine.duties_apart import SamePerson
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.stock.ledger import NotEnough
from youbei.engine.stock.stated import StatementOvertaken
from youbei.records.models import (
    LogEntry,
    Organisation,
    RecordChange,
    SheetImport,
    StatedQuantity,
    StockLot,
    StockMovement,
    User,
)

pytestmark = pytest.mark.django_db
LOT = REGISTERS["lot"]
HEADINGS = [LOT.field(name).title.zh for name in ("code", "item", "site", "organisation", "reserve", "quantity")]


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


@built_once
def unit() -> Organisation:
    save("organisation", code="city", name_zh="市", kind="government")
    made: Organisation = save("organisation", code="north", name_zh="北县", kind="government", parent="city")
    save("site", code="depot", name_zh="中心库", organisation="north", kind="store", lat=34.6, lon=119.2)
    save("item", code="tent", name_zh="帐篷", unit_zh="顶")
    return made


@built_once
def keeper(unit: Organisation) -> User:
    return keeper_of(unit, "keeper", Role.RESOURCE_KEEPER)


@built_once
def inspector(unit: Organisation) -> User:
    return keeper_of(unit, "inspector", Role.INSPECTOR)


@built_once
def lot(unit: Organisation) -> StockLot:
    said = {"item": "tent", "site": "depot", "organisation": "north", "reserve": "government"}
    made: StockLot = save("lot", code="a", quantity=100, **said)
    return made


def enter(lot: StockLot, by: User | None, quantity: int, **more: Any) -> StatedQuantity:
    save_record(register=LOT, values={"quantity": quantity}, by=by, now=NOW, pk=lot.pk, **more)
    return StatedQuantity.objects.order_by("-pk")[0]


def quantity_of(lot: StockLot) -> Decimal:
    return StockLot.objects.get(pk=lot.pk).quantity


def imported(by: User | None, *rows: tuple[str, Any]) -> SheetImport:
    said = [HEADINGS, *([code, "tent", "depot", "north", "government", quantity] for code, quantity in rows)]
    return applied(checked(sheet_of(said, "lot", by), by), by)


def test_what_a_keeper_enters_waits_and_the_lot_keeps_what_its_ledger_says(
    lot: StockLot, keeper: User, inspector: User
) -> None:
    StockLot.objects.update(confirmed_at=NOW - timedelta(days=50), confirmed_by="them")
    one = enter(lot, keeper, 90, reason="ten were torn")
    assert (one.stood, one.stated, one.actor, one.reason, one.state) == (
        100,
        90,
        f"user:{keeper.pk}",
        "ten were torn",
        "waiting",
    )
    lot.refresh_from_db()
    assert (lot.quantity, lot.confirmed_by) == (100, "them")
    assert not RecordChange.objects.filter(record_id=lot.pk, register="lot", kind="changed").exists()
    with pytest.raises(SamePerson):
        confirm_stated(by=keeper, now=NOW, statement=one.pk)
    made = confirm_stated(by=inspector, now=NOW, statement=one.pk, answer="seen")
    assert (made.verb, made.source, made.reason) == ("count", f"stated:{one.pk}", "ten were torn · seen")
    one.refresh_from_db()
    assert (quantity_of(lot), one.state, one.movement_id) == (90, "confirmed", made.pk)
    assert list(disagreements()) == []
    said = list(LogEntry.objects.filter(stream=f"register:lot:{lot.pk}").order_by("seq").values_list("kind", flat=True))
    assert said[-3:] == ["stock.stated", "stock.counted", "stock.statement_confirmed"]


def test_everything_else_of_the_record_is_changed_at_once(lot: StockLot, keeper: User) -> None:
    save_record(register=LOT, values={"quantity": 90, "shelf": "B2"}, by=keeper, now=NOW, pk=lot.pk)
    lot.refresh_from_db()
    assert (lot.quantity, lot.shelf) == (100, "B2")
    change = RecordChange.objects.get(record_id=lot.pk, register="lot", kind="changed")
    assert change.after == {"shelf": "B2"}


def test_who_handled_the_lot_may_neither_confirm_nor_reject_what_another_states(
    unit: Organisation, lot: StockLot, keeper: User, inspector: User
) -> None:
    verbs.issue(by=keeper, now=NOW, lot=lot.pk, quantity=Decimal(5), consumer="school")
    one = enter(lot, keeper_of(unit, "secretary"), 80)
    for decide in (confirm_stated, reject_stated):
        with pytest.raises(SamePerson):
            decide(by=keeper, now=NOW, statement=one.pk)
    reject_stated(by=inspector, now=NOW, statement=one.pk, answer="95 lie there")
    one.refresh_from_db()
    assert (one.state, one.answer, quantity_of(lot)) == ("rejected", "95 lie there", 95)
    with pytest.raises(DecidedAlready):
        confirm_stated(by=inspector, now=NOW, statement=one.pk)


def test_where_a_store_has_one_person_the_authority_above_confirms_and_neighbours_see_nothing(
    unit: Organisation, lot: StockLot, keeper: User
) -> None:
    one = enter(lot, keeper, 90)
    other: Organisation = save("organisation", code="south", name_zh="南县", kind="government", parent="city")
    with pytest.raises(NotFound):
        confirm_stated(by=keeper_of(other, "neighbour", Role.INSPECTOR), now=NOW, statement=one.pk)
    with pytest.raises(NotAllowed):
        confirm_stated(by=keeper_of(unit, "planner", Role.PLANNER), now=NOW, statement=one.pk)
    with pytest.raises(NotFound):
        confirm_stated(by=keeper, now=NOW, statement=one.pk + 999)
    above = keeper_of(Organisation.objects.get(code="city"), "above", Role.REGISTRAR)
    confirm_stated(by=above, now=NOW, statement=one.pk)
    assert quantity_of(lot) == 90


def test_what_moves_while_it_waits_moves_from_what_was_stated(lot: StockLot, keeper: User, inspector: User) -> None:
    one = enter(lot, keeper, 90)
    verbs.issue(by=keeper, now=NOW, lot=lot.pk, quantity=Decimal(20), consumer="school")
    confirm_stated(by=inspector, now=NOW, statement=one.pk)
    assert quantity_of(lot) == 70
    two = enter(lot, keeper, 10)
    verbs.issue(by=keeper, now=NOW, lot=lot.pk, quantity=Decimal(15), consumer="school")
    with pytest.raises(StatementOvertaken, match="cannot be"):
        confirm_stated(by=inspector, now=NOW, statement=two.pk)
    assert (quantity_of(lot), StatedQuantity.objects.get(pk=two.pk).state) == (55, "waiting")
    verbs.count(by=inspector, now=NOW, lot=lot.pk, counted=Decimal(50))
    assert StatedQuantity.objects.get(pk=two.pk).state == "counted"


def test_less_than_is_reserved_waits_until_the_promise_is_taken_back(
    lot: StockLot, keeper: User, inspector: User
) -> None:
    verbs.reserve(by=None, now=NOW, lot=lot.pk, quantity=Decimal(50), holder="x")
    one = enter(lot, keeper, 40)
    with pytest.raises(NotEnough):
        confirm_stated(by=inspector, now=NOW, statement=one.pk)
    verbs.release(by=None, now=NOW, lot=lot.pk, quantity=Decimal(50), holder="x")
    confirm_stated(by=inspector, now=NOW, statement=one.pk)
    assert quantity_of(lot) == 40


def test_each_has_one_statement_of_a_lot_and_no_word_of_another_is_lost(
    unit: Organisation, lot: StockLot, keeper: User, inspector: User
) -> None:
    first = enter(lot, keeper, 90)
    assert enter(lot, keeper, 90) == first
    second = enter(lot, keeper, 91)
    other = enter(lot, keeper_of(unit, "secretary"), 60)
    enter(lot, keeper, 100)
    states = dict(StatedQuantity.objects.values_list("pk", "state"))
    assert states == {first.pk: "replaced", second.pk: "waiting", other.pk: "waiting"}
    reject_stated(by=keeper, now=NOW, statement=second.pk)
    confirm_stated(by=inspector, now=NOW, statement=other.pk)
    assert StatedQuantity.objects.get(pk=second.pk).state == "withdrawn"
    with pytest.raises(DecidedAlready):
        reject_stated(by=keeper, now=NOW, statement=second.pk)
    assert quantity_of(lot) == 60


def test_a_sheet_is_imported_and_its_differences_wait_and_are_said_with_their_place(
    lot: StockLot, keeper: User
) -> None:
    sheet = imported(keeper, ("a", 90), ("new", 7))
    assert (sheet.added, sheet.changed, sheet.unchanged, sheet.refused, sheet.differing) == (1, 0, 1, 0, 1)
    assert sheet.samples["differing_at"] == {"depot": {"zh": "中心库", "en": "中心库", "count": 1}}
    (shown,) = sheet.samples["differing"]
    assert (shown["number"], shown["stood"], shown["stated"]) == (2, "100", "90")
    one = StatedQuantity.objects.get()
    assert (one.source, one.reason, quantity_of(lot)) == (sheet.source, "t.xlsx · 2", 100)
    assert StockLot.objects.get(code="new").quantity == 7
    again = imported(keeper, ("a", 90), ("new", 7))
    assert (again.unchanged, again.differing, StatedQuantity.objects.count()) == (2, 1, 1)


def test_a_quantity_is_written_in_packs_in_form_and_sheet_and_the_ledger_keeps_units_with_the_words(
    lot: StockLot, keeper: User, inspector: User
) -> None:
    item = save("item", code="water", name_zh="水", unit_zh="瓶", unit_en="bottle", packs="箱／box＝24;托=480")
    assert item.packs == "箱/box=24; 托=480"
    said = {"item": "water", "site": "depot", "organisation": "north", "reserve": "government"}
    water: StockLot = save("lot", code="w", quantity="3 boxes", **said)
    assert water.quantity == 72
    opened = StockMovement.objects.filter(postings__lot=water, verb="open").distinct().get()
    assert opened.reason == "3 boxes = 72 bottle"
    save_record(register=LOT, values={"quantity": "2 箱 5 瓶"}, by=keeper, now=NOW, pk=water.pk, reason="看过")
    one = StatedQuantity.objects.get()
    assert (one.stated, one.reason) == (53, "2 箱 5 瓶 = 53 瓶 · 看过")
    confirm_stated(by=inspector, now=NOW, statement=one.pk)
    rows = [
        ["w", "water", "2箱5瓶"],
        ["v", "water", "1托"],
        ["u", "water", "1 盒"],
        ["t", "tent", "1 箱"],
        ["s", "", "1 箱"],
    ]
    sheet = checked(
        sheet_of([HEADINGS, *([c, i, "depot", "north", "government", q] for c, i, q in rows)], "lot", keeper), keeper
    )
    sheet = applied(sheet, keeper)
    assert (sheet.added, sheet.unchanged, sheet.refused, sheet.differing) == (1, 1, 3, 0)
    refused = " ".join(str(one) for one in sheet.samples["refused"])
    assert "不认识计量单位“盒”。可用：瓶/bottle、箱/box (= 24)、托 (= 480)" in refused
    assert "不认识计量单位“箱”。可用：顶" in refused
    assert StockLot.objects.get(code="v").quantity == 480
    assert StockMovement.objects.filter(postings__lot__code="v")[0].reason == "1 托 = 480 瓶"
    again = applied(
        checked(sheet_of([HEADINGS, ["w", "water", "depot", "north", "government", "1 托"]], "lot", keeper), keeper),
        keeper,
    )
    assert again.differing == 1
    assert StatedQuantity.objects.order_by("-pk")[0].reason == "1 托 = 480 瓶 · t.xlsx · 2"


def test_undoing_an_import_takes_back_what_it_stated_and_nobody_has_confirmed(
    lot: StockLot, keeper: User, inspector: User
) -> None:
    save("lot", code="b", item="tent", site="depot", organisation="north", reserve="government", quantity=10)
    sheet = imported(keeper, ("a", 90), ("b", 9))
    confirm_stated(by=inspector, now=NOW, statement=StatedQuantity.objects.get(lot=lot).pk)
    sheet = done(undo_import(sheet=sheet, by=keeper, now=NOW))
    assert (sheet.stage, sheet.kept_back) == ("undone", 0)
    assert sorted(StatedQuantity.objects.values_list("state", flat=True)) == ["confirmed", "withdrawn"]
    assert sorted(StockLot.objects.values_list("code", "quantity")) == [("a", 90), ("b", 10)]
    first = imported(keeper, ("c", 5))
    imported(keeper, ("c", 6))
    assert done(undo_import(sheet=first, by=keeper, now=NOW)).kept_back == 1
    assert StockLot.objects.filter(code="c").exists()


def test_an_export_comes_back_unchanged_while_something_waits(lot: StockLot, keeper: User) -> None:
    one = enter(lot, keeper, 90)
    file = export_register(register=LOT, by=keeper, now=NOW, form="xlsx", language="zh-hans")
    sheet = upload(b"".join(file.content), "lot", keeper)
    sheet = applied(checked(sheet, keeper), keeper)
    assert (sheet.unchanged, sheet.changed, sheet.differing) == (1, 0, 0)
    assert StatedQuantity.objects.get() == one


def test_putting_an_old_quantity_back_out_of_the_history_waits_too(lot: StockLot, keeper: User) -> None:
    change = RecordChange.objects.create(
        register="lot", record_id=lot.pk, org_path=lot.org_path, at=NOW, by_label="x", kind="changed",
        before={"quantity": "80"}, after={"quantity": "100"},
    )  # fmt: skip
    restore_record(change=change, by=keeper, now=NOW)
    assert (quantity_of(lot), StatedQuantity.objects.get().stated) == (100, 80)


def test_a_statement_follows_its_lot_to_another_unit_and_stays_while_the_lot_is_out_of_use(
    lot: StockLot, keeper: User, inspector: User
) -> None:
    one = enter(lot, keeper, 0)
    other: Organisation = save("organisation", code="south", name_zh="南县", kind="government", parent="city")
    save_record(register=LOT, values={"organisation": "south"}, by=None, now=NOW, pk=lot.pk)
    assert StatedQuantity.objects.get(pk=one.pk).org_path == other.path
    with pytest.raises(NotFound):
        confirm_stated(by=inspector, now=NOW, statement=one.pk)
    verbs.issue(by=None, now=NOW, lot=lot.pk, quantity=Decimal(100), consumer="x")
    retire_record(register=LOT, pk=lot.pk, reason="empty", by=None, now=NOW)
    with pytest.raises(verbs.LotOutOfUse):
        confirm_stated(by=keeper_of(other, "there", Role.INSPECTOR), now=NOW, statement=one.pk)


def test_the_queries_of_an_import_do_not_grow_with_what_differs(unit: Organisation) -> None:
    taken = []
    for count in (2, 40):
        codes = [f"l{count}-{number}" for number in range(count)]
        imported(None, *((code, 5) for code in codes))
        sheet = checked(sheet_of([HEADINGS, *([c, "tent", "depot", "north", "government", 4] for c in codes)], "lot"))
        with CaptureQueriesContext(connection) as queries:
            assert applied(sheet).differing == count
        taken.append(len(queries))
    assert taken[1] <= taken[0] + 2


CROWD = """
import json
from decimal import Decimal
from tests.actions.crowd import at_once
from tests.actions.town import NOW, build_town
from youbei import content
from youbei.actions.access import create_user, give_grant
from youbei.actions.registers.save import save_record
from youbei.actions.stock import verbs
from youbei.actions.stock.checking import disagreements
from youbei.actions.stock.verifying import confirm_stated, reject_stated
from youbei.engine.access import Role
from youbei.records.log import verify_log
from youbei.records.models import StatedQuantity, StockMovement

town = build_town()
keeper, lot = town.users["keeper"], town.lots[0]
people = []
for name in ("one", "two", "three", "four"):
    people.append(create_user(by=None, now=NOW, username=name, password="long enough for anybody"))
    give_grant(by=None, now=NOW, user=people[-1], role=Role.INSPECTOR, organisation=town.city)
register = content.registers()["lot"]
def enter(quantity, by=keeper):
    return save_record(register=register, values={"quantity": Decimal(quantity)}, by=by, now=NOW, pk=lot.pk)
def waiting():
    return StatedQuantity.objects.filter(state="waiting").order_by("-pk").values_list("pk", flat=True)[0]
def held():
    lot.refresh_from_db()
    return str(lot.quantity.normalize())
found = {}
enter(9)
pk = waiting()
found["confirmed"] = at_once(*[lambda one=one: confirm_stated(by=one, now=NOW, statement=pk) for one in people])
found["after_confirming"] = held()
enter(8)
pk = waiting()
found["either"] = at_once(
    lambda: confirm_stated(by=people[0], now=NOW, statement=pk),
    lambda: reject_stated(by=people[1], now=NOW, statement=pk),
    lambda: reject_stated(by=keeper, now=NOW, statement=pk),
)
enter(5)
pk = waiting()
found["while_issuing"] = at_once(
    lambda: confirm_stated(by=people[0], now=NOW, statement=pk),
    lambda: verbs.issue(by=town.users["admin"], now=NOW, lot=lot.pk, quantity=Decimal(1), consumer="x"),
)
found["after_issuing"] = held()
found["entered"] = at_once(*[lambda: enter(3)] * 4)
found["waiting"] = StatedQuantity.objects.filter(state="waiting").count()
found["verbs"] = sorted(StockMovement.objects.filter(verb="count").values_list("verb", flat=True))
found["disagree"] = len(list(disagreements()))
found["faults"] = len(list(verify_log()))
print(json.dumps(found))
"""


def test_of_those_who_decide_at_once_one_does(run_python: Callable[..., subprocess.Popen[str]]) -> None:
    out, said = run_python(CROWD).communicate(timeout=120)
    assert out, said
    found = json.loads(out)
    assert (found["confirmed"], found["after_confirming"]) == (["done", *["refused"] * 3], "9")
    assert found["either"] == ["done", *["refused"] * 2]
    assert found["while_issuing"] == ["done", "done"]
    assert found["after_issuing"] == "4"
    assert (found["entered"], found["waiting"]) == (["done"] * 4, 1)
    assert (found["disagree"], found["faults"]) == (0, 0)
