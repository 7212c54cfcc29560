"""Apply events to a state: the only code that changes one, both while a run goes on and when its log is folded.

Each function takes one kind of event and returns the keys that it touched, as the index knows them.
"""

from __future__ import annotations

from collections.abc import Mapping

from youbei.engine.clock import Clock
from youbei.engine.events import Event, parse_iso
from youbei.engine.plans.model import LevelNumber, Phase
from youbei.engine.run.agenda import (
    cancel_step,
    climb_key,
    late_key,
    schedule,
    set_deadline,
    set_moment,
    start_key,
    unset_moment,
)
from youbei.engine.run.apply_resources import APPLY_RESOURCES, begin_work, close_needs
from youbei.engine.run.apply_script import APPLY_SCRIPT, note_act
from youbei.engine.run.index import ANYTHING
from youbei.engine.run.setting import Setting
from youbei.engine.run.state import (
    FactState,
    RunPhase,
    State,
    StepState,
    StepStatus,
)
from youbei.engine.run.touched import NOTHING, Apply, Touched
from youbei.engine.run.view import level_moments


def apply(state: State, setting: Setting, event: Event) -> Touched:
    """Change `state` as the event says, and name what it touched. KeyError for a kind that no run knows."""
    touched = APPLY[event.kind](state, setting, event)
    return (*touched, *note_act(state, setting, event)) if setting.script.id else touched


def plan_activated(state: State, setting: Setting, event: Event) -> Touched:
    index, data = setting.index, event.data
    state.phase = RunPhase.ACTIVE
    state.level = LevelNumber(data["level"])
    state.steps = {step.id: StepState() for step in index.steps}
    set_moment(state, index, "activation", event.at, now=event.at)
    set_moment(state, index, "known", parse_iso(data["known_at"]), now=event.at)
    if data["occurred_at"] is not None:
        set_moment(state, index, "occurred", parse_iso(data["occurred_at"]), now=event.at)
    reach_levels(state, setting, event, state.level)
    return (ANYTHING,)


def reach_levels(state: State, setting: Setting, event: Event, level: LevelNumber) -> None:
    """Note since when each level, or a more severe one, has been in force; forget those that were left."""
    set_moment(state, setting.index, "level", event.at, now=event.at)
    for number in LevelNumber:
        for name in level_moments(number):
            if number < level:
                unset_moment(state, setting.index, name)
            elif name not in state.moments:
                set_moment(state, setting.index, name, event.at, now=event.at)


def fact_stated(state: State, setting: Setting, event: Event) -> Touched:
    data = event.data
    state.facts[data["key"]] = FactState(data["value"], data["source"], parse_iso(data["known_at"]))
    return (f"fact:{data['key']}",)


def fact_withdrawn(state: State, setting: Setting, event: Event) -> Touched:
    state.facts.pop(event.data["key"], None)
    return (f"fact:{event.data['key']}",)


def level_proposed(state: State, setting: Setting, event: Event) -> Touched:
    """Note the proposal; a proposal of the present level takes back an earlier one."""
    proposed = LevelNumber(event.data["level"])
    state.proposed_level = None if proposed == state.level else proposed
    return ("level",)


def level_raised(state: State, setting: Setting, event: Event) -> Touched:
    """Raise; a proposal to end is void, for things have become worse."""
    state.level = LevelNumber(event.data["level"])
    if state.proposed_level is not None and state.proposed_level >= state.level:
        state.proposed_level = None
    state.is_end_proposed = False
    reach_levels(state, setting, event, state.level)
    return ("level",)


def level_lowered(state: State, setting: Setting, event: Event) -> Touched:
    """Lower; what the facts still called for counts as proposed, so that it is not raised again for the same facts."""
    state.level = LevelNumber(event.data["level"])
    graded = event.data["graded"]
    state.proposed_level = LevelNumber(graded) if graded is not None and graded < state.level else None
    reach_levels(state, setting, event, state.level)
    return ("level",)


def post_filled(state: State, setting: Setting, event: Event) -> Touched:
    state.posts[event.data["post"]] = event.data["holder"]
    return NOTHING


def step_opened(state: State, setting: Setting, event: Event) -> Touched:
    step_id = event.data["step"]
    open_step(state.steps[step_id], event)
    return after_opening(state, setting, event, step_id)


def step_reopened(state: State, setting: Setting, event: Event) -> Touched:
    """Open a step again as if it had not been done: its deadline counts anew, or again where it counts from without."""
    step_id = event.data["step"]
    step = state.steps[step_id]
    unset_moment(state, setting.index, f"step:{step_id}:finished")
    step.started_at = step.finished_at = step.late_at = step.due_at = None
    step.climbs = 0
    open_step(step, event)
    within = setting.index.step(step_id).within
    if within is not None and within.since in state.moments:
        set_deadline(state, setting.index, step_id, state.moments[within.since], now=event.at)
    return after_opening(state, setting, event, step_id)


def open_step(step: StepState, event: Event) -> None:
    step.status = StepStatus.OPEN
    step.opened_at = event.at
    step.times_opened += 1


