"""When the plan itself puts its steps: the earliest times by its own likely durations, before anything has happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from youbei.engine.plans.model import Phase, Plan, Step


@dataclass(frozen=True, slots=True)
class Span:
    starts_at: datetime
    ends_at: datetime


def plan_spans(plan: Plan, activated_at: datetime | None) -> dict[str, Span]:
    """Return the planned span of each response step; none before activation.

    Conditions are taken as true at once and travel as nothing, so this is the plan at its quickest.
    """
    if activated_at is None:
        return {}
    offsets = plan_offsets(plan)
    return {
        step: Span(starts_at=activated_at + start, ends_at=activated_at + end) for step, (start, end) in offsets.items()
    }


def plan_offsets(plan: Plan) -> dict[str, tuple[timedelta, timedelta]]:
    """Return the earliest start and finish of each response step after activation; steps on a circle are left out."""
    waiting = {step.id: step for step in plan.steps if step.phase is Phase.RESPONSE}
    placed: dict[str, tuple[timedelta, timedelta]] = {}
    while waiting:
        ready = [step for step in waiting.values() if is_ready(step, placed, waiting)]
        if not ready:
            break
        for step in ready:
            start = earliest(step, placed)
            placed[step.id] = (start, start + step.takes.likely)
            del waiting[step.id]
    return placed


def is_ready(step: Step, placed: Mapping[str, object], waiting: Mapping[str, object]) -> bool:
    """Say whether all that a step follows has been placed; names that the plan does not have are not waited for."""
    if any(name in waiting for name in step.start.after):
        return False
    choices = [name for name in step.start.after_any if name in placed or name in waiting]
    return not choices or any(name in placed for name in choices)


def earliest(step: Step, placed: Mapping[str, tuple[timedelta, timedelta]]) -> timedelta:
    start = max((placed[name][1] for name in step.start.after if name in placed), default=timedelta(0))
    if first := [placed[name][1] for name in step.start.after_any if name in placed]:
        start = max(start, min(first))
    return max(start, step.start.delay)
