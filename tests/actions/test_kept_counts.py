"""Kept counts are what a count finds, after whatever changes, by whatever way; and a drill-down lists as many."""

from __future__ import annotations

import itertools
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.built_once import built_once
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions import clock
from youbei.actions.counts import LOOKED_AGAIN, Ahead, check_counts, count_ahead, keep_counts
from youbei.actions.registers.keep import confirm_records, retire_record, revive_record
from youbei.actions.registers.save import save_record
from youbei.actions.registers.tree import move_unit
from youbei.engine.access import Role
from youbei.records.counts import journal
from youbei.records.counts.asked import Asked
from youbei.records.counts.journal import COUNTED
from youbei.records.models import (
    CountChange,
    CountWanted,
    Grant,
    Heartbeat,
    Item,
    KeptCount,
    Organisation,
    Post,
    StockLot,
    Team,
    User,
)
from youbei.records.registers.bases import added_up, bases, serves
from youbei.records.registers.counting import counted
from youbei.records.registers.dimensions import COUNT, Dimension, dimensions_of, measures_of
from youbei.records.registers.filters import ALL, Filters
from youbei.records.registers.keeping import NotCountedYet, recounted
from youbei.records.registers.statistics import Counting
from youbei.records.registers.tables import model_of
from youbei.records.reports.stock_gap import gap_report, in_store, lying

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
REGISTERS = content.registers()
LOT, TEAM, POST, HOLDING = (REGISTERS[name] for name in ("lot", "team", "post", "holding"))


def save(name: str, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=NOW)


def plant() -> User:
    city = save("organisation", code="city", name_zh="市", kind="government")
    for code in ("north", "south"):
        save("organisation", code=code, name_zh=code, kind="government", parent="city")
    save("organisation", code="village", name_zh="村", kind="community", parent="north")
    for code in ("mask", "pump"):
        save("item", code=code, name_zh=code, unit_zh="只")
    for code in ("north", "south", "village"):
        save("site", code=f"store-{code}", name_zh="库", kind="store", organisation=code, lat=34.6, lon=119.2)
    save("person", code="p", name_zh="张三", organisation="north")
    for number in range(6):
        enter(number)
        unit = ("north", "south", "village")[number % 3]
        save("post", code=f"{unit}/{number}", name_zh="值班员", organisation=unit, kind=("office", "duty")[number % 2])
        save("holding", post=f"{unit}/{number}", person="p", starts_at=NOW)
        save(
            "team", code=f"t{number}", name_zh="队", organisation="north", kind="volunteer", lat=34, lon=119,
            turn_out_min=Decimal(5), strength=number,
        )  # fmt: skip
    return user_with(Role.REGISTRAR, Organisation.objects.get(pk=city.pk), name="counter", language="en")


def enter(number: int) -> None:
    unit = ("north", "south", "village")[number % 3]
    save(
        "lot", code=f"l{number}", item=("mask", "pump")[number % 2], site=f"store-{unit}", organisation=unit,
        reserve=("government", "own")[number % 2], quantity=Decimal(number + 1), condition="good",
    )  # fmt: skip


@built_once
def counter() -> User:
    return plant()


def sides(register: Any, *names: str) -> list[Dimension]:
    known = {one.name: one for one in dimensions_of(register)}
    return [known[name] for name in names]


# What is asked again and again: register, dimensions, what is added up, filters.
TABLES: tuple[tuple[Any, tuple[str, ...], str, Filters], ...] = (
    (LOT, ("area",), COUNT, ALL),
    (LOT, ("area", "reserve"), COUNT, ALL),
    (LOT, ("item",), "quantity", ALL),
    (LOT, ("expires_on", "condition"), COUNT, ALL),
    (LOT, ("freshness",), COUNT, ALL),
    (LOT, ("area", "freshness"), COUNT, Filters(unit="north")),
    (LOT, ("item", "reserve"), "quantity", Filters(words={"reserve": "own"})),
    (LOT, ("condition",), COUNT, Filters(days={"expires_on": (NOW.date(), None)})),
    (LOT, ("item",), COUNT, Filters(words={"item": "pump"}, unit="north", is_unit_only=True)),
    (TEAM, ("capabilities", "kind"), COUNT, ALL),
    (TEAM, ("capabilities",), "strength", ALL),
    (TEAM, (), COUNT, ALL),
    (TEAM, ("area", "status"), COUNT, Filters(words={"kind": "volunteer"})),
    (POST, ("area", "kind"), COUNT, ALL),
    (POST, ("freshness",), COUNT, ALL),
    (HOLDING, ("area", "freshness"), COUNT, ALL),
)


