"""What belongs together when a step opens or is done, whoever caused it."""

from __future__ import annotations

from datetime import datetime

from youbei.engine.events import ENGINE, Actor, iso
from youbei.engine.plans.model import Step
from youbei.engine.run.agenda import start_key
from youbei.engine.run.calls import tell_owner
from youbei.engine.run.going_home import released
from youbei.engine.run.state import StepStatus
from youbei.engine.run.wording import queue_message, reopened_texts
from youbei.engine.run.work import Work


def open_step(work: Work, step: Step) -> None:
    """Open a step: it, what it tells, its owner, what it needs; a played owner starts at once."""
    due_at = deadline_on_opening(work, step)
    due = None if due_at is None else iso(due_at)
    work.emit("step.opened", {"step": step.id, "owner": step.owner, "due_at": due})
    for tell in step.tells:
        queue_message(work, "tell", tell.to, step.title, tell.message, step=step.id)
    tell_owner(work, step)
    open_needs(work, step)


def reopen_step(work: Work, step: Step, reason: str, by: Actor) -> None:
    """Open a step again; its owner is told why, the others are not told again."""
    work.emit("step.reopened", {"step": step.id, "reason": reason}, by)
    queue_message(work, "tell", step.owner, *reopened_texts(step, reason), step=step.id)
    open_needs(work, step)


def deadline_on_opening(work: Work, step: Step) -> datetime | None:
    """Return the deadline that a step has when it opens now."""
    if step.within is not None and step.within.since == "opened":
        return work.now + step.within.limit
    return work.state.steps[step.id].due_at


def open_needs(work: Work, step: Step) -> None:
    for need in step.needs:
        asked = float(need.count) if need.capability else need.quantity
        what = {"capability": need.capability} if need.capability else {"item": need.item}
        due_at = None if need.within is None else iso(work.now + need.within)
        work.emit(
            "need.opened",
            {"need": f"{step.id}/{need.id}", **what, "asked": asked, "place": need.place, "due_at": due_at},
        )
    if step.id in work.setting.played and start_key(work.index, step.id) not in work.state.pending:
        work.emit("step.started", {"step": step.id})


def finish_step(work: Work, step: Step, *, note: str = "", by: Actor = ENGINE) -> None:
    """Finish a step: it, what it reports; a played owner sends home what it used."""
    if work.state.steps[step.id].status is StepStatus.OPEN:
        work.emit("step.started", {"step": step.id}, by)
    work.emit("step.finished", {"step": step.id, "note": note}, by)
    for report in step.reports:
        queue_message(work, "report", report.to, step.title, report.content, step=step.id, rule=report.rule)
    release_played(work, step)


def skip_step(work: Work, step: Step, reason: str, by: Actor) -> None:
    work.emit("step.skipped", {"step": step.id, "reason": reason}, by)
    release_played(work, step)


def release_played(work: Work, step: Step) -> None:
    """Release what a played step still has: teams, and items on the way. Items that arrived are used up."""
    if step.id not in work.setting.played:
        return
    for need in step.needs:
        state = work.state.needs.get(f"{step.id}/{need.id}")
        for name in state.sent if state is not None else ():
            assignment = work.state.assignments[name]
            if assignment.released_at is None and (assignment.is_team or assignment.arrived_at is None):
                work.emit("resource.released", released(work, name, assignment))
