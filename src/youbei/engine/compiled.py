"""Numeric loops, compiled. Only rooms that may use numeric libraries import this; it needs the extra `solve`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

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


def inner(loop: Loop, *, is_small: bool) -> Loop:
    """Compile a loop that only other loops call and that allocates nothing; a small one into each of its callers.

    Without counting references, which costs more than the loop where it is short, and without wrappers for Python: it
    must not be called from there.
    """
    options: dict[str, Any] = {"nogil": True, "forceinline": is_small, "_nrt": False}
    options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    try:
        return cast(Loop, njit(cache=True, **options)(loop))
    except RuntimeError:
        return cast(Loop, njit(**options)(loop))