def disagreements(user: User, now: datetime) -> list[Any]:
    """Return what kept numbers say otherwise than a count made now."""
    found = []
    for register, names, measure, filters in TABLES:
        counting = Counting(register, User.objects.get(pk=user.pk), filters, now)
        asked = sides(register, *names)
        kept = counting.cells(asked, measure)
        place = 0 if measure == COUNT else 1
        counted = {key: numbers[place] for key, numbers in counting.counted(asked, measure).items()}
        if kept != counted:
            found.append((names, filters, kept, counted))
    return found


def change(number: int, which: int, value: int, now: datetime) -> None:
    """Change something, by the ways in which registers are changed: actions, and statements over many rows."""
    lots, teams = StockLot.objects.order_by("pk"), Team.objects.order_by("pk")
    lot, team = lots[which % len(lots)], teams[which % len(teams)]
    post = Post.objects.order_by("pk")[which % 6]
    units = list(Organisation.objects.filter(code__in=("north", "south", "village")).order_by("pk"))
    unit = units[value % 3]
    ways = (
        lambda: lots.filter(pk=lot.pk).update(condition=("good", "worn", "faulty")[value % 3]),
        lambda: lots.filter(pk__gte=lot.pk).update(expires_on=NOW.date() + timedelta(days=value * 40 - 90)),
        lambda: lots.filter(pk=lot.pk).update(organisation=unit, org_path=unit.path),
        lambda: lots.filter(pk=lot.pk).update(item=Item.objects.order_by("pk")[value % 2]),
        lambda: lots.filter(pk=lot.pk).update(quantity=Decimal(value) + lot.reserved + 1, remarks="x"),
        lambda: confirm_records(register=LOT, pks=[lot.pk], by=None, now=now),
        lambda: retire_record(register=TEAM, pk=team.pk, reason="x", by=None, now=now),
        lambda: revive_record(register=TEAM, pk=team.pk, by=None, now=now),
        lambda: save_record(
            register=TEAM, pk=team.pk, by=None, now=now,
            values={"capabilities": {"rescue": 1 + value % 4} if value % 2 else {}, "strength": value},
        ),
        lambda: enter(100 * number + StockLot.objects.count()),
        lambda: StockLot.objects.filter(pk=lot.pk).update(retired_at=now if value % 2 else None),
        lambda: keep_counts(now),
        lambda: Post.objects.filter(pk__gte=post.pk).update(kind=("office", "duty")[value % 2], org_path=unit.path),
        lambda: confirm_records(
            register=HOLDING, pks=[post.holdings.get().pk], by=None, now=now
        ) if value % 2 else post.holdings.update(retired_at=now),
    )  # fmt: skip
    ways[number % len(ways)]()


STEPS = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 7), st.integers(0, 6), st.integers(0, 60)), max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_kept_numbers_are_those_of_a_count_whatever_was_changed(
    counter: User, steps: list[tuple[int, int, int, int]]
) -> None:
    now = NOW
    assert disagreements(counter, now) == []
    for number, which, value, days in steps:
        change(number, which, value, now)
        now += timedelta(days=days)
        assert disagreements(counter, now) == []


def test_a_unit_that_moves_takes_its_numbers_along(counter: User) -> None:
    assert disagreements(counter, NOW) == []
    village, south = (Organisation.objects.get(code=code) for code in ("village", "south"))
    move_unit(unit=village, to=south, document="", by=None, now=NOW)
    assert disagreements(counter, NOW) == []


def test_what_lies_in_the_stores_follows_every_change(counter: User) -> None:
    today = NOW.date()
    keys = [str(pk) for pk in Item.objects.values_list("pk", flat=True)]
    for value in range(6):
        found = in_store(["/"], ["mask", "pump"], today)
        now_lying = lying(["/"], keys, today)
        assert sum(supply.curve.at(10_000) for supply in found) == sum(amount for _, amount in now_lying.values())
        change(value, value, value, NOW)


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_a_table_is_counted_once(counter: User) -> None:
    counting = Counting(LOT, counter, ALL, NOW)
    counting.cells(sides(LOT, "item"), "quantity")
    enter(50)
    with CaptureQueriesContext(connection) as asked:
        counting.cells(sides(LOT, "item"), "quantity")
    assert not any("records_stocklot" in one["sql"] for one in asked.captured_queries)


