"""The hot wash of an exercise: opened, closed, and what it came to."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.exercises import hot_wash
from youbei.actions.exercises.hot_wash import Asking
from youbei.actions.permit import not_found
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Slug
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Exercise, HotWash, User
from youbei.records.reports.exercises import knows_script, part_of, visible_exercise
from youbei.records.reports.hot_wash import hot_wash_of, hot_wash_result

router = Router(tags=["exercises"])


class HotWashIn(Body):
    """`asked` is how many people are asked: the share that answers is out of these. `tell` tells those enrolled."""

    questionnaire: Slug
    asked: Annotated[int, Field(ge=1, le=100_000)]
    is_anonymous: bool = True
    days: Annotated[int, Field(ge=1, le=31)] = 3
    tell: bool = True


class HotWashGrades(Schema):
    """How many gave each of the grades 1 (strongly disagree) to 5 (strongly agree)."""

    question: Text
    counts: list[int]
    mean: float | None


class HotWashWords(Schema):
    question: Text
    texts: list[str]


class HotWashOut(Schema):
    """How a hot wash stands. `grades` and `words` are empty where withheld, and for those who play while it is open.

    `link` is the word of the address that participants open, None for those who do not lead. `percent` is their own
    view, no score.
    """

    questionnaire: str
    is_anonymous: bool
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    digest: str
    asked: int
    answered: int
    is_withheld: bool
    percent: float | None
    grades: list[HotWashGrades]
    words: list[HotWashWords]
    link: str | None


def shown(row: Exercise, wash: HotWash | None, by: User) -> HotWashOut:
    if wash is None:
        raise not_found()
    part = part_of(row, by)
    result = hot_wash_result(wash)
    sees = knows_script(part) or not wash.is_open(clock.now())
    return HotWashOut(
        questionnaire=wash.questionnaire,
        is_anonymous=wash.is_anonymous,
        opened_at=wash.opened_at,
        closes_at=wash.closes_at,
        closed_at=wash.closed_at,
        digest=wash.digest,
        asked=result.asked,
        answered=result.answered,
        is_withheld=result.is_withheld,
        percent=result.percent if sees else None,
        grades=[
            HotWashGrades(question=one.question.text, counts=list(one.counts), mean=one.mean) for one in result.grades
        ]
        if sees
        else [],
        words=[HotWashWords(question=one.question.text, texts=list(one.texts)) for one in result.words] if sees else [],
        link=hot_wash.word_of(wash) if part == "director" else None,
    )


@router.get("/exercises/{exercise_id}/hot-wash", response=HotWashOut, **may(Permission.SEE))
def get_hot_wash(request: HttpRequest, exercise_id: UUID) -> HotWashOut:
    """Return what participants said of an exercise, and out of how many."""
    by = caller(request)
    row = visible_exercise(exercise_id, by)
    return shown(row, hot_wash_of(row), by)


@router.post("/exercises/{exercise_id}/hot-wash", response={201: HotWashOut}, **may(Permission.RUN_EXERCISE))
@idempotent
def open_hot_wash(request: HttpRequest, exercise_id: UUID, body: HotWashIn) -> Status[HotWashOut]:
    """Ask the participants of an exercise that is over."""
    by = caller(request)
    row = visible_exercise(exercise_id, by)
    asking = Asking(body.questionnaire, body.asked, body.is_anonymous, body.days, body.tell)
    return Status(201, shown(row, hot_wash.open_hot_wash(by=by, now=clock.now(), exercise=row, asking=asking), by))


@router.post("/exercises/{exercise_id}/hot-wash/close", response=HotWashOut, **may(Permission.RUN_EXERCISE))
@idempotent
def close_hot_wash(request: HttpRequest, exercise_id: UUID) -> HotWashOut:
    """Close a hot wash; the digest of its answers stands in the log."""
    by = caller(request)
    row = visible_exercise(exercise_id, by)
    return shown(row, hot_wash.close_hot_wash(by=by, now=clock.now(), exercise=row), by)
