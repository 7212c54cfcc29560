"""Home cover in the problem of a dispatch: the districts, the places that stand for them, the ways to them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from youbei.engine.closures import around
from youbei.engine.dispatch.problem import Cover, Leg
from youbei.engine.places import Point
from youbei.engine.reach import Journeys
from youbei.records.reports.dispatch.covers import CoverWanted

EDGE = 4
# Assumption: who is farther from a district than an hour's journey is not asked to move up to it.
FARTHEST = timedelta(hours=1)


def cover_name(pk: int) -> str:
    return f"cover:{pk}"


def cover_of(wanted: CoverWanted, *, is_protected: bool = False, kept: int | None = None) -> Cover:
    """Return a cover as the problem knows it; one that is protected is not broken whatever it costs.

    With `kept` it is protected too, and wants so many teams instead of what the register says.
    """
    return Cover(
        id=cover_name(wanted.pk),
        place=cover_name(wanted.pk),
        capability=wanted.capability,
        number=wanted.number if kept is None else kept,
        within_s=wanted.within_s,
        type=wanted.type,
        is_strict=wanted.is_strict or is_protected or kept is not None,
        also=tuple(name for name in places_of_cover(wanted) if name != cover_name(wanted.pk)),
        label=wanted.name,
    )


def places_of_cover(wanted: CoverWanted) -> dict[str, Point]:
    """Return the places that stand for a district: its middle, and where its edge is farthest in each direction."""
    name = cover_name(wanted.pk)
    places = {name: wanted.at}
    if wanted.radius_m:
        # The polygon round a circle has its corners beyond it; so wide, they lie upon it.
        edge = around(wanted.at, wanted.radius_m * math.cos(math.pi / EDGE), EDGE)
        places |= {f"{name}/{number}": point for number, point in enumerate(edge, start=1)}
    return places


def legs_to_cover(units: Mapping[str, Point], covers: Iterable[CoverWanted], ways: Journeys) -> Iterator[Leg]:
    """Yield the journeys of units to districts, as far as anybody would move up; who is farther has no way there.

    What does not lie beside a road is left to be estimated.
    """
    for wanted in covers:
        limit = max(FARTHEST, timedelta(seconds=wanted.within_s))
        for name, place in places_of_cover(wanted).items():
            beside = {unit: at for unit, at in units.items() if ways.is_beside_road(at)}
            if ways.roads is None or not ways.is_beside_road(place):
                continue
            journeys = ways.roads.within(list(beside.values()), place, limit=limit)
            for unit, journey in zip(beside, journeys, strict=True):
                yield Leg(unit, name, None if journey is None else round(journey.total_seconds()))
