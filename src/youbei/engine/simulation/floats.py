"""The bits of a float, and division as the processor does it: what the logarithm of compiled loops is made of.

Without numba they are plain functions that give the same.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from youbei.engine.simulation.loops import IS_COMPILED


def bits(value: float) -> int:
    return int.from_bytes(struct.pack("<d", value), "little")


def from_bits(word: int) -> float:
    return float(struct.unpack("<d", word.to_bytes(8, "little"))[0])


def divided(above: float, below: float) -> float:
    return above / below


# Return the 64-bit word that a float is stored as.
bits_of: Callable[[float], int] = bits
# Return the float that is stored as a 64-bit word.
float_of: Callable[[int], float] = from_bits
# Divide by what is never 0. A loop that need not look for that can do several numbers at a time.
quotient: Callable[[float, float], float] = divided

if IS_COMPILED:
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

    bits_of, float_of, quotient = bits_of_compiled, float_of_compiled, quotient_compiled
