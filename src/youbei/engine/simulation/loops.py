"""Loops that are compiled where numba is installed, and run as plain Python to the same bit where it is not.

Such a loop uses integers below 2**63, 64-bit words, floats, `math`, and the sequences made here; it allocates nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableSequence
from typing import TypeVar, cast

try:
    import numpy as np

    from youbei.engine.compiled import compiled, inner
except ImportError:
    IS_COMPILED = False
else:
    IS_COMPILED = True

Loop = TypeVar("Loop", bound=Callable[..., object])
Floats = MutableSequence[float]
Ints = MutableSequence[int]
# Unsigned 64-bit words: keys of draws, and what counts along with them.
Words = MutableSequence[int]


def loop(function: Loop) -> Loop:
    """Compile a function on its first call, where that can be done."""
    return compiled(function) if IS_COMPILED else function


def stage(function: Loop) -> Loop:
    """Compile a function that only loops call."""
    return inner(function, is_small=False) if IS_COMPILED else function


def part(function: Loop) -> Loop:
    """Compile a small function that only loops call into each of them."""
    return inner(function, is_small=True) if IS_COMPILED else function


def floats(values: Iterable[float]) -> Floats:
    return (
        cast(Floats, np.array(values if isinstance(values, np.ndarray) else list(values), dtype=np.float64))
        if IS_COMPILED
        else [float(one) for one in values]
    )


def ints(values: Iterable[int]) -> Ints:
    return (
        cast(Ints, np.array(values if isinstance(values, np.ndarray) else list(values), dtype=np.int64))
        if IS_COMPILED
        else list(values)
    )


def words(values: Iterable[int]) -> Words:
    return cast(Words, np.array(list(values), dtype=np.uint64)) if IS_COMPILED else list(values)


def no_floats(count: int) -> Floats:
    return cast(Floats, np.zeros(count)) if IS_COMPILED else [0.0] * count


def no_ints(count: int) -> Ints:
    return cast(Ints, np.zeros(count, dtype=np.int64)) if IS_COMPILED else [0] * count


def no_words(count: int) -> Words:
    return cast(Words, np.zeros(count, dtype=np.uint64)) if IS_COMPILED else [0] * count
