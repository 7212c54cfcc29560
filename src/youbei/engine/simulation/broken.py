"""How many promises a run broke: the one measure by which plans, worlds and measures are set against each other."""

from __future__ import annotations

from youbei.engine.plans.model import Phase, Plan, Step
from youbei.engine.simulation.replicate import Replication

BROKEN = "broken_promises"


def broken_in(plan: Plan, found: Replication) -> int:
    """Return how many promises a run broke: steps that were late, or never reached because what comes before them did
    not end, and needs for which not enough was free.
    """
    broken = sum(found.late) + len(found.short)
    hanging = {
        step.id
        for step, opened, finished in zip(plan.steps, found.opened, found.finished, strict=True)
        if opened is not None and finished is None
    }
    return broken + (never_reached(plan, found, hanging) if hanging else 0)


def never_reached(plan: Plan, found: Replication, hanging: set[str]) -> int:
    """Count the steps with a deadline that wait, over however many others, for a step that does not end."""
    waiting = {
        step.id: step
        for step, opened in zip(plan.steps, found.opened, strict=True)
        if opened is None and step.phase is Phase.RESPONSE and found.level <= step.from_level
    }
    stuck = set(hanging)
    is_new = True
    while is_new:
        new = {name for name, step in waiting.items() if name not in stuck and is_barred(step, stuck)}
        stuck |= new
        is_new = bool(new)
    return sum(waiting[name].within is not None for name in stuck - hanging)


def is_barred(step: Step, stuck: set[str]) -> bool:
    start = step.start
    return any(name in stuck for name in start.after) or (
        bool(start.after_any) and all(name in stuck for name in start.after_any)
    )
