"""Response levels: their names, and which one the facts call for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from youbei.engine.conditions import View, evaluate, unknown_facts
from youbei.engine.plans.model import Level, LevelNumber
from youbei.engine.text import Text

LEVEL_NAMES: Mapping[LevelNumber, Text] = {
    LevelNumber.I: Text("一级", "Level I"),
    LevelNumber.II: Text("二级", "Level II"),
    LevelNumber.III: Text("三级", "Level III"),
    LevelNumber.IV: Text("四级", "Level IV"),
}


def grade_levels(levels: Iterable[Level], view: View) -> tuple[Level | None, tuple[str, ...]]:
    """Return the most severe level whose condition is true, and the unknown facts that might make it more severe.

    `levels` come with the most severe first.
    """
    unknown: dict[str, None] = {}
    for level in levels:
        truth = evaluate(level.when, view)
        if truth is True:
            return level, tuple(unknown)
        if truth is None:
            unknown |= dict.fromkeys(unknown_facts(level.when, view))
    return None, tuple(unknown)
