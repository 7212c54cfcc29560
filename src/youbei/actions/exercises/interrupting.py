"""Something real breaks into an exercise: it stops at once and its players are free; its director lets it go on.

The worker looks for it at each tick, beside the transaction of the report: no exercise may delay or refuse what is
real. Whoever takes part may call it out by hand.
"""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from youbei.actions.actors import actor_for
from youbei.actions.directory import Directory
from youbei.actions.exercises.enrolling import enrol_anew
from youbei.actions.exercises.keeping import ExerciseRefused, locked_exercise
from youbei.actions.exercises.real_words import (
    called_away,
    goes_on,
    others_away,
    others_back,
    suspended,
    tell_leading_unit,
    tell_others,
    tell_side,
)
from youbei.actions.exercises.touching import IN_PROGRESS, Touch, Why, in_progress, touches
from youbei.actions.journal import record
from youbei.actions.permit import not_allowed, not_found, require
from youbei.actions.running import keep, locked, scenario_now
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.events import ENGINE, Actor
from youbei.engine.run import act, advance
from youbei.engine.run.commands import Command, ResumeExercise, SuspendExercise
from youbei.records.load import load_run
from youbei.records.models import Exercise, ExerciseUnit, Incident, Interruption, Message, Participant, User

logger = logging.getLogger(__name__)
LONGEST = 200
Status, State = Exercise.Status, ExerciseUnit.State


