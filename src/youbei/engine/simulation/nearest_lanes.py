"""The nearest free team among those of three rows, in the vectors of LLVM: all of them looked at together.

Who is free, and who is nearer, cannot be foreseen: a loop that asks one after the other mostly waits for its own
forks. Needs numba.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from youbei.engine.compiled import in_every_lane, instruction
from youbei.engine.simulation.instructions import WIDTH

# How many rows of teams; of each the first WIDTH are looked at, and arrays have so many places more than teams.
ROWS = 3

WHOLE, FLOAT = ir.IntType(64), ir.DoubleType()
NUMBERS, FLOATS = ir.VectorType(WHOLE, WIDTH), ir.VectorType(FLOAT, WIDTH)
NOBODY = ir.Constant(FLOATS, [float("inf")] * WIDTH)


@instruction
def nearest_in_rows(
    _typing: Any, x: Any, y: Any, free: Any, firsts: Any, lasts: Any, now: Any, east: Any, north: Any
) -> Any:
    """Return the nearest of the teams that are free, of two as near the first; -1 where none is.

    firsts, lasts: of each of three rows of teams, one behind the other, where it begins and ends. Of a row the first
    `WIDTH` are looked at.
    """
    signature = types.int64(x, y, free, firsts, lasts, types.float64, types.float64, types.float64)

    def code(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        arrays = zip((x, y, free), given[:3], strict=True)
        data = [context.make_array(kind)(context, builder, one).data for kind, one in arrays]
        rows = [[builder.extract_value(one, row) for row in range(ROWS)] for one in given[3:5]]
        return nearest_of(builder, data, *rows, *given[5:])

    return signature, code


def nearest_of(builder: Any, data: Any, firsts: Any, lasts: Any, now: Any, east: Any, north: Any) -> Any:
    """Write down the instructions of `nearest_in_rows`."""
    ways = [way_to(builder, data, first, last, now, east, north) for first, last in zip(firsts, lasts, strict=True)]
    nearest = least_of(builder, ways)
    # One bit for each team, row by row: the first of those that are as near as the nearest.
    bits = ir.Constant(WHOLE, 0)
    for row, way in enumerate(ways):
        is_it = builder.bitcast(
            builder.fcmp_ordered("==", way, in_every_lane(builder, nearest, WIDTH)), ir.IntType(WIDTH)
        )
        moved = builder.shl(builder.zext(is_it, WHOLE), ir.Constant(WHOLE, WIDTH * row))
        bits = builder.or_(bits, moved)
    place = builder.cttz(bits, ir.Constant(ir.IntType(1), 0))
    found = ir.Constant(WHOLE, -1)
    for row, first in reversed(list(enumerate(firsts))):
        begins = ir.Constant(WHOLE, WIDTH * row)
        is_here = builder.icmp_signed("<", place, ir.Constant(WHOLE, WIDTH * (row + 1)))
        found = builder.select(is_here, builder.add(first, builder.sub(place, begins)), found)
    is_anybody = builder.fcmp_ordered("<", nearest, ir.Constant(FLOAT, float("inf")))
    return builder.select(is_anybody, found, ir.Constant(WHOLE, -1))


def way_to(builder: Any, data: Any, first: Any, last: Any, now: Any, east: Any, north: Any) -> Any:
    """Return how far it is to each of the first teams of a row, squared; infinite to those that are not free."""

    def load(array: Any) -> Any:
        return builder.load(builder.bitcast(builder.gep(array, [first]), FLOATS.as_pointer()), align=8)

    across, up = (
        builder.fsub(load(array), in_every_lane(builder, place, WIDTH))
        for array, place in zip(data, (east, north), strict=False)
    )
    far = builder.fadd(builder.fmul(across, across), builder.fmul(up, up))
    number = ir.Constant(NUMBERS, list(range(WIDTH)))
    is_of_row = builder.icmp_signed("<", number, in_every_lane(builder, builder.sub(last, first), WIDTH))
    is_free = builder.fcmp_ordered("<=", load(data[2]), in_every_lane(builder, now, WIDTH))
    return builder.select(builder.and_(is_of_row, is_free), far, NOBODY)


def least_of(builder: Any, ways: Any) -> Any:
    """Return the least of all numbers."""
    least, *others = ways
    for other in others:
        least = builder.select(builder.fcmp_ordered("<", other, least), other, least)
    width = WIDTH
    while width > 1:
        width //= 2
        upper = [width + lane if lane < width else lane for lane in range(WIDTH)]
        mask = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), upper)
        other = builder.shuffle_vector(least, ir.Constant(FLOATS, ir.Undefined), mask)
        least = builder.select(builder.fcmp_ordered("<", other, least), other, least)
    return builder.extract_element(least, ir.Constant(ir.IntType(32), 0))
