"""Write the injects of an exercise that is being prepared: add, change, copy, take out, copy from other scripts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.exercises.keeping import (
    ExerciseRefused,
    locked_exercise,
    plan_exercise,
    refuse_begun,
)
from youbei.actions.journal import record
from youbei.actions.wording import clean
from youbei.engine.exercises.check import check_exercise
from youbei.engine.exercises.edit import (
    adapted,
    copied,
    free_name,
    names_taken,
    place_of,
    put_inject,
    put_injects,
    refuse_many,
    take_inject,
)
from youbei.engine.exercises.model import Ending, ExerciseType, Safety
from youbei.engine.exercises.model import Exercise as Script
from youbei.engine.exercises.write import digest, exercise_to_data
from youbei.engine.log import canonical
from youbei.engine.plans.check.finding import Severity
from youbei.engine.plans.model import Plan
from youbei.engine.text import Text
from youbei.records.casting import exercise_of
from youbei.records.load import load_plan
from youbei.records.models import Exercise, PlanVersion, User

Data = Mapping[str, Any]


@transaction.atomic
def write_script(
    *,
    by: User | None,
    now: datetime,
    plan_version: PlanVersion,
    title: Text,
    type: ExerciseType | str,
    ending: Ending,
    planned_at: datetime | None = None,
    is_announced: bool = True,
) -> Exercise:
    """Put an exercise whose script is still to be written into the plan of the unit whose plan it tests."""
    zh, en = clean(title.zh, limit=200), clean(title.en, limit=200)
    if not (zh or en):
        raise ExerciseRefused(zh="请写明演练名称。", en="Give the exercise a title.")
    plan = load_plan(plan_version)
    script = Script(
        id=free_name(f"{plan.id}-{now:%Y%m%d}", set()),
        version="1",
        type=ExerciseType(type),
        title=Text(zh or en, en or zh),
        plan=plan.id,
        sponsor=plan_version.plan.organisation.code,
        end=ending,
    )
    return plan_exercise(by=by, now=now, script=script, planned_at=planned_at, is_announced=is_announced)


@transaction.atomic
def write_inject(
    *, by: User | None, now: datetime, exercise: Exercise, inject: Data, instead_of: str = "", was: str = ""
) -> Exercise:
    """Add an inject (as in an exercise file; without `id` it gets one), or put it in the place of another.

    `was` is the mark of the inject that the writer saw (`mark_of`): where somebody has changed it since, it is refused.
    """
    row, script, plan = prepared(exercise, by)
    before = script.injects[place_of(script, instead_of)] if instead_of else None
    if before is not None and was and mark_of(inject_data(script, instead_of)) != was:
        raise ExerciseRefused(
            zh=f"注入“{instead_of}”刚被他人修改。请打开清单核对后再改，您填写的内容仍在本页。",
            en=f"Somebody has just changed the inject {instead_of}. Look at the list and then change it again; "
            "what you wrote still stands on this page.",
        )
    written = named(inject, script, instead_of)
    new = put_inject(script, written, instead_of=instead_of)
    refuse_new_errors(script, new, plan)
    return kept(row, new, by=by, now=now, inject=written["id"], change="changed" if instead_of else "added")


@transaction.atomic
def remove_inject(*, by: User | None, now: datetime, exercise: Exercise, inject: str) -> Exercise:
    """Take an inject out; refuse where others wait for it."""
    row, script, _plan = prepared(exercise, by)
    return kept(row, take_inject(script, inject), by=by, now=now, inject=inject, change="removed")


@transaction.atomic
def copy_inject(*, by: User | None, now: datetime, exercise: Exercise, inject: str) -> tuple[Exercise, str]:
    """Put a copy of an inject at the end of the list, under names of its own; return the exercise and the name."""
    row, script, _plan = prepared(exercise, by)
    copy = copied(inject_data(script, inject), script)
    row = kept(row, put_inject(script, copy), by=by, now=now, inject=copy["id"], change="copied")
    return row, str(copy["id"])


@transaction.atomic
def take_over(
    *, by: User | None, now: datetime, exercise: Exercise, source: Script, injects: Iterable[str], to: str = ""
) -> tuple[Exercise, list[str], list[Text]]:
    """Copy injects of another script; what the plan under test does not have is replaced by `to` or left out.

    Return the exercise, the names of the copies, and what was left out.
    """
    row, script, plan = prepared(exercise, by)
    if to and to not in {post.id for post in plan.posts}:
        raise ExerciseRefused(
            zh=f"预案中没有岗位“{to}”。请从预案的岗位中选择。",
            en=f"The plan has no post {to!r}. Choose one of its posts.",
        )
    chosen = [source.injects[place_of(source, name)] for name in dict.fromkeys(injects)]
    if not chosen:
        raise ExerciseRefused(zh="请至少勾选一条注入。", en="Choose one inject at least.")
    refuse_many(len(script.injects) + len(chosen))
    new, names, lost = script, list[str](), list[Text]()
    for one in chosen:
        data, missing = adapted(one, new, plan, to=to)
        new = put_inject(new, data)
        names.append(data["id"])
        lost += missing
    refuse_new_errors(script, new, plan)
    return kept(row, new, by=by, now=now, inject=" ".join(names)[:200], change="copied"), names, lost


@transaction.atomic
def add_injects(*, by: User | None, now: datetime, exercise: Exercise, injects: Iterable[Data]) -> tuple[Exercise, int]:
    """Add several injects at once, such as those that a model yields; names that are taken are replaced."""
    row, script, plan = prepared(exercise, by)
    new, names = put_injects(script, injects)
    refuse_new_errors(script, new, plan)
    return kept(row, new, by=by, now=now, inject=" ".join(names)[:200], change="added"), len(names)


@transaction.atomic
def write_safety(*, by: User | None, now: datetime, exercise: Exercise, safety: Safety) -> Exercise:
    """Write the safety plan of an exercise that is being prepared: its words, and what real suspends it."""
    row, script, _plan = prepared(exercise, by)
    text = Text(clean(safety.text.zh), clean(safety.text.en))
    new = replace(script, safety=replace(safety, text=text))
    if new == script:
        return row
    was = put_script(row, new)
    said = {"code": row.code, "version": row.version, "digest": row.digest, "was": was}
    record(row.stream, [("exercise.revised", said)], by=actor_for(by, now), now=now, org_path=row.org_path)
    return row


def prepared(exercise: Exercise, by: User | None) -> tuple[Exercise, Script, Plan]:
    """Lock an exercise that is being prepared; return it with its script and the plan under test."""
    row = locked_exercise(exercise, by)
    refuse_begun(row)
    if row.data is None or row.plan_version is None:
        raise ExerciseRefused(
            zh="这次演练没有脚本，不能写注入。请另列一次有脚本的演练。",
            en="This exercise has no script, so it takes no injects. Plan one with a script.",
        )
    return row, exercise_of(row.data), load_plan(row.plan_version)


def named(inject: Data, script: Script, instead_of: str) -> dict[str, Any]:
    """Return an inject in which it and its expected actions have names; those that are missing are made."""
    data = dict(inject)
    taken = names_taken(script)
    if instead_of:
        data["id"] = instead_of
    elif not data.get("id"):
        data["id"] = free_name(str(data.get("kind", "")).replace("_", "-"), taken)
    taken.add(str(data["id"]))
    given = data.get("expects", ())
    if not isinstance(given, (list, tuple)):
        return data
    actions = []
    for action in given:
        one = dict(action) if isinstance(action, Mapping) else action
        if isinstance(one, dict):
            one["id"] = one.get("id") or free_name(f"{data['id']}-action", taken)
            taken.add(str(one["id"]))
        actions.append(one)
    return data | ({"expects": actions} if actions else {})


def inject_data(script: Script, inject: str) -> dict[str, Any]:
    """Return one inject of a script as an exercise file has it."""
    found: dict[str, Any] = exercise_to_data(script)["injects"][place_of(script, inject)]
    return found


def mark_of(inject: Data) -> str:
    """Return a mark of what an inject says, to tell whether somebody has changed it."""
    return hashlib.sha256(canonical(dict(inject)).encode()).hexdigest()[:16]


def errors_in(script: Script, plan: Plan) -> dict[tuple[str, str, str], Text]:
    found = check_exercise(script, plan, content.fact_kinds())
    return {
        (one.code, one.place, one.sentence.en): Text(
            f"{one.place}：{one.sentence.zh}{one.cure.zh}", f"{one.place}: {one.sentence.en} {one.cure.en}"
        )
        for one in found
        if one.severity is Severity.ERROR
    }


def refuse_new_errors(before: Script, after: Script, plan: Plan) -> None:
    """Refuse a change that brings an error into the script; errors that it had before do not hinder."""
    old = errors_in(before, plan)
    new = [text for key, text in errors_in(after, plan).items() if key not in old]
    if new:
        raise ExerciseRefused(
            zh="未保存：" + "\n".join(one.zh for one in new[:5]), en="Not kept: " + "\n".join(one.en for one in new[:5])
        )


def kept(row: Exercise, script: Script, *, by: User | None, now: datetime, inject: str, change: str) -> Exercise:
    """Let a row hold the changed script, and log which inject changed and how."""
    was = put_script(row, script)
    said = {"code": row.code, "inject": inject, "change": change, "digest": row.digest, "was": was}
    record(row.stream, [("exercise.inject_written", said)], by=actor_for(by, now), now=now, org_path=row.org_path)
    return row


def put_script(row: Exercise, script: Script) -> str:
    """Let a row hold the changed script; return the digest of what it held before."""
    was = row.digest
    row.data, row.digest = exercise_to_data(script), digest(script)
    row.save(update_fields=["data", "digest"])
    return was
