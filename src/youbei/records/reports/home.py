"""The duty home: what is running, what is late, who is on duty, and what I must do now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from youbei.engine.clock import Clock
from youbei.engine.plans.model import Phase, Plan, PostRole
from youbei.engine.text import Text
from youbei.records.clocks import clock_of
from youbei.records.holders import Reader, reader_of
from youbei.records.load import load_plans
from youbei.records.models import DutyShift, Incident, Run, RunPost, RunStep, User
from youbei.records.reports.incidents import IncidentRow, incident_rows
from youbei.records.reports.lanes import WORKING
from youbei.records.reports.names import name_of, post_title, step_title

INCIDENTS = 30
RUNS = 100
STEPS = 200
SHIFTS = 60


@dataclass(frozen=True, slots=True)
class RunningRow:
    """One run that is active: `scenario_now` is what its clock shows, which in reality is the wall."""

    pk: int
    incident_pk: int
    incident_number: str
    incident_title: Text
    mode: str
    plan: Text
    organisation: Text
    level: int | None
    proposed_level: int | None
    is_end_proposed: bool
    is_paused: bool
    activated_at: datetime | None
    clock: Clock
    scenario_now: datetime
    elapsed: timedelta | None
    steps_total: int
    steps_done: int
    steps_late: int


@dataclass(frozen=True, slots=True)
class Task:
    """A step that is open: `remaining` is the time to its deadline in scenario time, negative once past."""

    run_pk: int
    incident_number: str
    incident_title: Text
    mode: str
    step: str
    title: Text
    owner: Text
    holder: str
    status: str
    opened_at: datetime | None
    due_at: datetime | None
    remaining: timedelta | None
    is_late: bool
    is_mine: bool
    clock: Clock
    scenario_now: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that waits for a commander: `what` is `level` (with `level` proposed) or `end`."""

    run_pk: int
    incident_number: str
    incident_title: Text
    what: str
    level: int | None


@dataclass(frozen=True, slots=True)
class OnDuty:
    post: Text
    organisation: Text
    person_pk: int
    person: Text
    phone: str
    is_leader: bool
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DutyHome:
    """`mine` and `decisions` are what the reader must do now; real runs come before exercises."""

    incidents: tuple[IncidentRow, ...]
    running: tuple[RunningRow, ...]
    late: tuple[Task, ...]
    mine: tuple[Task, ...]
    decisions: tuple[Decision, ...]
    on_duty: tuple[OnDuty, ...]
    has_more_incidents: bool


def duty_home(user: User, now: datetime) -> DutyHome:
    """Return what the duty officer sees first; `now` is the wall."""
    open_incidents = Incident.objects.newest_visible_to(user).filter(status=Incident.Status.OPEN)
    found = list(open_incidents.select_related("organisation").order_by("-reported_at", "-id")[: INCIDENTS + 1])
    runs, recovering = active_runs(user), recovering_runs(user, found)
    plans = load_plans(run.plan_version for run in (*runs, *recovering))
    posts = posts_of([*runs, *recovering])
    reader = reader_of(user, now)
    tasks = open_tasks([*runs, *recovering], plans, posts, reader, now)
    return DutyHome(
        incidents=tuple(incident_rows(found[:INCIDENTS])),
        running=tuple(running_row(run, now) for run in runs),
        late=tuple(task for task in tasks if task.is_late),
        mine=tuple(task for task in tasks if task.is_mine),
        decisions=tuple(open_decisions(runs, plans, posts, reader)),
        on_duty=on_duty(user, now),
        has_more_incidents=len(found) > INCIDENTS,
    )


def active_runs(user: User) -> list[Run]:
    rows = Run.objects.newest_visible_to(user).filter(phase=Run.Phase.ACTIVE)
    rows = rows.select_related("incident", "organisation", "plan_version__plan").defer("plan_version__data")
    runs = list(rows.order_by("-activated_at", "-id")[:RUNS])
    runs.sort(key=lambda run: (run.mode != Run.Mode.REAL, run.level or 9))
    return runs


def recovering_runs(user: User, incidents: Sequence[Incident]) -> list[Run]:
    """Return the runs for these incidents whose response has ended: their recovery may go on."""
    over = (Run.Phase.ENDED, Run.Phase.ASSESSED)
    rows = Run.objects.visible_to(user).filter(phase__in=over, incident__in=[incident.pk for incident in incidents])
    rows = rows.select_related("incident", "organisation", "plan_version__plan").defer("plan_version__data")
    return list(rows.order_by("-id")[:RUNS])


