"""What keeps large registers quick: statements that do not grow in number, and indexes that are really taken."""

from __future__ import annotations

import itertools
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.built_once import built_once
from tests.growth import count
from youbei import content
from youbei.actions import jobs
from youbei.actions.access import create_user
from youbei.actions.sheets.exporting import export_register
from youbei.actions.sheets.upload import apply_import, check_import, upload_sheet
from youbei.engine.access import Role
from youbei.records.models import Item, Organisation, Site, StockLot, User
from youbei.records.registers.days import first_days, soonest
from youbei.records.registers.filters import ALL, Filters
from youbei.records.registers.indexing import index_records
from youbei.records.registers.statistics import Counting, dimensions_of
from youbei.records.registers.tallies import tally
from youbei.records.reports.stock_due import equipment_due, rotations
from youbei.records.search import find
from youbei.records.search.find import Found, find_each, searched_registers
from youbei.records.search.groups import find_grouped
from youbei.records.search.vendor import merge_words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
LOT = content.registers()["lot"]


@built_once
def store() -> Site:
    city = Organisation.objects.create(code="city", name_zh="市", kind="government", path="/1/")
    county = Organisation.objects.create(code="county", name_zh="县", kind="government", path="/1/2/", parent=city)
    Item.objects.create(code="mask", name_zh="口罩", unit_zh="只", test_interval_days=100)
    return Site.objects.create(
        code="store", name_zh="仓库", kind="store", organisation=county, org_path="/1/2/", lat=34.6, lon=119.2
    )


@built_once
def keeper(store: Site) -> User:
    home = Organisation.objects.get(code="city")
    return create_user(by=None, now=NOW, username="keeper", grants=((Role.REGISTRAR, home),))


def plant(store: Site, count: int, start: int = 0) -> None:
    item = Item.objects.get(code="mask")
    lots = StockLot.objects.bulk_create(
        StockLot(
            code=f"lot-{n}", item=item, site=store, organisation_id=store.organisation_id, org_path=store.org_path,
            quantity=Decimal(5), lat=34.6, lon=119.2, batch_no=f"B{n}", remarks="x" * 400,
            reserve=("government", "own")[n % 2], condition=("good", "worn", "faulty")[n % 3],
            confirmed_at=NOW if n % 5 else None, retired_at=NOW if n % 7 == 0 else None,
            expires_on=NOW.date() + timedelta(days=n) if n % 4 else None,
            next_test_on=NOW.date() + timedelta(days=n) if n % 3 else None,
        )
        for n in range(start, start + count)
    )  # fmt: skip
    index_records(LOT, [lot.pk for lot in lots])


def plans(statements: CaptureQueriesContext, table: str) -> Iterator[str]:
    """Yield how SQLite carries out what was asked of a table."""
    for one in statements.captured_queries:
        if one["sql"].startswith(("SELECT", "WITH")) and table in one["sql"]:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN QUERY PLAN " + one["sql"].replace("%", "%%"))
                yield " | ".join(str(row[-1]) for row in cursor.fetchall())


def sheet_of(count: int, prefix: str) -> bytes:
    head = "编码,物资,存放地点,所属单位,数量"
    return "\r\n".join([head, *(f"{prefix}-{n},mask,store,county,{n + 1}" for n in range(count))]).encode()


def statements_of_import(count: int, prefix: str) -> int:
    """Bring in a sheet and count what is asked of the database while it is applied."""
    sheet = upload_sheet(
        register=LOT, name="lots.csv", chunks=[sheet_of(count, prefix)], by=None, now=NOW, language="zh-hans"
    )
    check_import(sheet=sheet, matches=sheet.matches, by=None, now=NOW)
    sheet.refresh_from_db()
    jobs.run_to_the_end(sheet.job_id or 0)
    sheet.refresh_from_db()
    assert (sheet.added, sheet.refused) == (count, 0)
    apply_import(sheet=sheet, by=None, now=NOW)
    sheet.refresh_from_db()
    with CaptureQueriesContext(connection) as asked:
        jobs.run_to_the_end(sheet.job_id or 0)
    sheet.refresh_from_db()
    assert (sheet.added, sheet.stage) == (count, "applied")
    return len(asked)


def test_an_import_asks_no_more_for_many_rows_than_for_few(store: Site) -> None:
    statements_of_import(3, "warm")
    few = statements_of_import(20, "few")
    # A statement holds so many rows; of these there are a few more.
    assert statements_of_import(400, "many") <= few + 4


def test_counts_out_of_an_index_are_those_of_the_rows(store: Site, keeper: User) -> None:
    plant(store, 60)
    ways = {one.name: one for one in dimensions_of(LOT) if one.name in ("area", "reserve", "condition", "freshness")}
    ways |= {one.name: one for one in dimensions_of(LOT) if one.kind in ("band", "reference")}
    told = 0
    for filters in (ALL, Filters(words={"reserve": "own"})):
        counting = Counting(LOT, keeper, filters, NOW)
        for rows in ways.values():
            for columns in (None, *ways.values()):
                counted = counting.tallied(rows, columns, "count")
                if counted and rows is not columns:
                    told += 1
                    assert counted == read(counting, rows, columns)
    assert told > 12


