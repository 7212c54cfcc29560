"""The map: what lies still (areas, roads), and what is going on (incidents, resources and their ways, closed roads).

It is asked for box by box. Where more of a layer lie in the box than a map can show, the units that divide the box are
shown instead, each with how many it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.cells import Box
from youbei.engine.shapes import middle_of, thinned
from youbei.engine.text import Text
from youbei.records.models import (
    Assignment,
    HazardPoint,
    Incident,
    RoadClosure,
    RoadNetwork,
    Run,
    Site,
    Team,
    User,
    Vehicle,
)
from youbei.records.registers.boxes import EARTH, some_in
from youbei.records.reports.map_heaps import Heap, heaps_in
from youbei.records.reports.names import name_of

# Incidents and ways: who has more than this to watch does so by the lists.
MOST = 2000
# Points of all outlines of a layer together: outlines are looked at, not measured, on a map.
MOST_POINTS = 20_000
LEAST_POINTS = 24
# Marks of one layer: a map that shows more than this shows nothing any more.
MOST_MARKS = 400


@dataclass(frozen=True, slots=True)
class Layer:
    """Resources of one register: `kind` is the column that says how a mark looks."""

    name: str
    register: str
    model: Any
    kind: str


LAYERS = (
    Layer("team", "team", Team, "status"),
    Layer("vehicle", "vehicle", Vehicle, "status"),
    Layer("site", "site", Site, "kind"),
    Layer("hazard", "hazard_point", HazardPoint, "grade"),
)
DRAWN_SHAPES = frozenset({"LineString", "MultiLineString", "Polygon", "MultiPolygon"})
LAYER_NAMES = tuple(layer.name for layer in LAYERS)


@dataclass(frozen=True, slots=True)
class Mark:
    """One place on the map. `kind` is the use of a site, the status of a team, or the mode of an incident.

    `pk` is 0 where no record has the mark; `at` is when the place was last reported, None where that is not done.
    """

    layer: str
    pk: int
    kind: str
    name: Text
    lat: float
    lon: float
    note: Text = Text()
    level: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """The extent of the record of a mark on the ground: a GeoJSON geometry, thinned out to be looked at."""

    mark: Mark
    shape: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Way:
    """The way of a resource that was sent: a line of `(lat, lon)`, and whether it has arrived."""

    run_pk: int
    label: Text
    has_arrived: bool
    line: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """An area of `(lat, lon)` in which roads are closed, or slow by `factor`."""

    incident_pk: int
    reason: str
    area: tuple[tuple[float, float], ...]
    factor: float | None = None


@dataclass(frozen=True, slots=True)
class CityMap:
    """What is shown of a box. `crowded` names the layers of which so many lie there that not all of them are shown."""

    incidents: tuple[Mark, ...]
    teams: tuple[Mark, ...]
    sites: tuple[Mark, ...]
    ways: tuple[Way, ...]
    vehicles: tuple[Mark, ...] = ()
    hazards: tuple[Mark, ...] = ()
    heaps: tuple[Heap, ...] = ()
    closed: tuple[Closed, ...] = ()
    crowded: tuple[str, ...] = ()
    outlines: tuple[Outline, ...] = ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return all marks, what matters most last: it is drawn above the others."""
        return (*self.sites, *self.hazards, *self.vehicles, *self.teams, *self.incidents)

    @property
    def is_empty(self) -> bool:
        return not (self.marks or self.heaps)


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies still. `areas` is a GeoJSON FeatureCollection; `roads` holds lines by class of road."""

    code: str
    areas: Mapping[str, Any]
    roads: Mapping[str, Sequence[tuple[tuple[float, float], tuple[float, float]]]]


def city_map(
    user: User, now: datetime, *, boxes: tuple[Box, ...] = EARTH, layers: Collection[str] = LAYER_NAMES
) -> CityMap:
    """Return what is going on, as far as the user may see it, with these layers of resources that lie in a box."""
    marks: dict[str, tuple[Mark, ...]] = {}
    heaps: list[Heap] = []
    crowded: list[str] = []
    outlines: list[Outline] = []
    for layer in LAYERS:
        if layer.name not in layers:
            continue
        register = content.registers()[layer.register]
        rows = some_in(layer.model.objects.all(), user.paths_with(register.see), boxes, MOST_MARKS + 1)
        if len(rows) > MOST_MARKS:
            heaped = heaps_in(layer.name, register, user, boxes, now)
            heaps += heaped
            if heaped:
                continue
            crowded.append(layer.name)
        shown = sorted(rows[:MOST_MARKS], key=lambda row: row.pk)
        marks[layer.name] = tuple(mark_of(layer, row) for row in shown)
        outlines += outlines_of(layer, shown)
    return CityMap(
        incidents=incident_marks(user),
        teams=marks.get("team", ()),
        vehicles=marks.get("vehicle", ()),
        sites=marks.get("site", ()),
        hazards=marks.get("hazard", ()),
        ways=ways_of(user),
        heaps=tuple(heaps),
        closed=tuple(closed_for(user)),
        crowded=tuple(crowded),
        outlines=tuple(outlines),
    )


def outlines_of(layer: Layer, rows: Sequence[Any]) -> Iterable[Outline]:
    """Yield how far those reach that have more than a point; each record is found by where its mark is."""
    shaped = [row for row in rows if (getattr(row, "geometry", None) or {}).get("type") in DRAWN_SHAPES]
    for row in shaped:
        yield Outline(mark_of(layer, row), thinned(row.geometry, max(LEAST_POINTS, MOST_POINTS // len(shaped))))


def mark_of(layer: Layer, row: Any) -> Mark:
    kind, (lat, lon) = str(getattr(row, layer.kind)), stand_of(row)
    if isinstance(row, Vehicle):
        note = Text(zh=row.plate, en=row.plate)
        return Mark(layer.name, row.pk, kind, name_of(row), lat, lon, note, at=row.placed_at)
    return Mark(layer.name, row.pk, kind, name_of(row), lat, lon)


def stand_of(row: Any) -> tuple[float, float]:
    """Return where the mark of a row stands: at its point, else in the middle of its outline."""
    if row.lat is None or row.lon is None:
        middle = middle_of(row.geometry)
        return middle.lat, middle.lon
    return row.lat, row.lon


def incident_marks(user: User) -> tuple[Mark, ...]:
    rows = Incident.objects.visible_to(user).filter(status=Incident.Status.OPEN, lat__isnull=False)
    shown = list(rows.order_by("-reported_at")[:MOST])
    levels = levels_of(shown)
    return tuple(incident_mark(row, levels.get(row.pk)) for row in shown)


def incident_mark(row: Incident, level: int | None) -> Mark:
    note = Text(zh=f"{row.number} {row.place}", en=f"{row.number} {row.place}")
    return Mark("incident", row.pk, row.mode, row.named, row.lat or 0, row.lon or 0, note, level)


def levels_of(incidents: Sequence[Incident]) -> dict[int, int]:
    """Return the most severe level at which something is running, by incident."""
    runs = Run.objects.filter(incident__in=[row.pk for row in incidents], phase=Run.Phase.ACTIVE, level__isnull=False)
    found: dict[int, int] = {}
    for incident, level in runs.values_list("incident", "level"):
        if level is not None:
            found[incident] = min(level, found.get(incident, level))
    return found


def ways_of(user: User) -> tuple[Way, ...]:
    """Return the ways of what was sent to runs that go on and is not released."""
    runs = Run.objects.visible_to(user).filter(phase=Run.Phase.ACTIVE)
    rows = Assignment.objects.filter(run__in=runs, released_at__isnull=True, route__isnull=False)
    sent = rows.select_related("team", "lot__site").order_by("id")[:MOST]
    return tuple(
        Way(
            run_pk=row.run_id,
            label=name_of(row.team or (row.lot.site if row.lot else None)) or Text(zh=row.label, en=row.label),
            has_arrived=row.arrived_at is not None,
            line=tuple((spot[0], spot[1]) for spot in row.route or ()),
        )
        for row in sent
    )


def closed_for(user: User) -> Iterable[Closed]:
    """Yield where roads are closed now by open incidents that the user may see."""
    seen = Incident.objects.visible_to(user, Permission.SEE).filter(status=Incident.Status.OPEN)
    for row in RoadClosure.objects.filter(opened_at=None, incident__in=seen).order_by("id")[:MOST]:
        yield Closed(row.incident_id, row.reason, tuple((spot[0], spot[1]) for spot in row.area), row.factor)


def ground() -> Ground | None:
    """Return the ground of the deployment's road network, or None while it has none."""
    # Large networks are held as arrays and are not drawn: the map has tiles for that.
    network = RoadNetwork.objects.exclude(data__has_key="form").order_by("-id").first()
    if network is None:
        return None
    nodes = network.data["nodes"]
    roads: dict[str, list[tuple[tuple[float, float], tuple[float, float]]]] = {}
    seen = set()
    for origin, destination, _seconds, kind in network.data["edges"]:
        pair = (min(origin, destination), max(origin, destination))
        if pair not in seen:
            seen.add(pair)
            roads.setdefault(kind, []).append((tuple(nodes[origin]), tuple(nodes[destination])))
    return Ground(code=network.code, areas=network.data.get("areas", {}), roads=roads)
