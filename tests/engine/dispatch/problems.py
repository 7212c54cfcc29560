"""Small random problems for the laws of dispatch, with everything in them that a problem can hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from youbei.engine.dispatch.problem import (
    Agreement,
    Cover,
    Crew,
    Incident,
    Items,
    Leg,
    Lot,
    Need,
    Owner,
    Place,
    Problem,
    Reserve,
    Skill,
    Status,
    TaskForce,
    Unit,
    Units,
)

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
PLACES = ("p0", "p1", "p2")
CAPABILITIES = ("a", "b")
ITEMS = ("mask",)
SECONDS = st.integers(0, 20).map(lambda number: number * 60)


def maybe(strategy: st.SearchStrategy[int]) -> st.SearchStrategy[int | None]:
    return st.one_of(st.none(), strategy)


UNITS = st.builds(Units, st.sampled_from(CAPABILITIES), st.integers(1, 2), st.integers(1, 3))
CREWS = st.builds(Crew, st.sampled_from(CAPABILITIES), st.integers(1, 6))
ITEM_NEEDS = st.builds(Items, st.sampled_from(ITEMS), st.integers(1, 8))
FORCES = st.builds(
    TaskForce, st.tuples(st.builds(Units, st.just("a"), st.just(1)), st.builds(Units, st.just("b"), st.integers(1, 2)))
)


def needs(asks: st.SearchStrategy) -> st.SearchStrategy[Need]:
    return st.builds(
        Need,
        id=st.just(""),
        asks=asks,
        is_life_safety=st.booleans(),
        due_s=maybe(SECONDS),
        latest_s=maybe(st.integers(5, 30).map(lambda number: number * 60)),
        work_s=st.sampled_from((0, 600)),
    ).map(consistent)


def consistent(need: Need) -> Need:
    """Return the need, due no later than it is of use."""
    is_late = need.due_s is not None and need.latest_s is not None and need.due_s > need.latest_s
    return replace(need, due_s=need.latest_s) if is_late else need


def numbered(things: list, prefix: str) -> tuple:
    return tuple(replace(thing, id=f"{prefix}{number}") for number, thing in enumerate(things))


def driven(draw: st.DrawFn, units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """Let the people of the first unit drive some of those that can carry."""
    return tuple(
        replace(unit, crew=draw(st.sampled_from(("", units[0].id)))) if unit.payload_kg and unit.id != "u0" else unit
        for unit in units
    )


def aboard(draw: st.DrawFn, lots: tuple[Lot, ...], units: tuple[Unit, ...]) -> tuple[Lot, ...]:
    """Let some lots lie on a vehicle."""
    vehicles = ["", "", *(unit.id for unit in units if unit.payload_kg)]
    return tuple(replace(lot, aboard=draw(st.sampled_from(vehicles))) if lot.grams_each else lot for lot in lots)


@st.composite
def problems(
    draw: st.DrawFn, *, most_units: int = 5, asks: st.SearchStrategy | None = None, has_stock: bool = True
) -> Problem:
    need = needs(st.one_of(UNITS, CREWS, *((ITEM_NEEDS,) if has_stock else ()), FORCES) if asks is None else asks)
    incident = st.builds(
        Incident,
        id=st.just(""),
        place=st.sampled_from(PLACES),
        needs=st.lists(need, min_size=1, max_size=2).map(lambda found: numbered(found, "n")),
        priority=st.integers(1, 3),
    )
    unit = st.builds(
        Unit,
        id=st.just(""),
        place=st.sampled_from(PLACES),
        skills=st.lists(
            st.builds(Skill, st.sampled_from(CAPABILITIES), st.integers(1, 3), st.integers(0, 4)),
            min_size=1,
            max_size=2,
            unique_by=lambda skill: skill.capability,
        ).map(tuple),
        turn_out_s=SECONDS,
        status=st.sampled_from((Status.AVAILABLE,) * 4 + (Status.ASSIGNED, Status.OUT_OF_SERVICE)),
        owner=st.sampled_from(("", "", "friend", "stranger")),
        is_staffed=st.sampled_from((True, True, True, False)),
        worked_s=SECONDS,
        limit_s=maybe(st.integers(10, 60).map(lambda number: number * 60)),
        payload_kg=st.sampled_from((0, 3)) if has_stock else st.just(0),
        payload_l=st.sampled_from((0, 2)) if has_stock else st.just(0),
    )
    lot = st.builds(
        Lot,
        id=st.just(""),
        item=st.just("mask"),
        place=st.sampled_from(PLACES),
        quantity=st.integers(1, 6),
        ready_s=SECONDS,
        expires_at=st.one_of(st.none(), st.integers(0, 40).map(lambda number: AT + timedelta(minutes=number))),
        grams_each=st.sampled_from((0, 0, 1000)),
        cm3_each=st.sampled_from((0, 600, 1500)),
        owner=st.sampled_from(("", "friend", "stranger")),
    )
    cover = st.builds(
        Cover,
        id=st.just(""),
        place=st.sampled_from(PLACES),
        capability=st.sampled_from(CAPABILITIES),
        number=st.integers(1, 2),
        within_s=st.just(1200),
        is_strict=st.booleans(),
    )
    legs = [
        Leg(one, other, draw(maybe(st.integers(0, 20).map(lambda number: number * 60))))
        for one in PLACES
        for other in PLACES
        if one != other
    ]
    units = driven(draw, numbered(draw(st.lists(unit, max_size=most_units)), "u"))
    friend = Owner("friend", agreement=Agreement(draw(SECONDS), draw(st.integers(0, 5)), draw(st.integers(0, 2))))
    return Problem(
        at=AT,
        incidents=numbered(draw(st.lists(incident, min_size=1, max_size=2)), "i"),
        units=units,
        lots=aboard(draw, numbered(draw(st.lists(lot, max_size=2)), "l"), units) if has_stock else (),
        reserves=draw(st.sampled_from(((), (Reserve("r", "mask", "p1", 60, 4, ramp_up_s=600),)))) if has_stock else (),
        owners=(friend, Owner("stranger")),
        cover=numbered(draw(st.lists(cover, max_size=1)), "c"),
        places=tuple(Place(name) for name in PLACES),
        legs=tuple(legs),
    )
