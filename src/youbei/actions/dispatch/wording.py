"""By how much one plan is better or worse than another, in units that people reckon in."""

from __future__ import annotations

from collections.abc import Sequence

from youbei.engine.dispatch.score import LEVEL_NAMES, LEVELS, POINTS
from youbei.engine.text import Text

SECONDS_OF_A_MINUTE, CENTS = 60, 100
UNITS = {
    "life_safety_unmet": (POINTS, Text("项需求（按优先级加权）", "needs, weighted by priority")),
    "unmet": (POINTS, Text("项需求（按优先级加权）", "needs, weighted by priority")),
    "lateness": (SECONDS_OF_A_MINUTE, Text("分钟", "min")),
    "arrival": (SECONDS_OF_A_MINUTE, Text("分钟", "min")),
    "delivery_lateness": (SECONDS_OF_A_MINUTE, Text("件·分钟", "min, each piece counted")),
    "delivery": (SECONDS_OF_A_MINUTE, Text("件·分钟", "min, each piece counted")),
    "cover_lost": (1, Text("支", "units")),
    "cost": (CENTS, Text("元", "CNY")),
}


def by_how_much(levels: Sequence[int]) -> Text:
    """Say on which level a plan first differs, and by how much: less is better on every level. Empty where on none."""
    for level, value in zip(LEVELS, levels, strict=False):
        if value:
            name, (share, unit) = LEVEL_NAMES[level], UNITS[level]
            amount = f"{abs(value) / share:.1f}".removesuffix(".0")
            zh, en = ("增加", "more") if value > 0 else ("减少", "less")
            return Text(f"“{name.zh}”{zh} {amount} {unit.zh}", f"{name.en}: {amount} {unit.en} {en}")
    return Text()