def test_a_base_is_what_a_recount_finds_and_tables_are_its_sums(counter: User) -> None:
    city = Organisation.objects.get(code="city").path
    served = 0
    for value in range(12):
        change(value, value, value + 1, NOW)
        StockLot.objects.filter(code="l2").update(confirmed_at=NOW - timedelta(hours=value * 5))
        for name, path in itertools.product(("lot", "team", "site"), (city, "/")):
            for base in bases(name, path, NOW):
                numbers = counted(base, NOW)
                assert numbers == recounted(base, NOW).numbers
                parts = [replace(base, sides=sides) for sides in itertools.chain(*map(base_sides(base), range(3)))]
                for asked in (*parts, *(replace(one, adds=()) for one in parts)):
                    if serves(base, asked):
                        served += 1
                        assert added_up(base, numbers, asked) == counted(asked, NOW)
    assert served > 500


def base_sides(base: Asked) -> Callable[[int], Any]:
    return lambda number: itertools.permutations(base.sides, number)


def test_the_sum_over_chosen_words_is_the_count_of_the_narrowed(counter: User) -> None:
    path = Organisation.objects.get(code="city").path
    base = next(one for one in bases("lot", path, NOW) if one.sides[1].column == "reserve")
    for asked in (
        replace(base, sides=base.sides[:1], words=(("reserve", ("own",)),)),
        replace(base, sides=(), words=(("reserve", ("own", "government")),), adds=()),
    ):
        assert serves(base, asked)
        assert added_up(base, counted(base, NOW), asked) == counted(asked, NOW) == recounted(asked, NOW).numbers
    assert not serves(base, replace(base, words=(("condition", ("good",)),)))
    assert not serves(base, replace(base, paths=("/",)))


def count_all_ahead(now: datetime) -> None:
    for _ in range(200):
        if not count_ahead(now):
            return
    raise AssertionError("there is always something to count ahead")


