"""Hold an exercise together: a unit asks others, none of them above another; each answers and leads its own people."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.directory import Directory
from youbei.actions.exercises.enrolling import (
    JOINED,
    OF_EACH_UNIT,
    OVER,
    enrol_anew,
    joined_units,
    owner_of,
    paths_behind,
)
from youbei.actions.exercises.keeping import ExerciseRefused, locked_exercise, refuse_begun
from youbei.actions.exercises.telling import tell_listed
from youbei.actions.journal import record
from youbei.actions.outbox import post_message
from youbei.actions.permit import not_found, require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.alerts.route import Outgoing
from youbei.engine.text import Text
from youbei.records.models import Exercise, ExerciseUnit, Organisation, User
from youbei.records.reports.names import name_of
from youbei.records.reports.written_to import address_of

MOST_UNITS = 50
LONGEST_TASK, LONGEST_REASON = 300, 200
State = ExerciseUnit.State


@transaction.atomic
def ask_unit(
    *, by: User | None, now: datetime, exercise: Exercise, organisation: Organisation, task: str = ""
) -> ExerciseUnit:
    """Ask another unit to hold an exercise with one's own; one that declined or withdrew may be asked again."""
    row = locked_exercise(exercise, by)
    refuse_begun(row, or_sealed=False)
    if organisation.pk == row.organisation_id or organisation.retired_at is not None:
        raise ExerciseRefused(
            zh="请选择另一个在用的单位。本单位牵头，无须邀请。",
            en="Choose another unit that is in use. Yours leads the exercise and need not be asked.",
        )
    present = row.units.filter(organisation=organisation).first()
    if present is not None and present.state in (State.ASKED, State.ACCEPTED):
        raise ExerciseRefused(zh="这个单位已经受邀。", en="This unit has been asked already.")
    if row.units.count() >= MOST_UNITS:
        raise ExerciseRefused(
            zh=f"一次演练最多由 {MOST_UNITS} 个单位共同组织。其余单位请作为参演单位登记。",
            en=f"At most {MOST_UNITS} units hold an exercise together. Enrol the others as those who take part.",
        )
    said = {"task": clean(task, limit=LONGEST_TASK), "state": State.ASKED, "asked_at": now, "reason": ""}
    unit, _ = ExerciseUnit.objects.update_or_create(
        exercise=row,
        organisation=organisation,
        defaults={**said, "org_path": organisation.path, "answered_at": None},
    )
    note(row, "exercise.unit_asked", {"unit": organisation.code}, by, now)
    tell_asked(row, unit, now)
    return unit


def tell_asked(row: Exercise, unit: ExerciseUnit, now: datetime) -> None:
    """Tell a unit that it is asked, as real: nothing is played yet. When it will be held is not said."""
    leading, task = name_of(row.organisation), unit.task or "–"
    link = f"{settings.PUBLIC_ADDRESS}/exercises/{row.pk}/"
    recipient = f"agency:{unit.organisation.code}"
    post_message(
        key=f"unit-asked:{unit.pk}:{now.timestamp():.0f}",
        org_path=unit.org_path,
        recipient=recipient,
        address=address_of(unit.organisation),
        said=Outgoing(
            Text("邀请共同组织演练，请答复", "You are asked to hold an exercise together: please answer"),
            Text(
                f"{leading.zh}邀请您单位共同组织演练《{row.title_zh}》，分工：{task}。请负责演练的人员登录后答复：{link}",
                f"{leading.en or leading.zh} asks your unit to hold the exercise “{row.title_en or row.title_zh}” "
                f"together. Your share: {task}. Whoever leads exercises with you answers here: {link}",
            ),
        ),
        now=now,
    )


