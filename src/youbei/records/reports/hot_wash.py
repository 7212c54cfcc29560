"""What participants said after an exercise."""

from __future__ import annotations

from youbei.engine.exercises.hot_wash import HotWashResult, Question, question_from_data, result_of
from youbei.records.models import Exercise, HotWash, Participant


def questions_of(wash: HotWash) -> list[Question]:
    return [question_from_data(one) for one in wash.questions]


def hot_wash_of(row: Exercise) -> HotWash | None:
    return HotWash.objects.filter(exercise=row).first()


def hot_wash_result(wash: HotWash) -> HotWashResult:
    """Return what a hot wash came to so far; the order of the answers tells nothing."""
    given = list(wash.answers.values_list("answers", flat=True))
    return result_of(questions_of(wash), given, asked=wash.asked, is_anonymous=wash.is_anonymous)


def who_answered(wash: HotWash) -> list[str]:
    """Return the names of those who answered; of an anonymous one nobody's is known."""
    return sorted(wash.answers.exclude(said_by="").values_list("said_by", flat=True))


def people_enrolled(row: Exercise) -> int:
    """Return how many entries the list of participants holds, each person once: how many may be asked."""
    return Participant.objects.filter(exercise=row).values("ref").distinct().count()
