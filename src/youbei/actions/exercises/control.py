"""What controllers and evaluators do while an exercise runs: injects by hand, what was done, what was seen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.exercises.keeping import ExerciseRefused
from youbei.actions.facts import checked_facts
from youbei.actions.permit import not_allowed, not_found
from youbei.actions.running import keep, locked, scenario_now
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.conditions import Value
from youbei.engine.media import PICTURES, media_type_of
from youbei.engine.run import act, advance
from youbei.engine.run.commands import (
    Command,
    ConfirmAction,
    FailInject,
    FireInject,
    HoldInject,
    Improvise,
    Observe,
    ReleaseInject,
    SkipInject,
)
from youbei.engine.text import Text
from youbei.records.load import load_run
from youbei.records.models import Exercise, Observation, ObservationPhoto, Participant, User

CONTROL = frozenset({Participant.Part.CONTROLLER})
EVALUATE = frozenset({Participant.Part.CONTROLLER, Participant.Part.EVALUATOR})
EVERYBODY = frozenset(Participant.Part)
# Assumption: a photograph of a telephone takes 2 to 6 MB.
LARGEST_PHOTO = 8_000_000


@dataclass(frozen=True, slots=True)
class Improvised:
    """An inject that the script does not hold: facts, or a message to a post or register code, or both."""

    title: str
    to: str = ""
    text: str = ""
    facts: Mapping[str, Value] | None = None


def fire_inject(*, by: User | None, now: datetime, exercise: Exercise, inject: str) -> Exercise:
    """Bring an inject now, also one that was held back or left out."""
    return lead(exercise, FireInject(clean(inject, limit=80)), by=by, now=now, parts=CONTROL)


def hold_inject(*, by: User | None, now: datetime, exercise: Exercise, inject: str) -> Exercise:
    """Keep an inject back until it is released or fired."""
    return lead(exercise, HoldInject(clean(inject, limit=80)), by=by, now=now, parts=CONTROL)


def release_inject(*, by: User | None, now: datetime, exercise: Exercise, inject: str) -> Exercise:
    """Let an inject that was held back come at its time; where that has passed, at once."""
    return lead(exercise, ReleaseInject(clean(inject, limit=80)), by=by, now=now, parts=CONTROL)


def skip_inject(*, by: User | None, now: datetime, exercise: Exercise, inject: str, reason: str) -> Exercise:
    """Leave an inject out, on purpose: what was expected about it is not tested, which is no failure."""
    return lead(exercise, SkipInject(clean(inject, limit=80), clean(reason, limit=200)), by=by, now=now, parts=CONTROL)


def fail_inject(*, by: User | None, now: datetime, exercise: Exercise, inject: str, reason: str) -> Exercise:
    """Record that an inject was fired but did not reach the players."""
    return lead(exercise, FailInject(clean(inject, limit=80), clean(reason, limit=200)), by=by, now=now, parts=CONTROL)


def improvise(*, by: User | None, now: datetime, exercise: Exercise, inject: Improvised) -> Exercise:
    """Bring something that the script does not hold."""
    return lead(exercise, improvised(inject), by=by, now=now, parts=CONTROL)


def improvised(inject: Improvised) -> Improvise:
    title, text = clean(inject.title, limit=200), clean(inject.text)
    if not title:
        raise ExerciseRefused(zh="请写明临时注入的标题。", en="Give the improvised inject a title.")
    facts = {key: value for key, value in checked_facts(inject.facts or {}).items() if value is not None}
    return Improvise(title, facts, clean(inject.to, limit=120), Text(title, title), Text(text, text))


@transaction.atomic
def change_inject(*, by: User | None, now: datetime, exercise: Exercise, inject: str, instead: Improvised) -> Exercise:
    """Bring an inject in other words: the one of the script is left out, and the log holds both."""
    row = skip_inject(by=by, now=now, exercise=exercise, inject=inject, reason=f"changed: {instead.title}")
    return improvise(by=by, now=now, exercise=row, inject=instead)


def confirm_action(*, by: User | None, now: datetime, exercise: Exercise, action: str, note: str = "") -> Exercise:
    """Say that an expected action has been done, which the log alone cannot see."""
    return lead(exercise, ConfirmAction(clean(action, limit=80), clean(note)), by=by, now=now, parts=EVALUATE)


@transaction.atomic
def observe(
    *,
    by: User | None,
    now: datetime,
    exercise: Exercise,
    subject: str = "",
    text: str = "",
    rating: str = "",
    is_own: bool = False,
    photo: bytes | None = None,
) -> Observation:
    """Record what was seen: of an objective, critical task or expected action, in words, with a rating, a photograph.

    `is_own` is how players judge themselves; anybody who takes part may. The official judgement is the evaluators'.
    """
    media_type = picture_type(photo) if photo else ""
    text = clean(text)
    if photo and not text and not rating:
        text = "photo"
    command = Observe(clean(subject, limit=80), text, rating.strip().upper(), "own" if is_own else "official")
    row = lead(exercise, command, by=by, now=now, parts=EVERYBODY if is_own else EVALUATE)
    seen = Observation.objects.filter(exercise=row).order_by("-seq")[0]
    if photo:
        ObservationPhoto.objects.create(
            observation=seen,
            content=photo,
            media_type=media_type,
            digest=hashlib.sha256(photo).hexdigest(),
            added_at=now,
        )
    return seen


def picture_type(photo: bytes) -> str:
    """Tell the kind of a photograph by how it begins, or refuse it."""
    if len(photo) > LARGEST_PHOTO:
        raise ExerciseRefused(
            zh=f"照片超过 {LARGEST_PHOTO // 1_000_000} MB。请缩小后再上传，文字可先保存。",
            en=f"The photograph is larger than {LARGEST_PHOTO // 1_000_000} MB. Make it smaller; the words can be kept "
            "without it.",
        )
    media_type = media_type_of(photo)
    if media_type in PICTURES:
        return media_type
    raise ExerciseRefused(
        zh="这个文件不是照片。请上传 JPEG、PNG 或 WebP。",
        en="This file is no photograph. Send a JPEG, PNG or WebP.",
    )


@transaction.atomic
def lead(
    exercise: Exercise, command: Command, *, by: User | None, now: datetime, parts: frozenset[Participant.Part]
) -> Exercise:
    """Let somebody who leads an exercise, or is enrolled in one of the parts, do one thing in its run."""
    row = Exercise.objects.select_related("run").filter(pk=exercise.pk).first()
    if row is None:
        raise not_found()
    refuse_outsider(row, by, parts)
    if row.run is None:
        raise ExerciseRefused(
            zh="演练尚未开始，或没有脚本。",
            en="The exercise has not begun, or has no script.",
        )
    run = locked(row.run)
    engine = load_run(run)
    engine = advance(engine, scenario_now(engine, now))
    done = act(engine, command, at=scenario_now(engine, now), by=actor_for(by, now))
    keep(run, advance(done, scenario_now(done, now)), now=now)
    row.refresh_from_db()
    return row


def refuse_outsider(row: Exercise, by: User | None, parts: frozenset[Participant.Part]) -> None:
    """Refuse who neither leads the exercise nor is enrolled in one of the parts."""
    if by is None or by.may(Permission.RUN_EXERCISE, row.org_path):
        return
    mine = set()
    if by.person is not None:
        enrolled = row.participants.filter(ref=f"person:{by.person.code}")
        mine = set(enrolled.values_list("part", flat=True))
    if mine & {part.value for part in parts}:
        return
    raise not_allowed(Permission.RUN_EXERCISE) if mine or by.may(Permission.SEE, row.org_path) else not_found()
