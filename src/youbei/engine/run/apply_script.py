"""Apply the events of an exercise to a state: what was brought, expected, played, and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from youbei.engine.events import Event, parse_iso
from youbei.engine.run.agenda import arrive_key, overdue_key, role_key, schedule, set_moment
from youbei.engine.run.setting import Setting
from youbei.engine.run.state import ActionState, ActionStatus, CueState, CueStatus, State
from youbei.engine.run.touched import NOTHING, Apply, Touched

# What counts as somebody doing something, for "time without action".
ACTS = frozenset(
    {
        "plan.activated",
        "level.lowered",
        "post.handed_over",
        "step.started",
        "step.finished",
        "step.skipped",
        "resource.assigned",
        "deviation.recorded",
        "response.ended",
    }
)


def note_act(state: State, setting: Setting, event: Event) -> Touched:
    """Remember when somebody last did something, where the script asks for it."""
    is_act = event.kind in ACTS or (event.kind == "level.raised" and not event.data["is_automatic"])
    if not is_act or "acted" not in setting.index.thresholds:
        return NOTHING
    set_moment(state, setting.index, "acted", event.at, now=event.at)
    return ("moment:acted",)


def exercise_started(state: State, setting: Setting, event: Event) -> Touched:
    script = setting.script
    if event.data["digest"] != script.digest:
        raise ValueError("this run was made with another script, or another version of it")
    state.script.cues = {cue.id: CueState() for cue in script.cues}
    state.script.actions = {action.id: ActionState() for action in script.expectations}
    set_moment(state, setting.index, "startex", event.at, now=event.at)
    return ("exercise", "moment:startex", *(f"fact:{key}" for key in state.facts))


def exercise_ended(state: State, setting: Setting, event: Event) -> Touched:
    """End the exercise: what time would still bring to its run does not come."""
    state.script.is_over, state.script.is_suspended = True, False
    state.pending.clear()
    state.agenda.clear()
    return NOTHING


def exercise_suspended(state: State, setting: Setting, event: Event) -> Touched:
    state.script.is_suspended = True
    return NOTHING


def exercise_resumed(state: State, setting: Setting, event: Event) -> Touched:
    state.script.is_suspended = False
    return NOTHING


def touch_inject(inject: str) -> Touched:
    return (f"inject:{inject}", "injects")


def touch_action(action: str) -> Touched:
    return (f"action:{action}", "actions")


def inject_fired(state: State, setting: Setting, event: Event) -> Touched:
    """Note the inject, and let the clocks of what is expected after it run."""
    inject, index = event.data["inject"], setting.index
    state.script.cues[inject] = CueState(CueStatus.FIRED, event.at)
    set_moment(state, index, f"inject:{inject}:fired", event.at, now=event.at)
    for action in setting.script.expectations:
        if action.cue == inject:
            due_at = event.at + action.within
            state.script.actions[action.id] = ActionState(ActionStatus.OPEN, event.at, due_at)
            schedule(state, overdue_key(index, action.id), due_at, now=event.at)
    return touch_inject(inject)


def inject_skipped(state: State, setting: Setting, event: Event) -> Touched:
    inject = event.data["inject"]
    state.script.cues[inject] = CueState(CueStatus.SKIPPED, event.at)
    set_moment(state, setting.index, f"inject:{inject}:skipped", event.at, now=event.at)
    return touch_inject(inject)


def inject_held(state: State, setting: Setting, event: Event) -> Touched:
    state.script.cues[event.data["inject"]] = CueState(CueStatus.HELD, event.at)
    return touch_inject(event.data["inject"])


def inject_released(state: State, setting: Setting, event: Event) -> Touched:
    state.script.cues[event.data["inject"]] = CueState()
    return touch_inject(event.data["inject"])


def inject_failed(state: State, setting: Setting, event: Event) -> Touched:
    """Note that it did not reach the players: what was expected after it, and is not done, is not expected."""
    inject = event.data["inject"]
    state.script.cues[inject] = CueState(CueStatus.FAILED, event.at)
    for action in setting.script.expectations:
        if action.cue == inject and state.script.actions[action.id].is_open:
            state.script.actions[action.id] = ActionState()
            state.pending.pop(overdue_key(setting.index, action.id), None)
    return (*touch_inject(inject), "actions")


def action_met(state: State, setting: Setting, event: Event) -> Touched:
    action = event.data["action"]
    state.script.actions[action] = replace(state.script.actions[action], status=ActionStatus.MET, met_at=event.at)
    state.pending.pop(overdue_key(setting.index, action), None)
    set_moment(state, setting.index, f"action:{action}:met", event.at, now=event.at)
    return touch_action(action)


def action_late(state: State, setting: Setting, event: Event) -> Touched:
    action = event.data["action"]
    state.script.actions[action] = replace(state.script.actions[action], status=ActionStatus.LATE, late_at=event.at)
    set_moment(state, setting.index, f"action:{action}:late", event.at, now=event.at)
    return touch_action(action)


def action_missed(state: State, setting: Setting, event: Event) -> Touched:
    action = event.data["action"]
    state.script.actions[action] = replace(state.script.actions[action], status=ActionStatus.MISSED)
    return touch_action(action)


def role_noticed(state: State, setting: Setting, event: Event) -> Touched:
    reaction = event.data["reaction"]
    state.script.reactions.add(reaction)
    schedule(state, role_key(setting.index, reaction), parse_iso(event.data["acts_at"]), now=event.at)
    return NOTHING


def role_acted(state: State, setting: Setting, event: Event) -> Touched:
    state.pending.pop(role_key(setting.index, event.data["reaction"]), None)
    return NOTHING


def resource_failed(state: State, setting: Setting, event: Event) -> Touched:
    state.script.failed.add(event.data["resource"])
    return NOTHING


def road_closed(state: State, setting: Setting, event: Event) -> Touched:
    """Let everything on the road arrive later; what is sent later takes longer too."""
    by = timedelta(seconds=event.data["delay_s"])
    state.script.delay += by
    for name, assignment in state.assignments.items():
        if assignment.arrived_at is None and assignment.released_at is None:
            assignment.expected_at += by
            if state.needs[assignment.need].step in setting.played:
                key = arrive_key(setting.index, assignment.need, name)
                schedule(state, key, assignment.expected_at, now=event.at)
    return NOTHING


def observation_recorded(state: State, setting: Setting, event: Event) -> Touched:
    """Change nothing: an observation is for the evaluation."""
    return NOTHING


APPLY_SCRIPT: Mapping[str, Apply] = {
    "exercise.started": exercise_started,
    "exercise.ended": exercise_ended,
    "exercise.suspended": exercise_suspended,
    "exercise.resumed": exercise_resumed,
    "inject.fired": inject_fired,
    "inject.skipped": inject_skipped,
    "inject.held": inject_held,
    "inject.released": inject_released,
    "inject.failed": inject_failed,
    "action.met": action_met,
    "action.late": action_late,
    "action.missed": action_missed,
    "role.noticed": role_noticed,
    "role.acted": role_acted,
    "resource.failed": resource_failed,
    "road.closed": road_closed,
    "observation.recorded": observation_recorded,
}