def after_opening(state: State, setting: Setting, event: Event, step_id: str) -> Touched:
    within = setting.index.step(step_id).within
    if within is not None and within.since == "opened":
        set_deadline(state, setting.index, step_id, event.at, now=event.at)
    set_moment(state, setting.index, f"step:{step_id}:opened", event.at, now=event.at)
    if step_id in setting.played and (reacts_in := setting.reaction_time(step_id, state.steps[step_id].times_opened)):
        schedule(state, start_key(setting.index, step_id), event.at + reacts_in, now=event.at)
    return touch_step(step_id)


def touch_step(step_id: str) -> Touched:
    return (f"step:{step_id}", "steps")


def step_started(state: State, setting: Setting, event: Event) -> Touched:
    step_id = event.data["step"]
    step = state.steps[step_id]
    step.status, step.started_at = StepStatus.STARTED, event.at
    state.pending.pop(start_key(setting.index, step_id), None)
    begin_work(state, setting, event, step_id)
    return touch_step(step_id)


def step_finished(state: State, setting: Setting, event: Event) -> Touched:
    return step_done(state, setting, event, StepStatus.FINISHED)


def step_skipped(state: State, setting: Setting, event: Event) -> Touched:
    return step_done(state, setting, event, StepStatus.SKIPPED)


def step_done(state: State, setting: Setting, event: Event, status: StepStatus) -> Touched:
    step_id = event.data["step"]
    step = state.steps[step_id]
    step.status, step.finished_at = status, event.at
    close_needs(state, setting, step_id)
    cancel_step(state, setting.index, step_id)
    set_moment(state, setting.index, f"step:{step_id}:finished", event.at, now=event.at)
    return (*touch_step(step_id), f"needs:{step_id}", "needs")


def step_late(state: State, setting: Setting, event: Event) -> Touched:
    step_id = event.data["step"]
    step = state.steps[step_id]
    step.late_at = event.at
    state.pending.pop(late_key(setting.index, step_id), None)
    due_at = parse_iso(event.data["due_at"])
    for climb, late in enumerate(setting.index.step(step_id).late):
        schedule(state, climb_key(setting.index, step_id, climb), due_at + late.after, now=event.at)
    return touch_step(step_id)


def step_climbed(state: State, setting: Setting, event: Event) -> Touched:
    step_id, climb = event.data["step"], event.data["index"]
    state.steps[step_id].climbs += 1
    state.pending.pop(climb_key(setting.index, step_id, climb), None)
    return NOTHING


def message_queued(state: State, setting: Setting, event: Event) -> Touched:
    state.messages = event.data["message"]
    return NOTHING


def plan_proposed(state: State, setting: Setting, event: Event) -> Touched:
    state.plans_proposed.add(event.data["plan"])
    return NOTHING


def end_proposed(state: State, setting: Setting, event: Event) -> Touched:
    state.is_end_proposed = True
    return NOTHING


def response_ended(state: State, setting: Setting, event: Event) -> Touched:
    """End the response: what time would still bring to its steps does not come."""
    state.phase = RunPhase.ENDED
    for step in setting.index.steps:
        if step.phase is Phase.RESPONSE:
            close_needs(state, setting, step.id)
            cancel_step(state, setting.index, step.id)
    set_moment(state, setting.index, "ended", event.at, now=event.at)
    return (ANYTHING,)


def recovery_finished(state: State, setting: Setting, event: Event) -> Touched:
    state.is_recovered = True
    return NOTHING


def run_assessed(state: State, setting: Setting, event: Event) -> Touched:
    state.phase = RunPhase.ASSESSED
    return NOTHING


def clock_set(state: State, setting: Setting, event: Event) -> Touched:
    data = event.data
    state.clock = Clock(
        wall=parse_iso(data["wall"]),
        scenario=parse_iso(data["scenario"]),
        speed=data["speed"],
        is_paused=data["is_paused"],
    )
    return NOTHING


def stated_only(state: State, setting: Setting, event: Event) -> Touched:
    """Change nothing: the event is for the record."""
    return NOTHING


APPLY: Mapping[str, Apply] = {
    **APPLY_SCRIPT,
    **APPLY_RESOURCES,
    "plan.activated": plan_activated,
    "plan.proposed": plan_proposed,
    "fact.added": fact_stated,
    "fact.corrected": fact_stated,
    "fact.withdrawn": fact_withdrawn,
    "level.proposed": level_proposed,
    "level.raised": level_raised,
    "level.lowered": level_lowered,
    "post.filled": post_filled,
    "post.handed_over": post_filled,
    "step.opened": step_opened,
    "step.started": step_started,
    "step.finished": step_finished,
    "step.skipped": step_skipped,
    "step.reopened": step_reopened,
    "step.late": step_late,
    "step.climbed": step_climbed,
    "message.queued": message_queued,
    "deviation.recorded": stated_only,
    "end.proposed": end_proposed,
    "response.ended": response_ended,
    "recovery.finished": recovery_finished,
    "run.assessed": run_assessed,
    "clock.set": clock_set,
    "entry.struck": stated_only,
}