def read(counting: Counting, rows: Any, columns: Any) -> dict[tuple[str, ...], Decimal]:
    """Count by reading every row."""
    keys = {"row_key": counting.expression(rows)} | ({"column_key": counting.expression(columns)} if columns else {})
    found = counting.numbers(counting.base.annotate(**keys), tuple(keys), "count")
    return {(*key, "")[:2]: Decimal(number) for key, (number, _) in found.items()}


@pytest.mark.sqlite  # how SQLite carries it out
def test_counting_by_area_and_reserve_reads_no_row(store: Site, keeper: User) -> None:
    plant(store, 30)
    with CaptureQueriesContext(connection) as asked:
        assert tally(LOT, keeper, ALL, ["org_path", "reserve"])
    found = list(plans(asked, "records_stocklot"))
    assert any("COVERING INDEX stock_reserve" in plan for plan in found), found
    assert any("INDEX stock_retired" in plan for plan in found), found


def due_in_stores(store: Site) -> list[str]:
    """Ask what is due in the stores of the county, and return what was asked of the lots and how it was done."""
    with CaptureQueriesContext(connection) as asked:
        rotations([store.org_path], today=NOW.date())
        equipment_due([store.org_path], today=NOW.date())
    return [plan for plan in plans(asked, "records_stocklot") if "expires_on" in plan or "next_test_on" in plan]


