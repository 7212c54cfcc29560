"""Activate a plan: pin its version, fill its posts, open its steps and needs, queue its messages; one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.directory import Directory, codes_in
from youbei.actions.facts import current_statements
from youbei.actions.outbox import enqueue
from youbei.actions.permit import require
from youbei.actions.proposals import least_severe, level_for, view_of
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.plans.model import LevelNumber, Plan
from youbei.engine.run import act, new_run
from youbei.engine.run.commands import Activate, AddFact
from youbei.records.load import load_plan
from youbei.records.log import append
from youbei.records.models import Incident, PlanVersion, Run, User
from youbei.records.projection import project


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
    row = Incident.objects.select_for_update().get(pk=incident.pk)
    require(by, Permission.ACTIVATE_PLAN, row.org_path)
    version = PlanVersion.objects.select_related("plan").defer("data").get(pk=plan_version.pk)
    require(by, Permission.SEE, version.plan.org_path)
    refuse_if_over(row, version)
    running = Run.objects.filter(incident=row, plan_version__plan_id=version.plan_id, phase=Run.Phase.ACTIVE).first()
    if running is not None:
        return running
    plan = load_plan(version)
    statements = current_statements(row)
    chosen = dict(posts or {})
    directory = Directory(codes_in(plan) | set(chosen.values()), now)
    refuse_unknown_holders(chosen, directory)
    mode = Mode(row.mode)
    if level is None:
        known = {key: statement.value for key, statement in statements.items()}
        graded, _ = level_for(plan, view_of(row, known, now))
        level = graded.number if graded else least_severe(plan)
    run = Run(
        incident=row,
        plan_version=version,
        organisation_id=version.plan.organisation_id,
        org_path=version.plan.org_path,
        mode=row.mode,
    )
    run.save(force_insert=True)
    engine = new_run(
        plan,
        stream=run.stream,
        mode=mode,
        digest=version.digest,
        incident=row.number,
        known_at=row.known_at,
        occurred_at=row.occurred_at,
    )
    actor = actor_for(by, now)
    for key, statement in statements.items():
        fact = AddFact(key=key, value=statement.value, source=statement.source, known_at=statement.known_at)
        engine = act(engine, fact, at=now, by=actor)
    filled = {post.id: chosen.get(post.id) or directory.first_filled(post) for post in plan.posts}
    command = Activate(level=LevelNumber(level), posts=filled | unknown_posts(chosen, plan), reason=clean(reason))
    engine = act(engine, command, at=now, by=actor)
    append(engine.log, org_path=run.org_path, recorded_at=now)
    project(run, engine.log, engine)
    enqueue(run, engine.log, now=now, directory=directory)
    return run


def unknown_posts(chosen: Mapping[str, str], plan: Plan) -> dict[str, str]:
    """Return the chosen posts that the plan does not have, for the engine to refuse by name."""
    known = {post.id for post in plan.posts}
    return {post: holder for post, holder in chosen.items() if post not in known}


def refuse_if_over(incident: Incident, version: PlanVersion) -> None:
    if incident.status == Incident.Status.CLOSED:
        raise ActivationRefused(
            zh=f"突发事件 {incident.number} 已结案，不能再启动预案。如有新情况，请另行上报。",
            en=f"Incident {incident.number} is closed: no plan can be activated for it. Report what is new as another.",
        )
    if version.plan.is_withdrawn or version.stage == "withdrawn":
        raise ActivationRefused(
            zh=f"《{version.plan.name_zh}》已废止，不能启动。请选择现行预案。",
            en=f"“{version.plan.name_en or version.plan.name_zh}” is withdrawn. Choose a plan in force.",
        )


def refuse_unknown_holders(chosen: Mapping[str, str], directory: Directory) -> None:
    for post, holder in chosen.items():
        if holder and not directory.contacts(holder):
            raise ActivationRefused(
                zh=f"岗位“{post}”指定的“{holder[:80]}”在登记库中没有，或今天无人在岗。请另选。",
                en=f'"{holder[:80]}", chosen for the post {post!r}, is not in the registers or has nobody today. '
                "Choose another.",
            )
