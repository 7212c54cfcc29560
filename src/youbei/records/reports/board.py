"""The incident board: everything about one run on one screen, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from youbei.engine.access import Permission
from youbei.engine.clock import Clock
from youbei.engine.conditions import Value
from youbei.engine.errors import NotFound
from youbei.engine.plans.model import Plan
from youbei.records.clocks import clock_of
from youbei.records.holders import Reader, reader_of
from youbei.records.load import load_plan
from youbei.records.models import ExerciseUnit, Fact, LogEntry, Message, Run, User
from youbei.records.models.scope import path_condition
from youbei.records.reports.codes import log_lines
from youbei.records.reports.incidents import IncidentRow, RunSummary, incident_row, run_summary
from youbei.records.reports.lanes import (
    BoardNeed,
    BoardPost,
    BoardStep,
    Lane,
    board_posts,
    board_steps,
    lanes_of,
)
from youbei.records.reports.level_reasons import LevelReasons, level_reasons
from youbei.records.reports.messages import MessageRow, message_rows
from youbei.records.reports.names import LogLine
from youbei.records.run_rows import RunRows, rows_now

LOG_LINES = 30
MESSAGES = 50


@dataclass(frozen=True, slots=True)
class BoardFact:
    key: str
    value: Value | None
    source: str
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """One run. All times are scenario time, which in a real run is the wall; `scenario_now` is what it shows now."""

    run: RunSummary
    incident: IncidentRow
    mode: str
    org_path: str
    plan_pk: int
    plan_code: str
    plan_version: str
    plan_version_pk: int
    digest: str
    stream: str
    seq: int
    clock: Clock
    scenario_now: datetime
    elapsed: timedelta | None
    next_deadline: BoardStep | None
    facts: tuple[BoardFact, ...]
    posts: tuple[BoardPost, ...]
    lanes: tuple[Lane, ...]
    messages: tuple[MessageRow, ...]
    log: tuple[LogLine, ...]
    level_reasons: LevelReasons | None

    @property
    def steps(self) -> tuple[BoardStep, ...]:
        return tuple(step for lane in self.lanes for step in lane.steps)

    @property
    def late(self) -> tuple[BoardStep, ...]:
        return tuple(step for step in self.steps if step.is_late)

    @property
    def needs(self) -> tuple[BoardNeed, ...]:
        """Return the needs that have been asked for."""
        return tuple(need for step in self.steps for need in step.needs if need.opened_at)


@dataclass(frozen=True, slots=True)
class Edge:
    """Where what is looked at ends: the first entry of the log that has not happened yet."""

    position: int
    recorded_at: datetime


class RunNotFound(NotFound):
    """Refuse because there is no such run, or none that this person may see."""


def board(run_pk: int, user: User, now: datetime) -> Board:
    """Return the board of a run; raise RunNotFound where the user may not see it. `now` is the wall."""
    run = readable_run(run_pk, user)
    return board_of(rows_now(run), reader_of(user, now), clock_of(run).scenario_at(now))


def board_of(rows: RunRows, reader: Reader, scenario_now: datetime, *, before: Edge | None = None) -> Board:
    """Return the board that rows make; `before` leaves out what came to be known later than they did."""
    run, plan = rows.run, load_plan(rows.run.plan_version)
    posts = board_posts(rows, plan, reader)
    steps = board_steps(rows, plan, {post.id for post in posts if post.is_mine}, scenario_now)
    open_steps = [step for step in steps if step.remaining is not None]
    end = run.ended_at if run.ended_at else scenario_now
    return Board(
        run=run_summary(run),
        incident=incident_row(run.incident, ()),
        mode=run.mode,
        org_path=run.org_path,
        plan_pk=run.plan_version.plan_id,
        plan_code=run.plan_version.plan.code,
        plan_version=run.plan_version.version,
        plan_version_pk=run.plan_version_id,
        digest=run.plan_version.digest,
        stream=run.stream,
        seq=run.seq,
        clock=clock_of(run),
        scenario_now=scenario_now,
        elapsed=end - run.activated_at if run.activated_at else None,
        next_deadline=min(open_steps, key=lambda step: step.due_at or end, default=None),
        facts=current_facts(run.incident_id, before),
        posts=posts,
        lanes=lanes_of(posts, steps),
        messages=tuple(message_rows(newest_messages(run, before))),
        log=newest_entries(run, plan, before),
        level_reasons=level_reasons(run, scenario_now, rows.engine),
    )


def visible_run(run_pk: int, user: User) -> Run:
    rows = Run.objects.visible_to(user).select_related("incident__organisation", "plan_version__plan")
    run = rows.filter(pk=run_pk).first()
    if run is None:
        raise RunNotFound(
            zh="没有这次响应，或您无权查看。请从事件列表中选择。",
            en="There is no such run, or none that you may see. Choose one from the list of incidents.",
        )
    return run


def readable_run(run_pk: int, user: User) -> Run:
    """Return a run that a user may read: one that they may see, or that of an exercise which a unit of theirs holds."""
    run = Run.objects.select_related("incident__organisation", "plan_version__plan").filter(pk=run_pk).first()
    if run is not None and not user.may(Permission.SEE, run.org_path) and holds_with_others(run, user):
        return run
    return visible_run(run_pk, user)


def holds_with_others(run: Run, user: User) -> bool:
    """Say whether a unit that the user answers for holds the exercise of a run with the one that leads it."""
    mine = user.paths_with(Permission.RUN_EXERCISE)
    if run.mode != Run.Mode.EXERCISE or not mine:
        return False
    joined = (ExerciseUnit.State.ACCEPTED, ExerciseUnit.State.AWAY)
    units = ExerciseUnit.objects.filter(exercise__run=run, state__in=joined)
    return units.filter(path_condition(mine, "org_path__under")).exists()


def is_guest(run: Run, user: User) -> bool:
    """Say whether somebody reads a run that they may not see as such: read-only, and no further pages of it."""
    return not user.may(Permission.SEE, run.org_path)


def newest_messages(run: Run, before: Edge | None) -> list[Message]:
    """Return the newest messages, as they stood then."""
    rows = run.messages.order_by("-id")
    if before is None:
        return list(rows[:MESSAGES])
    found = list(rows.filter(queued_at__lt=before.recorded_at)[:MESSAGES])
    for row in found:
        if row.sent_at is not None and row.sent_at >= before.recorded_at:
            row.status, row.sent_at = Message.Status.QUEUED, None
    return found


def current_facts(incident_pk: int, before: Edge | None = None) -> tuple[BoardFact, ...]:
    """Return the newest report of each key, without those withdrawn, in the order in which they first came."""
    rows = Fact.objects.filter(incident=incident_pk).order_by("id")
    if before is not None:
        rows = rows.filter(recorded_at__lt=before.recorded_at)
    newest = {fact.key: fact for fact in rows}
    return tuple(
        BoardFact(key=fact.key, value=fact.value, source=fact.source, known_at=fact.known_at)
        for fact in newest.values()
        if fact.change != Fact.Change.WITHDRAWN
    )


def of_the_script() -> Q:
    """Select what the script of an exercise does behind the scenes: players must not read it off the board."""
    return (
        Q(kind__startswith="inject.")
        | Q(kind__startswith="action.")
        | Q(kind__startswith="role.")
        | Q(kind="observation.recorded")
    )


def newest_entries(run: Run, plan: Plan, before: Edge | None = None) -> tuple[LogLine, ...]:
    """Return the newest entries of the run and its incident, newest first."""
    streams = Q(stream=run.stream) | Q(stream=run.incident.stream)
    entries = LogEntry.objects.filter(streams)
    if before is not None:
        entries = entries.filter(position__lt=before.position)
    if run.mode == Run.Mode.EXERCISE:
        entries = entries.exclude(of_the_script())
    return log_lines(list(entries.order_by("-position")[:LOG_LINES]), {run.stream: plan, run.incident.stream: plan})