def let_reality_in(now: datetime) -> int:
    """Stop each exercise in progress that something real has touched; say how many were. An error stops one alone."""
    stopped = 0
    for row in in_progress():
        try:
            with transaction.atomic():
                is_touched = bool(touches(row, now))
            stopped += is_touched and break_into(row.pk, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("Exercise %s could not be looked at for what is real", row.pk)
    return stopped


@transaction.atomic
def break_into(pk: UUID, now: datetime) -> bool:
    """Stop one exercise, or the part of each unit that is touched; say whether there was anything to stop."""
    found = Exercise.objects.filter(pk=pk).first()
    if found is None:
        return False
    row = locked_exercise(found, None)
    if row.status not in IN_PROGRESS:
        return False
    broken = touches(row, now)
    for touch in broken:
        interrupt(row, touch, by=ENGINE, now=now)
        row.refresh_from_db()
    return bool(broken)


@transaction.atomic
def call_out(
    *,
    by: User | None,
    now: datetime,
    exercise: Exercise,
    incident: Incident | None = None,
    reason: str = "",
    unit: ExerciseUnit | None = None,
) -> Exercise:
    """Call out that something is real: the exercise stops, or with `unit` that unit's part in it.

    Whoever leads the exercise, manages incidents there or takes part by name may; for a unit, who answers for it or is
    on its list. An incident need not have been reported yet.
    """
    row = locked_exercise(exercise, None)
    refuse_uncalled(row, unit, by)
    if incident is not None and (
        incident.mode != Incident.Mode.REAL or (by is not None and not by.may(Permission.SEE, incident.org_path))
    ):
        raise ExerciseRefused(
            zh="只有真实事件才能中断演练。请选择一起真实事件，或不选。",
            en="Only a real incident stops an exercise. Choose a real one, or none.",
        )
    if row.status not in IN_PROGRESS:
        raise ExerciseRefused(
            zh="演练未在进行，或已因真实事件暂停。",
            en="The exercise is not in progress, or has been stopped for something real already.",
        )
    if unit is not None:
        unit = row.units.select_related("organisation").get(pk=unit.pk)
        if unit.state != State.ACCEPTED:
            raise ExerciseRefused(zh="该单位未参加演练，或已退场。", en="That unit does not take part, or is away.")
    said = clean(reason, limit=LONGEST)
    touch = Touch(now, incident.pk if incident else 0, unit.pk if unit else None, Why.SAID.value, said)
    interrupt(row, touch, by=actor_for(by, now), now=now)
    row.refresh_from_db()
    return row


def refuse_uncalled(row: Exercise, unit: ExerciseUnit | None, by: User | None) -> None:
    """Refuse who has no part in the exercise, or none in that unit's."""
    if by is None:
        return
    place = row.org_path if unit is None else unit.org_path
    if by.may(Permission.RUN_EXERCISE, place) or by.may(Permission.MANAGE_INCIDENT, place):
        return
    mine = row.participants.filter(ref=f"person:{by.person.code}") if by.person else Participant.objects.none()
    if mine.filter(unit=unit).exists():
        return
    knows = mine.exists() or by.may(Permission.SEE, row.org_path)
    raise not_allowed(Permission.RUN_EXERCISE) if knows else not_found()


def interrupt(row: Exercise, touch: Touch, *, by: Actor, now: datetime) -> None:
    """Stop an exercise whose row is locked, or one unit's part in it, and tell everybody whom it concerns."""
    incident = Incident.objects.filter(pk=touch.incident).first() if touch.incident else None
    one = Interruption.objects.create(
        exercise=row, unit_id=touch.unit, incident=incident, why=touch.why, subject=touch.subject[:LONGEST], at=now
    )
    number = incident.number if incident else ""
    if touch.unit is None:
        suspend(row, number, touch.why, by, now)
        stop_messages(row)
        tell_side(row, None, suspended(row, incident), key=f"suspended:{one.pk}", now=now)
        for unit in row.units.filter(state=State.ACCEPTED):
            tell_side(row, unit, suspended(row, None), key=f"suspended:{one.pk}", now=now)
        tell_leading_unit(row, suspended(row, incident), key=f"suspended:{one.pk}", now=now, mode=Mode.REAL)
        return
    unit = row.units.select_related("organisation").get(pk=touch.unit)
    ExerciseUnit.objects.filter(pk=unit.pk).update(state=State.AWAY)
    enrol_anew(row)
    stop_messages_of(row, unit, now)
    said = {"code": row.code, "unit": unit.organisation.code, "incident": number, "why": touch.why}
    record(row.stream, [("exercise.unit_away", said)], by=by, now=now, org_path=row.org_path)
    tell_side(row, unit, called_away(row, incident), key=f"away:{one.pk}", now=now)
    tell_others(row, unit, others_away(row, unit), key=f"away-others:{one.pk}", now=now)


def suspend(row: Exercise, number: str, why: str, by: Actor, now: datetime) -> None:
    if row.run is not None:
        in_run(row, SuspendExercise(wall=now, incident=number, why=why), by, now)
        return
    Exercise.objects.filter(pk=row.pk).update(status=Status.SUSPENDED)
    said = {"incident": number, "why": why}
    record(row.stream, [("exercise.suspended", said)], by=by, now=now, org_path=row.org_path, mode=Mode.EXERCISE)


@transaction.atomic
def resume_exercise(*, by: User | None, now: datetime, exercise: Exercise, reason: str) -> Exercise:
    """Let a suspended exercise go on from where its clock stood; everybody is told so, as exercise again."""
    row = locked_exercise(exercise, by)
    reason = clean(reason, limit=LONGEST)
    if row.status != Status.SUSPENDED:
        raise ExerciseRefused(
            zh="演练没有因真实事件暂停，无须恢复。", en="The exercise is not suspended, so there is nothing to resume."
        )
    if not reason:
        raise ExerciseRefused(
            zh="请写明为何可以恢复，例如真实事件已处置完毕。",
            en="Say why it may go on, such as that the real incident is over.",
        )
    lifted = row.interruptions.filter(unit=None, lifted_at=None)
    last = lifted.order_by("-pk").values_list("pk", flat=True).first()
    lifted.update(lifted_at=now, reason=reason)
    actor = actor_for(by, now)
    if row.run is not None:
        in_run(row, ResumeExercise(wall=now, reason=reason), actor, now)
    else:
        Exercise.objects.filter(pk=row.pk).update(status=Status.RUNNING)
        said = [("exercise.resumed", {"reason": reason})]
        record(row.stream, said, by=actor, now=now, org_path=row.org_path, mode=Mode.EXERCISE)
    tell_others(row, None, goes_on(row), key=f"goes-on:{last}", now=now)
    row.refresh_from_db()
    return row


@transaction.atomic
def return_unit(*, by: User | None, now: datetime, unit: ExerciseUnit, reason: str) -> ExerciseUnit:
    """Bring a unit's people back into an exercise that goes on; who answers for the unit may, and nobody else."""
    require(by, Permission.RUN_EXERCISE, unit.org_path)
    row = locked_exercise(unit.exercise, None)
    unit = row.units.select_related("organisation").get(pk=unit.pk)
    reason = clean(reason, limit=LONGEST)
    if unit.state != State.AWAY or row.status in (Status.ENDED, Status.CLOSED):
        raise ExerciseRefused(
            zh="您单位没有退场，或演练已经结束。", en="Your unit is not away, or the exercise is over."
        )
    if not reason:
        raise ExerciseRefused(zh="请写明归队的原因。", en="Say why your unit comes back.")
    lifted = row.interruptions.filter(unit=unit, lifted_at=None)
    last = lifted.order_by("-pk").values_list("pk", flat=True).first()
    lifted.update(lifted_at=now, reason=reason)
    ExerciseUnit.objects.filter(pk=unit.pk).update(state=State.ACCEPTED)
    enrol_anew(row)
    said = {"code": row.code, "unit": unit.organisation.code, "reason": reason}
    record(row.stream, [("exercise.unit_back", said)], by=actor_for(by, now), now=now, org_path=row.org_path)
    tell_others(row, None, others_back(row, unit), key=f"back:{last}", now=now)
    unit.refresh_from_db()
    return unit


def in_run(row: Exercise, command: Command, by: Actor, now: datetime) -> None:
    """Let the run of an exercise whose row is locked take a command."""
    if row.run is None:
        return
    run = locked(row.run)
    engine = load_run(run)
    engine = advance(engine, scenario_now(engine, now))
    engine = act(engine, command, at=scenario_now(engine, now), by=by)
    keep(run, advance(engine, scenario_now(engine, now)), now=now)


STOPPED = "发生真实事件，不再发送。 Something real has happened, so this is not sent."


def stop_messages(row: Exercise) -> None:
    """Stop what the exercise still has in the outbox: nobody shall read it beside what is real."""
    if row.run_id:
        waiting = Message.objects.filter(run_id=row.run_id, status=Message.Status.QUEUED)
        waiting.update(status=Message.Status.REFUSED, reason=STOPPED)


def stop_messages_of(row: Exercise, unit: ExerciseUnit, now: datetime) -> None:
    """Stop what still waits for the people of one unit."""
    refs = set(unit.participants.values_list("ref", flat=True))
    directory = Directory(refs, now)
    recipients = {contact.recipient for ref in refs for contact in directory.contacts(ref)}
    if row.run_id and recipients:
        waiting = Message.objects.filter(run_id=row.run_id, status=Message.Status.QUEUED, recipient__in=recipients)
        waiting.update(status=Message.Status.REFUSED, reason=STOPPED)
