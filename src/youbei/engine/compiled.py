"""Numeric loops, compiled. Only rooms that may use numeric libraries import this; it needs the extra `solve`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compile a loop on its first call and keep what was compiled for the next process.

    Other threads go on while it runs. Where neither the package's folder nor the user's cache can be written, each
    process compiles for itself.
    """
    try:
        return cast(Loop, njit(cache=True, nogil=True)(loop))
    except RuntimeError:
        return cast(Loop, njit(nogil=True)(loop))
