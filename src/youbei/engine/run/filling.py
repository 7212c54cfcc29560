"""How the engine sends resources to the needs of steps that it plays itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from youbei.engine.events import iso
from youbei.engine.plans.model import Need, Step
from youbei.engine.resources import Choice, choose
from youbei.engine.run.state import TOLERANCE, StepStatus
from youbei.engine.run.work import Work

# The name under which a world's `sites` hold the place of the incident.
INCIDENT = "incident"


def fill_needs(work: Work, step: Step) -> None:
    """Assign what can be found for each need of a played step that lacks something, and say what is short."""
    is_begun = work.state.steps[step.id].status is StepStatus.STARTED
    if step.id not in work.setting.played or not step.needs or not is_begun:
        return
    for need in step.needs:
        name = f"{step.id}/{need.id}"
        state = work.state.needs.get(name)
        if state is None or state.is_closed or not state.lacking:
            continue
        for choice in choose_for(work, need, state.lacking):
            assign(work, name, choice)
        missing = round(state.lacking, 6)
        if missing and not (state.is_short and abs(state.missing - missing) <= TOLERANCE):
            work.emit("need.short", {"need": name, "missing": missing})


def choose_for(work: Work, need: Need, lacking: float) -> tuple[Choice, ...]:
    """Choose for what a need still lacks."""
    world = work.setting.world
    part = replace(need, count=round(lacking)) if need.capability else replace(need, quantity=lacking)
    return choose(world, part, world.sites.get(need.place), taken=taken(work))


def taken(work: Work) -> Mapping[str, float]:
    """Return how much of each resource is not free: in use, or out of order."""
    failed = work.state.script.failed
    return {**work.state.in_use, **dict.fromkeys(failed, float("inf"))} if failed else work.state.in_use


def assign(work: Work, need: str, choice: Choice) -> None:
    """Send a chosen resource; its time on the road is drawn about the usual one."""
    assignments = work.state.assignments
    nth = 1 + len(work.state.needs[need].sent)
    while (name := f"{need}/{nth}") in assignments:
        nth += 1
    arrives_in = choice.turn_out + work.setting.travel_time(choice.travel, need, nth) + work.state.script.delay
    work.emit(
        "resource.assigned",
        {
            "assignment": name,
            "need": need,
            "resource": choice.resource,
            "label": choice.label,
            "quantity": choice.quantity,
            "expected_at": iso(work.now + arrives_in),
            "reason": f"{choice.reason_zh} · {choice.reason_en}",
        },
    )
