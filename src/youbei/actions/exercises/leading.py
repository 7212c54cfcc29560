"""Begin an exercise, end it, break it off for something real, close it. It runs on the same engine as reality."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei import content
from youbei.actions.activation import new_row
from youbei.actions.actors import actor_for
from youbei.actions.exercises.enrolling import enrol_in_incident
from youbei.actions.exercises.interlocks import holds_of, unstated
from youbei.actions.exercises.keeping import ExerciseRefused, locked_exercise, refuse_faulty
from youbei.actions.incidents import report_incident
from youbei.actions.journal import record
from youbei.actions.permit import not_found
from youbei.actions.running import keep, locked, scenario_now
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.events import Actor
from youbei.engine.plans.model import Plan
from youbei.engine.run import Run as EngineRun
from youbei.engine.run import act, advance
from youbei.engine.run.commands import Command, EndExercise, EndResponse, StartExercise
from youbei.records import quick
from youbei.records.casting import exercise_of
from youbei.records.load import load_plan, load_run
from youbei.records.models import Exercise, Incident, Participant, PlanVersion, Run, User

BEGUN = (Exercise.Status.RUNNING, Exercise.Status.PAUSED, Exercise.Status.SUSPENDED)
# Who may begin an exercise that something holds back: whoever answers for what is real there.
OVERRIDES = Permission.MANAGE_INCIDENT


class Interlocked(ExerciseRefused):
    """Refuse to begin an exercise while something real, a warning or an examination holds it back."""


@transaction.atomic
def start_exercise(*, by: User | None, now: datetime, exercise: Exercise, override: str = "") -> Exercise:
    """StartEx: open the incident of the exercise in exercise mode, and let its script run.

    The plan is not activated: that is for the players. Starting what has begun already changes nothing. What holds it
    back refuses it (`Interlocked`), unless somebody who manages incidents there gives a reason in `override`.
    """
    row = locked_exercise(exercise, by)
    if row.status in BEGUN:
        return row
    if row.status != Exercise.Status.PLANNED:
        raise ExerciseRefused(
            zh="演练已经结束，不能重新开始。要重来，请另列一次演练。",
            en="This exercise is over and cannot begin again. Plan another one to do it again.",
        )
    refuse_held(row, clean(override, limit=200), by=by, now=now)
    return begin(row, by=by, now=now)


def refuse_held(row: Exercise, override: str, *, by: User | None, now: datetime) -> None:
    """Refuse to begin while anything holds an exercise back; where it is overridden, the log keeps what and why."""
    holds = holds_of(row, now)
    if not holds:
        return
    may_override = by is None or by.may(OVERRIDES, row.org_path)
    if not (override and may_override):
        zh, en = "；".join(one.sentence.zh for one in holds), "; ".join(one.sentence.en for one in holds)
        raise Interlocked(
            zh=f"演练不得开始：{zh}。待其结束后再开始；确需开始的，由有权处置该单位突发事件的人员写明理由后开始。",
            en=f"The exercise does not begin: {en}. Wait until that is over. Whoever manages incidents of the unit may "
            "begin it all the same, with a reason.",
        )
    said: dict[str, Any] = {"code": row.code, "interlocks": [one.interlock for one in holds], "reason": override}
    said |= {"holds": [one.sentence.as_data() for one in holds], "unknown": unstated(row, now)}
    record(row.stream, [("exercise.overridden", said)], by=actor_for(by, now), now=now, org_path=row.org_path)


def begin(row: Exercise, *, by: User | None, now: datetime) -> Exercise:
    """Begin an exercise whose row is locked."""
    if row.data is None or row.plan_version is None:
        Exercise.objects.filter(pk=row.pk).update(status=Exercise.Status.RUNNING, started_at=now)
        data = {"exercise": row.code, "version": row.version, "digest": row.digest}
        actor = actor_for(by, now)
        record(row.stream, [("exercise.started", data)], by=actor, now=now, org_path=row.org_path, mode=Mode.EXERCISE)
        row.refresh_from_db()
        return row
    refuse_faulty(row)
    plan = load_plan(row.plan_version)
    row.incident = opened_incident(row, row.plan_version, plan, by=by, now=now)
    ground = quick.ground_for(row.incident.pk, row.plan_version.pk)
    if ground is None:
        raise not_found()
    row.run = new_row(replace(ground, plan_org_path=row.org_path, organisation_id=row.organisation_id))
    row.save(update_fields=["incident", "run"])
    run = locked(row.run)
    started = act(load_run(run), StartExercise(), at=now, by=actor_for(by, now))
    keep(run, advance(started, now), now=now)
    row.refresh_from_db()
    return row


def opened_incident(row: Exercise, version: PlanVersion, plan: Plan, *, by: User | None, now: datetime) -> Incident:
    """Open the incident that an exercise plays, in exercise mode, known to those who take part."""
    script = exercise_of(row.data)
    kinds = content.incident_kinds()
    kind = next((hazard for hazard in plan.hazards if hazard in kinds), "other")
    incident = report_incident(
        by=by,
        now=now,
        organisation=row.organisation,
        category=kinds[kind].category.value,
        kind=kind,
        title=row.title_zh or row.title_en,
        title_en=row.title_en,
        description=script.start.story.zh or script.start.story.en,
        source="exercise",
        mode=Mode.EXERCISE,
    )
    enrol_in_incident(row, incident.pk)
    return incident


@transaction.atomic
def end_exercise(*, by: User | None, now: datetime, exercise: Exercise, reason: str) -> Exercise:
    """EndEx: what is open was missed, what still waits is skipped, and the response of the exercise is ended."""
    row = locked_exercise(exercise, by)
    if row.status in (Exercise.Status.ENDED, Exercise.Status.CLOSED):
        return row
    refuse_not_begun(row)
    return ended(row, by=by, now=now, reason=clean(reason, limit=200) or "director")


def refuse_not_begun(row: Exercise) -> None:
    if row.status not in BEGUN:
        raise ExerciseRefused(
            zh="演练尚未开始，或已经结束。",
            en="The exercise has not begun, or is over.",
        )


def ended(row: Exercise, *, by: User | None, now: datetime, reason: str) -> Exercise:
    """End an exercise whose row is locked."""
    if row.run is None:
        Exercise.objects.filter(pk=row.pk).update(status=Exercise.Status.ENDED, ended_at=now, end_reason=reason)
        record(
            row.stream,
            [("exercise.ended", {"reason": reason})],
            by=actor_for(by, now),
            now=now,
            org_path=row.org_path,
            mode=Mode.EXERCISE,
        )
    else:
        run = locked(row.run)
        engine = load_run(run)
        engine = advance(engine, scenario_now(engine, now))
        director = actor_for(by, now, frozenset(post.id for post in engine.plan.posts))
        if not engine.state.script.is_over:
            engine = act(engine, EndExercise(reason), at=scenario_now(engine, now), by=director)
        keep(run, with_response_ended(engine, reason, director, now), now=now)
    row.refresh_from_db()
    return row


def with_response_ended(engine: EngineRun, reason: str, by: Actor, now: datetime) -> EngineRun:
    """Return the run with its response ended, where one goes on: nobody is left at work on an exercise that is over."""
    return tried(engine, EndResponse(reason), by, now) if engine.state.phase.value == "active" else engine


def tried(engine: EngineRun, command: Command, by: Actor, now: datetime) -> EngineRun:
    try:
        return act(engine, command, at=scenario_now(engine, now), by=by)
    except Refused:
        return engine


@transaction.atomic
def close_exercise(*, by: User | None, now: datetime, exercise: Exercise) -> Exercise:
    """Close an exercise that has been evaluated, and the incident that it played; closing again changes nothing."""
    row = locked_exercise(exercise, by)
    if row.status == Exercise.Status.CLOSED:
        return row
    if row.status != Exercise.Status.ENDED:
        raise ExerciseRefused(
            zh="演练尚未结束，不能归档。请先结束演练。",
            en="The exercise has not ended, so it cannot be closed. End it first.",
        )
    actor = actor_for(by, now)
    if row.incident_id is not None:
        Incident.objects.filter(pk=row.incident_id).update(status=Incident.Status.CLOSED, closed_at=now)
        closed = [("incident.closed", {"reason": "exercise closed"})]
        stream = f"incident:{row.incident_id}"
        record(stream, closed, by=actor, now=now, org_path=row.org_path, mode=Mode.EXERCISE)
    row.status, row.closed_at = Exercise.Status.CLOSED, now
    row.save(update_fields=["status", "closed_at"])
    record(row.stream, [("exercise.closed", {"code": row.code})], by=actor, now=now, org_path=row.org_path)
    return row


def run_of(row: Exercise) -> Run:
    """Return the run of an exercise, or refuse: it has none before StartEx, or without a script."""
    if row.run is None:
        raise ExerciseRefused(
            zh="这次演练没有脚本，或尚未开始。",
            en="This exercise has no script, or has not begun.",
        )
    return row.run


def plays(row: Exercise, user: User) -> bool:
    """Say whether a user takes part in an exercise as a person enrolled by name."""
    if user.person is None:
        return False
    return Participant.objects.filter(exercise=row, ref=f"person:{user.person.code}").exists()
