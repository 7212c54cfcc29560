"""Claims about first expired, first out: deterministic, explained, and least waste."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from youbei.engine.stock.fefo import Shelf, pick

TODAY = date(2026, 11, 25)


def shelf(lot: str, free: int, days: int | None, condition: str = "good", distance_m: float = 0.0) -> Shelf:
    expires = None if days is None else TODAY + timedelta(days=days)
    return Shelf(lot, Decimal(free), expires, condition, distance_m=distance_m)


def test_what_expires_first_is_taken_first_and_what_keeps_for_ever_last() -> None:
    found = pick([shelf("never", 9, None), shelf("late", 5, 90), shelf("soon", 3, 10)], Decimal(10), on=TODAY)
    assert [(one.lot, one.quantity) for one in found.picks] == [("soon", 3), ("late", 5), ("never", 2)]
    assert found.shortfall == 0
    assert "2026-12-05" in found.picks[0].why.en


def test_expired_faulty_and_promised_lots_are_passed_over_with_the_reason() -> None:
    shelves = [shelf("old", 5, -1), shelf("broken", 5, 50, "faulty"), shelf("taken", 0, 50), shelf("fine", 2, 50)]
    found = pick(shelves, Decimal(4), on=TODAY)
    assert [one.lot for one in found.picks] == ["fine"]
    assert {one.lot for one in found.passed_over} == {"old", "broken", "taken"}
    assert all(one.why.zh and one.why.en for one in found.passed_over)
    assert found.shortfall == 2


def test_the_last_day_of_the_shelf_life_still_counts() -> None:
    assert pick([shelf("today", 1, 0)], Decimal(1), on=TODAY).shortfall == 0


def test_what_must_keep_for_a_week_is_not_taken_from_what_expires_tomorrow() -> None:
    found = pick([shelf("tomorrow", 1, 1)], Decimal(1), on=TODAY, keeps_for=timedelta(days=7))
    assert found.shortfall == 1


def test_of_two_that_expire_together_the_nearer_is_taken() -> None:
    found = pick([shelf("far", 5, 9, distance_m=900), shelf("near", 5, 9, distance_m=100)], Decimal(5), on=TODAY)
    assert [one.lot for one in found.picks] == ["near"]


@given(st.permutations([shelf(str(n), n % 4 + 1, n % 3 * 10) for n in range(6)]))
def test_the_order_of_the_shelves_makes_no_difference(shelves: list[Shelf]) -> None:
    expected = pick(sorted(shelves, key=lambda one: one.lot), Decimal(7), on=TODAY)
    assert pick(shelves, Decimal(7), on=TODAY).picks == expected.picks


def waste(left: list[tuple[int, int]], demand: list[int]) -> int:
    """Return the least that expires of (expires in days, quantity), when so much is used on each of the coming days."""
    stock, thrown = sorted(left), 0
    for day, wanted in enumerate(demand, start=1):
        thrown += sum(quantity for expires, quantity in stock if expires < day)
        stock = [one for one in stock if one[0] >= day]
        after = []
        for expires, quantity in stock:
            taken = min(quantity, wanted)
            wanted -= taken
            after.append((expires, quantity - taken))
        stock = after
    return thrown + sum(quantity for expires, quantity in stock if expires <= len(demand))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), min_size=1, max_size=4),
    st.integers(1, 6),
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_no_other_way_of_taking_wastes_less(lots: list[tuple[int, int]], wanted: int, demand: list[int]) -> None:
    shelves = [shelf(str(number), quantity, days) for number, (days, quantity) in enumerate(lots)]
    found = pick(shelves, Decimal(wanted), on=TODAY)
    taken = {one.lot: int(one.quantity) for one in found.picks}
    total = sum(taken.values())
    ours = waste([(days, q - taken.get(str(n), 0)) for n, (days, q) in enumerate(lots)], demand)
    splits = itertools.product(*(range(quantity + 1) for _, quantity in lots))
    best = min(
        waste([(days, q - split[n]) for n, (days, q) in enumerate(lots)], demand)
        for split in splits
        if sum(split) == total
    )
    assert ours == best
