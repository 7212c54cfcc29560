"""The one way a run goes on: lock, fold, let the engine act, append, project, enqueue. Nothing else writes a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from youbei.actions.actors import actor_for
from youbei.actions.facts import FactReport
from youbei.actions.outbox import enqueue
from youbei.actions.permit import not_allowed, not_found, note_standing_in
from youbei.actions.promises import bind, fulfil_waiting
from youbei.engine.access import Permission
from youbei.engine.clock import Clock
from youbei.engine.conditions import Value
from youbei.engine.events import Actor
from youbei.engine.plans.model import Plan
from youbei.engine.run import Run as EngineRun
from youbei.engine.run import act, advance
from youbei.engine.run.commands import AddFact, Command
from youbei.records.exercise_rows import follow_exercise
from youbei.records.holders import reader_of
from youbei.records.load import load_run
from youbei.records.log import append
from youbei.records.models import Incident, Run, RunPost, User
from youbei.records.projection import project


def locked(run: Run) -> Run:
    """Lock a run's row until the transaction ends, and return it as it is now."""
    return (
        Run.objects.select_for_update(of=("self",), no_key=True)
        .select_related("plan_version", "incident")
        .get(pk=run.pk)
    )


def scenario_now(engine: EngineRun, now: datetime) -> datetime:
    """Return what the run's clock shows at the wall time `now`; never before what it has lived through."""
    shown = (engine.state.clock or Clock.real()).scenario_at(now)
    return shown if engine.now is None else max(shown, engine.now)


def perform(
    row: Run,
    command: Command | Callable[[EngineRun], Command],
    *,
    by: User | None,
    now: datetime,
    permission: Permission,
) -> EngineRun:
    """Let a user do one thing in a run whose row is locked, and keep everything that follows from it.

    A command that depends on where the run stands is given as a function of the run. Whatever the command made due at
    this instant is carried out too.
    """
    engine = load_run(row)
    actor = may_act(by, row, engine.plan, now=now, permission=permission)
    at = scenario_now(engine, now)
    engine = advance(engine, at)
    done = act(engine, command(engine) if callable(command) else command, at=at, by=actor)
    return keep(row, advance(done, scenario_now(done, now)), now=now)


def keep(row: Run, engine: EngineRun, *, now: datetime) -> EngineRun:
    """Write what a run went through since it was loaded: the log, the rows that show it, the messages.

    Where a need has opened that somebody outside had promised help for, that is assigned with it.
    """
    engine, promised = fulfil_waiting(row, engine, now=now)
    append(engine.log, org_path=row.org_path, recorded_at=now)
    project(row, engine.log, engine)
    bind(row, promised)
    follow_exercise(row, engine.log, now=now)
    enqueue(row, engine.log, now=now)
    return engine


def may_act(by: User | None, row: Run, plan: Plan, *, now: datetime, permission: Permission) -> Actor:
    """Return the actor for a user in a run, or refuse: a grant allows it, or a post of the plan that the user fills."""
    if by is not None and not by.scope.allows(permission):
        raise not_allowed(permission) if by.may(Permission.SEE, row.org_path) else not_found()
    posts = own = posts_of(by, row, now) if by is not None else frozenset()
    commander = plan.commander
    if commander is not None and (by is None or by.may(Permission.COMMAND_RUN, row.org_path)):
        posts |= {commander.id}
    if by is not None and not by.may(permission, row.org_path) and not allowed_by_post(permission, posts, plan):
        if not posts and not by.may(Permission.SEE, row.org_path):
            raise not_found()
        raise not_allowed(permission)
    if by is not None and not allowed_by_post(permission, own, plan):
        note_standing_in(by, permission, row.org_path)
    return actor_for(by, now, posts)


def refuse_stranger(by: User | None, row: Run, now: datetime) -> None:
    """Answer whoever may not see a run as if there were none, before anything is said about what they sent."""
    if by is not None and not by.may(Permission.SEE, row.org_path) and not posts_of(by, row, now):
        raise not_found()


def allowed_by_post(permission: Permission, posts: frozenset[str], plan: Plan) -> bool:
    """Say whether filling posts of the plan allows it: any post its work, the commander's post the command."""
    if permission in (Permission.SEE, Permission.WORK_STEP):
        return bool(posts)
    commander = plan.commander
    command = (Permission.COMMAND_RUN, Permission.ASSIGN_RESOURCE)
    return permission in command and commander is not None and commander.id in posts


def posts_of(by: User, row: Run, now: datetime) -> frozenset[str]:
    """Return the posts of the plan that this user's person fills in this run, by name, office, duty or agency."""
    if by.person_id is None or not row.org_path.startswith(by.scope.org_path):
        return frozenset()
    reader = reader_of(by, now)
    return frozenset(filled.post for filled in RunPost.objects.filter(run=row) if reader.holds(filled))


def locked_runs(incident: Incident) -> list[Run]:
    """Lock every run of an incident that is not over; the incident's row is locked, the head of the log not yet."""
    going_on = Run.objects.filter(incident=incident, phase__in=[Run.Phase.ACTIVE, Run.Phase.ENDED])
    return list(
        going_on.select_for_update(of=("self",), no_key=True).select_related("plan_version", "incident").order_by("pk")
    )


def inform(
    rows: Iterable[Run], facts: Mapping[str, Value | None], report: FactReport, *, by: User | None, now: datetime
) -> None:
    """Let runs whose rows are locked learn of new facts."""
    actor = actor_for(by, now)
    for row in rows:
        engine = load_run(row)
        at = scenario_now(engine, now)
        clock = engine.state.clock or Clock.real()
        known_at = min(clock.scenario_at(report.known_at), at)
        for key, value in facts.items():
            engine = act(
                engine, AddFact(key=key, value=value, source=report.source, known_at=known_at), at=at, by=actor
            )
        keep(row, engine, now=now)
