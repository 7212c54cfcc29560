"""Two ways to be ready, side by side on the same luck, with a verdict in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from youbei.engine.plans.model import Plan
from youbei.engine.simulation.broken import BROKEN
from youbei.engine.simulation.compare import Comparison, Difference, Reach
from youbei.engine.text import Text

NAMES = {
    BROKEN: Text("每次推演没有做到的承诺", "Promises broken in a run"),
    "any_late": Text("有任务超时的推演", "Runs in which a step is late"),
    "short": Text("资源短缺的推演", "Runs in which something is short"),
    "first_arrival": Text("首批资源到场", "First resource there"),
    "full_strength": Text("资源全部到齐", "All resources there"),
    "contained": Text("响应任务全部完成", "All steps of the response done"),
    "ended": Text("全部结束", "All at rest"),
}
SHARES = frozenset({"any_late", "short"})
SIDES_ZH, SIDES_EN = ("前者", "后者"), ("the first", "the second")


def verdict(found: Comparison) -> Text:
    """Say which of the two keeps more promises."""
    one = next(difference for difference in found.differences if difference.measure == BROKEN)
    half = max((one.high - one.low) / 2, 0.005)
    said, numbers = f"{abs(one.difference):.2f} ± {half:.2f}", one.numbers
    if not one.is_plain:
        return Text(
            f"兑现的承诺看不出差别（每次推演失约 {numbers}）。",
            f"No difference can be told in the promises kept ({numbers} broken in a run).",
        )
    if one.difference < 0:
        return Text(
            f"后者更好：每次推演少失约 {said} 项（{numbers}）。",
            f"The second is better: {said} promises fewer are broken in a run ({numbers}).",
        )
    return Text(
        f"后者更差：每次推演多失约 {said} 项（{numbers}）。",
        f"The second is worse: {said} promises more are broken in a run ({numbers}).",
    )


def reach_words(one: Reach | Mapping[str, Any], plans: tuple[Plan, Plan]) -> Text:
    """Say in how many runs each of the two comes to what is measured."""
    data = one if isinstance(one, Mapping) else asdict(one)
    name, runs = name_of(one, plans), data["runs"]
    zh, en = name.in_language("zh"), name.in_language("en")
    counts = (data["first"], data["second"])
    for side, (count, other) in enumerate((counts, counts[::-1])):
        one_zh, other_zh = SIDES_ZH[side], SIDES_ZH[1 - side]
        one_en, other_en = SIDES_EN[side], SIDES_EN[1 - side]
        if count is None:
            return lacking(data["measure"], plans, side)
        if count == 0:
            return Text(
                f"“{zh}”{one_zh}从未达到（{runs:,} 次中 0 次；{other_zh} {other or 0:,} 次）。",
                f"“{en}”: {one_en} never reaches it (0 of {runs:,} runs; {other_en} in {other or 0:,}).",
            )
    first, second = counts
    return Text(
        f"“{zh}”并非每次都达到：{runs:,} 次中前者 {first:,} 次，后者 {second:,} 次。",
        f"“{en}” is not always reached: of {runs:,} runs in {first:,} by the first, in {second:,} by the second.",
    )


def lacking(measure: str, plans: tuple[Plan, Plan], side: int) -> Text:
    """Say that one of the two plans does not have what is measured: a step, or a deadline for it."""
    title = title_of(measure.rpartition("/")[0], plans)
    zh, en = title.in_language("zh"), title.in_language("en")
    if measure.endswith("/late"):
        return Text(f"“{zh}”：{SIDES_ZH[side]}的预案没有定时限。", f"“{en}”: {SIDES_EN[side]} sets no deadline for it.")
    return Text(
        f"“{zh}”：{SIDES_ZH[side]}的预案没有这项任务。", f"“{en}”: the plan of {SIDES_EN[side]} has no such step."
    )


def title_of(step: str, plans: tuple[Plan, Plan]) -> Text:
    return next((found.title for plan in plans for found in plan.steps if found.id == step), Text(step, step))


def name_of(one: Difference | Reach | Mapping[str, Any], plans: tuple[Plan, Plan]) -> Text:
    """Name what is compared."""
    measure = one["measure"] if isinstance(one, Mapping) else one.measure
    if measure in NAMES:
        return NAMES[measure]
    step, _, what = measure.rpartition("/")
    title = title_of(step, plans)
    zh, en = title.in_language("zh"), title.in_language("en")
    return Text(f"{zh}：超时", f"{en}: late") if what == "late" else Text(f"{zh}：完成", f"{en}: done")
