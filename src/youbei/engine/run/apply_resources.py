"""Apply the events of needs and of what is sent for them, and let work begin where all is there."""

from __future__ import annotations

from collections.abc import Mapping

from youbei.engine.events import Event, parse_iso
from youbei.engine.run.agenda import arrive_key, finish_key, schedule
from youbei.engine.run.setting import Setting
from youbei.engine.run.state import TOLERANCE, AssignmentState, NeedState, State, StepStatus
from youbei.engine.run.touched import NOTHING, Apply, Touched


def begin_work(state: State, setting: Setting, event: Event, step_id: str) -> None:
    """Let a step that the engine plays finish in time, once it is started and all it needs is there."""
    if step_id not in setting.played or state.steps[step_id].status is not StepStatus.STARTED:
        return
    if all(state.needs[f"{step_id}/{need.id}"].is_met for need in setting.index.step(step_id).needs):
        takes = setting.work_time(step_id, state.steps[step_id].times_opened)
        schedule(state, finish_key(setting.index, step_id), event.at + takes, now=event.at)


def close_needs(state: State, setting: Setting, step_id: str) -> None:
    for need in setting.index.step(step_id).needs:
        if (opened := state.needs.get(f"{step_id}/{need.id}")) is not None:
            opened.is_closed = True
            state.wanting.discard(f"{step_id}/{need.id}")


def need_opened(state: State, setting: Setting, event: Event) -> Touched:
    """Open a need; what is still there from an earlier opening counts."""
    name, data = event.data["need"], event.data
    step_id = name.partition("/")[0]
    need = NeedState(step=step_id, opened_at=event.at, asked=data["asked"])
    need.due_at = None if data["due_at"] is None else parse_iso(data["due_at"])
    if name in state.needs:
        need.sent = state.needs[name].sent
        for assignment in (state.assignments[sent] for sent in need.sent):
            if assignment.released_at is None:
                need.assigned += assignment.quantity
                need.arrived += 0.0 if assignment.arrived_at is None else assignment.quantity
    state.needs[name] = need
    note_wanting(state, name, need)
    return touch_needs(need)


def note_wanting(state: State, name: str, need: NeedState) -> None:
    if need.is_closed or not need.lacking:
        state.wanting.discard(name)
    else:
        state.wanting.add(name)


def touch_needs(need: NeedState) -> Touched:
    return (f"needs:{need.step}", "needs")


def need_met(state: State, setting: Setting, event: Event) -> Touched:
    need = state.needs[event.data["need"]]
    need.is_met = True
    begin_work(state, setting, event, need.step)
    return touch_needs(need)


def need_short(state: State, setting: Setting, event: Event) -> Touched:
    need = state.needs[event.data["need"]]
    need.is_short, need.missing = True, event.data["missing"]
    return touch_needs(need)


def resource_assigned(state: State, setting: Setting, event: Event) -> Touched:
    data = event.data
    need = state.needs[data["need"]]
    state.assignments[data["assignment"]] = AssignmentState(
        need=data["need"],
        resource=data["resource"],
        quantity=data["quantity"],
        assigned_at=event.at,
        expected_at=parse_iso(data["expected_at"]),
        is_team=bool(setting.index.needs[data["need"]].need.capability),
    )
    need.sent.append(data["assignment"])
    need.assigned += data["quantity"]
    state.in_use[data["resource"]] = state.in_use.get(data["resource"], 0.0) + data["quantity"]
    if need.lacking == 0:
        need.is_short, need.missing = False, 0.0
    note_wanting(state, data["need"], need)
    if need.step in setting.played:
        key = arrive_key(setting.index, data["need"], data["assignment"])
        schedule(state, key, parse_iso(data["expected_at"]), now=event.at)
    return touch_needs(need)


def resource_departed(state: State, setting: Setting, event: Event) -> Touched:
    """Note when it set out: nothing hangs on it but what is measured of the team."""
    state.assignments[event.data["assignment"]].departed_at = event.at
    return NOTHING


def resource_arrived(state: State, setting: Setting, event: Event) -> Touched:
    name = event.data["assignment"]
    assignment = state.assignments[name]
    assignment.arrived_at = event.at
    need = state.needs[assignment.need]
    need.arrived += assignment.quantity
    state.pending.pop(arrive_key(setting.index, assignment.need, name), None)
    return touch_needs(need)


def resource_released(state: State, setting: Setting, event: Event) -> Touched:
    """Release; a need whose resources leave before its step is done is unmet again. Items that arrived are used up.

    A team with a way back is free once it has returned.
    """
    name = event.data["assignment"]
    assignment = state.assignments[name]
    assignment.released_at = event.at
    need = state.needs[assignment.need]
    need.assigned -= assignment.quantity
    if assignment.arrived_at is not None:
        need.arrived -= assignment.quantity
    key, back_at = arrive_key(setting.index, assignment.need, name), event.data.get("back_at")
    state.pending.pop(key, None)
    if back_at:
        schedule(state, key, parse_iso(back_at), now=event.at)
    elif assignment.is_team or assignment.arrived_at is None:
        set_free(state, assignment)
    if not need.is_closed and not need.has_arrived:
        need.is_met = False
    note_wanting(state, assignment.need, need)
    return (*touch_needs(need), *touch_wanting(state))


def resource_returned(state: State, setting: Setting, event: Event) -> Touched:
    """Let a team that has come home be sent again."""
    name = event.data["assignment"]
    assignment = state.assignments[name]
    state.pending.pop(arrive_key(setting.index, assignment.need, name), None)
    set_free(state, assignment)
    return touch_wanting(state)


def set_free(state: State, assignment: AssignmentState) -> None:
    state.in_use[assignment.resource] -= assignment.quantity
    if state.in_use[assignment.resource] <= TOLERANCE:
        del state.in_use[assignment.resource]


def touch_wanting(state: State) -> Touched:
    """Let the needs that lack something look for it again."""
    return tuple({f"fill:{state.needs[name].step}" for name in state.wanting})


APPLY_RESOURCES: Mapping[str, Apply] = {
    "need.opened": need_opened,
    "need.met": need_met,
    "need.short": need_short,
    "resource.assigned": resource_assigned,
    "resource.departed": resource_departed,
    "resource.arrived": resource_arrived,
    "resource.released": resource_released,
    "resource.returned": resource_returned,
}
