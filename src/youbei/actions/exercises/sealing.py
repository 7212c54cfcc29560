"""Exercises without notice: the time is drawn and sealed here, nobody is told, and the worker opens it in time.

What is published at once is the hash alone. Whoever looks into the sealed time stands on the list of who knew.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.cipher import decipher, encipher
from youbei.actions.exercises.interlocks import held_by, unstated
from youbei.actions.exercises.keeping import ExerciseRefused, locked_exercise, refuse_begun, refuse_faulty
from youbei.actions.exercises.leading import begin
from youbei.actions.journal import record
from youbei.actions.wording import clean
from youbei.engine.events import ENGINE, Actor
from youbei.engine.exercises.seal import (
    KEY_BYTES,
    Fault,
    Knew,
    Opening,
    Seal,
    SealRefused,
    Window,
    opening_from_data,
    opening_to_data,
    pass_over,
    seal_from_data,
    seal_time,
    seal_to_data,
    verify,
)
from youbei.records.models import Exercise, ExerciseSeal, User


@transaction.atomic
def seal_exercise(*, by: User | None, now: datetime, exercise: Exercise, windows: Iterable[Window]) -> Exercise:
    """Draw the time of an exercise inside the windows and seal it; nobody is told the time, not even who seals."""
    row = locked_exercise(exercise, by)
    refuse_begun(row)
    refuse_faulty(row)
    seal, opening = seal_time(
        str(row.pk),
        windows,
        key=secrets.token_bytes(KEY_BYTES),
        nonce=secrets.token_bytes(KEY_BYTES),
        at=now,
    )
    actor = actor_for(by, now)
    said = seal_to_data(seal)
    ExerciseSeal.objects.create(
        exercise=row,
        windows=said["windows"],
        commitment=seal.commitment,
        sealed_at=now,
        sealed_by=actor.id,
        ends_at=max(window.ends_at for window in seal.windows),
        secret=kept(opening),
    )
    row.status, row.is_announced = Exercise.Status.SEALED, False
    row.save(update_fields=["status", "is_announced"])
    data = {"commitment": seal.commitment, "windows": said["windows"]}
    record(row.stream, [("exercise.sealed", data)], by=actor, now=now, org_path=row.org_path)
    return row


def kept(opening: Opening) -> str:
    return encipher(json.dumps(opening_to_data(opening)).encode())


def seal_of(row: ExerciseSeal) -> Seal:
    """Return what is published of a sealed exercise from the start."""
    from_row = {"exercise": str(row.exercise_id), "windows": row.windows, "commitment": row.commitment}
    return replace(seal_from_data({**from_row, "sealed_at": row.sealed_at.isoformat()}), sealed_at=row.sealed_at)


def secret_of(row: ExerciseSeal) -> Opening:
    """Read the sealed opening; refuse where it was enciphered with a key that this installation no longer has."""
    plain = decipher(row.secret)
    if plain is None:
        raise SealRefused(
            zh="无法解开封存的时间：安装密钥已更换。请取消后重新封存。",
            en="The sealed time cannot be read: the key of the installation was changed. Cancel it and seal anew.",
        )
    return opening_from_data(json.loads(plain))


@transaction.atomic
def look_into(*, by: User, now: datetime, exercise: Exercise, why: str) -> datetime:
    """Return the sealed time to somebody who must know it; that stands in the log and on the list of who knew."""
    row = locked_exercise(exercise, by)
    seal = sealed(row)
    why = clean(why, limit=200)
    if not why:
        raise ExerciseRefused(
            zh="请写明为什么需要事先知道时间；您将列入知情人名单。",
            en="Say why you must know the time beforehand; you will stand on the list of who knew.",
        )
    actor = actor_for(by, now)
    opening = secret_of(seal)
    seal.secret = kept(replace(opening, knew=(*opening.knew, Knew(actor.id, now, why))))
    seal.save(update_fields=["secret"])
    data = {"commitment": seal.commitment, "why": why}
    record(row.stream, [("exercise.looked_into", data)], by=actor, now=now, org_path=row.org_path)
    return opening.starts_at


def sealed(row: Exercise) -> ExerciseSeal:
    seal = ExerciseSeal.objects.select_for_update(of=("self",), no_key=True).filter(exercise=row).first()
    if seal is None or row.status != Exercise.Status.SEALED:
        raise ExerciseRefused(
            zh="这次演练没有封存的时间，或已经启封。", en="This exercise has no sealed time, or it is revealed."
        )
    return seal


def begin_sealed(now: datetime) -> int:
    """Begin the sealed exercises whose time has come; return how many. The worker calls this at every tick."""
    waiting = ExerciseSeal.objects.filter(revealed_at=None, exercise__status=Exercise.Status.SEALED)
    begun = 0
    for seal in waiting.select_related("exercise").order_by("pk"):
        try:
            is_due = secret_of(seal).starts_at <= now
        except SealRefused:
            continue
        if is_due:
            begun += open_seal(seal.exercise, now)
    return begun


@transaction.atomic
def open_seal(exercise: Exercise, now: datetime) -> bool:
    """Reveal a seal whose time has come and begin the exercise, or pass the time over while something holds it back."""
    row = locked_exercise(exercise, None)
    if row.status != Exercise.Status.SEALED:
        return False
    seal = sealed(row)
    opening = secret_of(seal)
    if opening.starts_at > now:
        return False
    held = held_by(row, now)
    if held:
        passed_over(row, seal, opening, held, now)
        return False
    seal.opening, seal.revealed_at = opening_to_data(opening), now
    seal.save(update_fields=["opening", "revealed_at"])
    told = {name: seal.opening[name] for name in ("starts_at", "key", "nonce", "number")}
    said = {"commitment": seal.commitment, **told, "unknown": unstated(row, now)}
    record(row.stream, [("exercise.revealed", said)], by=ENGINE, now=now, org_path=row.org_path)
    begin(row, by=None, now=now)
    return True


def passed_over(row: Exercise, seal: ExerciseSeal, opening: Opening, held: str, now: datetime) -> None:
    """Let the next later draw stand; where no time is left, the exercise goes back to the plan."""
    is_out_of_time = False
    try:
        while opening.starts_at <= now:
            opening = pass_over(seal_of(seal), opening, held)
        seal.secret = kept(opening)
        seal.save(update_fields=["secret"])
    except SealRefused:
        is_out_of_time = True
        row.status = Exercise.Status.PLANNED
        row.save(update_fields=["status"])
        seal.delete()
    said = {"commitment": seal.commitment, "interlock": held, "is_out_of_time": is_out_of_time}
    record(row.stream, [("exercise.passed_over", said)], by=Actor(), now=now, org_path=row.org_path)


def faults_of(row: ExerciseSeal) -> tuple[Fault, ...]:
    """Return what is wrong with a revealed seal; nothing where the time is proven."""
    return verify(seal_of(row), opening_from_data(row.opening)) if row.opening else ()


def proof_of(row: ExerciseSeal) -> dict[str, Any]:
    """Return what anybody may have to check the time: the notice, and once revealed the opening."""
    return {"seal": seal_to_data(seal_of(row)), "opening": row.opening}