def posts_of(runs: Sequence[Run]) -> dict[tuple[int, str], RunPost]:
    rows = RunPost.objects.filter(run__in=[run.pk for run in runs])
    return {(row.run_id, row.post): row for row in rows}


def running_row(run: Run, now: datetime) -> RunningRow:
    clock = clock_of(run)
    scenario_now = clock.scenario_at(now)
    return RunningRow(
        pk=run.pk,
        incident_pk=run.incident_id,
        incident_number=run.incident.number,
        incident_title=run.incident.named,
        mode=run.mode,
        plan=name_of(run.plan_version.plan),
        organisation=name_of(run.organisation),
        level=run.level,
        proposed_level=run.proposed_level,
        is_end_proposed=run.is_end_proposed,
        is_paused=clock.is_paused,
        activated_at=run.activated_at,
        clock=clock,
        scenario_now=scenario_now,
        elapsed=scenario_now - run.activated_at if run.activated_at else None,
        steps_total=run.steps_total,
        steps_done=run.steps_done,
        steps_late=run.steps_late,
    )


def open_tasks(
    runs: Sequence[Run],
    plans: Mapping[int, Plan],
    posts: Mapping[tuple[int, str], RunPost],
    reader: Reader,
    now: datetime,
) -> list[Task]:
    """Return the open steps of the runs that are still worked on, the most pressing first."""
    by_pk = {run.pk: run for run in runs}
    asked = Q(run__in=[run.pk for run in runs if run.phase == Run.Phase.ACTIVE])
    for run in runs:
        if run.phase != Run.Phase.ACTIVE:
            asked |= Q(run=run.pk, step__in=recovery_steps(plans[run.plan_version_id]))
    rows = RunStep.objects.filter(asked, status__in=sorted(WORKING))
    rows = rows.order_by(F("due_at").asc(nulls_last=True), "id")[:STEPS]
    tasks = [open_task(row, by_pk[row.run_id], plans, posts, reader, now) for row in rows]
    never = timedelta.max
    return sorted(tasks, key=lambda task: never if task.remaining is None else task.remaining)


def recovery_steps(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps if step.phase is Phase.RECOVERY]


def open_task(
    row: RunStep,
    run: Run,
    plans: Mapping[int, Plan],
    posts: Mapping[tuple[int, str], RunPost],
    reader: Reader,
    now: datetime,
) -> Task:
    plan = plans.get(run.plan_version_id)
    post = posts.get((run.pk, row.owner))
    clock = clock_of(run)
    scenario_now = clock.scenario_at(now)
    return Task(
        run_pk=run.pk,
        incident_number=run.incident.number,
        incident_title=run.incident.named,
        mode=run.mode,
        step=row.step,
        title=step_title(row.step, plan),
        owner=post_title(row.owner, plan),
        holder=post.holder if post else "",
        status=row.status,
        opened_at=row.opened_at,
        due_at=row.due_at,
        remaining=row.due_at - scenario_now if row.due_at else None,
        is_late=row.late_at is not None,
        is_mine=reader.holds(post),
        clock=clock,
        scenario_now=scenario_now,
    )


def open_decisions(
    runs: Sequence[Run], plans: Mapping[int, Plan], posts: Mapping[tuple[int, str], RunPost], reader: Reader
) -> list[Decision]:
    """Return what the runs have proposed and the reader, as their commander, has not decided."""
    decisions = []
    for run in runs:
        plan = plans.get(run.plan_version_id)
        leaders = [post.id for post in plan.posts if post.role is PostRole.COMMANDER] if plan else []
        if not any(reader.holds(posts.get((run.pk, post))) for post in leaders):
            continue
        about = (run.pk, run.incident.number, run.incident.named)
        if run.proposed_level is not None:
            decisions.append(Decision(*about, what="level", level=run.proposed_level))
        if run.is_end_proposed:
            decisions.append(Decision(*about, what="end", level=None))
    return decisions


def on_duty(user: User, now: datetime) -> tuple[OnDuty, ...]:
    rows = DutyShift.objects.visible_to(user).filter(starts_at__lte=now, ends_at__gt=now)
    rows = rows.select_related("person", "post__organisation").order_by("-is_leader", "org_path", "id")[:SHIFTS]
    return tuple(
        OnDuty(
            post=name_of(shift.post),
            organisation=name_of(shift.post.organisation),
            person_pk=shift.person_id,
            person=name_of(shift.person),
            phone=shift.person.phone,
            is_leader=shift.is_leader,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
        )
        for shift in rows
    )
