"""Responses: the board, and everything that is done to a running plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from youbei.actions import clock, exercises, runs
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, LevelIn, PageOf, PageSize, Prose, Reason, Slug, as_page
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.models import Run, User
from youbei.records.pages import keyset_page
from youbei.records.reports.board import Board, RunNotFound, board, visible_run
from youbei.records.reports.incidents import RunSummary, run_summary
from youbei.records.reports.posts import post_choices

router = Router(tags=["runs"])
LONGEST_JUMP = timedelta(days=366)


class Note(Body):
    note: Prose = ""


class WhyIn(Body):
    reason: Reason


class LevelChange(Body):
    level: LevelIn
    reason: Prose = ""


class HandOverIn(Body):
    """`holder` is a register code: `person:<code>`, `agency:<code>` or a post's code."""

    holder: Slug
    briefing: Prose = ""


class HolderOut(Schema):
    code: str
    name: Text


class DeviationIn(Body):
    """`subject` is a step, post, need or clause of the plan."""

    subject: Slug
    text: Reason


class AssessmentIn(Body):
    """P performed without challenges, S with some, M with major challenges, U unable to be performed (HSEEP)."""

    rating: Literal["P", "S", "M", "U"]
    text: Prose


class ClockIn(Body):
    """`speed` goes with `set_speed`, `seconds` with `jump`."""

    do: Literal["pause", "resume", "set_speed", "jump"]
    speed: Annotated[float, Field(ge=0.1, le=3600, allow_inf_nan=False)] | None = None
    seconds: Annotated[int, Field(ge=1, le=int(LONGEST_JUMP.total_seconds()))] | None = None


class ClockValueMissing(Refused):
    """Refuse to set a clock without saying to what."""

    status = 422


def run_row(run_id: int) -> Run:
    """Return a run for an action, which itself refuses whoever may not."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        raise RunNotFound(
            zh="没有这次响应，或您无权查看。请从事件列表中选择。",
            en="There is no such run, or none that you may see. Choose one from the list of incidents.",
        )
    return run


def after(run: Run) -> RunSummary:
    found = Run.objects.select_related("plan_version__plan").defer("plan_version__data").get(pk=run.pk)
    return run_summary(found)


@router.get("/runs", response=PageOf[RunSummary], **may(Permission.SEE))
def list_runs(
    request: HttpRequest,
    phase: Literal["new", "active", "ended", "assessed"] | None = None,
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List the responses you may see, newest first."""
    rows = Run.objects.visible_to(caller(request)).select_related("plan_version__plan").defer("plan_version__data")
    if phase:
        rows = rows.filter(phase=phase)
    page = keyset_page(
        rows, order=("-id",), cursor=cursor, size=size, read=lambda found: [run_summary(row) for row in found]
    )
    return as_page(page)


@router.get("/runs/{run_id}", response=Board, **may(Permission.SEE))
def get_board(request: HttpRequest, run_id: Id) -> Board:
    """Tell everything about one response: level, clocks, posts, steps, needs, messages, the newest of its log."""
    return board(run_id, caller(request), clock.now())


@router.get("/runs/{run_id}/holders", response=list[HolderOut], **may(Permission.SEE))
def list_holders(request: HttpRequest, run_id: Id) -> list[HolderOut]:
    """List who could take a post of this response over: posts and agencies, those of its own unit first."""
    by = caller(request)
    return [HolderOut(code=code, name=name) for code, name in post_choices(by, visible_run(run_id, by).org_path)]


def acted(request: HttpRequest, run_id: int, action: Any, **values: Any) -> RunSummary:
    """Do one thing to a run as the caller, now; return what it has become."""
    user: User = caller(request)
    return after(action(by=user, now=clock.now(), run=run_row(run_id), **values))


@router.post("/runs/{run_id}/steps/{step}/start", response=RunSummary, **may(Permission.WORK_STEP))
@idempotent
def start_step(request: HttpRequest, run_id: Id, step: Slug) -> RunSummary:
    """Say that work on a step has begun."""
    return acted(request, run_id, runs.start_step, step=step)


