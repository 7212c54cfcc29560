"""Two ways to be ready, side by side on the same luck, with a verdict in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from youbei.engine.plans.model import Plan
from youbei.engine.simulation.compare import Comparison, Difference, Pair, Sums, measures_of
from youbei.engine.simulation.ensemble import Setup, replications
from youbei.engine.simulation.improve import MEASURE, broken_in
from youbei.engine.simulation.plan_rows import run_rows
from youbei.engine.text import Text

NAMES = {
    MEASURE: Text("每次推演没有做到的承诺", "Promises broken in a run"),
    "any_late": Text("有任务超时的推演", "Runs in which a step is late"),
    "short": Text("资源短缺的推演", "Runs in which something is short"),
    "first_arrival": Text("首批资源到场", "First resource there"),
    "full_strength": Text("资源全部到齐", "All resources there"),
    "ended": Text("全部结束", "All at rest"),
}
SHARES = frozenset({"any_late", "short"})


def sums_of(first: Setup, second: Setup, numbers: range) -> Sums:
    """Carry both out for the same numbers, with the seed of the first, and sum up what both have."""
    sums: Sums = {}
    found = ([*replications(setup, rows_of(setup, first.seed, numbers), numbers)] for setup in (first, second))
    for one, other in zip(*found, strict=True):
        before = {MEASURE: float(broken_in(first.plan, one)), **measures_of(first, one)}
        after = {MEASURE: float(broken_in(second.plan, other)), **measures_of(second, other)}
        for measure, value in before.items():
            against = after.get(measure)
            if value is not None and against is not None:
                sums.setdefault(measure, Pair()).add(value, against)
    return sums


def rows_of(setup: Setup, seed: int, numbers: range) -> Any:
    return None if setup.program is None else run_rows(setup.program, numbers, seed=seed)


def merged(whole: Sums, part: Sums) -> None:
    for measure, pair in part.items():
        whole.setdefault(measure, Pair()).merge(pair)


def comparison_of(sums: Sums, *, seed: int, runs: int) -> Comparison:
    return Comparison(seed, runs, False, tuple(pair.difference(measure) for measure, pair in sums.items()))


def verdict(found: Comparison) -> Text:
    """Say which of the two keeps more promises."""
    one = next(difference for difference in found.differences if difference.measure == MEASURE)
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
