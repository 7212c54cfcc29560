"""Carry out what time brings, in the order of the agenda, each with all that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from youbei.engine.errors import Refused
from youbei.engine.events import Actor
from youbei.engine.plans.model import ClimbTo, Done
from youbei.engine.run.acts import carry_out_command
from youbei.engine.run.agenda import Rank, next_item
from youbei.engine.run.follow import bring
from youbei.engine.run.index import Watcher
from youbei.engine.run.react import react
from youbei.engine.run.script import Learn, Say
from youbei.engine.run.state import DueKey, StepStatus
from youbei.engine.run.steps import finish_step
from youbei.engine.run.wording import Purpose, climb_target, late_body, late_subject, queue_message
from youbei.engine.run.work import Work


def carry_out(work: Work, until: datetime) -> None:
    """Carry out everything due at or before `until`, and leave the work's clock there."""
    react(work)
    while (key := take_due(work, until)) is not None:
        DUE[key.kind](work, key)
        if key.rank != Rank.MOMENT or not is_threshold_next(work):
            react(work)
    work.view.now = max(until, work.view.now)


def take_due(work: Work, until: datetime) -> DueKey | None:
    """Take the next due at or before `until` from the agenda and go to its time."""
    item = next_item(work.state)
    if item is None or item[0] > until:
        return None
    at, key = item
    del work.state.pending[key]
    work.view.now = max(at, work.view.now)
    return key


def is_threshold_next(work: Work) -> bool:
    """Return whether another threshold is reached at this very instant: watchers are asked once all are reached."""
    item = next_item(work.state)
    return item is not None and item[0] <= work.now and item[1].rank == Rank.MOMENT


def arrive(work: Work, key: DueKey) -> None:
    """Let a resource be there, or a team that was released be home."""
    assignment = work.state.assignments[key.subject]
    kind = "resource.arrived" if assignment.released_at is None else "resource.returned"
    work.emit(kind, {"assignment": key.subject, "need": assignment.need})


def finish(work: Work, key: DueKey) -> None:
    """Finish a played step when its work is done; where a condition says what done is, it is asked first."""
    step = work.index.step(key.subject)
    if step.done is Done.CONDITION:
        work.look_again((work.index.numbers[Watcher("done", work.index.order[key.subject])],))
    else:
        finish_step(work, step)


def reach_threshold(work: Work, key: DueKey) -> None:
    work.look_again(work.index.at_threshold[key.subject, key.nth])


def pass_deadline(work: Work, key: DueKey) -> None:
    work.look_again((work.index.numbers[Watcher("late", work.index.order[key.subject])],))


def climb(work: Work, key: DueKey) -> None:
    step = work.index.step(key.subject)
    to = step.late[key.nth].to
    overdue = work.now - (work.state.steps[step.id].due_at or work.now)
    work.emit("step.climbed", {"step": step.id, "index": key.nth, "to": to.value})
    target, holder = climb_target(work.index, work.state, step, to)
    body = late_body(step, work.index.posts.get(step.owner), overdue)
    purpose: Purpose = "reminder" if to is ClimbTo.OWNER else "climb"
    queue_message(work, purpose, target, late_subject(step), body, holder=holder, step=step.id)


def start(work: Work, key: DueKey) -> None:
    """Begin a step that the engine plays, once its post has reacted."""
    if work.state.steps[key.subject].status is StepStatus.OPEN:
        work.emit("step.started", {"step": key.subject})


def pass_limit(work: Work, key: DueKey) -> None:
    """Ask whether an expected action was done in time."""
    work.look_again((work.index.numbers[Watcher("action", work.index.actions[key.subject])],))


def play_role(work: Work, key: DueKey) -> None:
    """Let a played role do what it does; what the run refuses it, it leaves, and the log says so."""
    reaction = work.index.script.reactions[work.index.reactions[key.subject]]
    by = Actor(f"role:{reaction.role}", reaction.label or reaction.role, reaction.posts)
    refused = []
    for deed in reaction.deeds:
        try:
            if isinstance(deed, Learn | Say):
                bring(work, deed, by=by)
            else:
                carry_out_command(work, deed, by)
        except Refused as refusal:
            refused.append(refusal.code)
    work.emit("role.acted", {"role": reaction.role, "reaction": reaction.id, "refused": refused}, by)


DUE: Mapping[str, Callable[[Work, DueKey], None]] = {
    "arrive": arrive,
    "finish": finish,
    "moment": reach_threshold,
    "late": pass_deadline,
    "climb": climb,
    "start": start,
    "overdue": pass_limit,
    "role": play_role,
}
