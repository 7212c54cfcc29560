"""Roads that may be closed on any day: those that incidents of the last year closed, for as much of the time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from youbei.engine.places import Point, distance_m
from youbei.engine.troubles import Closure
from youbei.records.models import Incident, RoadClosure
from youbei.records.nearby import box

# Assumption: a year shows floods, snow and works; what was closed earlier says less about today.
LOOKED_BACK = timedelta(days=365)
# Half the side of the box in which closures count, in degrees of latitude.
AREA = 0.3
# What happened is told apart by bits, of which posts and suppliers take most. The longest closures count.
MOST = 8


def closures_near(near: Point | None, now: datetime, *, most: int = MOST) -> tuple[Closure, ...]:
    """Return the closures around a place, each with the share of the last year that it lasted.

    What is closed now is not among them: the ways of today know it already.
    """
    if near is None or most <= 0:
        return ()
    since = now - LOOKED_BACK
    rows = RoadClosure.objects.filter(
        Q(**{f"incident__{name}": value for name, value in box(near, AREA).items()}),
        incident__mode=Incident.Mode.REAL,
        opened_at__gt=since,
        closed_at__lt=now,
    )
    found = [(min(row.opened_at or now, now) - max(row.closed_at, since), row) for row in rows.order_by("id")]
    longest = sorted(found, key=lambda one: (-one[0], one[1].pk))[: min(most, MOST)]
    return tuple(made for length, row in longest for made in circle_of(row, length / LOOKED_BACK))


def circle_of(row: RoadClosure, share: float) -> Iterator[Closure]:
    """Yield the circle around the area of a closure; nothing where it has no points."""
    points = [Point(float(lat), float(lon)) for lat, lon in row.area]
    if not points:
        return
    centre = Point(sum(one.lat for one in points) / len(points), sum(one.lon for one in points) / len(points))
    radius = max(distance_m(centre, one) for one in points)
    yield Closure(f"closed-{row.pk}", row.reason, centre, radius, share, row.factor)
