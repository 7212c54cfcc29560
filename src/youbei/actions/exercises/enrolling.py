"""Who takes part in an exercise: lists of register codes, each kept by the unit whose people they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.directory import AGENCY, Directory
from youbei.actions.exercises.keeping import ExerciseRefused, locked_exercise
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.records.load import load_plan
from youbei.records.models import Enrolment, Exercise, ExerciseUnit, Participant, SchoolClass, User

MOST_PARTICIPANTS = 5_000
CLASS = "class:"
# Who controls and who judges is for the unit that leads; its people play are for each unit itself.
OF_EACH_UNIT = frozenset({Participant.Part.PLAYER.value, Participant.Part.OBSERVER.value})
OVER = (Exercise.Status.ENDED, Exercise.Status.CLOSED)
# A unit that is away for something real is in the exercise still: its people are its own to list.
JOINED = (ExerciseUnit.State.ACCEPTED, ExerciseUnit.State.AWAY)
Listed = tuple[str, str, str]


@transaction.atomic
def enrol(
    *,
    by: User | None,
    now: datetime,
    exercise: Exercise,
    participants: Iterable[Listed],
    unit: ExerciseUnit | None = None,
) -> Exercise:
    """Replace the list of who takes part: (register code, part, post of the plan or empty). Only they are told.

    A bare code is an organisation's, one with a slash that of a post: whoever is there now is listed. Who joins once
    the exercise runs is told from then on. With `unit` it is the list of a unit that holds the exercise with others:
    its own people alone, as players or observers; nobody else lists those.
    """
    row = locked_exercise(exercise, by) if unit is None else locked_for_unit(exercise, unit, by)
    wanted = {(full(ref), part): post for ref, part, post in participants if ref}
    directory = Directory({ref for ref, _ in wanted}, now)
    if len(wanted) > MOST_PARTICIPANTS:
        raise ExerciseRefused(
            zh=f"参演名单最多 {MOST_PARTICIPANTS} 行。请以单位代替逐人登记。",
            en=f"The list takes at most {MOST_PARTICIPANTS} lines. Enrol units instead of each person.",
        )
    paths = paths_behind({ref for ref, _ in wanted}, directory)
    refuse_unknown({ref for ref, _ in wanted}, paths)
    refuse_of_others(wanted, paths, joined_units(row), unit)
    posts = {post.id for post in load_plan(row.plan_version).posts} if row.plan_version else set()
    if unknown := sorted({post for post in wanted.values() if post} - posts):
        raise ExerciseRefused(
            zh=f"预案中没有岗位“{unknown[0]}”。请从预案的岗位中选择，或留空。",
            en=f"The plan has no post {unknown[0]!r}. Choose one of its posts, or leave it open.",
        )
    listed = {(one, part): post for (ref, part), post in wanted.items() for one in behind(ref, directory)}
    row.participants.filter(unit=unit).delete()
    taken = set(row.participants.values_list("ref", "part"))
    Participant.objects.bulk_create(
        Participant(exercise=row, ref=ref, part=Participant.Part(part).value, post=post, unit=unit)
        for (ref, part), post in sorted(listed.items())
        if (ref, part) not in taken
    )
    enrol_anew(row)
    said = {"code": row.code, "version": row.version, "digest": row.digest, "was": row.digest}
    record(row.stream, [("exercise.revised", said)], by=actor_for(by, now), now=now, org_path=row.org_path)
    return row


def locked_for_unit(exercise: Exercise, unit: ExerciseUnit, by: User | None) -> Exercise:
    """Lock an exercise for a unit that holds it with others; refuse who does not run exercises there."""
    require(by, Permission.RUN_EXERCISE, unit.org_path)
    row = locked_exercise(exercise, None)
    unit.refresh_from_db()
    if unit.state not in JOINED:
        raise ExerciseRefused(
            zh="您单位尚未确认参加这次演练，或已退出，不能登记参演人员。请先确认参加。",
            en="Your unit has not accepted this exercise, or has withdrawn, so it lists nobody. Accept first.",
        )
    if row.status in OVER:
        raise ExerciseRefused(
            zh="演练已经结束，参演名单不再更改。",
            en="The exercise is over; its list of participants stays as it is.",
        )
    return row


def joined_units(row: Exercise) -> list[ExerciseUnit]:
    """Return the units that hold an exercise with the one that leads it, also those that are away now."""
    return list(row.units.filter(state__in=JOINED).select_related("organisation"))


def owner_of(path: str, units: Sequence[ExerciseUnit]) -> ExerciseUnit | None:
    """Return the unit that holds the exercise with others to which a path belongs, the nearest; None for all else."""
    above = [one for one in units if path.startswith(one.org_path)]
    return max(above, key=lambda one: len(one.org_path), default=None)


def paths_behind(refs: set[str], directory: Directory) -> dict[str, set[str]]:
    """Return where in the tree everybody behind the codes belongs; a code behind which nobody stands is left out."""
    found = {ref: {contact.org_path for contact in directory.contacts(ref)} for ref in refs}
    codes = [ref.removeprefix(CLASS) for ref in refs if ref.startswith(CLASS)]
    if codes:
        classes = SchoolClass.objects.filter(code__in=codes, retired_at=None)
        found |= {CLASS + code: {path} for code, path in classes.values_list("code", "org_path")}
    return {ref: paths for ref, paths in found.items() if paths}


def refuse_of_others(
    wanted: Mapping[tuple[str, str], str],
    paths: Mapping[str, set[str]],
    units: Sequence[ExerciseUnit],
    unit: ExerciseUnit | None,
) -> None:
    """Refuse the people of another unit, and that a unit appoints who controls and who judges."""
    for ref, part in sorted(wanted):
        if unit is not None and part not in OF_EACH_UNIT:
            raise ExerciseRefused(
                zh=f"“{ref}”：导控员和评估员由牵头单位指定；本单位名单只登记参演人员和观摩人员。",
                en=f"{ref}: controllers and evaluators are named by the unit that leads. List players and observers.",
            )
        owners = {owner_of(path, units) for path in paths[ref]}
        if unit is not None and owners != {unit}:
            raise ExerciseRefused(
                zh=f"“{ref}”不是本单位的人员。每个单位只登记自己的人员。",
                en=f"{ref} does not belong to your unit. Each unit lists its own people.",
            )
        other = next((one for one in owners if one is not None), None)
        if unit is None and other is not None and part in OF_EACH_UNIT:
            name = other.organisation
            raise ExerciseRefused(
                zh=f"“{ref}”属于共同组织单位“{name.name_zh}”，由该单位登记。",
                en=f"{ref} belongs to {name.name_en or name.name_zh}, which holds the exercise with you and lists its "
                "own people.",
            )


def enrol_anew(row: Exercise) -> None:
    """Let the incident of an exercise that has begun be known to those who take part now, and to them alone."""
    if row.incident_id is not None:
        Enrolment.objects.filter(incident_id=row.incident_id).delete()
        enrol_in_incident(row, row.incident_id)


def enrol_in_incident(row: Exercise, incident_id: int) -> None:
    """Let those who take part in an exercise be told of its incident; the people of a unit that is away are not."""
    present = row.participants.exclude(unit__state=ExerciseUnit.State.AWAY).exclude(ref__startswith=CLASS)
    refs = sorted(set(present.values_list("ref", flat=True)))
    Enrolment.objects.bulk_create(Enrolment(incident_id=incident_id, ref=ref) for ref in refs)


def full(ref: str) -> str:
    ref = clean(ref, limit=120)
    return ref if ":" in ref or "/" in ref else AGENCY + ref


def behind(ref: str, directory: Directory) -> list[str]:
    """Return whom a code stands for: the people who are at a post now, else the code itself."""
    return [contact.code for contact in directory.contacts(ref)] if "/" in ref else [ref]


def refuse_unknown(refs: set[str], known: Mapping[str, set[str]]) -> None:
    for ref in sorted(refs):
        if ref not in known:
            raise ExerciseRefused(
                zh=f"参演名单中的“{ref}”不在登记库中，或目前无人。请写 agency:<单位>、person:<人员>、class:<班级> "
                "或岗位代码。",
                en=f'"{ref}" on the list of participants is not in the registers, or nobody is there now. '
                "Write agency:<organisation code>, person:<person code>, class:<class code> or the code of a post.",
            )
