"""What may be otherwise on the day: hours and days off, teams off the road, people out of reach, roads, suppliers.

A plan that is stress-tested meets them with the probabilities stated here, each drawn for each replication. Hours are
local hours of the day, from 0 to 24.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from youbei.engine.places import EARTH_RADIUS_M, Point

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class OffHours:
    """What a night, or a day off, does: turning out takes `slower` times as long; a team is there with `strength`."""

    slower: float = 1.0
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nobody reaches a post with a probability.

    Its steps begin later then: by `deputy_after` where the plan names a deputy for it, else by `alone_after`, until
    somebody stands in.
    """

    post: str
    probability: float
    deputy_after: timedelta
    alone_after: timedelta


@dataclass(frozen=True, slots=True)
class Closure:
    """Ways that touch a circle take `factor` times as long; nobody gets through where that is None. label: what it is
    called, in both languages as `中文 / English`.
    """

    id: str
    label: str
    centre: Point
    radius_m: float
    probability: float
    factor: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """What fails together: `resources` (ids of teams and stock) of a supplier, an agreement or a production line, and
    what that is called, in both languages as `中文 / English`.
    """

    id: str
    label: str
    resources: frozenset[str]
    probability: float


@dataclass(frozen=True, slots=True)
class Shift:
    """Teams that are there from `start` until `end` only, over midnight where it ends no later than it starts.

    A team may stand in several shifts; one that stands in none is always there.
    """

    teams: frozenset[str]
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Troubles:
    """Hold what may be otherwise. `hour` and `month` (1 to 12) of the activation are drawn where they are None.

    off_road: the probability that a team cannot go, for every team or by its id.
    """

    hour: float | None = None
    month: int | None = None
    night: OffHours = OffHours()
    night_from: float = 22.0
    night_until: float = 6.0
    holiday: OffHours = OffHours()
    holiday_share: float = 0.0
    off_road: float = 0.0
    off_road_of: Mapping[str, float] = field(default_factory=dict)
    unreachable: tuple[Unreachable, ...] = ()
    closures: tuple[Closure, ...] = ()
    failures: tuple[Failure, ...] = ()
    shifts: tuple[Shift, ...] = ()

    def is_night(self, hour: float) -> bool:
        return is_within(self.night_from, self.night_until, hour)

    def off_road_by(self, team: str) -> float:
        return self.off_road_of.get(team, self.off_road)

    @property
    def conditions(self) -> tuple[str, ...]:
        """Name what a replication may be told apart by, in a fixed order."""
        return (
            "night",
            "holiday",
            *(f"closure:{one.id}" for one in self.closures),
            *(f"failure:{one.id}" for one in self.failures),
            *(f"unreachable:{one.post}" for one in self.unreachable),
        )


NO_TROUBLES = Troubles()


def is_within(start: float, end: float, hour: float) -> bool:
    """Return whether an hour lies in `start <= hour < end`, over midnight where it ends no later than it starts."""
    return start <= hour < end if start < end else hour >= start or hour < end


def touches(closure: Closure, origin: Point, destination: Point) -> bool:
    """Return whether the straight way from one place to another touches a closure.

    Assumption: a road leaves the straight line by less than such an area is wide; which road is taken is not asked.
    """
    x, y = on_plane(closure.centre, origin)
    to_x, to_y = on_plane(closure.centre, destination)
    along_x, along_y = to_x - x, to_y - y
    length = along_x * along_x + along_y * along_y
    share = max(0.0, min(1.0, -(x * along_x + y * along_y) / length)) if length > 0 else 0.0
    return math.hypot(x + share * along_x, y + share * along_y) <= closure.radius_m


def on_plane(centre: Point, point: Point) -> tuple[float, float]:
    """Return metres east and north of a centre, on the plane that touches the earth there."""
    east = math.radians(point.lon - centre.lon) * math.cos(math.radians(centre.lat))
    return EARTH_RADIUS_M * east, EARTH_RADIUS_M * math.radians(point.lat - centre.lat)
