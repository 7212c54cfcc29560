"""When the steps of a run happened, are happening, and may be expected to happen: what a time chart draws.

An expectation is the plan's own arithmetic: the likely duration of each step after the steps before it. It knows
neither travel nor shortages; the simulation does. Nothing in a run depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from youbei.engine.plans.model import Phase, Plan, Step
from youbei.engine.run.state import State, StepState, StepStatus


@dataclass(frozen=True, slots=True)
class Span:
    """One step on the time axis; `is_expected` where the end, and for a waiting step the start, is an expectation."""

    start: datetime
    end: datetime
    is_expected: bool


def forecast(plan: Plan, state: State, now: datetime) -> dict[str, Span]:
    """Return the span of every step that has one; a step that waits for a condition or another level has none."""
    found: dict[str, Span | None] = {}
    steps = {step.id: step for step in plan.steps}

    def span(step_id: str) -> Span | None:
        if step_id not in found:
            found[step_id] = None  # a circle of steps ends here
            step = steps.get(step_id)
            if step is not None:
                found[step_id] = span_of(step, state, now, span)
        return found[step_id]

    spans = {step_id: span(step_id) for step_id in steps}
    return {step_id: known for step_id, known in spans.items() if known is not None}


def span_of(step: Step, state: State, now: datetime, other: Callable[[str], Span | None]) -> Span | None:
    lived = state.steps.get(step.id, StepState())
    begun = lived.started_at or lived.opened_at
    if lived.status in (StepStatus.FINISHED, StepStatus.SKIPPED):
        end = lived.finished_at or now
        return Span(min(begun or end, end), end, is_expected=False)
    if begun is not None and lived.status is StepStatus.STARTED:
        return Span(begun, max(now, begun + step.takes.likely), is_expected=True)
    if begun is not None and lived.status is StepStatus.OPEN:
        return Span(begun, max(now, begun) + step.takes.likely, is_expected=True)
    start = expected_start(step, state, now, other)
    return None if start is None else Span(start, start + step.takes.likely, is_expected=True)


def expected_start(
    step: Step, state: State, now: datetime, other: Callable[[str], Span | None]
) -> datetime | None:
    """Return when a waiting step may be expected to open, or None where that cannot be said."""
    if state.level is None or state.level > step.from_level:
        return None
    if step.start.when is not None and not (step.start.after or step.start.after_any):
        return None
    waits = [now]
    if step.phase is Phase.RECOVERY:
        ended = state.moments.get("ended")
        if ended is None:
            return None
        waits.append(ended)
    before = [other(name) for name in step.start.after]
    either = [known for name in step.start.after_any if (known := other(name)) is not None]
    if any(known is None for known in before) or (step.start.after_any and not either):
        return None
    waits += [known.end for known in before if known is not None]
    if either:
        waits.append(min(known.end for known in either))
    since = moment_of(step.start.since, state.moments, other)
    if since is None:
        return None
    return max([*waits, since + step.start.delay])


def moment_of(
    name: str, moments: Mapping[str, datetime], other: Callable[[str], Span | None]
) -> datetime | None:
    """Return when a moment happened, or is expected where it is the opening or the end of a step."""
    if name in moments:
        return moments[name]
    if name.startswith("step:"):
        step_id, _colon, what = name.removeprefix("step:").rpartition(":")
        known = other(step_id)
        return None if known is None else (known.start if what == "opened" else known.end)
    return None