@router.post("/runs/{run_id}/steps/{step}/finish", response=RunSummary, **may(Permission.WORK_STEP))
@idempotent
def finish_step(request: HttpRequest, run_id: Id, step: Slug, body: Note) -> RunSummary:
    """Say that a step is done."""
    return acted(request, run_id, runs.finish_step, step=step, note=body.note)


@router.post("/runs/{run_id}/steps/{step}/skip", response=RunSummary, **may(Permission.COMMAND_RUN))
@idempotent
def skip_step(request: HttpRequest, run_id: Id, step: Slug, body: WhyIn) -> RunSummary:
    """Leave a step out, with the reason; its followers go on."""
    return acted(request, run_id, runs.skip_step, step=step, reason=body.reason)


@router.post("/runs/{run_id}/steps/{step}/reopen", response=RunSummary, **may(Permission.COMMAND_RUN))
@idempotent
def reopen_step(request: HttpRequest, run_id: Id, step: Slug, body: WhyIn) -> RunSummary:
    """Open a finished or skipped step again, with the reason."""
    return acted(request, run_id, runs.reopen_step, step=step, reason=body.reason)


@router.post("/runs/{run_id}/raise", response=RunSummary, **may(Permission.COMMAND_RUN))
@idempotent
def raise_level(request: HttpRequest, run_id: Id, body: LevelChange) -> RunSummary:
    """Raise the response level."""
    return acted(request, run_id, runs.raise_level, level=body.level, reason=body.reason)


@router.post("/runs/{run_id}/lower", response=RunSummary, **may(Permission.WORK_STEP))
@idempotent
def lower_level(request: HttpRequest, run_id: Id, body: LevelChange) -> RunSummary:
    """Lower the response level; only a post that the present level names may."""
    return acted(request, run_id, runs.lower_level, level=body.level, reason=body.reason)


@router.post("/runs/{run_id}/posts/{post}/hand-over", response=RunSummary, **may(Permission.WORK_STEP))
@idempotent
def hand_over_post(request: HttpRequest, run_id: Id, post: Slug, body: HandOverIn) -> RunSummary:
    """Pass a post to another holder."""
    return acted(request, run_id, runs.hand_over_post, post=post, holder=body.holder, briefing=body.briefing)


@router.post("/runs/{run_id}/deviations", response=RunSummary, **may(Permission.WORK_STEP))
@idempotent
def record_deviation(request: HttpRequest, run_id: Id, body: DeviationIn) -> RunSummary:
    """Record that something is done otherwise than the plan says."""
    return acted(request, run_id, runs.record_deviation, subject=body.subject, text=body.text)


@router.post("/runs/{run_id}/end", response=RunSummary, **may(Permission.WORK_STEP))
@idempotent
def end_response(request: HttpRequest, run_id: Id, body: WhyIn) -> RunSummary:
    """End the response; only a post that the plan or the present level names may."""
    return acted(request, run_id, runs.end_response, reason=body.reason)


@router.post("/runs/{run_id}/assessment", response=RunSummary, **may(Permission.COMMAND_RUN))
@idempotent
def assess_run(request: HttpRequest, run_id: Id, body: AssessmentIn) -> RunSummary:
    """Close an ended run with an assessment."""
    return acted(request, run_id, runs.assess_run, rating=body.rating, text=body.text)


@router.post("/runs/{run_id}/clock", response=RunSummary, **may(Permission.RUN_EXERCISE))
@idempotent
def set_clock(request: HttpRequest, run_id: Id, body: ClockIn) -> RunSummary:
    """Pause, resume, speed up or move forward the clock of an exercise."""
    if body.do == "pause":
        return acted(request, run_id, exercises.pause_clock)
    if body.do == "resume":
        return acted(request, run_id, exercises.resume_clock)
    if body.do == "set_speed" and body.speed is not None:
        return acted(request, run_id, exercises.set_speed, speed=body.speed)
    if body.do == "jump" and body.seconds is not None:
        return acted(request, run_id, exercises.jump_clock, ahead=timedelta(seconds=body.seconds))
    raise ClockValueMissing(
        zh="请同时给出倍速（speed）或跳转秒数（seconds）。",
        en="Give the speed with set_speed, and the seconds with jump.",
    )