def reads_of(table: str, work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as asked:
        work()
    return sum(f'FROM "{table}"' in one["sql"] for one in asked.captured_queries)


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_what_is_large_is_counted_before_anybody_asks(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("youbei.actions.counts.LARGE", 2)
    count_all_ahead(NOW)
    enter(70)
    for names, measure in ((("area",), COUNT), (("item",), "quantity"), (("expires_on", "area"), COUNT), ((), COUNT)):
        counting = Counting(LOT, counter, ALL, NOW)
        assert reads_of("records_stocklot", lambda c=counting, n=names, m=measure: c.cells(sides(LOT, *n), m)) == 0
    assert disagreements(counter, NOW) == []
    assert check_counts(NOW) == []


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_many_confirmations_that_run_out_at_once_are_brought_forward_at_the_next_tick(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("youbei.actions.counts.BEHIND", 3)
    monkeypatch.setattr("youbei.actions.counts.AHEAD", Ahead(NOW + timedelta(days=900)))
    confirmed = NOW - timedelta(days=1)
    StockLot.objects.update(confirmed_at=confirmed)
    run_out = confirmed + (LOT.fresh_for or timedelta())
    before, after = run_out - timedelta(seconds=1), run_out + timedelta(seconds=1)
    for ways in (("freshness",), ("area", "freshness")):
        Counting(LOT, counter, ALL, before).cells(sides(LOT, *ways))
    behind = KeptCount.objects.filter(register="lot", since__lt=confirmed)
    assert behind.count() == 2
    assert reads_of("records_stocklot", lambda: keep_counts(before + timedelta(milliseconds=1))) == 1  # only looks
    assert reads_of("records_stocklot", lambda: keep_counts(after)) == 2  # looks, and reads once for both
    assert not behind.exists()
    assert reads_of("records_stocklot", lambda: keep_counts(after + timedelta(seconds=1))) == 1
    assert disagreements(counter, after) == []


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_the_worker_looks_again_for_what_to_count_ahead(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("youbei.actions.counts.AHEAD", Ahead())
    keep_counts(NOW)
    assert not KeptCount.objects.exists()
    monkeypatch.setattr("youbei.actions.counts.LARGE", 2)
    keep_counts(NOW + LOOKED_AGAIN / 2)
    assert not KeptCount.objects.exists()
    keep_counts(NOW + LOOKED_AGAIN)
    assert KeptCount.objects.exists()


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_what_was_asked_yesterday_is_counted_for_today(counter: User) -> None:
    assert disagreements(counter, NOW) == []
    today, ways = NOW + timedelta(days=1), sides(LOT, "expires_on", "condition")
    StockLot.objects.filter(code="l1").update(expires_on=NOW.date())
    count_all_ahead(today)
    counting = Counting(LOT, counter, ALL, today)
    assert reads_of("records_stocklot", lambda: counting.cells(ways)) == 0
    assert disagreements(counter, today) == []
    much_later = today + timedelta(days=9)
    count_all_ahead(much_later)
    banded = [row for row in KeptCount.objects.all() if any(one["kind"] == "band" for one in row.asked["sides"])]
    assert all(row.counted_at >= much_later for row in banded)


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_whoever_asks_for_a_long_count_is_told_and_finds_it_a_tick_later(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("youbei.records.registers.keeping.LARGE", 2)
    page = client_of(counter)
    address = "/registers/lot/statistics/?rows=expires_on&columns=condition"
    assert not CountWanted.objects.exists()
    assert "<tfoot>" in page.get(address).content.decode(), "without a worker it is counted at once"
    KeptCount.objects.all().delete()
    monkeypatch.setattr("youbei.actions.counts.AHEAD", Ahead())
    now = clock.now()
    Heartbeat.objects.create(name="worker", at=now)
    shown = page.get(address).content.decode()
    assert "Very many records are being counted" in shown
    assert "<tfoot>" not in shown
    assert "<tfoot>" in page.get(f"{address}&unit=north&only=1").content.decode(), "of few there is nothing to wait for"
    keep_counts(now)
    assert "<tfoot>" in page.get(address).content.decode()
    assert not CountWanted.objects.exists()


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_a_table_too_large_to_be_kept_is_counted_and_not_waited_for_again(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("youbei.records.registers.keeping.LARGE", 2)
    for module in ("records.registers.keeping", "actions.counts"):
        monkeypatch.setattr(f"youbei.{module}.MOST_CELLS", 1)
    now = clock.now()
    Heartbeat.objects.create(name="worker", at=now)
    counting = Counting(LOT, counter, ALL, now, may_wait=True)
    with pytest.raises(NotCountedYet):
        counting.cells(sides(LOT, "item"))
    keep_counts(now)
    assert sum(counting.cells(sides(LOT, "item")).values()) == 6


def of_two_places() -> User:
    """Make an account with rights on a village, and on the unit above it, and on another unit."""
    units = [Organisation.objects.get(code=code) for code in ("village", "north", "south")]
    user = user_with(Role.REGISTRAR, units[0], name="both", language="en")
    for unit in units[1:]:
        user_grant(user, unit)
    return User.objects.get(pk=user.pk)


def user_grant(user: User, unit: Organisation) -> None:
    Grant.objects.create(user=user, organisation=unit, org_path=unit.path, role=Role.REGISTRAR, starts_at=NOW)


def test_numbers_of_several_subtrees_are_the_sums_of_each(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    user = of_two_places()
    monkeypatch.setattr("youbei.records.registers.keeping.LARGE", 1)
    for number in range(6):
        assert disagreements(user, NOW) == []
        keys = list(Item.objects.values_list("pk", flat=True))
        now_lying = lying(user.paths_with(LOT.see), map(str, keys), NOW.date())
        found = in_store(user.paths_with(LOT.see), ["mask", "pump"], NOW.date())
        assert sum(one.curve.at(10_000) for one in found) == sum(amount for _, amount in now_lying.values())
        change(number, number + 1, number, NOW)


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_one_with_several_subtrees_has_them_counted_ahead(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    user = of_two_places()
    for module in ("records.registers.keeping", "actions.counts"):
        monkeypatch.setattr(f"youbei.{module}.LARGE", 1)
    count_all_ahead(NOW)
    for names in (("area",), ("area", "reserve"), ("condition",)):
        counting = Counting(LOT, user, ALL, NOW)
        # Once, and no further than a row more than few, it is looked whether there are many.
        assert reads_of("records_stocklot", lambda c=counting, n=names: c.cells(sides(LOT, *n))) <= 1
    assert disagreements(user, NOW) == []


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_what_lies_in_the_stores_is_counted_before_anybody_asks(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    save("requirement", code="r1", item="mask", organisation="north", quantity=Decimal(50), basis="order")
    monkeypatch.setattr("youbei.actions.counts.LARGE", 2)
    count_all_ahead(NOW)
    paths = counter.paths_with(LOT.see)
    assert reads_of("records_stocklot", lambda: gap_report(paths, today=NOW.date())) == 0
    tomorrow = NOW + timedelta(days=1)
    count_all_ahead(tomorrow)
    assert reads_of("records_stocklot", lambda: gap_report(paths, today=tomorrow.date())) == 0


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
@pytest.mark.parametrize("address", ["/registers/freshness/", "/stock/", "/stock/gaps/"])
def test_a_page_of_numbers_that_are_not_counted_yet_says_so(
    counter: User, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    save("requirement", code="r1", item="mask", organisation="north", quantity=Decimal(50), basis="order")
    monkeypatch.setattr("youbei.records.registers.keeping.LARGE", 2)
    monkeypatch.setattr("youbei.actions.counts.AHEAD", Ahead())
    page, now = client_of(counter), clock.now()
    Heartbeat.objects.create(name="worker", at=now)
    assert "Very many records are being counted" in page.get(address).content.decode()
    while CountWanted.objects.exists():
        keep_counts(now)
    assert "Very many records are being counted" not in page.get(address).content.decode()


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_a_base_of_too_many_cells_is_not_counted_again_and_again(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("youbei.actions.counts.LARGE", 2)
    for module in ("records.registers.keeping", "actions.counts"):
        monkeypatch.setattr(f"youbei.{module}.MOST_CELLS", 2)
    count_all_ahead(NOW)
    assert KeptCount.objects.exists()
    assert CountWanted.objects.filter(is_too_large=True).exists()


@pytest.mark.sqlite  # only SQLite rebuilds tables
def test_nothing_is_kept_where_changes_are_not_written_down(counter: User) -> None:
    counting = Counting(LOT, counter, ALL, NOW)
    counting.cells(sides(LOT, "item"), "quantity")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER counted_lot_insert")
    enter(50)
    assert disagreements(counter, NOW) == []
    journal.install(connection)
    assert not KeptCount.objects.exists()
    assert disagreements(counter, NOW) == []


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_a_wrong_number_is_found_and_forgotten(counter: User) -> None:
    assert disagreements(counter, NOW) == []
    assert check_counts(NOW) == []
    row = KeptCount.objects.filter(register="lot").order_by("pk")[0]
    KeptCount.objects.filter(pk=row.pk).update(cells=[[*row.cells[0][:-2], 99, "0"], *row.cells[1:]])
    assert [one.pk for one in check_counts(NOW, repair=True)] == [row.pk]
    assert disagreements(counter, NOW) == []


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_changes_that_are_held_are_cleared_away_and_no_others(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("youbei.actions.counts.BEHIND", 1)
    later = datetime.now(UTC) + timedelta(hours=2)
    disagreements(counter, later)
    enter(60)
    keep_counts(later)
    assert not CountChange.objects.filter(register="lot").exists()
    enter(61)
    assert disagreements(counter, later) == []


def test_what_is_counted_by_is_written_down() -> None:
    """A column that a table may be counted by and that the triggers do not know is counted slowly, not wrongly."""
    slow = {
        (name, one.name)
        for name in COUNTED
        for one in dimensions_of(REGISTERS[name])
        if one.field is not None and not {one.name, f"{one.name}_id"} & set(COUNTED[name].columns)
    } | {
        (name, measure)
        for name in COUNTED
        for measure, _ in measures_of(REGISTERS[name])
        if measure != COUNT and measure not in COUNTED[name].columns
    }
    assert slow == set()
    for name, one in COUNTED.items():
        assert model_of(REGISTERS[name])._meta.db_table == one.table
        known = {column.attname for column in model_of(REGISTERS[name])._meta.concrete_fields}
        assert set(one.columns) <= known
        assert not set(one.columns) & set(REGISTERS[name].personal)


@pytest.mark.postgresql
def test_a_change_that_ends_after_the_count_is_not_lost(run_python: Callable[..., subprocess.Popen[str]]) -> None:
    done = run_python("from tests.actions.test_kept_counts import count_while_others_write as go; go()")
    _, problems = done.communicate(timeout=120)
    assert done.returncode == 0, problems


def count_while_others_write() -> None:
    """Run on a database of its own: what is written here stays."""
    user = plant()
    has_written, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            StockLot.objects.filter(code="l0").update(condition="faulty")
            has_written.set()
            may_end.wait(20)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    has_written.wait(20)
    # Others write and end meanwhile: their keys are higher than that of the change that is still under way.
    StockLot.objects.filter(code="l1").update(condition="worn")
    assert disagreements(user, NOW) == []
    assert KeptCount.objects.filter(register="lot").count() > 5
    may_end.set()
    writer.join()
    assert disagreements(user, NOW) == []
    for number in range(24):
        change(number, number, number, NOW)
        assert disagreements(user, NOW + timedelta(days=number)) == []
    assert check_counts(NOW) == []
