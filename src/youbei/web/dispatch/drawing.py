"""The map of a proposal: what is on its way already, and what would be; rings of time round each incident."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from youbei.actions.dispatch.facts import place_name, places_of
from youbei.actions.dispatch.proposing import Proposal
from youbei.actions.dispatch.reaching import BANDS_MIN, Band, Left
from youbei.actions.dispatch.working import Worked
from youbei.engine.places import Point
from youbei.engine.text import Text
from youbei.records.reports.city_map import CityMap, Ground, Mark, Way
from youbei.web.mapchart import Frame, MapDrawing, draw, frame_of, spots_of

MOST_ROUTES = 80
METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Ring:
    """So many minutes round an incident, by the straight line at the usual speed and detour; lengths in px."""

    x: float
    y: float
    r: float
    minutes: int


@dataclass(frozen=True, slots=True)
class Reach:
    """The area from which an incident is reached along the roads within so many minutes; true to `cell_m` metres."""

    path: str
    minutes: int
    km2: float
    cell_m: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """Two drawings of the same frame: what is sent already, and that with what is proposed.

    `left` is where free teams could be before and after, for a table; `left_before` and `left_after` draw it.
    """

    before: MapDrawing | None
    after: MapDrawing | None
    rings: tuple[Ring, ...]
    reach: tuple[Reach, ...]
    left: tuple[Left, ...] = ()
    left_before: tuple[Reach, ...] = ()
    left_after: tuple[Reach, ...] = ()

    @property
    def bands(self) -> tuple[Reach, ...]:
        """Return the areas, the nearest first, for a table."""
        return self.reach[::-1]


def drawings(found: Worked, below: Ground | None, going: tuple[Way, ...]) -> Drawn:
    """Draw what is going on without and with the proposal, in one frame so that they can be compared."""
    proposal, left = found.proposal, found.left
    marks = tuple(incident_marks(proposal))
    teams = team_marks(proposal)
    runs = {run.pk for run in proposal.facts.runs}
    sent = tuple(way for way in going if way.run_pk in runs)
    before = CityMap(marks, teams, (), sent)
    after = CityMap(marks, teams, (), (*sent, *ways_of(proposal)))
    spots = spots_of(after, below)
    frame = frame_of(spots)[0] if spots else None
    rings, reach = (rings_of(proposal, frame), tuple(reach_of(found.bands, frame))) if frame is not None else ((), ())
    areas = [
        tuple(reach_of(dict.fromkeys(band for band in bands if band is not None), frame)) if frame is not None else ()
        for bands in ([one.before for one in reversed(left)], [one.after for one in reversed(left)])
    ]
    return Drawn(draw(before, below), draw(after, below), rings, reach, left, *areas)


def incident_marks(proposal: Proposal) -> Iterable[Mark]:
    for run in proposal.facts.runs:
        if run.at is not None:
            name = run.title
            yield Mark("incident", run.incident_pk, run.mode, name, run.at.lat, run.at.lon, level=run.level)


def team_marks(proposal: Proposal) -> tuple[Mark, ...]:
    """Mark who is chosen, with the minutes until they are there."""
    points, found = places_of(proposal.facts), []
    for pick in proposal.picks:
        point, minutes = points.get(pick.origin), round(pick.arrival_s / 60)
        if point is None:
            continue
        name = Text(f"{pick.name.zh}（{minutes} 分钟）", f"{pick.name.en or pick.name.zh} ({minutes} min)")
        layer = "team" if pick.need.capability else "site"
        found.append(Mark(layer, 0, "available", name, point.lat, point.lon))
    return tuple(found)


def ways_of(proposal: Proposal) -> Iterable[Way]:
    points = places_of(proposal.facts)
    for pick in proposal.picks[:MOST_ROUTES]:
        start, end = points.get(pick.origin), points[place_name(pick.run, pick.need)]
        if start is None:
            continue
        line = route(proposal, start, end)
        stands = points.get(pick.vehicle)
        if stands is not None and stands != start:
            line = (*route(proposal, stands, start), *line)
        yield Way(pick.run.pk, pick.name, False, tuple((point.lat, point.lon) for point in line))


def route(proposal: Proposal, start: Point, end: Point) -> tuple[Point, ...]:
    ways = proposal.facts.ways
    if ways.roads is not None and ways.is_beside_road(start) and ways.is_beside_road(end):
        return tuple(ways.roads.route(start, end))
    return (start, end)


def rings_of(proposal: Proposal, frame: Frame) -> tuple[Ring, ...]:
    """Draw circles by the straight line round what lies beside no road."""
    straight, found = proposal.facts.ways.straight, []
    for run in proposal.facts.runs:
        if run.at is not None and run.needs and not proposal.facts.ways.is_beside_road(run.at):
            x, y = frame.place(run.at.lat, run.at.lon)
            for minutes in BANDS_MIN:
                metres = minutes * 60 * straight.speed_m_s / straight.detour
                radius = metres / METRES_PER_DEGREE * frame.px_per_lat
                if math.isfinite(radius):
                    found.append(Ring(x, y, round(radius, 1), minutes))
    return tuple(found)


def reach_of(bands: Iterable[Band], frame: Frame) -> Iterable[Reach]:
    for band in bands:
        rings = (ring for polygon in band.polygons for ring in (polygon.outer, *polygon.holes))
        yield Reach("".join(frame.path(ring, closed=True) for ring in rings), band.minutes, band.km2, band.cell_m)