@pytest.mark.sqlite  # how SQLite carries it out
def test_what_is_due_in_a_large_subtree_is_found_day_by_day(store: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("youbei.records.registers.days.READ_WHOLE", defaultdict(lambda: 5))
    plant(store, 30)
    found = due_in_stores(store)
    for column in ("expires_on", "next_test_on"):
        of_day = f"INDEX stock_days_{column} ({column}=? AND org_path>? AND org_path<?)"
        assert any(of_day in plan for plan in found), found
        assert any(f"COVERING INDEX stock_days_{column} ({column}>? AND {column}<?)" in plan for plan in found), found
    assert any("COVERING INDEX stock_days_expires_on (expires_on=?" in plan for plan in found), found
    assert not any("SCAN records_stocklot" in plan or "stock_due_" in plan for plan in found), found


@pytest.mark.sqlite  # how SQLite carries it out
def test_what_is_due_in_a_small_subtree_is_read_out_of_its_own_days(store: Site) -> None:
    plant(store, 30)
    found = due_in_stores(store)
    assert any("INDEX stock_due_expires_on" in plan for plan in found), found
    assert any("INDEX stock_due_next_test_on" in plan for plan in found), found


def test_a_text_costs_as_many_questions_in_many_registers_as_in_one(store: Site, keeper: User) -> None:
    plant(store, 80)
    find_grouped(keeper, "B7", shown=6)
    with CaptureQueriesContext(connection) as asked:
        groups = find_grouped(User.objects.get(pk=keeper.pk), "B7", shown=6)
    assert [group.register.name for group in groups] == ["lot"]
    assert len(asked) <= 6


def test_an_export_of_many_keeps_no_more_in_memory_than_one_of_few(store: Site) -> None:
    def peak() -> int:
        made = export_register(register=LOT, by=None, now=NOW, form="csv", language="zh-hans")
        tracemalloc.start()
        try:
            assert sum(map(len, made.content)) > made.count * 400
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    plant(store, 2500)
    peak()
    few = peak()
    plant(store, 7500, start=2500)
    assert peak() < few * 1.3


@pytest.mark.sqlite  # the index of PostgreSQL has no parts
def test_the_parts_of_the_index_become_one_and_what_is_found_stays(store: Site, keeper: User) -> None:
    for start in range(0, 120, 20):
        plant(store, 20, start)
    before = hits_of(keeper, "lot-1")
    assert parts_of_index() > 1
    for _ in range(50):
        if not merge_words():
            break
    assert parts_of_index() == 1
    assert not merge_words()
    assert hits_of(keeper, "lot-1") == before


def parts_of_index() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(DISTINCT segid) FROM records_searchwords_idx")
        return int(cursor.fetchone()[0])


def hits_of(user: User, text: str) -> list[tuple[str, int]]:
    return [(group.register.name, hit.pk) for group in find_grouped(user, text, shown=50) for hit in group.hits]


def test_one_question_to_all_registers_finds_what_each_finds(
    store: Site, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(store, 60)
    index_records(content.registers()["site"], [store.pk])
    registers = searched_registers(keeper)
    for text in ("lot-1", "mask", "仓库", "cangku", "ck", "B5", "nothing", "lot"):
        monkeypatch.setattr(find, "REMEMBERED", {})
        together = find_each(keeper, text, registers, most=40)
        with monkeypatch.context() as patch:
            patch.setattr(find, "REMEMBERED", {})
            patch.setattr(find, "frequent_among", lambda asked, places, most: set(places))
            apart = find_each(keeper, text, registers, most=40)
        with monkeypatch.context() as patch:  # what is large is asked for itself as soon as the sample has two
            patch.setattr(find, "REMEMBERED", {})
            patch.setattr(find, "SMALL", 0)
            patch.setattr(find, "LOOKED_AT_IN_SAMPLE", 2)
            large_apart = find_each(keeper, text, registers, most=40)
        assert with_hits(together) == with_hits(apart) == with_hits(large_apart)


def with_hits(found: dict[str, Found]) -> dict[str, Found]:
    return {name: one for name, one in found.items() if one.hits}


def test_where_a_text_fits_often_is_seen_anew_after_minutes_and_only_says_how_to_ask(
    store: Site, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "REMEMBERED", {})
    monkeypatch.setattr(find, "MOST_REMEMBERED", 2)
    monkeypatch.setattr(find, "LOOKED_AT_IN_SAMPLE", 2)
    registers = searched_registers(keeper)
    assert hits_of(keeper, "lot") == []
    plant(store, 60)
    found = find_each(keeper, "lot", registers, most=40)["lot"]
    assert (len(found.hits), found.is_more) == (40, True)  # though "often" is remembered to be nowhere
    find.REMEMBERED.clear()
    first = count(lambda: find_each(keeper, "lot", registers, most=40))
    assert count(lambda: find_each(keeper, "lot", registers, most=40)) < first
    StockLot.objects.exclude(code__in=["lot-1", "lot-2"]).delete()
    again = find_each(keeper, "lot", registers, most=40)["lot"]
    assert len(again.hits) == len(hits_of(keeper, "lot"))
    for text in ("mask", "B5", "仓库"):
        find_each(keeper, text, registers, most=40)
    assert len(find.REMEMBERED) == 2
    monkeypatch.setattr(find, "REMEMBERED_FOR_S", -1.0)
    find.REMEMBERED.clear()
    assert count(lambda: find_each(keeper, "lot", registers, most=40)) == count(
        lambda: find_each(keeper, "lot", registers, most=40)
    )


def test_a_search_asks_no_more_often_where_much_fits_in_several_registers(
    store: Site, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(store, 60)
    registers = searched_registers(keeper)
    asked = []
    for frequent in ({"lot"}, {one.name for one in registers}):
        monkeypatch.setattr(find, "frequent_among", lambda *_, some=frequent: some)
        asked.append(count(lambda: find_each(keeper, "lot", registers, most=40)))
    assert asked[1] <= asked[0]


def test_the_soonest_found_day_by_day_are_those_of_the_whole_subtree_sorted(
    store: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(store, 60)
    elsewhere = Organisation.objects.create(code="other", name_zh="邻县", kind="government", path="/1/3/")
    StockLot.objects.filter(pk__in=[lot.pk for lot in StockLot.objects.all() if lot.pk % 3 == 0]).update(
        organisation=elsewhere, org_path="/1/3/"
    )
    StockLot.objects.filter(code__in=["lot-4", "lot-7", "lot-10"]).update(quantity=0)
    for until, most, paths in itertools.product((3, 20, 90), (1, 7, 200), (["/1/2/"], ["/1/2/", "/1/3/"], ["/9/"])):
        last = NOW.date() + timedelta(days=until)
        whole = soonest(StockLot, paths, "expires_on", until=last, most=most, quantity__gt=0)
        with monkeypatch.context() as patch:
            patch.setattr("youbei.records.registers.days.READ_WHOLE", defaultdict(lambda: 0))
            assert soonest(StockLot, paths, "expires_on", until=last, most=most, quantity__gt=0) == whole
    assert len(soonest(StockLot, ["/1/2/"], "expires_on", until=NOW.date() + timedelta(days=90), most=99)) > 20


@pytest.mark.parametrize("count", [120, 1_200])
def test_as_many_days_are_looked_at_however_much_lies_on_each(store: Site, count: int) -> None:
    plant(store, count)
    StockLot.objects.update(expires_on=None, retired_at=None)
    for n in range(60):
        keys = list(StockLot.objects.filter(code__endswith=f"{n:02d}").values_list("pk", flat=True))
        StockLot.objects.filter(pk__in=keys).update(expires_on=NOW.date() + timedelta(days=n))
    rows = StockLot.objects.filter(retired_at=None, expires_on__isnull=False, org_path="/1/2/")
    few = first_days(rows, "expires_on", 3, until=NOW.date() + timedelta(days=90))
    assert sum(number for _, number in few) >= 3
    assert len(few) <= 3
    assert len(first_days(rows, "expires_on", 3, until=few[0][0], since=few[0][0])) == 1
    assert not first_days(rows, "expires_on", 3, until=NOW.date() - timedelta(days=1))
