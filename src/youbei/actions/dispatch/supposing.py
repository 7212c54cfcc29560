"""What if: suppositions that change the question and nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass

from youbei.engine.closures import Closure
from youbei.engine.places import Point

# "Take two more", in one step.
MORE = 2
# Assumption: a bridge or crossing that is pointed at lies within so many metres; a square of twice that is closed.
BRIDGE_M = 60.0
METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Suppose:
    """`more`: needs (`<run>:<step>/<need>`), each time two more. `protect`: rows of home cover kept in any case.

    `closed`: places where the road is closed. `down`: teams that cannot go.
    """

    more: tuple[str, ...] = ()
    protect: tuple[int, ...] = ()
    closed: tuple[Point, ...] = ()
    down: tuple[int, ...] = ()

    @property
    def is_anything(self) -> bool:
        return bool(self.more or self.protect or self.closed or self.down)

    @property
    def can_be_sent(self) -> bool:
        """Say whether what follows may be carried out: needs and roads that are only supposed send nobody."""
        return not (self.more or self.closed)

    def added(self, run: int, need: str) -> int:
        return MORE * self.more.count(f"{run}:{need}")

    def closures(self) -> tuple[Closure, ...]:
        return tuple(Closure(square(point)) for point in self.closed)


NOTHING = Suppose()


def square(point: Point) -> tuple[Point, ...]:
    """Return the corners of a square round a point, in which a bridge is closed."""
    north = BRIDGE_M / METRES_PER_DEGREE
    east = north / max(0.05, math.cos(math.radians(point.lat)))
    return (
        Point(point.lat - north, point.lon - east),
        Point(point.lat - north, point.lon + east),
        Point(point.lat + north, point.lon + east),
        Point(point.lat + north, point.lon - east),
    )
