"""An import is taken back as a whole: exactly what it wrote, nothing others have built on, nothing by halves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.test_sheets import NOW, REGISTERS, applied, checked, done, keeper_of, save, sheet_of
from tests.built_once import built_once
from tests.growth import steps
from youbei.actions import jobs
from youbei.actions.registers.keep import confirm_records, retire_record
from youbei.actions.registers.save import save_record
from youbei.actions.sheets import undoing
from youbei.actions.sheets.kept import kept_records
from youbei.actions.sheets.upload import cancel_import, undo_import
from youbei.actions.stock import verbs
from youbei.engine.text import Text
from youbei.records.models import (
    DerivationDue,
    Grant,
    Item,
    Job,
    Organisation,
    Person,
    RecordChange,
    Requirement,
    SearchEntry,
    SheetImport,
    StatedQuantity,
    StockLot,
    StockPosting,
    Team,
)
from youbei.records.registers.spans import disagreements

pytestmark = pytest.mark.django_db
LOTS = [
    REGISTERS["lot"].field(name).title.zh for name in ("code", "item", "site", "organisation", "reserve", "quantity")
]


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


@built_once
def store() -> Organisation:
    save("organisation", code="city", name_zh="市", kind="government")
    unit: Organisation = save("organisation", code="north", name_zh="北县", kind="government", parent="city")
    save("site", code="depot", name_zh="库", organisation="north", kind="store", lat=34.6, lon=119.2)
    save("item", code="tent", name_zh="帐篷", unit_zh="顶")
    return unit


def lots(*rows: tuple[str, Any]) -> SheetImport:
    said = [LOTS, *([code, "tent", "depot", "north", "government", quantity] for code, quantity in rows)]
    return applied(checked(sheet_of(said, "lot")))


def undone(sheet: SheetImport, by: Any = None) -> SheetImport:
    return done(undo_import(sheet=sheet, by=by, now=NOW))


def why_kept(sheet: SheetImport) -> dict[str, str]:
    return {one.code: one.why.en for one in kept_records(sheet, None)}


def at_hand() -> Decimal:
    found = StockPosting.objects.filter(kind__in=("store", "reserved")).values_list("quantity", flat=True)
    return sum(found, Decimal(0))


def test_stock_comes_back_to_what_it_was_in_register_ledger_and_search(store: Organisation) -> None:
    old = save("lot", code="old", item="tent", site="depot", organisation="north", reserve="government", quantity=5)
    sheet = lots(("old", 50), ("new1", 7), ("new2", 8))
    assert (at_hand(), SearchEntry.objects.filter(register="lot").count()) == (Decimal(20), 3)
    assert list(StatedQuantity.objects.values_list("state", "stated")) == [("waiting", 50)]
    assert undone(sheet).kept_back == 0
    assert list(StatedQuantity.objects.values_list("state", flat=True)) == ["withdrawn"]
    old.refresh_from_db()
    assert (old.quantity, at_hand()) == (Decimal(5), Decimal(5))
    assert list(StockLot.objects.all()) == [old]
    assert list(SearchEntry.objects.filter(register="lot").values_list("record_id", flat=True)) == [old.pk]
    kinds = RecordChange.objects.filter(source=f"undo:{sheet.pk}").order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["removed", "removed"]


def test_stock_that_somebody_has_moved_since_stays_and_is_named(store: Organisation) -> None:
    sheet = lots(("a", 7), ("b", 8), ("c", 9))
    lot = StockLot.objects.get(code="a")
    verbs.issue(lot=lot.pk, quantity=Decimal(2), consumer="school", by=None, now=NOW)
    count = StockLot.objects.get(code="b")
    verbs.count(lot=count.pk, counted=Decimal(8), by=None, now=NOW)
    sheet = undone(sheet)
    assert why_kept(sheet) == dict.fromkeys("ab", "Stock was moved, promised or counted since")
    assert (sheet.kept_back, at_hand()) == (2, Decimal(13))


def test_a_confirmation_goes_with_the_import_that_gave_it_unless_somebody_confirmed_since(store: Organisation) -> None:
    long_ago = NOW - timedelta(days=900)
    for code in ("t1", "t2"):
        save("team", code=code, name_zh=code, organisation="north", kind="volunteer", turn_out_min=5, lat=34, lon=119)
    Team.objects.update(confirmed_at=long_ago, confirmed_by="them")
    sheet = applied(checked(sheet_of([["编码", "现有人数"], ["t1", 9], ["t2", 9]])))
    two = Team.objects.get(code="t2")
    confirm_records(register=REGISTERS["team"], pks=[two.pk], by=None, now=NOW, label="chief")
    assert undone(sheet).kept_back == 0
    one, two = Team.objects.order_by("code")
    assert (one.strength, one.confirmed_at, one.confirmed_by) == (0, long_ago, "them")
    assert (two.strength, two.confirmed_by) == (0, "chief")


def test_what_an_import_brought_back_into_use_is_out_of_use_again(store: Organisation) -> None:
    team = save("team", code="t1", name_zh="t", organisation="north", kind="volunteer", turn_out_min=5, lat=34, lon=119)
    retire_record(register=REGISTERS["team"], pk=team.pk, reason="gone", by=None, now=NOW)
    sheet = applied(checked(sheet_of([["编码", "现有人数"], ["t1", 9]])))
    team.refresh_from_db()
    assert team.retired_at is None
    undone(sheet)
    team.refresh_from_db()
    assert (team.retired_at, team.strength) == (NOW, 0)
    assert not SearchEntry.objects.filter(register="team").exists()


def test_units_are_undone_with_those_below_them_but_not_above_what_stays(store: Organisation) -> None:
    rows = [
        ["编码", "名称", "类别", "上级单位"],
        ["bureau", "局", "bureau", "north"],
        ["school", "学校", "school", "bureau"],
        ["village", "村", "community", "north"],
    ]
    sheet = applied(checked(sheet_of(rows, "organisation")))
    village = Organisation.objects.get(code="village")
    tent = Item.objects.get()
    Requirement.objects.create(
        organisation=village, org_path=village.path, code="r", item=tent, quantity=1, basis="standard", source="x"
    )
    assert DerivationDue.objects.filter(organisation=village).exists()
    keeper_of(Organisation.objects.get(code="school"))
    sheet = undone(sheet)
    assert why_kept(sheet) == dict.fromkeys(["school", "bureau"], "Other records refer to it: see to those first")
    assert sorted(Organisation.objects.values_list("code", flat=True)) == ["bureau", "city", "north", "school"]
    assert Grant.objects.count() == 1
    assert list(disagreements()) == []


def test_a_certificate_that_goes_counts_no_longer(store: Organisation) -> None:
    save("person", code="li", name_zh="李", organisation="north")
    register = REGISTERS["qualification"]
    heads = [field.title.zh for field in register.fields if field.name in ("person", "kind", "issued_on", "code")]
    kind = register.field("kind").choices[0].code if register.field("kind").choices else "medic"
    said = {"person": "li", "kind": kind, "issued_on": "2026-01-01", "code": "q1"}
    names = [field.name for field in register.fields if field.name in said]
    rows = [heads, [said[name] for name in names]]
    sheet = applied(checked(sheet_of(rows, "qualification")))
    assert Person.objects.get().qualifications == [kind]
    undone(sheet)
    assert Person.objects.get().qualifications == []


def test_who_lost_the_right_to_a_unit_takes_nothing_back_there(store: Organisation) -> None:
    keeper = keeper_of(store)
    rows = [
        ["编码", "名称", "所属单位", "类别", "承诺出动时间", "纬度", "经度"],
        ["t", "队", "north", "volunteer", 5, 34, 119],
    ]
    sheet = applied(checked(sheet_of(rows, by=keeper), keeper), keeper)
    Grant.objects.filter(user=keeper).delete()
    sheet = undone(sheet, type(keeper).objects.get(pk=keeper.pk))
    assert why_kept(sheet) == {"t": "You may no longer change the records of that unit"}
    assert [one.name for one in kept_records(sheet, type(keeper).objects.get(pk=keeper.pk))] == [Text()]


@pytest.fixture
def slices_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "BATCH", 2)


def test_an_undoing_that_was_stopped_goes_on_and_keeps_nothing_back_that_it_has_undone(
    store: Organisation, slices_of_two: None
) -> None:
    for code in "abc":
        save("lot", code=code, item="tent", site="depot", organisation="north", reserve="government", quantity=1)
    rows = [[code, "tent", "depot", "north", "government", 1, "A1"] for code in "abcde"]
    sheet = applied(checked(sheet_of([[*LOTS, REGISTERS["lot"].field("shelf").title.zh], *rows], "lot")))
    sheet = undo_import(sheet=sheet, by=None, now=NOW)
    assert sheet.job_id is not None
    assert not jobs.one_slice(sheet.job_id)
    cancel_import(sheet=sheet)
    assert jobs.run_to_the_end(sheet.job_id).status == Job.Status.CANCELLED
    assert StockLot.objects.filter(shelf="A1").count() == 3
    sheet = undone(SheetImport.objects.get(pk=sheet.pk))
    assert (sheet.stage, sheet.kept_back) == ("undone", 0)
    assert list(StockLot.objects.values_list("quantity", "shelf")) == [(1, ""), (1, ""), (1, "")]


def test_a_slice_that_breaks_off_leaves_no_trace_and_is_done_again(
    store: Organisation, slices_of_two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = lots(("a", 1), ("b", 2), ("c", 3))
    verbs.issue(lot=StockLot.objects.get(code="c").pk, quantity=Decimal(1), consumer="x", by=None, now=NOW)
    sheet = undo_import(sheet=sheet, by=None, now=NOW)
    broken = [True]
    inner = undoing.append

    def append(*arguments: Any) -> int:
        size = inner(*arguments)
        if broken.pop() if broken else False:
            raise RuntimeError("the power went")
        return size

    monkeypatch.setattr(undoing, "append", append)
    assert not jobs.one_slice(sheet.job_id or 0)
    assert StockLot.objects.count() == 3
    done(sheet)
    assert (list(why_kept(sheet)), StockLot.objects.count()) == (["c"], 1)


def test_a_record_written_twice_by_one_import_goes_back_to_where_it_began(store: Organisation) -> None:
    sheet = lots(("a", 7))
    lot = StockLot.objects.get()
    save_record(register=REGISTERS["lot"], values={"shelf": "A1"}, by=None, now=NOW, pk=lot.pk, source=sheet.source)
    assert undone(sheet).kept_back == 0
    assert not StockLot.objects.exists()
    assert at_hand() == 0


def test_the_queries_of_a_slice_do_not_grow_with_its_rows(store: Organisation) -> None:
    def asked(count: int) -> int:
        for number in range(count):
            save(
                "lot", code=f"l{count}-{number}", item="tent", site="depot", organisation="north", quantity=1,
                reserve="government",
            )  # fmt: skip
        old = [(f"l{count}-{number}", 5) for number in range(count)]
        sheet = lots(*old, *((f"n{count}-{number}", 5) for number in range(count)))
        sheet = undo_import(sheet=sheet, by=None, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert jobs.one_slice(sheet.job_id or 0)
        return len(queries)

    few = asked(2)
    assert asked(30) <= few + 2


def test_a_record_costs_as_much_to_take_back_at_the_end_of_a_long_import_as_at_its_beginning(
    store: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of thirty slices the last ones take no more steps than the first, though all that they undid lies behind them.

    The first of all counts what there is to do, and the last one only sees that there is no more.
    """
    monkeypatch.setattr(undoing, "BATCH", 20)
    _, *taken, _ = taken_by_slices("lot", 600)
    assert len(taken) == 29
    assert sum(taken[-5:]) <= 1.2 * sum(taken[:5]), taken


