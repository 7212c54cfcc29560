"""Claims about taking an item for a purpose: reserves in order, rings around the place, first expired first out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.stock.fefo import Shelf
from youbei.engine.stock.proposal import ORDER, NothingChosen, Offer, Terms, deviation, propose
from youbei.engine.stock.requirement import Reserve

TODAY = date(2026, 11, 25)


def offer(
    lot: str, free: int, *, days: int | None = 100, km: float = 1, reserve: Reserve = Reserve.GOVERNMENT,
    ready_h: int = 0, price: int | None = None, condition: str = "good",
) -> Offer:  # fmt: skip
    expires = None if days is None else TODAY + timedelta(days=days)
    shelf = Shelf(lot, Decimal(free), expires, condition, distance_m=km * 1000)
    return Offer(shelf, reserve, Fraction(ready_h), None if price is None else Decimal(price))


def terms(quantity: int, *, detour_km: float = 20, **more: object) -> Terms:
    return Terms(Decimal(quantity), TODAY, detour_m=detour_km * 1000, **more)  # type: ignore[arg-type]


def test_within_the_detour_what_expires_first_goes_first_and_beyond_it_the_nearer_store() -> None:
    shelves = [offer("near", 5, days=90, km=2), offer("soon", 5, days=10, km=15), offer("far", 5, days=5, km=60)]
    assert list(propose(shelves, terms(12)).as_chosen()) == ["soon", "near", "far"]
    assert list(propose(shelves, terms(12, detour_km=0)).as_chosen()) == ["near", "soon", "far"]
    assert list(propose(shelves, terms(12, detour_km=1000)).as_chosen()) == ["far", "soon", "near"]


def test_reserves_are_asked_in_the_stated_order_and_the_market_by_price() -> None:
    shelves = [
        offer("line", 50, days=None, reserve=Reserve.CAPACITY, ready_h=30, price=1),
        offer("dear", 5, days=None, reserve=Reserve.MARKET, ready_h=5, price=20),
        offer("cheap", 5, days=None, reserve=Reserve.MARKET, ready_h=9, price=10),
        offer("held", 5, reserve=Reserve.AGREEMENT, ready_h=2),
        offer("own", 5, reserve=Reserve.OWN),
        offer("state", 5),
    ]
    found = propose(shelves, terms(27))
    assert list(found.as_chosen()) == ["state", "own", "held", "cheap", "dear", "line"]
    assert found.cost == 5 * 10 + 5 * 20 + 2 * 1
    assert found.ready_h == 30
    in_time = propose(shelves, terms(27, within_h=Decimal(9)))
    assert in_time.shortfall == 2
    assert {left.lot for left in in_time.passed_over} == {"line"}


def test_what_would_expire_before_it_is_used_up_is_passed_over_with_the_reason() -> None:
    found = propose([offer("soon", 9, days=10), offer("fine", 3)], terms(5, keeps_for=timedelta(days=30)))
    assert found.as_chosen() == {"fine": 3}
    assert found.shortfall == 2
    assert "2026-12-05" in found.passed_over[0].why.en


def test_taking_out_of_turn_is_named_and_taking_less_in_turn_is_not() -> None:
    shelves = [offer("soon", 5, days=10), offer("late", 5, days=90)]
    assert not deviation(shelves, terms(8), {"soon": Decimal(5), "late": Decimal(3)})
    assert not deviation(shelves, terms(8), {"soon": Decimal(2)})
    said = deviation(shelves, terms(8), {"late": Decimal(3)})
    assert "soon" in said.en
    assert "soon" in said.zh
    with pytest.raises(NothingChosen):
        deviation(shelves, terms(8), {"late": Decimal(0)})


offers = st.lists(
    st.builds(
        offer,
        st.uuids().map(str),
        st.integers(0, 9),
        days=st.none() | st.integers(-3, 60),
        km=st.integers(0, 80),
        reserve=st.sampled_from(list(Reserve)),
        ready_h=st.integers(0, 40),
        price=st.none() | st.integers(1, 9),
        condition=st.sampled_from(["good", "worn", "faulty"]),
    ),
    max_size=12,
)


@given(offers, st.integers(0, 60), st.integers(0, 100), st.integers(0, 30), st.randoms())
def test_nothing_is_taken_twice_too_late_or_out_of_order(
    shelves: list[Offer], quantity: int, detour_km: int, keeps: int, shuffle: object
) -> None:
    asked = terms(quantity, detour_km=detour_km, keeps_for=timedelta(days=keeps), within_h=Decimal(24))
    found = propose(shelves, asked)
    known = {one.shelf.lot: one for one in shelves}
    chosen = found.as_chosen()
    assert all(0 < amount <= known[key].shelf.free for key, amount in chosen.items())
    for key in chosen:
        one = known[key]
        assert one.shelf.condition != "faulty"
        assert one.ready_h <= 24
        assert one.shelf.expires_on is None or one.shelf.expires_on >= TODAY + timedelta(days=keeps)
    places = [ORDER.index(known[key].reserve) for key in chosen]
    assert places == sorted(places)
    passed = {left.lot for left in found.passed_over}
    usable = sum(one.shelf.free for one in shelves if one.shelf.lot not in passed)
    assert found.total == min(quantity, usable)
    assert found.shortfall == quantity - found.total
    again = list(shelves)
    shuffle.shuffle(again)  # type: ignore[attr-defined]
    assert propose(again, asked) == found
    if chosen:
        assert not deviation(shelves, asked, chosen)


@given(offers, st.integers(1, 60))
def test_with_an_endless_detour_a_store_reserve_is_emptied_first_expired_first(
    shelves: list[Offer], quantity: int
) -> None:
    found = propose(shelves, terms(quantity, detour_km=10**6, order=(Reserve.GOVERNMENT,)))
    known = {one.shelf.lot: one.shelf for one in shelves}
    days = [known[key].expires_on or date.max for key in found.as_chosen()]
    assert days == sorted(days)
