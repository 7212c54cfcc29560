"""What people do in a run: raise and lower, hand over, work on steps, deviate, end, assess."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from youbei.actions.activation import activate_plan, refuse_unknown_holders
from youbei.actions.directory import Directory
from youbei.actions.levels import level_number
from youbei.actions.running import locked, perform, posts_of, refuse_stranger
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.plans.model import LevelNumber
from youbei.engine.run.commands import (
    Assess,
    Command,
    Deviate,
    EndResponse,
    FinishStep,
    HandOver,
    LowerLevel,
    RaiseLevel,
    ReopenStep,
    SkipStep,
    StartStep,
)
from youbei.records.models import Run, User

__all__ = [
    "activate_plan",
    "assess_run",
    "end_response",
    "finish_step",
    "hand_over_post",
    "lower_level",
    "raise_level",
    "record_deviation",
    "reopen_step",
    "skip_step",
    "start_step",
]


@transaction.atomic
def do(run: Run, command: Command, *, by: User | None, now: datetime, permission: Permission) -> Run:
    row = locked(run)
    perform(row, command, by=by, now=now, permission=permission)
    return row


def raise_level(*, by: User | None, now: datetime, run: Run, level: LevelNumber | int, reason: str = "") -> Run:
    """Raise the response level."""
    command = RaiseLevel(level=level_number(level), reason=clean(reason))
    return do(run, command, by=by, now=now, permission=Permission.COMMAND_RUN)


def lower_level(*, by: User | None, now: datetime, run: Run, level: LevelNumber | int, reason: str) -> Run:
    """Lower the response level; only a post that the present level names may."""
    command = LowerLevel(level=level_number(level), reason=clean(reason))
    return do(run, command, by=by, now=now, permission=Permission.WORK_STEP)


def hand_over_post(*, by: User | None, now: datetime, run: Run, post: str, holder: str, briefing: str = "") -> Run:
    """Pass a post to another holder (a register code), with what the next one must know.

    Whoever fills it may pass it on; anybody else's post is the commander's to pass.
    """
    refuse_stranger(by, run, now)
    holder = clean(holder, limit=120)
    refuse_unknown_holders({post: holder}, Directory([holder], now))
    command = HandOver(post=clean(post, limit=120), holder=holder, briefing=clean(briefing))
    is_own = by is not None and post in posts_of(by, run, now)
    return do(run, command, by=by, now=now, permission=Permission.WORK_STEP if is_own else Permission.COMMAND_RUN)


def start_step(*, by: User | None, now: datetime, run: Run, step: str) -> Run:
    """Say that work on a step has begun."""
    return do(run, StartStep(step=clean(step, limit=120)), by=by, now=now, permission=Permission.WORK_STEP)


def finish_step(*, by: User | None, now: datetime, run: Run, step: str, note: str = "") -> Run:
    """Say that a step is done; one that was not started is started and finished."""
    return do(
        run, FinishStep(step=clean(step, limit=120), note=clean(note)), by=by, now=now, permission=Permission.WORK_STEP
    )


def skip_step(*, by: User | None, now: datetime, run: Run, step: str, reason: str) -> Run:
    """Leave a step out, with the reason; its followers go on."""
    return do(
        run,
        SkipStep(step=clean(step, limit=120), reason=clean(reason)),
        by=by,
        now=now,
        permission=Permission.COMMAND_RUN,
    )


def reopen_step(*, by: User | None, now: datetime, run: Run, step: str, reason: str) -> Run:
    """Open a finished or skipped step again, with the reason."""
    return do(
        run,
        ReopenStep(step=clean(step, limit=120), reason=clean(reason)),
        by=by,
        now=now,
        permission=Permission.COMMAND_RUN,
    )


def record_deviation(*, by: User | None, now: datetime, run: Run, subject: str, text: str) -> Run:
    """Record that something is done otherwise than the plan says; `subject` is a step, post, need or clause."""
    return do(
        run,
        Deviate(subject=clean(subject, limit=200), text=clean(text)),
        by=by,
        now=now,
        permission=Permission.WORK_STEP,
    )


def end_response(*, by: User | None, now: datetime, run: Run, reason: str) -> Run:
    """End the response; only a post that the plan or the present level names may. Recovery goes on."""
    return do(run, EndResponse(reason=clean(reason)), by=by, now=now, permission=Permission.WORK_STEP)


def assess_run(*, by: User | None, now: datetime, run: Run, rating: str, text: str) -> Run:
    """Close an ended run with an assessment: P performed, S some challenges, M major challenges, U unable."""
    return do(
        run, Assess(rating=clean(rating, limit=20), text=clean(text)), by=by, now=now, permission=Permission.COMMAND_RUN
    )
