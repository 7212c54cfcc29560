"""The roads that incidents close, as pages and programs show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from youbei.engine.text import Text
from youbei.records.models import Incident, RoadClosure, User

MOST = 500


@dataclass(frozen=True, slots=True)
class ClosedRoads:
    """One closure; `factor` None: nobody may drive there. `lat`, `lon` are the middle of its area."""

    pk: int
    incident: int
    number: str
    title: Text
    mode: str
    reason: str
    factor: float | None
    area: tuple[tuple[float, float], ...]
    closed_at: datetime
    opened_at: datetime | None

    @property
    def lat(self) -> float:
        return sum(corner[0] for corner in self.area) / len(self.area)

    @property
    def lon(self) -> float:
        return sum(corner[1] for corner in self.area) / len(self.area)


def closures_of(incident: int) -> list[ClosedRoads]:
    """Return all closures of an incident, those in force first, the newest first."""
    rows = RoadClosure.objects.filter(incident=incident).select_related("incident").order_by("-pk")[:MOST]
    return sorted(map(closed_roads, rows), key=lambda one: one.opened_at is not None)


def closures_seen(user: User) -> list[ClosedRoads]:
    """Return the closures in force of the open incidents that a user may see."""
    seen = Incident.objects.visible_to(user).filter(status=Incident.Status.OPEN)
    rows = RoadClosure.objects.filter(opened_at=None, incident__in=seen).select_related("incident")
    return [closed_roads(row) for row in rows.order_by("pk")[:MOST]]


def closed_roads(row: RoadClosure) -> ClosedRoads:
    return ClosedRoads(
        pk=row.pk,
        incident=row.incident_id,
        number=row.incident.number,
        title=row.incident.named,
        mode=row.incident.mode,
        reason=row.reason,
        factor=row.factor,
        area=tuple((corner[0], corner[1]) for corner in row.area),
        closed_at=row.closed_at,
        opened_at=row.opened_at,
    )