@transaction.atomic
def answer_unit(*, by: User | None, now: datetime, unit: ExerciseUnit, accepts: bool, reason: str = "") -> ExerciseUnit:
    """Accept for a unit that was asked, or decline; from then on it lists its own people, listed so far or not."""
    require(by, Permission.RUN_EXERCISE, unit.org_path)
    row, unit = locked_unit(unit)
    refuse_begun(row, or_sealed=False)
    if unit.state != State.ASKED:
        raise ExerciseRefused(zh="您单位已经答复过。", en="Your unit has answered already.")
    unit.state, unit.answered_at = (State.ACCEPTED if accepts else State.DECLINED), now
    unit.reason = clean(reason, limit=LONGEST_REASON)
    unit.save(update_fields=["state", "answered_at", "reason"])
    if accepts:
        take_over(row, unit, now)
    note(row, "exercise.unit_answered", {"unit": unit.organisation.code, "answer": unit.state}, by, now)
    return unit


def take_over(row: Exercise, unit: ExerciseUnit, now: datetime) -> None:
    """Put the people of a unit whom the leading unit has listed so far on the unit's own list."""
    listed = list(row.participants.filter(unit=None, part__in=OF_EACH_UNIT))
    refs = {one.ref for one in listed}
    paths, units = paths_behind(refs, Directory(refs, now)), joined_units(row)
    own = [one.pk for one in listed if {owner_of(path, units) for path in paths.get(one.ref, ())} == {unit}]
    row.participants.filter(pk__in=own).update(unit=unit)


@transaction.atomic
def withdraw_unit(*, by: User | None, now: datetime, unit: ExerciseUnit, reason: str) -> ExerciseUnit:
    """Take a unit's people out of an exercise, also while it runs: no unit holds another's people. They are told."""
    require(by, Permission.RUN_EXERCISE, unit.org_path)
    row, unit = locked_unit(unit)
    reason = clean(reason, limit=LONGEST_REASON)
    if not reason:
        raise ExerciseRefused(zh="请写明退出的原因。", en="Say why your unit withdraws.")
    if unit.state not in JOINED or row.status in OVER:
        raise ExerciseRefused(
            zh="您单位未参加这次演练，或演练已经结束，无须退出。",
            en="Your unit does not take part in this exercise, or it is over; there is nothing to withdraw from.",
        )
    if row.incident_id is not None:
        release_people(row, unit, now)
    unit.participants.all().delete()
    enrol_anew(row)
    unit.state, unit.answered_at, unit.reason = State.WITHDRAWN, now, reason
    unit.save(update_fields=["state", "answered_at", "reason"])
    note(row, "exercise.unit_answered", {"unit": unit.organisation.code, "answer": unit.state}, by, now)
    return unit


def release_people(row: Exercise, unit: ExerciseUnit, now: datetime) -> None:
    """Tell a unit's people who play that they do so no longer; stamped as exercise, like all that they were told."""
    said = Outgoing(
        Text("您单位退出演练", "Your unit leaves the exercise"),
        Text(
            f"您单位退出演练《{row.title_zh}》。请停止演练行动，解除演练任务。",
            f"Your unit leaves the exercise “{row.title_en or row.title_zh}”. Stop all exercise activity: you are "
            "released from it.",
        ),
    )
    tell_listed(unit.participants, said, key=f"unit-withdrawn:{unit.pk}", org_path=unit.org_path, now=now)


@transaction.atomic
def remove_unit(*, by: User | None, now: datetime, unit: ExerciseUnit) -> None:
    """Take a unit off an exercise that has not begun, with its people; the log keeps that it was asked."""
    row, unit = locked_unit(unit)
    require(by, Permission.RUN_EXERCISE, row.org_path)
    refuse_begun(row, or_sealed=False)
    note(row, "exercise.unit_removed", {"unit": unit.organisation.code}, by, now)
    unit.delete()


def locked_unit(unit: ExerciseUnit) -> tuple[Exercise, ExerciseUnit]:
    """Lock the exercise of a unit, and with it the unit's own row, which changes under that lock alone."""
    row = locked_exercise(unit.exercise, None)
    found = ExerciseUnit.objects.select_related("organisation").filter(pk=unit.pk, exercise=row).first()
    if found is None:
        raise not_found()
    return row, found


def note(row: Exercise, kind: str, data: dict[str, object], by: User | None, now: datetime) -> None:
    said = {"code": row.code, **data}
    record(row.stream, [(kind, said)], by=actor_for(by, now), now=now, org_path=row.org_path)
