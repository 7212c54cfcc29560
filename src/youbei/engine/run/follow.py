"""Follow the script of an exercise: bring what is due, see what was done about it, notice what roles react to."""

from __future__ import annotations

from collections.abc import Iterator

from youbei.engine.events import ENGINE, Actor, iso
from youbei.engine.resources import ranked
from youbei.engine.run.agenda import overdue_key
from youbei.engine.run.facts import state_fact, withdraw_fact
from youbei.engine.run.filling import INCIDENT
from youbei.engine.run.script import CONTROLLER, Cue, Delay, Effect, Fail, Learn, Say
from youbei.engine.run.state import ActionStatus, CueStatus
from youbei.engine.run.wording import queue_message
from youbei.engine.run.work import Work

BROUGHT = (CueStatus.FIRED, CueStatus.FAILED)
BY_CONTROLLER = Actor(CONTROLLER, "导调 controller")


def is_running(work: Work) -> bool:
    """Return whether the exercise has started and not ended."""
    return "startex" in work.state.moments and not work.state.script.is_over


def check_cue(work: Work, position: int) -> None:
    """Skip or fire an inject whose time has come."""
    cue = work.index.script.cues[position]
    if not is_running(work) or work.state.script.cues[cue.id].status is not CueStatus.WAITING:
        return
    before = [work.state.script.cues[other].status for other in cue.after if other in work.state.script.cues]
    if CueStatus.SKIPPED in before or (cue.unless is not None and work.holds(cue.unless)):
        skip_inject(work, cue.id, reason="", by=ENGINE)
    elif not cue.is_contingency and is_due(work, cue) and all(status in BROUGHT for status in before):
        fire_inject(work, cue)


def is_due(work: Work, cue: Cue) -> bool:
    since = work.view.moment(cue.since)
    return since is not None and work.now >= since + cue.delay and work.holds(cue.when)


def skip_inject(work: Work, inject: str, *, reason: str, by: Actor) -> None:
    work.emit("inject.skipped", {"inject": inject, "reason": reason, "is_automatic": by is ENGINE}, by)


def fire_inject(work: Work, cue: Cue, *, by: Actor = ENGINE) -> None:
    """Bring an inject: it, and all that it does to the run."""
    work.emit("inject.fired", {"inject": cue.id, "kind": cue.kind, "is_by_hand": by is not ENGINE, **cue.says}, by)
    for effect in cue.effects:
        bring(work, effect)


def bring(work: Work, effect: Effect, *, by: Actor = BY_CONTROLLER) -> None:
    match effect:
        case Learn(key=key, value=value, source=source):
            if value is not None:
                state_fact(work, key, value, source, work.now, by)
            elif key in work.state.facts:
                withdraw_fact(work, key, source, work.now, by)
        case Say(to=to, subject=subject, body=body):
            queue_message(work, "inject", to, subject, body, holder=holder_of(work, to))
        case Delay(road=road, by=longer):
            work.emit("road.closed", {"road": road, "delay_s": longer.total_seconds()}, by)
        case Fail():
            for resource in list(failing(work, effect)):
                fail_resource(work, resource, by)


def holder_of(work: Work, to: str) -> str:
    """Return whom a message reaches: who fills the post, or will by the plan before it is activated."""
    post = work.index.posts.get(to)
    if post is None:
        return to
    by_plan = "" if post.holder is None else post.holder.code
    return work.state.posts.get(to, "") or by_plan


def failing(work: Work, effect: Fail) -> Iterator[str]:
    """Yield what goes out of order: teams on the way or at work first, then those that could be sent first."""
    if effect.resource:
        yield effect.resource
        return
    state, world = work.state, work.setting.world
    out = [
        assignment.resource
        for assignment in state.assignments.values()
        if assignment.released_at is None and work.index.needs[assignment.need].need.capability == effect.capability
    ]
    ready = ranked(world, "capability", effect.capability, world.sites.get(INCIDENT)).candidates
    every = dict.fromkeys((*out, *(candidate.resource for candidate in ready)))
    yield from [resource for resource in every if resource not in state.script.failed][: effect.count]


def fail_resource(work: Work, resource: str, by: Actor) -> None:
    """Take a resource away; where it is out it leaves, and what asked for it lacks it again."""
    work.emit("resource.failed", {"resource": resource}, by)
    for name, assignment in list(work.state.assignments.items()):
        if assignment.resource == resource and assignment.released_at is None:
            data = {"assignment": name, "need": assignment.need, "reason": "failed"}
            work.emit("resource.released", data, by)


def check_action(work: Work, position: int) -> None:
    """See whether an expected action was done, or its time has gone by."""
    action = work.index.script.expectations[position]
    if not is_running(work):
        return
    state = work.state.script.actions[action.id]
    if not state.is_open:
        return
    if action.done is not None and work.holds(action.done):
        meet_action(work, action.id, note="", by=ENGINE)
    elif state.status is ActionStatus.OPEN and is_overdue(work, action.id):
        work.emit("action.late", {"action": action.id, "inject": action.cue})


def is_overdue(work: Work, action: str) -> bool:
    due_at = work.state.script.actions[action].due_at
    return due_at is not None and work.now >= due_at and overdue_key(work.index, action) not in work.state.pending


def meet_action(work: Work, action: str, *, note: str, by: Actor) -> None:
    expected = work.index.script.expectations[work.index.actions[action]]
    is_late = work.state.script.actions[action].status is ActionStatus.LATE
    work.emit("action.met", {"action": action, "inject": expected.cue, "is_late": is_late, "note": note}, by)


def check_reaction(work: Work, position: int) -> None:
    """Let a played role notice what it reacts to; it acts after its delay."""
    reaction = work.index.script.reactions[position]
    if not is_running(work) or reaction.id in work.state.script.reactions or not work.holds(reaction.when):
        return
    acts_at = work.now + work.setting.role_delay(position)
    work.emit("role.noticed", {"role": reaction.role, "reaction": reaction.id, "acts_at": iso(acts_at)})
