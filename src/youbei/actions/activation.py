"""Activate a plan: pin its version, fill its posts, open its steps and needs, queue its messages; one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, transaction

from youbei.actions.actors import actor_for
from youbei.actions.directory import Directory, codes_of_version
from youbei.actions.facts import current_statements
from youbei.actions.journal import events_of
from youbei.actions.levels import level_number
from youbei.actions.outbox import addressed, outbox_stream
from youbei.actions.permit import not_found, require
from youbei.actions.proposals import least_severe, level_for, view_of
from youbei.actions.running import keep, locked, scenario_now
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.events import ENGINE, Actor
from youbei.engine.plans.model import LevelNumber, Plan, Stage
from youbei.engine.run import Run as EngineRun
from youbei.engine.run import act, advance, new_run
from youbei.engine.run.commands import Activate, AddFact
from youbei.records import quick
from youbei.records.driver import pipelined
from youbei.records.insert import insert_row, insert_rows
from youbei.records.load import load_plan, load_run
from youbei.records.log import append
from youbei.records.models import Incident, Message, PlanVersion, Run, User
from youbei.records.projection import project
from youbei.records.quick import Ground


class ActivationRefused(Refused):
    """Refuse to activate a plan that is withdrawn, or for an incident that is closed."""


@transaction.atomic
def activate_plan(
    *,
    by: User | None,
    now: datetime,
    incident: Incident,
    plan_version: PlanVersion,
    level: LevelNumber | int | None = None,
    posts: Mapping[str, str] | None = None,
    reason: str = "",
) -> Run:
    """Start a run of this version of a plan for an incident.

    `level` defaults to the one that the facts call for; `posts` (post id -> register code) overrides who fills them
    today. A plan that is running for the incident already is not started twice: that run is returned.
    """
    ground = quick.ground_for(incident.pk, plan_version.pk)
    if ground is None:
        raise not_found()
    require(by, Permission.ACTIVATE_PLAN, ground.org_path)
    require(by, Permission.SEE, ground.plan_org_path)
    refuse_if_over(ground)
    if ground.running_id is not None:
        return Run.objects.get(pk=ground.running_id)
    plan = load_plan(plan_version)
    chosen = {clean(post, limit=120): clean(holder, limit=120) for post, holder in (posts or {}).items()}
    directory = Directory(codes_of_version(plan, ground.digest) | set(chosen.values()), now)
    refuse_unknown_holders(chosen, directory)
    filled = {post.id: chosen.get(post.id) or directory.first_filled(post) for post in plan.posts}
    filled |= unknown_posts(chosen, plan)
    waiting = waiting_run(ground)
    if waiting is not None:
        return activate_waiting(waiting, by=by, now=now, level=level, filled=filled, reason=clean(reason))
    run = new_row(ground)
    engine = begun(run, ground, plan, by=actor_for(by, now), now=now, level=level, filled=filled, reason=clean(reason))
    post = addressed(run, engine.log, directory=directory, now=now)
    stopped = events_of(outbox_stream(run), post.stopped, first=1, by=ENGINE, at=now, mode=Mode(run.mode))
    with pipelined():
        append([*engine.log, *stopped], org_path=run.org_path, recorded_at=now)
        project(run, engine.log, engine, persons={code: directory.person_behind(code) for code in filled.values()})
        insert_rows(Message, post.rows)
    return run


def new_row(ground: Ground) -> Run:
    """Insert the run's row, which gives it its stream."""
    columns = {
        "incident_id": ground.incident_id,
        "plan_version_id": ground.version_id,
        "organisation_id": ground.organisation_id,
        "org_path": ground.plan_org_path,
        "mode": ground.mode,
    }
    run = Run(pk=insert_row(Run, columns), **columns)
    run._state.adding, run._state.db = False, DEFAULT_DB_ALIAS
    return run


def waiting_run(ground: Ground) -> Run | None:
    """Return the run of an exercise that has begun and waits for its players to activate this plan, locked."""
    if ground.mode != Mode.EXERCISE.value:
        return None
    rows = Run.objects.filter(incident_id=ground.incident_id, phase=Run.Phase.NEW, exercise__isnull=False)
    run = rows.filter(plan_version__plan_id=ground.plan_id).first()
    return None if run is None else locked(run)


def activate_waiting(
    run: Run,
    *,
    by: User | None,
    now: datetime,
    level: LevelNumber | int | None,
    filled: Mapping[str, str],
    reason: str,
) -> Run:
    """Activate the plan in the run that an exercise has opened; the version under test is the one that counts."""
    engine = load_run(run)
    at = scenario_now(engine, now)
    engine = advance(engine, at)
    if level is None:
        known = {key: fact.value for key, fact in engine.state.facts.items()}
        view = view_of(run.incident.known_at, run.incident.occurred_at, known, at)
        graded, _ = level_for(engine.plan, view)
        level = graded.number if graded else least_severe(engine.plan)
    command = Activate(level=level_number(level), posts=filled, reason=reason)
    engine = act(engine, command, at=at, by=actor_for(by, now))
    keep(run, advance(engine, scenario_now(engine, now)), now=now)
    return run


def begun(
    run: Run,
    ground: Ground,
    plan: Plan,
    *,
    by: Actor,
    now: datetime,
    level: LevelNumber | int | None,
    filled: Mapping[str, str],
    reason: str,
) -> EngineRun:
    """Let the engine begin the run: it learns what is known, then the plan is activated."""
    engine = new_run(
        plan,
        stream=run.stream,
        mode=Mode(ground.mode),
        digest=ground.digest,
        incident=ground.number,
        known_at=ground.known_at,
        occurred_at=ground.occurred_at,
    )
    statements = current_statements(ground.incident_id)
    for key, statement in statements.items():
        fact = AddFact(key=key, value=statement.value, source=statement.source, known_at=statement.known_at)
        engine = act(engine, fact, at=now, by=by)
    if level is None:
        known = {key: statement.value for key, statement in statements.items()}
        graded, _ = level_for(plan, view_of(ground.known_at, ground.occurred_at, known, now))
        level = graded.number if graded else least_severe(plan)
    return act(engine, Activate(level=level_number(level), posts=filled, reason=reason), at=now, by=by)


def unknown_posts(chosen: Mapping[str, str], plan: Plan) -> dict[str, str]:
    """Return the chosen posts that the plan does not have, for the engine to refuse by name."""
    known = {post.id for post in plan.posts}
    return {post: holder for post, holder in chosen.items() if post not in known}


def refuse_if_over(ground: Ground) -> None:
    if ground.status == Incident.Status.CLOSED:
        raise ActivationRefused(
            zh=f"突发事件 {ground.number} 已结案，不能再启动预案。如有新情况，请另行上报。",
            en=f"Incident {ground.number} is closed: no plan can be activated for it. Report what is new as another.",
        )
    if ground.is_withdrawn or ground.stage == Stage.WITHDRAWN:
        raise ActivationRefused(
            zh=f"《{ground.name_zh}》已废止，不能启动。请选择现行预案。",
            en=f"“{ground.name_en or ground.name_zh}” is withdrawn. Choose a plan in force.",
        )


def refuse_unknown_holders(chosen: Mapping[str, str], directory: Directory) -> None:
    for post, holder in chosen.items():
        if holder and not directory.contacts(holder):
            raise ActivationRefused(
                zh=f"岗位“{post}”指定的“{holder[:80]}”在登记库中没有，或今天无人在岗。请另选。",
                en=f'"{holder[:80]}", chosen for the post {post!r}, is not in the registers or has nobody today. '
                "Choose another.",
            )
