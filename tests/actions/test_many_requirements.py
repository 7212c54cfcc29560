"""What is required in a province is added up from kept numbers: the same as one by one, and no slower for many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.built_once import built_once
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions.counts import count_ahead, keep_counts
from youbei.actions.registers.keep import retire_record, revive_record
from youbei.actions.registers.save import save_record
from youbei.actions.registers.tree import merge_unit, move_unit
from youbei.actions.requirements import weigh_marked
from youbei.engine.access import Role
from youbei.records.models import Item, Organisation, Requirement, YardstickDue
from youbei.records.registers.yardsticks import AT_ONCE, weigh_due
from youbei.records.reports import stock_gap
from youbei.records.reports.stock_gap import ItemGap, figures, gap_report

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
REQUIREMENT = content.registers()["requirement"]
BASES = ("plan", "standard", "order")


def save(name: str, **values: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW)


@built_once
def city() -> Organisation:
    top: Organisation = save("organisation", code="city", name_zh="市", kind="government")
    for code in ("north", "south"):
        save("organisation", code=code, name_zh=code, kind="government", parent="city")
    for code in ("mask", "pump"):
        save("item", code=code, name_zh=code, unit_zh="只")
    return top


def said(found: list[ItemGap]) -> list[Any]:
    return [
        (row.gap.item, row.gap.required, [moment.required for moment in row.gap.moments], row.sources) for row in found
    ]


def summed(paths: list[str], on: date, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    with monkeypatch.context() as patch:
        patch.setattr(stock_gap, "FEW", 0)
        return said(gap_report(paths, today=on))


def require(code: str, unit: str, item: str, basis: str, quantity: int, within: int, days: int | None) -> None:
    save(
        "requirement", code=code, organisation=unit, item=item, basis=basis, quantity=quantity, within_h=within,
        valid_until=None if days is None else NOW.date() + timedelta(days=days),
    )  # fmt: skip


LINE = st.tuples(
    st.sampled_from(("city", "north", "south")),
    st.sampled_from(("mask", "pump")),
    st.sampled_from(BASES),
    st.integers(1, 9),
    st.sampled_from((0, 3, 4, 24, 100)),
    st.sampled_from((None, -1, 0, 5)),
)
CHANGE = st.tuples(st.sampled_from(("edit", "turn", "retire", "revive", "delete", "update")), st.integers(0, 7), LINE)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINE, min_size=1, max_size=8), st.lists(CHANGE, max_size=6))
def test_sums_are_those_of_single_requirements_whatever_happens(
    city: Organisation, monkeypatch: pytest.MonkeyPatch, lines: list[Any], changes: list[Any]
) -> None:
    Requirement.objects.all().delete()
    for number, line in enumerate(lines):
        require(f"r{number}", *line)
    north = Organisation.objects.get(code="north")
    # Days only come after one another: what has run out is weighed anew, and does not come back.
    for day, (verb, which, line) in enumerate((("", 0, None), *changes)):
        happen(verb, f"r{which % len(lines)}", line)
        on = NOW.date() + timedelta(days=day)
        for paths in (["/"], [north.path]):
            assert summed(paths, on, monkeypatch) == said(gap_report(paths, today=on))


def happen(verb: str, code: str, line: Any) -> None:
    row = Requirement.objects.filter(code=code).first()
    if row is None or not verb or (row.source and verb in ("edit", "retire", "revive")):
        return  # what follows from a plan is changed by nobody
    if verb == "edit":
        values = dict(zip(("organisation", "item", "basis", "quantity", "within_h"), line, strict=False))
        save_record(register=REQUIREMENT, values=values, by=None, now=NOW, pk=row.pk)
    elif verb == "turn":
        Requirement.objects.filter(pk=row.pk).update(item=Item.objects.get(code=line[1]))
    elif verb == "retire":
        retire_record(register=REQUIREMENT, pk=row.pk, reason="x", by=None, now=NOW)
    elif verb == "revive":
        revive_record(register=REQUIREMENT, pk=row.pk, by=None, now=NOW)
    elif verb == "update":
        Requirement.objects.filter(pk=row.pk).update(source=("" if row.source else "plan:x"))
    else:
        row.delete()


def test_units_that_move_or_merge_take_what_they_require_along(
    city: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("a", "north", "mask", "plan", 5, 0, None)
    require("b", "south", "mask", "standard", 7, 0, None)
    north, south = (Organisation.objects.get(code=code) for code in ("north", "south"))
    assert summed(["/"], NOW.date(), monkeypatch)[0][1] == 12
    move_unit(unit=north, to=south, document="", by=None, now=NOW)
    south.refresh_from_db()
    assert summed([south.path], NOW.date(), monkeypatch)[0][1] == 12
    merge_unit(unit=Organisation.objects.get(code="north"), into=south, document="", by=None, now=NOW)
    # Plan and standard of one unit are two yardsticks for the same stock.
    assert summed(["/"], NOW.date(), monkeypatch)[0][1] == 7


def test_the_worker_weighs_what_changed_and_what_runs_out(city: Organisation) -> None:
    require("a", "north", "mask", "plan", 5, 4, 1)
    require("b", "north", "mask", "standard", 3, 24, None)
    assert not weigh_marked(NOW)
    assert hours() == {"a": 4, "b": None}
    assert not YardstickDue.objects.exists()
    assert not weigh_marked(NOW + timedelta(days=2))
    assert hours() == {"a": None, "b": 24}


def hours() -> dict[str, int | None]:
    return dict(Requirement.objects.values_list("code", "yardstick_h"))


def plant(count: int) -> None:
    items = list(Item.objects.order_by("pk"))
    units = list(Organisation.objects.order_by("pk"))
    have = Requirement.objects.count()
    Requirement.objects.bulk_create(
        Requirement(
            organisation=units[n % 3], org_path=units[n % 3].path, code=f"many-{n}", item=items[n % 2],
            quantity=Decimal(1 + n % 7), basis=BASES[n % 3], within_h=Decimal((0, 4, 24)[n % 3]),
        )
        for n in range(have, count)
    )  # fmt: skip
    weigh_due(NOW.date())


@contextmanager
def steps() -> Iterator[list[int]]:
    """Count in hundreds how much work SQLite does."""
    found = [0]

    def count() -> int:
        found[0] += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(count, 100)
    try:
        yield found
    finally:
        connection.connection.set_progress_handler(None, 0)


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_gaps_of_a_province_cost_no_more_than_those_of_a_county(
    city: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_gap, "FEW", 500)
    page = client_of(user_with(Role.REGISTRAR, city, name="keeper", language="en"))
    work: dict[str, list[int]] = {}
    for count in (1_000, 12_000):
        plant(count)
        keep_counts(NOW)
        while count_ahead(NOW):
            pass
        for address in ("/stock/", "/stock/gaps/"):
            page.get(address)
            with steps() as done:
                page.get(address)
            work.setdefault(address, []).append(done[0])
    for address, (few, many) in work.items():
        assert many <= 1.5 * few, (address, few, many)


def test_so_many_requirements_are_added_up_and_listed_in_their_register(
    city: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(60)
    monkeypatch.setattr(stock_gap, "FEW", 20)
    found = gap_report(["/"], today=NOW.date())
    assert all(row.is_summed for row in found)
    assert sum(figures(found).by_basis.values()) == sum(row.sources for row in found)
    page = client_of(user_with(Role.REGISTRAR, city, name="keeper", language="en"))
    assert 'href="/registers/requirement/?item=mask"' in page.get("/stock/gaps/").content.decode()
    one = page.get("/api/stock-gaps").json()[0]
    assert one["source_count"] > 0
    assert one["sources"] == []


def test_more_pairs_than_are_weighed_at_once_are_weighed_all(city: Organisation) -> None:
    YardstickDue.objects.bulk_create(YardstickDue(item_pk=10_000 + n, unit_pk=1) for n in range(AT_ONCE + 1))
    assert not weigh_due(NOW.date(), most=1)
    assert weigh_due(NOW.date())
