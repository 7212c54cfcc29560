"""The reaction: after an event, whatever follows from it at the same instant, until nothing more follows.

The lowest-numbered watcher that may have something to say is asked first. If it acts, all that its events touch is
asked again. What one watcher does (open a step, with its messages and needs) stands together in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from youbei.engine.conditions import Always, evaluate
from youbei.engine.events import iso
from youbei.engine.plans.levels import grade_levels
from youbei.engine.plans.model import Done, Level, LevelNumber, Phase, Step
from youbei.engine.run.agenda import finish_key, late_key
from youbei.engine.run.filling import fill_needs
from youbei.engine.run.follow import check_action, check_cue, check_reaction
from youbei.engine.run.index import WatcherKind
from youbei.engine.run.state import RunPhase, StepStatus
from youbei.engine.run.steps import finish_step, open_step
from youbei.engine.run.wording import (
    END_PROPOSED,
    level_measures,
    level_texts,
    proposed_texts,
    queue_message,
    queue_to_posts,
)
from youbei.engine.run.work import Work


def react(work: Work) -> None:
    """Ask the watchers until none has more to say. Before activation there is only the script to follow."""
    watchers = work.index.watchers
    is_new, is_over = work.state.phase is RunPhase.NEW, work.state.script.is_over
    while work.dirty:
        kind, position = watchers[work.next_dirty()]
        if not is_over and (not is_new or kind in OF_SCRIPT):
            CHECKS[kind](work, position)


def check_levels(work: Work, position: int) -> None:
    """Propose or raise the level that the facts call for, where it is more severe than the present one.

    What was proposed is not proposed again, and what was lowered is not raised again, until the facts call for
    another level.
    """
    state = work.state
    if state.phase is not RunPhase.ACTIVE or not work.index.levels:
        return
    grade, unknown = grade_levels(work.index.levels, work.view)
    target = grade if grade is not None and grade.number < work.level else None
    if (None if target is None else target.number) == state.proposed_level:
        return
    if target is not None and target.is_automatic:
        raise_level(work, target, is_automatic=True)
        return
    proposed = work.level if target is None else target.number
    is_lower_bound = bool(unknown) and target is not None
    work.emit(
        "level.proposed",
        {
            "level": int(proposed),
            "was": int(work.level),
            "is_lower_bound": is_lower_bound,
            "unknown": list(unknown) if is_lower_bound else [],
        },
    )
    commander = work.index.plan.commander
    if target is not None and commander is not None:
        queue_message(work, "level", commander.id, *proposed_texts(proposed, is_lower_bound=is_lower_bound))
        if commander.id in work.setting.played_posts:
            raise_level(work, target, is_automatic=False)


def raise_level(work: Work, level: Level, *, is_automatic: bool) -> None:
    was = work.level
    work.emit("level.raised", {"level": int(level.number), "was": int(was), "is_automatic": is_automatic, "reason": ""})
    tell_level(work, was, "")


def tell_level(work: Work, was: LevelNumber, reason: str) -> None:
    """Tell the posts which level is in force now, with its measures."""
    queue_to_posts(work, "level", *level_texts(work.level, was, level_measures(work), reason))


def check_open(work: Work, position: int) -> None:
    step = work.index.steps[position]
    if work.state.steps[step.id].status is StepStatus.WAITING and work.is_called_for(step) and may_start(work, step):
        open_step(work, step)


def may_start(work: Work, step: Step) -> bool:
    """Return whether the steps before it are done and its time has come."""
    start, states = step.start, work.state.steps
    since = work.view.moment(start.since)
    if since is None or work.now < since + start.delay:
        return False
    if not all(other in states and states[other].is_done for other in start.after):
        return False
    return not start.after_any or any(other in states and states[other].is_done for other in start.after_any)


def check_met(work: Work, position: int) -> None:
    step = work.index.steps[position]
    for need in step.needs:
        name = f"{step.id}/{need.id}"
        state = work.state.needs.get(name)
        if state is not None and not state.is_met and not state.is_closed and state.has_arrived:
            work.emit("need.met", {"need": name})


def check_done(work: Work, position: int) -> None:
    step = work.index.steps[position]
    if step.done is Done.CONFIRMED or not work.state.steps[step.id].is_open or not work.phase_fits(step):
        return
    if step.done is Done.CONDITION:
        truth = None if step.done_when is None else evaluate(step.done_when, work.view)
        is_done = truth is True or (truth is None and has_worked(work, step))
    else:
        is_done = all(work.state.needs[f"{step.id}/{need.id}"].is_met for need in step.needs)
    if is_done:
        finish_step(work, step)


def has_worked(work: Work, step: Step) -> bool:
    """Return whether the engine plays a step and its time of work, which began when all needs were met, is over."""
    return (
        step.id in work.setting.played
        and work.state.steps[step.id].status is StepStatus.STARTED
        and finish_key(work.index, step.id) not in work.state.pending
        and all(work.state.needs[f"{step.id}/{need.id}"].is_met for need in step.needs)
    )


def check_late(work: Work, position: int) -> None:
    """Call a step late once its deadline has gone by, if it is open, or waits although it is called for."""
    step = work.index.steps[position]
    state = work.state.steps[step.id]
    if state.due_at is None or state.late_at is not None or state.is_done:
        return
    if state.due_at > work.now or late_key(work.index, step.id) in work.state.pending:
        return
    if work.phase_fits(step) and (state.is_open or work.is_called_for(step)):
        work.emit("step.late", {"step": step.id, "due_at": iso(state.due_at)})


def check_fill(work: Work, position: int) -> None:
    fill_needs(work, work.index.steps[position])


def check_link(work: Work, position: int) -> None:
    link = work.index.plan.links[position]
    is_new = link.plan not in work.state.plans_proposed
    if is_new and work.state.phase is RunPhase.ACTIVE and work.holds(link.when):
        work.emit("plan.proposed", {"plan": link.plan, "relation": link.relation})


def check_end(work: Work, position: int) -> None:
    """Propose the end once its condition holds; a plan that states none is at its end when all called for is done."""
    state, end = work.state, work.index.plan.end
    if state.phase is not RunPhase.ACTIVE or state.is_end_proposed:
        return
    if isinstance(end.when, Always):
        if not (is_any_done(work) and is_all_done(work, Phase.RESPONSE)):
            return
    elif not work.holds(end.when):
        return
    work.emit("end.proposed", {})
    for post in end.by or tuple(post.id for post in (work.index.plan.commander,) if post is not None):
        queue_message(work, "end", post, *END_PROPOSED)


def check_recovery(work: Work, position: int) -> None:
    state = work.state
    is_after = state.phase in (RunPhase.ENDED, RunPhase.ASSESSED)
    if is_after and not state.is_recovered and work.index.has_recovery and is_all_done(work, Phase.RECOVERY):
        work.emit("recovery.finished", {})


def is_any_done(work: Work) -> bool:
    return any(step.is_done for step in work.state.steps.values())


def is_all_done(work: Work, phase: Phase) -> bool:
    """Return whether no step of a phase is open, or waits although it is called for; the last are left the longest."""
    for step in reversed(work.index.steps):
        if step.phase is phase:
            state = work.state.steps[step.id]
            if state.is_open or (state.status is StepStatus.WAITING and work.is_called_for(step)):
                return False
    return True


CHECKS: Mapping[WatcherKind, Callable[[Work, int], None]] = {
    "level": check_levels,
    "open": check_open,
    "met": check_met,
    "done": check_done,
    "late": check_late,
    "fill": check_fill,
    "link": check_link,
    "end": check_end,
    "recovery": check_recovery,
    "action": check_action,
    "cue": check_cue,
    "reaction": check_reaction,
}
# What is asked also before the plan is activated: an exercise begins with StartEx.
OF_SCRIPT = frozenset({"action", "cue", "reaction"})
