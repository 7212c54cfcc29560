"""A step of a service system in all lanes at once, in the vectors of LLVM: a processor does several in one instruction.

What a compiler makes of a loop over lanes depends on how it is written; this does not. Needs numba. Arrays hold rows of
`LANES` numbers, one for each lane: one row, or one for each server.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from youbei.engine.compiled import in_every_lane, instruction
from youbei.engine.simulation.queue_loop import LOST, WAIT, WAITED

LANES = 16
# A server that is free comes before any that will be; those that are, in their order.
BEFORE_ALL = 1e6

ROW = ir.VectorType(ir.DoubleType(), LANES)


def filled(value: float) -> ir.Constant:
    return ir.Constant(ROW, [value] * LANES)


class Rows:
    """The rows of an array."""

    def __init__(self, context: Any, builder: Any, kind: Any, array: Any) -> None:
        self.builder = builder
        self.data = context.make_array(kind)(context, builder, array).data

    def place(self, row: Any) -> Any:
        first = self.builder.mul(row, ir.Constant(row.type, LANES))
        return self.builder.bitcast(self.builder.gep(self.data, [first]), ROW.as_pointer())

    def load(self, row: Any) -> Any:
        return self.builder.load(self.place(row), align=8)

    def store(self, value: Any, row: Any) -> None:
        self.builder.store(value, self.place(row), align=8)

    def add(self, value: Any, row: Any) -> None:
        self.store(self.builder.fadd(self.load(row), value), row)


@instruction
def serve_step(
    _typing: Any,
    servers: Any,
    has_line: Any,
    counted: Any,
    now: Any,
    lengths: Any,
    at: Any,
    active: Any,
    free: Any,
    busy: Any,
    sent: Any,
    sums: Any,
) -> Any:
    """Let one call come in each active lane and be served by the first free server, else by the one that is first.

    counted: 1.0 where the call is measured, else 0.0. lengths: rows of service times, of which this is row `at`.
    active: 1.0 or 0.0. free, busy, sent: a row for each server. sums: a row each for WINDOW, WAIT, WAITED and LOST.
    """
    signature = types.void(
        types.int64, types.boolean, types.float64, now, lengths, types.int64, active, free, busy, sent, sums
    )

    def code(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        many, waits, weight, time, took, step, lanes, *rest = given
        kinds = (now, lengths, active, free, busy, sent, sums)
        rows = [Rows(context, builder, kind, one) for kind, one in zip(kinds, (time, took, lanes, *rest), strict=True)]
        step_of(builder, many, waits, weight, step, *rows)
        return context.get_dummy_value()

    return signature, code


def step_of(
    builder: Any,
    servers: Any,
    has_line: Any,
    counted: Any,
    at: Any,
    now: Rows,
    lengths: Rows,
    active: Rows,
    free: Rows,
    busy: Rows,
    sent: Rows,
    sums: Rows,
) -> None:
    """Write down the instructions of `serve_step`."""
    whole = ir.IntType(64)
    zero, nothing = ir.Constant(whole, 0), filled(0.0)
    came, length = now.load(zero), lengths.load(at)

    soonest, chosen = (kept(builder, value) for value in (float("inf"), -1.0))
    with cgutils.for_range(builder, servers) as loop:
        number = in_every_lane(builder, builder.sitofp(loop.index, ir.DoubleType()), LANES)
        until = free.load(loop.index)
        is_free = builder.fcmp_ordered("<=", until, came)
        turn = builder.select(is_free, builder.fsub(number, filled(BEFORE_ALL)), until)
        is_sooner = builder.fcmp_ordered("<", turn, builder.load(soonest))
        builder.store(builder.select(is_sooner, number, builder.load(chosen)), chosen)
        builder.store(builder.select(is_sooner, turn, builder.load(soonest)), soonest)

    turn = builder.load(soonest)
    is_active = builder.fcmp_ordered("!=", active.load(zero), nothing)
    must_wait = builder.fcmp_ordered(">=", turn, nothing)
    may_wait = in_every_lane(builder, has_line, LANES)
    is_served = builder.and_(is_active, builder.or_(may_wait, builder.not_(must_wait)))
    server = builder.select(is_served, builder.load(chosen), filled(-1.0))
    wait = builder.select(builder.and_(must_wait, is_served), builder.fsub(turn, came), nothing)
    end = builder.fadd(builder.fadd(came, wait), length)
    weight = builder.select(is_active, in_every_lane(builder, counted, LANES), nothing)
    sums.add(builder.fmul(wait, weight), ir.Constant(whole, WAIT))
    sums.add(builder.select(builder.fcmp_ordered(">", wait, nothing), weight, nothing), ir.Constant(whole, WAITED))
    sums.add(builder.select(is_served, nothing, weight), ir.Constant(whole, LOST))
    with cgutils.for_range(builder, servers) as loop:
        number = in_every_lane(builder, builder.sitofp(loop.index, ir.DoubleType()), LANES)
        is_it = builder.fcmp_ordered("==", server, number)
        free.store(builder.select(is_it, end, free.load(loop.index)), loop.index)
        busy.add(builder.select(is_it, length, nothing), loop.index)
        sent.add(builder.select(is_it, weight, nothing), loop.index)


def kept(builder: Any, value: float) -> Any:
    """Return a place that holds a row through a loop, at first of equal numbers."""
    with builder.goto_entry_block():
        place = builder.alloca(ROW)
    builder.store(filled(value), place)
    return place
