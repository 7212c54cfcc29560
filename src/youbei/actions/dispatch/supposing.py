"""What if: suppositions that change the question and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from youbei.engine.closures import Closure, around
from youbei.engine.places import Point

# "Two more", where only a need is named.
MORE = 2
# So many more units or pieces of one need, teams kept in a district, minutes of delay, seconds of work at most.
MOST_MORE, MOST_KEPT, MOST_SLACK_MIN, MOST_BUDGET_S = 20, 12, 120, 10
# Assumption: a bridge or crossing that is pointed at lies within so many metres.
BRIDGE_M = 60.0
BRIDGE_CORNERS = 8


@dataclass(frozen=True, slots=True)
class Suppose:
    """`more`: needs (`<run>:<step>/<need>`) and how many more of each. `closed`: places where the road is closed.

    `down`: teams that cannot go. `protected`: home covers that nothing may break. `kept`: home covers of which so many
    teams must remain, other than the register says. `slack_min`: what is due is due so much later. `budget_s`: how much
    work the answer is worth, in about seconds; 0 is the usual.
    """

    more: tuple[tuple[str, int], ...] = ()
    closed: tuple[Point, ...] = ()
    down: tuple[int, ...] = ()
    protected: tuple[int, ...] = ()
    kept: tuple[tuple[int, int], ...] = ()
    slack_min: int = 0
    budget_s: int = 0

    @property
    def is_anything(self) -> bool:
        """Say whether anything is supposed; more work for the same question is no supposition."""
        return bool(self.more or self.closed or self.down or self.protected or self.kept or self.slack_min)

    @property
    def can_be_sent(self) -> bool:
        """Say whether what follows may be carried out: needs, times and roads that are only supposed send nobody."""
        return not (self.more or self.closed or self.slack_min)

    def added(self, run: int, need: str) -> int:
        return sum(number for key, number in self.more if key == f"{run}:{need}")

    def kept_at(self, cover: int) -> int | None:
        """Return how many teams must remain for a cover; None where it is not said."""
        return dict(self.kept).get(cover)

    def closures(self) -> tuple[Closure, ...]:
        return tuple(Closure(around(point, BRIDGE_M, BRIDGE_CORNERS)) for point in self.closed)


NOTHING = Suppose()
