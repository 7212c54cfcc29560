"""Run a compiled plan and read its rows: as records of replications, or straight into a tally."""

from __future__ import annotations

from dataclasses import dataclass

from youbei.engine.plans.model import LevelNumber
from youbei.engine.simulation.everyday import Call
from youbei.engine.simulation.kernel import (
    NOT_OPENED,
    OVERFULL,
    ROW_CALLS,
    ROW_END_PROPOSED,
    ROW_ENDED,
    ROW_EVENTS,
    ROW_FIRST_ARRIVAL,
    ROW_HAPPENED,
    ROW_HEAD,
    ROW_LEVEL,
    ROW_SINCE,
    run_block,
)
from youbei.engine.simulation.loops import Floats, Ints, no_floats, no_ints, words
from youbei.engine.simulation.plan_compile import Program
from youbei.engine.simulation.plan_memory import (
    BUSY,
    BUSY_BY_LENGTH,
    BUSY_SQUARES,
    C_AT,
    C_FIELDS,
    C_RESPONSE,
    C_STREAM,
    C_WAIT,
    HAS_EVERYDAY,
    MOST_CALLS,
    NEVER,
    OUT,
    OUT_SQUARES,
    TEAMS,
)
from youbei.engine.simulation.replicate import Replication

MILLISECOND = 1000


@dataclass(frozen=True, slots=True)
class Rows:
    """What a block of replications gave: a row for each number, what was short by need, and teams' busy time in all.

    busy, out: microseconds by resource for the plan and for calls of every day, in the order of `program.resources`;
    busy_squares, out_squares: sums of their squares, run by run, and busy_by_length of what a team was away times how
    long the run took, all in tenths of a second. calls: those calls, one after the other.
    """

    program: Program
    numbers: range
    rows: Ints
    short: Floats
    busy: Ints
    calls: Ints
    out: Ints
    busy_squares: Ints
    busy_by_length: Ints
    out_squares: Ints

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
            conditions=self.conditions(row),
            since_midnight=int(self.rows[first + ROW_SINCE]),
            calls=self.calls_of(row),
        )

    def conditions(self, row: int) -> frozenset[str]:
        """Return what this replication met of the troubles that there may be."""
        happened = int(self.rows[row * self.width + ROW_HAPPENED])
        return frozenset(name for bit, name in enumerate(self.program.conditions) if happened >> bit & 1)

    def calls_of(self, row: int) -> tuple[Call, ...]:
        before = sum(int(self.rows[one * self.width + ROW_CALLS]) for one in range(row) if not self.is_overfull(one))
        first, count = C_FIELDS * before, int(self.rows[row * self.width + ROW_CALLS])
        found = (self.calls[first + C_FIELDS * one : first + C_FIELDS * (one + 1)] for one in range(count))
        return tuple(
            Call(int(one[C_STREAM]), int(one[C_AT]), came(one[C_WAIT]), came(one[C_RESPONSE])) for one in found
        )


def milliseconds(at: int) -> int | None:
    return None if at == NEVER else int(at) // MILLISECOND


def call_at(calls: Ints, first: int) -> Call:
    wait, response = (calls[first + which] for which in (C_WAIT, C_RESPONSE))
    return Call(int(calls[first + C_STREAM]), int(calls[first + C_AT]), came(wait), came(response))


def came(at: int) -> int | None:
    return None if at == NEVER else int(at)


def run_rows(program: Program, numbers: range, *, seed: int) -> Rows:
    """Carry the plan out for the replications of these numbers."""
    m, g, w = program.arrays(seed)
    count, needs = len(numbers), len(program.needs)
    rows = no_ints(count * (ROW_HEAD + 4 * len(program.plan.steps) + needs))
    short = no_floats(count * needs)
    calls = no_ints(count * C_FIELDS * program.m[MOST_CALLS])
    run_block(m, g, w, words((numbers.start, numbers.stop)), rows, short, calls)
    teams, resources = program.m[TEAMS] if program.m[HAS_EVERYDAY] else 0, len(program.resources)

    def kept(table: int, length: int) -> Ints:
        first = program.m[table]
        return m[first : first + length]

    return Rows(
        program,
        numbers,
        rows,
        short,
        busy=kept(BUSY, resources),
        calls=calls,
        out=kept(OUT, teams),
        busy_squares=kept(BUSY_SQUARES, resources),
        busy_by_length=kept(BUSY_BY_LENGTH, resources),
        out_squares=kept(OUT_SQUARES, teams),
    )
