"""Codes of emergency supplies by GB/T 38565-2020: their shape, their place in the tree, and which one fits a name.

The table itself is not part of the program: an installation loads its own copy into the register of codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from youbei.engine.errors import Refused

# Source: GB/T 38565-2020, 5.2: four levels in seven digits (1+2+2+2); the first is 1, 2 or 3; 99 is what fits nowhere.
SHAPE = re.compile(r"[123]\d{6}")
CLASSES: Mapping[str, str] = {"1": "basic", "2": "equipment", "3": "engineering"}
LENGTHS = (1, 3, 5, 7)
LEAST_LIKE = 0.5


class CodeRefused(Refused):
    """Refuse a code that has not the shape of the standard, or that contradicts what stands beside it."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A code of the list that may be that of an item, and how alike the names are (1: equal)."""

    code: str
    name: str
    likeness: float


def demand_shape(code: str) -> str:
    """Return a code without blanks; refuse one that is not seven digits beginning with 1, 2 or 3."""
    plain = re.sub(r"[\s.\-]", "", code)
    if not SHAPE.fullmatch(plain):
        raise CodeRefused(
            zh=f"“{code}”不是 GB/T 38565—2020 的编码：应为七位数字（1+2+2+2），首位为 1、2 或 3。请核对。",
            en=f"{code!r} is no code of GB/T 38565-2020: it has seven digits (1+2+2+2), the first is 1, 2 or 3. Check "
            "it.",
        )
    return plain


def level_of(code: str) -> int:
    """Return 1 to 4: how many of the levels a code fills; the rest are zeros."""
    return next(level for level, length in enumerate(LENGTHS, start=1) if not code[length:].strip("0"))


def parent_of(code: str) -> str:
    """Return the code one level up, empty for a class."""
    level = level_of(code)
    return "" if level == 1 else code[: LENGTHS[level - 2]].ljust(7, "0")


def class_of(code: str) -> str:
    """Return the class of items that the first digit names."""
    return CLASSES[code[0]]


def pairs(name: str) -> frozenset[str]:
    plain = re.sub(r"[\s（）()、，,/]", "", name).lower()
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset({plain})


def best_fit(name: str, item_class: str, codes: Iterable[tuple[str, str]]) -> Fit | None:
    """Return the code whose name is most like that of an item, of the item's class if it has one; None: none is.

    Likeness is the share of the pairs of letters that both names have. Of equals the deepest goes first.
    """
    wanted, best = pairs(name), None
    for code, called in codes:
        if item_class and class_of(code) != item_class:
            continue
        have = pairs(called)
        likeness = len(wanted & have) / len(wanted | have)
        if likeness < LEAST_LIKE:
            continue
        if best is None or (likeness, level_of(code), code) > (best.likeness, level_of(best.code), best.code):
            best = Fit(code, called, likeness)
    return best
