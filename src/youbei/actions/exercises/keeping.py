"""Plan exercises: from the library, from a file, or without a script; revise and cancel them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.exercises.check import check_exercise
from youbei.engine.exercises.model import Exercise as Script
from youbei.engine.exercises.model import ExerciseType
from youbei.engine.exercises.read import read_exercise
from youbei.engine.exercises.write import digest, exercise_to_data
from youbei.engine.plans.check import Finding
from youbei.engine.plans.check.finding import Severity
from youbei.engine.text import Text
from youbei.records.casting import exercise_of
from youbei.records.load import load_plan
from youbei.records.models import Exercise, Organisation, Plan, PlanVersion, Run, User

NO_TITLE = Text("请写明演练名称。", "Give the exercise a title.")


class ExerciseRefused(Refused):
    """Refuse to do with an exercise what its state, its plan or its script does not allow."""


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """An exercise that ships with the program, and the version of the plan in the register that it tests, if any."""

    script: Script
    plan_version: PlanVersion | None


def library(by: User) -> tuple[LibraryEntry, ...]:
    """Return the exercises that ship with the program; each may be copied for a plan of the register."""
    scripts = [read_exercise(text) for text in content.exercise_texts().values()]
    plans = Plan.objects.visible_to(by).filter(code__in=[one.plan for one in scripts], is_withdrawn=False)
    current = {plan.code: plan.current for plan in plans.select_related("current__plan").defer("current__data")}
    return tuple(LibraryEntry(one, current.get(one.plan)) for one in scripts)


def library_script(code: str) -> Script:
    """Return an exercise of the library; raise NotFound where there is none of that id."""
    for text in content.exercise_texts().values():
        script = read_exercise(text)
        if script.id == code:
            return script
    raise not_found()


@transaction.atomic
def plan_exercise(
    *,
    by: User | None,
    now: datetime,
    script: Script,
    organisation: Organisation | None = None,
    planned_at: datetime | None = None,
    is_announced: bool = True,
) -> Exercise:
    """Put an exercise with a script into the plan of a unit, by default the one whose plan it tests."""
    version = version_under_test(script, by)
    unit = organisation or version.plan.organisation
    require(by, Permission.RUN_EXERCISE, unit.path)
    refuse_long(script)
    row = Exercise(organisation=unit, org_path=unit.path, planned_at=planned_at, is_announced=is_announced)
    put(row, script, version)
    return entered(row, by, now)


@transaction.atomic
def plan_drill(
    *,
    by: User | None,
    now: datetime,
    organisation: Organisation,
    title: Text,
    type: ExerciseType | str = ExerciseType.DRILL,
    planned_at: datetime | None = None,
    is_announced: bool = True,
) -> Exercise:
    """Put an exercise without a script into the plan of a unit, such as a monthly evacuation."""
    require(by, Permission.RUN_EXERCISE, organisation.path)
    zh, en = clean(title.zh, limit=200), clean(title.en, limit=200)
    if not (zh or en):
        raise ExerciseRefused(zh=NO_TITLE.zh, en=NO_TITLE.en)
    row = Exercise(
        organisation=organisation,
        org_path=organisation.path,
        code="drill",
        type=ExerciseType(type).value,
        title_zh=zh or en,
        title_en=en,
        planned_at=planned_at,
        is_announced=is_announced,
    )
    return entered(row, by, now)


def entered(row: Exercise, by: User | None, now: datetime) -> Exercise:
    actor = actor_for(by, now)
    row.created_at, row.created_by = now, actor.id
    row.save()
    said = {"code": row.code, "version": row.version, "digest": row.digest, "is_announced": row.is_announced}
    record(row.stream, [("exercise.planned", said)], by=actor, now=now, org_path=row.org_path)
    return row


def version_under_test(script: Script, by: User | None) -> PlanVersion:
    """Return the current version of the plan that a script tests, or refuse."""
    plans = Plan.objects.all() if by is None else Plan.objects.visible_to(by)
    plan = plans.filter(code=script.plan, is_withdrawn=False).select_related("current", "organisation").first()
    if plan is None or plan.current is None:
        raise ExerciseRefused(
            zh=f"演练检验的预案“{script.plan}”不在预案库中，或您无权查看。请先导入该预案，或在演练文件中改写预案标识。",
            en=f"The plan that the exercise tests, {script.plan!r}, is not stored, or you may not see it. "
            "Import the plan first, or name another one in the file.",
        )
    return plan.current


def refuse_long(script: Script) -> None:
    longest = max(len(script.title.zh), len(script.title.en))
    if longest > 200:
        raise ExerciseRefused(
            zh=f"演练名称有 {longest} 个字，最多 200 个。请缩短。",
            en=f"The title of the exercise has {longest} characters, at most 200. Shorten it.",
        )


def put(row: Exercise, script: Script, version: PlanVersion) -> None:
    """Let a row hold a script."""
    row.code, row.version, row.type = script.id, script.version[:40], script.type.value
    row.title_zh, row.title_en = script.title.zh or script.title.en, script.title.en
    row.data, row.digest, row.plan_version = exercise_to_data(script), digest(script), version


@transaction.atomic
def revise_exercise(*, by: User | None, now: datetime, exercise: Exercise, script: Script) -> Exercise:
    """Let a planned exercise hold another script; once it has begun or its time is sealed it stays as it is."""
    row = locked_exercise(exercise, by)
    refuse_begun(row)
    refuse_long(script)
    was = row.digest
    put(row, script, version_under_test(script, by))
    row.save()
    said = {"code": row.code, "version": row.version, "digest": row.digest, "was": was}
    record(row.stream, [("exercise.revised", said)], by=actor_for(by, now), now=now, org_path=row.org_path)
    return row


@transaction.atomic
def set_time(*, by: User | None, now: datetime, exercise: Exercise, planned_at: datetime | None) -> Exercise:
    """Say when an exercise is planned for."""
    row = locked_exercise(exercise, by)
    refuse_begun(row)
    row.planned_at = planned_at
    row.save(update_fields=["planned_at"])
    said = {"code": row.code, "version": row.version, "digest": row.digest, "was": row.digest}
    record(row.stream, [("exercise.revised", said)], by=actor_for(by, now), now=now, org_path=row.org_path)
    return row


@transaction.atomic
def cancel_exercise(*, by: User | None, now: datetime, exercise: Exercise, reason: str) -> None:
    """Take an exercise that has not begun out of the plan; the log keeps that it was there, and why it went."""
    row = locked_exercise(exercise, by)
    refuse_begun(row, or_sealed=False)
    reason = clean(reason, limit=200)
    if not reason:
        raise ExerciseRefused(zh="请写明取消的原因。", en="Say why the exercise is cancelled.")
    said = {"code": row.code, "reason": reason}
    record(row.stream, [("exercise.cancelled", said)], by=actor_for(by, now), now=now, org_path=row.org_path)
    row.delete()


def locked_exercise(exercise: Exercise, by: User | None, permission: Permission = Permission.RUN_EXERCISE) -> Exercise:
    """Lock an exercise until the transaction ends, and return it as it is now; refuse who may not lead it.

    Its run is locked first, as the worker does it.
    """
    run_id = Exercise.objects.filter(pk=exercise.pk).values_list("run_id", flat=True).first()
    if run_id is not None:
        Run.objects.select_for_update(no_key=True).get(pk=run_id)
    rows = Exercise.objects.select_for_update(of=("self",), no_key=True).select_related("plan_version", "organisation")
    row = rows.filter(pk=exercise.pk).first()
    if row is None:
        raise not_found()
    require(by, permission, row.org_path)
    return row


def refuse_begun(row: Exercise, *, or_sealed: bool = True) -> None:
    states = Exercise.Status
    if row.status == states.PLANNED or (row.status == states.SEALED and not or_sealed):
        return
    if row.status == states.SEALED:
        raise ExerciseRefused(
            zh="演练时间已封存，方案不能再改。需要修改时，请取消后重新列入计划并封存。",
            en="The time of this exercise is sealed, so it cannot be changed. Cancel it, plan it anew and seal that.",
        )
    raise ExerciseRefused(
        zh="演练已经开始或结束，不能再改。要重来，请另列一次演练。",
        en="This exercise has begun or is over, so it cannot be changed. Plan another one to do it again.",
    )


def findings_of(row: Exercise) -> tuple[Finding, ...]:
    """Return what the checker finds in an exercise, for the version of the plan that it tests; errors first."""
    if row.data is None or row.plan_version is None:
        return ()
    return check_exercise(exercise_of(row.data), load_plan(row.plan_version), content.fact_kinds())


def refuse_faulty(row: Exercise) -> None:
    """Refuse to begin with a script in which the checker finds an error."""
    for one in findings_of(row):
        if one.severity is Severity.ERROR:
            raise ExerciseRefused(
                zh=f"演练脚本有错误（{one.code}，{one.place}）：{one.sentence.zh}{one.cure.zh}",
                en=f"The script has an error ({one.code}, {one.place}): {one.sentence.en} {one.cure.en}",
            )


def script_data(row: Exercise) -> Mapping[str, Any]:
    """Return what a row holds, for files and programs; empty without a script."""
    return row.data or {}
