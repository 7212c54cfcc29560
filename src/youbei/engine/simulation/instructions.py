"""Single instructions for compiled loops: the bits of a float, division as the processor does it, early fetching.

Without numba they are plain functions that give the same.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from youbei.engine.simulation.loops import IS_COMPILED, Floats

# How many numbers are looked at together where a row of them is.
WIDTH = 8


def bits(value: float) -> int:
    return int.from_bytes(struct.pack("<d", value), "little")


def from_bits(word: int) -> float:
    return float(struct.unpack("<d", word.to_bytes(8, "little"))[0])


def divided(above: float, below: float) -> float:
    return above / below


def nothing(array: Floats, place: int) -> None:
    """There is no need to hurry."""


# Return the 64-bit word that a float is stored as.
bits_of: Callable[[float], int] = bits
# Return the float that is stored as a 64-bit word.
float_of: Callable[[int], float] = from_bits
# Divide by what is never 0. A loop that need not look for that can do several numbers at a time.
quotient: Callable[[float, float], float] = divided
# Ask for the memory in which a number of an array lies, without waiting for it.
fetch: Callable[[Floats, int], None] = nothing

if IS_COMPILED:
    from llvmlite import ir
    from numba import types

    from youbei.engine.compiled import instruction

    @instruction
    def bits_of_compiled(_typing: Any, _value: Any) -> Any:
        def code(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
            return builder.bitcast(given[0], context.get_value_type(types.uint64))

        return types.uint64(types.float64), code

    @instruction
    def float_of_compiled(_typing: Any, _word: Any) -> Any:
        def code(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
            return builder.bitcast(given[0], context.get_value_type(types.float64))

        return types.float64(types.uint64), code

    @instruction
    def quotient_compiled(_typing: Any, _above: Any, _below: Any) -> Any:
        def code(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
            return builder.fdiv(*given)

        return types.float64(types.float64, types.float64), code

    @instruction
    def fetch_compiled(_typing: Any, array: Any, _place: Any) -> Any:
        def code(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
            whole = ir.IntType(32)
            data = context.make_array(array)(context, builder, given[0]).data
            place = builder.bitcast(builder.gep(data, [given[1]]), ir.IntType(8).as_pointer())
            kind = ir.FunctionType(ir.VoidType(), [place.type, whole, whole, whole])
            hint = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kind)
            # To be read; to be kept in all caches; data.
            builder.call(hint, [place, whole(0), whole(3), whole(1)])
            return context.get_dummy_value()

        return types.void(array, types.int64), code

    fetch = fetch_compiled
    bits_of, float_of, quotient = bits_of_compiled, float_of_compiled, quotient_compiled
