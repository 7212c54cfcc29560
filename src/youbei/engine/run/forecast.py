"""When the steps of a run happened, are happening, and may be expected to happen: what a time chart draws.

An expectation is the plan's own arithmetic from where the run stands: the likely duration of each step after the steps
before it. It knows neither travel nor shortages; the simulation does. Nothing in a run depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from youbei.engine.plans.model import LevelNumber, Phase, Plan, Step
from youbei.engine.run.state import StepState, StepStatus


@dataclass(frozen=True, slots=True)
class Expectation:
    """One step on the time axis; `is_expected` where the end, and for a waiting step the start, is not a fact."""

    start: datetime
    end: datetime
    is_expected: bool


@dataclass(slots=True)
class Forecast:
    """Work out expectations, each step once; `found` holds None for a step that none can be given for."""

    plan: Plan
    lived: Mapping[str, StepState]
    moments: Mapping[str, datetime]
    level: LevelNumber | int | None
    now: datetime
    steps: dict[str, Step] = field(default_factory=dict)
    found: dict[str, Expectation | None] = field(default_factory=dict)

    def of(self, step_id: str) -> Expectation | None:
        if step_id not in self.found:
            self.found[step_id] = None  # a circle of steps ends here
            if (step := self.steps.get(step_id)) is not None:
                self.found[step_id] = self.work_out(step)
        return self.found[step_id]

    def work_out(self, step: Step) -> Expectation | None:
        lived = self.lived.get(step.id, StepState())
        begun = lived.started_at or lived.opened_at
        if lived.status in (StepStatus.FINISHED, StepStatus.SKIPPED):
            end = lived.finished_at or begun or self.now
            return Expectation(min(lived.opened_at or end, end), end, is_expected=False)
        if begun is not None and lived.status is StepStatus.STARTED:
            return Expectation(lived.opened_at or begun, max(self.now, begun + step.takes.likely), is_expected=True)
        if begun is not None and lived.status is StepStatus.OPEN:
            return Expectation(begun, max(self.now, begun) + step.takes.likely, is_expected=True)
        start = self.start_of(step)
        return None if start is None else Expectation(start, start + step.takes.likely, is_expected=True)

    def start_of(self, step: Step) -> datetime | None:
        """Return when a waiting step may be expected to open, or None where that cannot be said."""
        if self.level is None or self.level > step.from_level:
            return None
        if step.phase is Phase.RECOVERY and "ended" not in self.moments:
            return None
        if step.start.when is not None and not (step.start.after or step.start.after_any):
            return None  # it waits for something to become known
        follows = self.ends_before(step)
        since = self.moment(step.start.since)
        if follows is None or since is None:
            return None
        return max(self.now, since + step.start.delay, *follows)

    def ends_before(self, step: Step) -> list[datetime] | None:
        """Return when the steps that it follows end; None where one of them has no expectation."""
        every = [self.of(name) for name in step.start.after]
        any_one = [known.end for name in step.start.after_any if (known := self.of(name)) is not None]
        ends = [known.end for known in every if known is not None]
        if len(ends) < len(every) or (step.start.after_any and not any_one):
            return None
        return [*ends, min(any_one)] if any_one else ends

    def moment(self, name: str) -> datetime | None:
        """Return when a moment happened, or is expected where it is the opening or the end of a step."""
        if name in self.moments or not name.startswith("step:"):
            return self.moments.get(name)
        step_id, _colon, what = name.removeprefix("step:").rpartition(":")
        known = self.of(step_id)
        if known is None:
            return None
        return known.start if what == "opened" else known.end


def forecast(
    plan: Plan,
    lived: Mapping[str, StepState],
    *,
    moments: Mapping[str, datetime],
    level: LevelNumber | int | None,
    now: datetime,
) -> dict[str, Expectation]:
    """Return the expectation of every step that has one; a step that waits for a condition or a level has none."""
    work = Forecast(plan, lived, moments, level, now, steps={step.id: step for step in plan.steps})
    found = {step.id: work.of(step.id) for step in plan.steps}
    return {step_id: known for step_id, known in found.items() if known is not None}
