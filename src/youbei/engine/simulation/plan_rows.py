"""Run a compiled plan and read its rows: as records of replications, or straight into a tally."""

from __future__ import annotations

from dataclasses import dataclass

from youbei.engine.plans.model import LevelNumber
from youbei.engine.simulation.kernel import (
    NOT_OPENED,
    OVERFULL,
    ROW_END_PROPOSED,
    ROW_ENDED,
    ROW_EVENTS,
    ROW_FIRST_ARRIVAL,
    ROW_HEAD,
    ROW_LEVEL,
    run_block,
)
from youbei.engine.simulation.loops import Floats, Ints, no_floats, no_ints, words
from youbei.engine.simulation.plan_compile import Program
from youbei.engine.simulation.plan_memory import BUSY, NEVER
from youbei.engine.simulation.replicate import Replication

MILLISECOND = 1000


@dataclass(frozen=True, slots=True)
class Rows:
    """What a block of replications gave: a row for each number, what was short by need, and teams' busy time in all.

    busy: microseconds by resource, in the order of `program.resources`.
    """

    program: Program
    numbers: range
    rows: Ints
    short: Floats
    busy: Ints

    @property
    def width(self) -> int:
        return ROW_HEAD + 4 * len(self.program.plan.steps) + len(self.program.needs)

    def is_overfull(self, row: int) -> bool:
        """Return whether a row is to be made by the reference instead."""
        return self.rows[row * self.width + ROW_EVENTS] == OVERFULL

    def first_arrival(self, row: int) -> int | None:
        return milliseconds(self.rows[row * self.width + ROW_FIRST_ARRIVAL])

    def end_proposed(self, row: int) -> int | None:
        return milliseconds(self.rows[row * self.width + ROW_END_PROPOSED])

    def replication(self, row: int) -> Replication:
        """Return one row as the record that the reference gives."""
        first, steps = row * self.width, len(self.program.plan.steps)
        times = [milliseconds(value) for value in self.rows[first + ROW_HEAD : first + ROW_HEAD + 4 * steps]]
        met = self.rows[first + ROW_HEAD + 4 * steps : first + self.width]
        names = self.program.needs
        missing = self.short[row * len(names) : (row + 1) * len(names)]
        return Replication(
            number=self.numbers[row],
            events=int(self.rows[first + ROW_EVENTS]),
            level=LevelNumber(int(self.rows[first + ROW_LEVEL])),
            opened=tuple(times[:steps]),
            started=tuple(times[steps : 2 * steps]),
            finished=tuple(times[2 * steps : 3 * steps]),
            late=tuple(at is not None for at in times[3 * steps :]),
            met={name: milliseconds(at) for name, at in zip(names, met, strict=True) if at != NOT_OPENED},
            short={name: float(most) for name, most in zip(names, missing, strict=True) if most > 0},
            ended=int(self.rows[first + ROW_ENDED]) // MILLISECOND,
        )


def milliseconds(at: int) -> int | None:
    return None if at == NEVER else int(at) // MILLISECOND


def run_rows(program: Program, numbers: range, *, seed: int) -> Rows:
    """Carry the plan out for the replications of these numbers."""
    m, g, w = program.arrays(seed)
    count, needs = len(numbers), len(program.needs)
    rows = no_ints(count * (ROW_HEAD + 4 * len(program.plan.steps) + needs))
    short = no_floats(count * needs)
    run_block(m, g, w, words((numbers.start, numbers.stop)), rows, short)
    first = program.m[BUSY]
    return Rows(program, numbers, rows, short, m[first : first + len(program.resources)])
