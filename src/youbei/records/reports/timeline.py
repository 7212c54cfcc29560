"""When the plan itself puts its steps: the earliest times by its own likely durations, before anything has happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from youbei.engine.plans.graph import Case, times
from youbei.engine.plans.model import Phase, Plan


@dataclass(frozen=True, slots=True)
class Span:
    starts_at: datetime
    ends_at: datetime


def plan_spans(plan: Plan, activated_at: datetime | None) -> dict[str, Span]:
    """Return the planned span of each response step, the plan at its quickest; none before activation."""
    if activated_at is None:
        return {}
    found = times(plan, Case.LIKELY)
    return {
        step.id: Span(activated_at + found[step.id].opens, activated_at + found[step.id].finishes)
        for step in plan.steps
        if step.phase is Phase.RESPONSE and step.id in found
    }
