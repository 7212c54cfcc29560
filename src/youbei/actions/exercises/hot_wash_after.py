"""Let the hot wash of an exercise open by itself at EndEx, while what happened is fresh."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.exercises.enrolling import OVER
from youbei.actions.exercises.hot_wash import Asking, open_hot_wash
from youbei.actions.exercises.keeping import ExerciseRefused, locked_exercise
from youbei.actions.journal import record
from youbei.records.models import Exercise, HotWash, User
from youbei.records.reports.hot_wash import people_enrolled

OPENED_PER_TICK = 20


@transaction.atomic
def set_hot_wash(*, by: User | None, now: datetime, exercise: Exercise, questionnaire: str) -> Exercise:
    """Say with which questionnaire the hot wash opens at EndEx; empty: somebody opens it by hand."""
    row = locked_exercise(exercise, by)
    if row.status in OVER:
        raise ExerciseRefused(
            zh="演练已经结束。请直接开始即时点评。", en="The exercise is over already. Open its hot wash yourself."
        )
    if questionnaire and questionnaire not in content.questionnaires():
        raise ExerciseRefused(
            zh="没有这份问卷。请从列表中选择。", en="There is no such questionnaire. Choose one of the list."
        )
    row.hot_wash_with = questionnaire
    row.save(update_fields=["hot_wash_with"])
    said = {"code": row.code, "version": row.version, "digest": row.digest, "was": row.digest}
    record(row.stream, [("exercise.revised", said)], by=actor_for(by, now), now=now, org_path=row.org_path)
    return row


def open_due(now: datetime) -> int:
    """Open the hot wash of exercises that are over and say so; return how many. The worker calls this at every tick.

    Of one that a real incident broke off nobody is asked: its players have other things to do. Whoever leads may.
    """
    due = Exercise.objects.filter(status=Exercise.Status.ENDED).exclude(hot_wash_with="").order_by("ended_at")
    return sum(open_one(row, now) for row in due.defer("data")[:OPENED_PER_TICK])


@transaction.atomic
def open_one(exercise: Exercise, now: datetime) -> bool:
    row = locked_exercise(exercise, None)
    questionnaire, row.hot_wash_with = row.hot_wash_with, ""
    if not questionnaire:
        return False
    row.save(update_fields=["hot_wash_with"])
    is_known = questionnaire in content.questionnaires()
    if row.broken_off_for_id is not None or not is_known or HotWash.objects.filter(exercise=row).exists():
        return False
    open_hot_wash(by=None, now=now, exercise=row, asking=Asking(questionnaire, max(1, people_enrolled(row))))
    return True
