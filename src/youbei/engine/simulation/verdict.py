"""Two ways to be ready, side by side on the same luck, with a verdict in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from youbei.engine.plans.model import Plan
from youbei.engine.simulation.broken import BROKEN
from youbei.engine.simulation.compare import Comparison, Difference
from youbei.engine.text import Text

NAMES = {
    BROKEN: Text("每次推演没有做到的承诺", "Promises broken in a run"),
    "any_late": Text("有任务超时的推演", "Runs in which a step is late"),
    "short": Text("资源短缺的推演", "Runs in which something is short"),
    "first_arrival": Text("首批资源到场", "First resource there"),
    "full_strength": Text("资源全部到齐", "All resources there"),
    "ended": Text("全部结束", "All at rest"),
}
SHARES = frozenset({"any_late", "short"})


def verdict(found: Comparison) -> Text:
    """Say which of the two keeps more promises."""
    one = next(difference for difference in found.differences if difference.measure == BROKEN)
    half = max((one.high - one.low) / 2, 0.005)
    said, numbers = f"{abs(one.difference):.2f} ± {half:.2f}", f"{one.first:.2f} → {one.second:.2f}"
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


def name_of(one: Difference | Mapping[str, Any], plans: tuple[Plan, Plan]) -> Text:
    """Name what is compared."""
    measure = one["measure"] if isinstance(one, Mapping) else one.measure
    if measure in NAMES:
        return NAMES[measure]
    step, _, what = measure.rpartition("/")
    title = next((found.title for plan in plans for found in plan.steps if found.id == step), Text(step, step))
    zh, en = title.in_language("zh"), title.in_language("en")
    return Text(f"{zh}：超时", f"{en}: late") if what == "late" else Text(f"{zh}：完成", f"{en}: done")
