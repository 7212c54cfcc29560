"""What if: suppositions that change the question and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from youbei.engine.closures import Closure, around
from youbei.engine.places import Point

# "Take two more", in one step.
MORE = 2
# Assumption: a bridge or crossing that is pointed at lies within so many metres.
BRIDGE_M = 60.0
BRIDGE_CORNERS = 8


@dataclass(frozen=True, slots=True)
class Suppose:
    """`more`: needs (`<run>:<step>/<need>`), each time two more. `closed`: places where the
    road is closed. `down`: teams that cannot go. `protected`: home covers that nothing may break.
    """

    more: tuple[str, ...] = ()
    closed: tuple[Point, ...] = ()
    down: tuple[int, ...] = ()
    protected: tuple[int, ...] = ()

    @property
    def is_anything(self) -> bool:
        return bool(self.more or self.closed or self.down or self.protected)

    @property
    def can_be_sent(self) -> bool:
        """Say whether what follows may be carried out: needs and roads that are only supposed send nobody."""
        return not (self.more or self.closed)

    def added(self, run: int, need: str) -> int:
        return MORE * self.more.count(f"{run}:{need}")

    def closures(self) -> tuple[Closure, ...]:
        return tuple(Closure(around(point, BRIDGE_M, BRIDGE_CORNERS)) for point in self.closed)


NOTHING = Suppose()
