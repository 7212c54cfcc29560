"""Numeric loops, compiled. Only rooms that may use numeric libraries import this; it needs the extra `solve`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from types import CellType, FunctionType
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit
from numba.extending import intrinsic

# How a loop is marked, here and in the rooms.
HOLDS_LOOPS = re.compile(r"^@(loop|stage|part|compiled|inner)\b|\b(loop|part|compiled|inner)\(", re.MULTILINE)

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compile a loop on its first call and keep what was compiled for the next process.

    Other threads go on while it runs. Where neither the package's folder nor the user's cache can be written, each
    process compiles for itself.
    """
    try:
        return cast(Loop, njit(cache=True, nogil=True)(stamped(loop)))
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
        return cast(Loop, njit(cache=True, **options)(stamped(loop)))
    except RuntimeError:
        return cast(Loop, njit(**options)(loop))


def instruction(make: Callable[..., Any]) -> Any:
    """Make a function for loops of the instructions that it writes: `make` is given types, and returns how it is called
    and what writes it down (numba's intrinsics).
    """
    return intrinsic(make)


def in_every_lane(builder: Any, value: Any, lanes: int) -> Any:
    """Return a vector of so many lanes that holds a number in each of them."""
    kind, place = ir.VectorType(value.type, lanes), ir.IntType(32)
    nothing = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(nothing, value, ir.Constant(place, 0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(place, lanes), [0] * lanes))


def stamped(loop: Callable[..., object]) -> Callable[..., object]:
    """Return the same function with what its room says put in its closure, which names what is kept of it.

    What is kept is given up when its own file changes. A loop also holds the loops that it calls, and the numbers that
    it names, from other files of its room: it would go on as they were before.
    """
    code, closure = loop.__code__, loop.__closure__ or ()
    code = code.replace(co_freevars=(*code.co_freevars, "__stamp__"))
    cells = (*closure, CellType(stamp_of(loop.__module__.rpartition(".")[0])))
    copied = FunctionType(code, loop.__globals__, loop.__name__, loop.__defaults__, cells)
    copied.__module__, copied.__qualname__, copied.__doc__ = loop.__module__, loop.__qualname__, loop.__doc__
    return copied


@cache
def stamp_of(package: str) -> str:
    """Return a digest of what the modules of a room say that hold loops, of those that they name, and of the draws."""
    said = {
        entry.name.removesuffix(".py"): entry.read_text(encoding="utf-8")
        for entry in files(package).iterdir()
        if entry.name.endswith(".py")
    }
    holding = {name for name, text in said.items() if HOLDS_LOOPS.search(text)}
    named = {name for one in holding for name in re.findall(rf"^from {package}\.(\w+) import", said[one], re.MULTILINE)}
    digest = blake2b(files("youbei.engine").joinpath("draws.py").read_bytes(), digest_size=16)
    for name in sorted((holding | named) & said.keys()):
        digest.update(said[name].encode())
    return digest.hexdigest()
