"""The map: what lies still (areas, roads), and what is going on (incidents, teams and their way, sites)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from youbei.engine.text import Text
from youbei.records.models import Assignment, Incident, RoadNetwork, Run, Site, Team, User
from youbei.records.reports.names import name_of

# A map that shows more than this shows nothing any more; the lists have all of them.
MOST = 2000


@dataclass(frozen=True, slots=True)
class Mark:
    """One place on the map. `kind` is the use of a site, the status of a team, or the mode of an incident."""

    layer: str
    pk: int
    kind: str
    name: Text
    lat: float
    lon: float
    note: Text = Text()
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """The way of a resource that was sent: a line of `(lat, lon)`, and whether it has arrived."""

    run_pk: int
    label: Text
    has_arrived: bool
    line: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class CityMap:
    incidents: tuple[Mark, ...]
    teams: tuple[Mark, ...]
    sites: tuple[Mark, ...]
    ways: tuple[Way, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.incidents or self.teams or self.sites)


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies still. `areas` is a GeoJSON FeatureCollection; `roads` holds lines by class of road."""

    code: str
    areas: Mapping[str, Any]
    roads: Mapping[str, Sequence[tuple[tuple[float, float], tuple[float, float]]]]


def city_map(user: User) -> CityMap:
    """Return what is going on, as far as the user may see it: four queries, and one for the ways."""
    incidents = Incident.objects.visible_to(user).filter(status=Incident.Status.OPEN, lat__isnull=False)
    shown = list(incidents.order_by("-reported_at")[:MOST])
    levels = levels_of(shown)
    teams = Team.objects.visible_to(user).order_by("id")[:MOST]
    sites = Site.objects.visible_to(user).order_by("id")[:MOST]
    return CityMap(
        incidents=tuple(incident_mark(row, levels.get(row.pk)) for row in shown),
        teams=tuple(Mark("team", row.pk, row.status, name_of(row), row.lat, row.lon) for row in teams),
        sites=tuple(Mark("site", row.pk, row.kind, name_of(row), row.lat, row.lon) for row in sites),
        ways=ways_of(user),
    )


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