def taken_by_slices(name: str, count: int) -> list[int]:
    """Import so many lots and undo that; return the steps of each slice, the last of which is empty."""
    sheet = lots(*((f"{name}-{number}", 5) for number in range(count)))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in ("recordchange", "stockposting", "stockmovement", "stocklot", "searchentry"):
                cursor.execute(f"ANALYZE records_{table}")
            # Of tables as small as these PostgreSQL would rather read all.
            cursor.execute("SET LOCAL enable_seqscan = off")
    job = undo_import(sheet=sheet, by=None, now=NOW).job_id or 0
    taken: list[int] = []
    is_done: list[bool] = [False]
    while not is_done[-1]:
        taken.append(steps(lambda: is_done.append(jobs.one_slice(job))))
    assert not StockLot.objects.filter(code__startswith=name).exists()
    return taken


def test_what_a_sheet_would_do_is_said_with_the_names_of_things(store: Organisation) -> None:
    said = [LOTS, ["a", "tent", "depot", "north", "government", 7]]
    sheet = checked(sheet_of(said, "lot"))
    assert sheet.samples["added"][0]["name"]["zh"] == "帐篷 · a"
    sheet = applied(sheet)
    verbs.issue(lot=StockLot.objects.get().pk, quantity=Decimal(2), consumer="school", by=None, now=NOW)
    assert [one.name.zh for one in kept_records(undone(sheet), None)] == ["帐篷 · a"]
