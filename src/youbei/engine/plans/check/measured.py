"""Measured times: does the plan assume what exercises and incidents have shown to be otherwise?"""

from __future__ import annotations

from collections.abc import Iterator

from youbei.engine.plans.calibration.compare import Agreement, agreement
from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.study import Study, called, found
from youbei.engine.plans.model import Duration
from youbei.engine.spans import word_span

OUTSIDE = explain(
    "W961",
    ("用时假定与实测不符", "Assumed time outside what was measured"),
    (
        "演练和处置中实测的用时（中位数的置信区间）不包含预案假定的用时：按假定推算的时限不可信。",
        "The interval that holds the median of the times measured in exercises and incidents does not hold the time "
        "that the plan assumes: deadlines reckoned from it cannot be trusted.",
    ),
    (
        "请按实测用时修改该步骤，或说明条件为何不同。",
        "Change the step's time to what was measured, or say why conditions will be different.",
    ),
)
CODES = (OUTSIDE,)
# A step of which nobody said how long it takes is another family's matter.
UNSAID = Duration()


def check_measured(study: Study) -> Iterator[Finding]:
    """Compare each step's likely time with its measured interval, where it was measured often enough."""
    known = study.known.measured
    if known is None:
        return
    for step in study.plan.steps:
        times = known.get(step.id)
        if (
            times is None
            or step.takes == UNSAID
            or agreement(step.takes.likely, times) not in (Agreement.TOO_SHORT, Agreement.TOO_LONG)
        ):
            continue
        assumed, low, high = (word_span(one) for one in (step.takes.likely, times.low, times.high))
        yield found(
            OUTSIDE,
            f"steps.{step.id}.takes",
            f"“{called(step).zh}”假定用时 {assumed.zh}，实测 {times.count} 次，中位数在 {low.zh}至{high.zh}之间。",
            f'"{called(step).en}" is assumed to take {assumed.en}; measured {times.count} times, its median lies '
            f"between {low.en} and {high.en}.",
        )
