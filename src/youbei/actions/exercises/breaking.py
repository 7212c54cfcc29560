"""A real incident breaks into an exercise: it stops at once, and everybody who plays is told to go to the real one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.exercises.interrupting import stop_messages
from youbei.actions.exercises.keeping import ExerciseRefused, locked_exercise
from youbei.actions.exercises.leading import BEGUN, ended, refuse_not_begun
from youbei.actions.exercises.telling import tell_listed
from youbei.actions.journal import record
from youbei.actions.permit import not_allowed, not_found
from youbei.engine.access import Permission
from youbei.engine.alerts.route import Outgoing
from youbei.engine.clock import Mode
from youbei.engine.text import Text
from youbei.records.models import Exercise, Incident, User


@transaction.atomic
def break_off(*, by: User | None, now: datetime, exercise: Exercise, incident: Incident) -> Exercise:
    """End an exercise at once for a real incident, and release its players by a real message.

    Whoever leads the exercise may, and whoever manages incidents of the unit. Messages of the exercise that have not
    gone out are stopped.
    """
    refuse_stranger(exercise, by)
    if incident.mode != Incident.Mode.REAL or (by is not None and not by.may(Permission.SEE, incident.org_path)):
        raise ExerciseRefused(
            zh="只有真实事件才能中止演练。请选择一起真实事件。",
            en="Only a real incident breaks off an exercise. Choose a real one.",
        )
    row = locked_exercise(exercise, None)
    refuse_not_begun(row)
    row = ended(row, by=by, now=now, reason=f"real incident {incident.number}")
    Exercise.objects.filter(pk=row.pk).update(broken_off_for=incident)
    row.interruptions.filter(lifted_at=None).update(lifted_at=now, reason="broken off")
    stop_messages(row)
    release(row, incident, now)
    data = {"code": row.code, "number": incident.number}
    record(row.stream, [("exercise.broken_off", data)], by=actor_for(by, now), now=now, org_path=row.org_path)
    row.refresh_from_db()
    return row


def refuse_stranger(exercise: Exercise, by: User | None) -> None:
    row = Exercise.objects.filter(pk=exercise.pk).first()
    if row is None:
        raise not_found()
    if by is None or by.may(Permission.RUN_EXERCISE, row.org_path) or by.may(Permission.MANAGE_INCIDENT, row.org_path):
        return
    raise not_allowed(Permission.RUN_EXERCISE) if by.may(Permission.SEE, row.org_path) else not_found()


def release(row: Exercise, incident: Incident, now: datetime) -> None:
    """Tell everybody enrolled, by a real message, that the exercise is over and where the real matter is."""
    said = Outgoing(
        Text("演练中止，这不是演习", "The exercise is broken off. This is real."),
        Text(
            f"发生真实事件 {incident.number}：{incident.title}。《{row.title_zh}》立即中止，请停止演练行动，"
            "解除演练任务，按实战岗位待命。",
            f"Real incident {incident.number}: {incident.named.en}. The exercise “{row.title_en or row.title_zh}” is "
            "over. Stop all exercise activity: you are released from it and stand by at your real post.",
        ),
    )
    tell_listed(row.participants, said, key=f"broken-off:{row.pk}", org_path=row.org_path, now=now, mode=Mode.REAL)


def real_since(row: Exercise, user: User) -> list[Incident]:
    """Return the real incidents in the area of a running exercise, reported since it began, that a user may see."""
    if row.status not in BEGUN or row.started_at is None:
        return []
    seen = Incident.objects.visible_to(user).filter(
        mode=Incident.Mode.REAL, status=Incident.Status.OPEN, reported_at__gte=row.started_at
    )
    return list(seen.filter(org_path__under=row.org_path)[:5])
