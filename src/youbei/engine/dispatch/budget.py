"""How much work a question is worth. Work is counted, not timed: the same question and budget give the same answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

# Assumption: on a machine of 2025 so much work is done in about a second; it only sets what a second of budget buys.
NODES_PER_SECOND = 400
STEPS_PER_SECOND = 150
# Where a machine is so slow that the work takes this many times longer than asked, the time guard ends it.
GUARD = 4.0


@dataclass(frozen=True, slots=True)
class Budget:
    """Limit the work: nodes of branch and bound per level, and steps that raise a bound.

    `clock` (seconds, from the door) and `guard_s` end the work early on a slow machine; the answer then says that it
    was stopped, for only then may it differ from one machine to the next.
    """

    nodes: int = 4000
    steps: int = 300
    guard_s: float | None = None
    clock: Callable[[], float] | None = None

    @classmethod
    def of_seconds(cls, seconds: float, clock: Callable[[], float] | None = None) -> Budget:
        """Return the work that takes about so many seconds, guarded by the clock where one is given."""
        return cls(
            nodes=round(seconds * NODES_PER_SECOND),
            steps=round(seconds * STEPS_PER_SECOND),
            guard_s=max(1.0, seconds * GUARD) if clock is not None else None,
            clock=clock,
        )


class Meter:
    """Watch the time guard of a budget while work is done."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.started = budget.clock() if budget.clock is not None else 0.0
        self.was_stopped = False

    def left_s(self) -> float | None:
        """Return the seconds until the guard strikes; None without a guard."""
        if self.budget.clock is None or self.budget.guard_s is None:
            return None
        return max(0.0, self.budget.guard_s - (self.budget.clock() - self.started))

    def is_over(self) -> bool:
        if self.left_s() == 0.0:
            self.was_stopped = True
        return self.was_stopped
