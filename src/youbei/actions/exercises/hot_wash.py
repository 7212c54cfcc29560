"""The hot wash: open a questionnaire when an exercise is over, tell who took part, take answers, close it.

Anonymous means that who answered is not kept anywhere: neither in the row nor in the log.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.climbing import take_turns
from youbei.actions.exercises.keeping import ExerciseRefused, locked_exercise
from youbei.actions.exercises.telling import tell_listed
from youbei.actions.journal import record
from youbei.actions.link_words import is_same, word_for
from youbei.actions.permit import not_found
from youbei.actions.wording import clean
from youbei.engine.alerts.route import Outgoing
from youbei.engine.clock import Mode
from youbei.engine.exercises.hot_wash import LONGEST_ANSWER, sound_answers
from youbei.engine.text import Text
from youbei.records.models import Exercise, HotWash, HotWashAnswer, User
from youbei.records.reports.hot_wash import questions_of

OVER = (Exercise.Status.ENDED, Exercise.Status.CLOSED)
MOST_ASKED = 100_000
# Assumption: what is not answered within a month is answered from no fresh memory; a hot wash is held while it is.
LONGEST_OPEN = timedelta(days=31)
# Assumption: a link that was passed on brings more answers than people were asked, but not twice as many and twenty.
SPARE_ANSWERS = 20
CLOSED_PER_TICK = 20


@dataclass(frozen=True, slots=True)
class Asking:
    """How a hot wash is held. `asked` is out of how many people answers come; `tell` tells those enrolled."""

    questionnaire: str
    asked: int
    is_anonymous: bool = True
    days: int = 3
    tell: bool = True


@transaction.atomic
def open_hot_wash(*, by: User | None, now: datetime, exercise: Exercise, asking: Asking) -> HotWash:
    """Open the hot wash of an exercise that is over, once; tell those enrolled by a message stamped as exercise."""
    row = locked_exercise(exercise, by)
    if row.status not in OVER:
        raise ExerciseRefused(
            zh="演练还没有结束。请在演练结束（EndEx）后再发问卷。",
            en="The exercise is not over yet. Ask its participants after EndEx.",
        )
    if HotWash.objects.filter(exercise=row).exists():
        raise ExerciseRefused(
            zh="这次演练的即时点评已经开始过，每次演练只有一次。",
            en="The hot wash of this exercise has been opened already; each exercise has one.",
        )
    questionnaire = content.questionnaires().get(asking.questionnaire)
    if questionnaire is None:
        raise ExerciseRefused(
            zh="没有这份问卷。请从列表中选择。", en="There is no such questionnaire. Choose one of the list."
        )
    refuse_odd_number(asking.asked)
    wash = HotWash.objects.create(
        exercise=row,
        org_path=row.org_path,
        questionnaire=questionnaire.id,
        questions=[one.as_data() for one in questionnaire.questions],
        is_anonymous=asking.is_anonymous,
        asked=asking.asked,
        nonce=secrets.token_hex(16),
        opened_at=now,
        closes_at=now + min(timedelta(days=max(1, asking.days)), LONGEST_OPEN),
    )
    said = {"questionnaire": questionnaire.id, "is_anonymous": asking.is_anonymous, "asked": asking.asked}
    note(row, "hotwash.opened", said, by, now)
    if asking.tell:
        tell_enrolled(wash, row, now)
    return wash


def refuse_odd_number(asked: int) -> None:
    if not 1 <= asked <= MOST_ASKED:
        raise ExerciseRefused(
            zh=f"请填写请多少人回答，1 到 {MOST_ASKED}。回收比例以此为分母。",
            en=f"Say how many people are asked, 1 to {MOST_ASKED}: the share that answers is out of these.",
        )


def note(row: Exercise, kind: str, data: Mapping[str, Any], by: User | None, now: datetime) -> None:
    happening = (kind, dict(data))
    record(row.stream, [happening], by=actor_for(by, now), now=now, org_path=row.org_path, mode=Mode.EXERCISE)


def tell_enrolled(wash: HotWash, row: Exercise, now: datetime) -> None:
    """Send the link to everybody enrolled; the gate lets nobody else hear of an exercise."""
    said = invitation(wash, row)
    tell_listed(row.participants, said, key=f"hotwash:{wash.pk}", org_path=row.org_path, now=now)


def invitation(wash: HotWash, row: Exercise) -> Outgoing:
    name_zh, name_en = row.title_zh, row.title_en or row.title_zh
    address = f"{settings.PUBLIC_ADDRESS}/w/{word_of(wash)}/"
    how = Text("不记名。", "It is anonymous.") if wash.is_anonymous else Text("", "")
    return Outgoing(
        Text(f"请点评：{name_zh}", f"Your view, please: {name_en}"),
        Text(
            f"演练《{name_zh}》已结束。请打开链接回答几个问题（手机即可，无需账号）。{how.zh}\n{address}",
            f"The exercise “{name_en}” is over. Please answer a few questions under this link (a telephone will do, no "
            f"account needed). {how.en}\n{address}",
        ),
    )


@transaction.atomic
def set_asked(*, by: User | None, now: datetime, exercise: Exercise, asked: int) -> HotWash:
    """Correct out of how many people the answers come."""
    row = locked_exercise(exercise, by)
    wash = wash_of(row)
    refuse_odd_number(asked)
    if wash.asked != asked:
        note(row, "hotwash.changed", {"asked": asked, "was": wash.asked}, by, now)
        wash.asked = asked
        wash.save(update_fields=["asked"])
    return wash


@transaction.atomic
def close_hot_wash(*, by: User | None, now: datetime, exercise: Exercise) -> HotWash:
    """Close a hot wash: no more answers, and the digest of those given stands in the log. Again it changes nothing."""
    row = locked_exercise(exercise, by)
    return closed(wash_of(row), row, by=by, now=now)


def wash_of(row: Exercise) -> HotWash:
    wash = HotWash.objects.select_for_update(of=("self",)).filter(exercise=row).first()
    if wash is None:
        raise ExerciseRefused(zh="这次演练还没有发问卷。", en="The hot wash of this exercise has not been opened.")
    return wash


def closed(wash: HotWash, row: Exercise, *, by: User | None, now: datetime) -> HotWash:
    if wash.closed_at is not None:
        return wash
    given = list(wash.answers.values_list("id", "answers", "said_by"))
    wash.closed_at, wash.digest = now, digest_of(given)
    wash.save(update_fields=["closed_at", "digest"])
    note(row, "hotwash.closed", {"asked": wash.asked, "answered": len(given), "digest": wash.digest}, by, now)
    return wash


def digest_of(given: list[tuple[UUID, Any, str]]) -> str:
    """Return the SHA-256 of all answers in the order of their keys."""
    body = json.dumps(
        [[str(key), answers, by] for key, answers, by in sorted(given)], ensure_ascii=False, sort_keys=True
    )
    return hashlib.sha256(body.encode()).hexdigest()


def close_due(now: datetime) -> bool:
    """Close those whose time is over; say whether there may be more."""
    waiting = HotWash.objects.filter(closed_at=None, closes_at__lte=now).order_by("closes_at", "id")
    return take_turns(waiting, close_one, now=now, most=CLOSED_PER_TICK)


@transaction.atomic
def close_one(pk: Any, now: datetime) -> None:
    wash = HotWash.objects.select_related("exercise").filter(pk=pk).first()
    if wash is not None:
        row = locked_exercise(wash.exercise, None)
        closed(wash_of(row), row, by=None, now=now)


def word_of(wash: HotWash) -> str:
    return word_for("hot_wash", wash.pk.hex, wash.nonce)


def wash_behind(word: str) -> HotWash:
    """Return the hot wash that a link belongs to; a wrong one is answered like one that never was."""
    try:
        key = UUID(hex=word.partition("-")[0])
    except ValueError:
        raise not_found() from None
    wash = HotWash.objects.select_related("exercise__organisation").filter(pk=key).first()
    if wash is None or not is_same(word, word_of(wash)):
        raise not_found()
    return wash


@transaction.atomic
def answer(*, wash: HotWash, given: Mapping[str, Any], mark: str, name: str, now: datetime) -> None:
    """Take an answer; sent again under the same mark it replaces itself.

    `name` is dropped where the hot wash is anonymous.
    """
    row = HotWash.objects.select_for_update(of=("self",)).get(pk=wash.pk)
    mark = clean(mark, limit=64)
    questions = questions_of(row)
    answers = sound_answers(
        questions, {one.id: clean(str(given.get(one.id) or ""), limit=LONGEST_ANSWER) for one in questions}
    )
    refuse_answer(row, answers, mark, clean(name, limit=120), now)
    said_by = "" if row.is_anonymous else clean(name, limit=120)
    HotWashAnswer.objects.update_or_create(hot_wash=row, mark=mark, defaults={"answers": answers, "said_by": said_by})


def refuse_answer(row: HotWash, answers: Mapping[str, Any], mark: str, name: str, now: datetime) -> None:
    if not row.is_open(now):
        raise ExerciseRefused(
            zh="点评已经结束，不再接受回答。谢谢。", en="The hot wash is closed and takes no more answers. Thank you."
        )
    if not answers or not mark:
        raise ExerciseRefused(
            zh="还没有回答任何问题。请至少回答一个。", en="Nothing is answered yet. Answer one question at least."
        )
    if not row.is_anonymous and not name:
        raise ExerciseRefused(
            zh="这份问卷要求实名。请填写姓名。", en="This questionnaire is answered by name. Enter your name."
        )
    others = row.answers.exclude(mark=mark)
    if others.count() >= 2 * row.asked + SPARE_ANSWERS:
        raise ExerciseRefused(
            zh="收到的回答远多于应答人数，暂不再接受。请告诉组织者：链接可能外传了。",
            en="Far more have answered than were asked, so no more are taken. Tell whoever leads: the link may "
            "have got about.",
        )
