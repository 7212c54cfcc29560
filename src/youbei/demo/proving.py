"""What exercises proved in the demo city: drills of the law, head-counts, exercises to come, findings, cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from youbei import content
from youbei.actions.exercises import alliance, head_counts
from youbei.actions.exercises.classes import enrol_by_class
from youbei.actions.exercises.coverage import enrol_by_post
from youbei.actions.exercises.head_counts import STAFF, VISITORS, Count
from youbei.actions.exercises.hot_wash_after import set_hot_wash
from youbei.actions.exercises.keeping import library_script, plan_exercise
from youbei.actions.exercises.regimes import set_regimes
from youbei.actions.findings.cases import change_case, make_case, validate_case
from youbei.actions.findings.judging import accept
from youbei.actions.findings.moving import drop, rectify, settle
from youbei.actions.findings.recording import Wrong, record_finding
from youbei.actions.findings.retests import hold_retest
from youbei.demo.history import Happening, started_at
from youbei.engine.findings.kinds import Element, FindingSeverity, Source, Treatment
from youbei.engine.findings.settlement import Settlement, Stage
from youbei.engine.text import Text
from youbei.records.models import Exercise, ExerciseUnit, Finding, HeadCount, Incident, Organisation, Plan, User

Row = Mapping[str, Any]
Users = Mapping[str, User]
SCHOOL = "haizhou-school-binhai-primary"
MORNING = "08:40"
# Assumption: a class is counted and reported so long after it stands at its point.
TO_REPORT = timedelta(seconds=25)


def proving(now: datetime, users: Users) -> Iterator[Happening]:
    """Yield what happens with its time, as the history of the city plays it."""
    table = content.demo_table("proving")
    for row in table["regimes"]:
        at = now - timedelta(days=120)
        yield at, partial(apply_regimes, row, at)
    for number, row in enumerate(table["counts"], start=1):
        at = started_at(row, now)
        yield at, partial(count_heads, row, number, at)
    for number, row in enumerate(table["findings"]):
        at = started_at({"at": MORNING, **row}, now)
        yield at, partial(find, row, number, at, users)
        for act in row["acts"]:
            at = started_at({"at": MORNING, **act}, now) + timedelta(minutes=number)
            yield at, partial(ACTS[act["act"]], number, act, at, users)
    for row in table["cases"]:
        at = started_at({"at": MORNING, **row}, now) + timedelta(minutes=30)
        yield at, partial(learn, row, at, users)
    soon = now - timedelta(hours=3)
    yield soon, partial(plan_together, table["together"], soon, users)
    yield soon, partial(plan_school, table["planned"], soon, users)


def unit_of(row: Row) -> Organisation:
    return Organisation.objects.get(code=row["unit"])


def apply_regimes(row: Row, now: datetime) -> None:
    set_regimes(by=None, now=now, organisation=unit_of(row), regimes=row["regimes"])


def count_heads(row: Row, number: int, now: datetime) -> None:
    """Evacuate the school: every class reports when it stands at its point, the staff last."""
    school = Organisation.objects.get(code=SCHOOL)
    target = timedelta(seconds=row["target_s"])
    held = head_counts.prepare_head_count(by=None, now=now, organisation=school, title=row["title"], target=target)
    groups = list(held.groups.all())
    classes = [one for one in groups if one.key not in (STAFF, VISITORS)]
    numbers = {one.pk: (one.enrolled, absent) for one, absent in zip(classes, row["absent"], strict=True)}
    head_counts.set_numbers(by=None, now=now, head_count=held, numbers=numbers)
    head_counts.sound_alarm(by=None, now=now, head_count=held)
    latest = now
    for one, seconds, missing in zip(classes, row["arrived"], row["missing"], strict=True):
        stood = now + timedelta(seconds=seconds)
        expected = one.enrolled - numbers[one.pk][1]
        latest = reported(held, one.key, Count(expected - missing, missing, stood, f"demo-{number}-{one.key}", missing))
    counted, away = row["staff"]
    for key, count, missing in ((STAFF, counted, away), (VISITORS, 0, 0)):
        reported(held, key, Count(count, missing, latest, f"demo-{number}-{key}", missing))
    head_counts.end_head_count(by=None, now=latest + TO_REPORT, head_count=held)


def reported(held: HeadCount, key: str, count: Count) -> datetime:
    """Report a group a little after it was counted; return when."""
    at = count.at + TO_REPORT
    head_counts.report_group(by=None, now=at, head_count=held, key=key, count=count, via="link")
    return at


def found(number: int) -> Finding:
    """Return a finding of the table: they are recorded in the order of their days, so it is asked for by its title."""
    title = content.demo_table("proving")["findings"][number]["title"]["zh"]
    return Finding.objects.get(title_zh=title)


def find(row: Row, number: int, now: datetime, users: Users) -> None:
    plan = Plan.objects.get(code=row["plan"]) if "plan" in row else None
    wrong = Wrong(
        Text(row["title"]["zh"], row["title"]["en"]),
        Source(row["source"]),
        FindingSeverity(row["severity"]),
        Element(row["element"]),
        detail=row["detail"],
        key=row.get("key", ""),
        plan_version=plan.current if plan else None,
    )
    record_finding(by=users[row["by"]], now=now, organisation=unit_of(row), wrong=wrong)


def settled(treatment: Treatment, number: int, act: Row, now: datetime, users: Users) -> None:
    """Settle a cure with all that the five settled things ask; stages are two."""
    day = timezone.localdate(now)
    due = day + timedelta(days=75 if treatment is Treatment.CANNOT else 45)
    stages = (
        (Stage("错开次序 · Stagger", day + timedelta(days=20), day), Stage("改造扶手 · Rebuild", due))
        if treatment is Treatment.STAGES
        else ()
    )
    settlement = Settlement(
        treatment,
        measures=act["words"],
        responsible="分管负责人 · The head in charge",
        funds="年度安全经费 · Safety budget of the year",
        due_on=due,
        interim_plan="专人值守，限制使用 · Somebody stands by; use is limited",
        stages=stages,
        why_not=act["words"] if treatment is Treatment.CANNOT else "",
    )
    settle(by=users[act["by"]], now=now, finding=found(number), settlement=settlement)


def rectified(number: int, act: Row, now: datetime, users: Users) -> None:
    rectify(by=users[act["by"]], now=now, finding=found(number), note=act["words"])


def accepted(number: int, act: Row, now: datetime, users: Users) -> None:
    accept(by=users[act["by"]], now=now, finding=found(number), note=act["words"])


def retested(number: int, act: Row, now: datetime, users: Users) -> None:
    hold_retest(by=users[act["by"]], now=now, retest=found(number).retests.get())


def dropped(number: int, act: Row, now: datetime, users: Users) -> None:
    drop(by=users[act["by"]], now=now, finding=found(number), reason=act["words"])


ACTS: Mapping[str, Callable[[int, Row, datetime, Users], None]] = {
    "now": partial(settled, Treatment.NOW),
    "stages": partial(settled, Treatment.STAGES),
    "cannot": partial(settled, Treatment.CANNOT),
    "rectify": rectified,
    "accept": accepted,
    "retest": retested,
    "drop": dropped,
}


def learn(row: Row, now: datetime, users: Users) -> None:
    """Make the case of what is closed, and let somebody who did not write it validate it."""
    if "library" in row:
        incident = Exercise.objects.get(code=row["library"], closed_at__isnull=False).incident
    else:
        incident = Incident.objects.get(title__startswith=row["incident"])
    if incident is None:
        return
    by = users[row["by"]]
    case = make_case(by=by, now=now, incident=incident)
    case = change_case(by=by, now=now, case=case, values={"lessons": row["lessons"], "tags": row["tags"]})
    validate_case(by=users["inspector"], now=now, case=case)


def plan_together(row: Row, now: datetime, users: Users) -> None:
    """Plan an exercise with agencies that share no superior; some have accepted and listed their people."""
    by, day = users[row["by"]], now + timedelta(days=row["in_days"])
    exercise = plan_exercise(by=by, now=now, script=library_script(row["library"]), planned_at=day)
    for part in row["units"]:
        unit = alliance.ask_unit(by=by, now=now, exercise=exercise, organisation=unit_of(part), task=part["task"])
        if part["answer"] == ExerciseUnit.State.ACCEPTED:
            unit = alliance.answer_unit(by=None, now=now, unit=unit, accepts=True)
            enrol_by_class(by=None, now=now, exercise=exercise, classes=["everybody"], unit=unit)
    enrol_by_post(by=by, now=now, exercise=exercise)


def plan_school(row: Row, now: datetime, users: Users) -> None:
    by, day = users[row["by"]], now + timedelta(days=row["in_days"])
    exercise = plan_exercise(by=by, now=now, script=library_script(row["library"]), planned_at=day)
    enrol_by_class(by=by, now=now, exercise=exercise, classes=row["classes"])
    set_hot_wash(by=by, now=now, exercise=exercise, questionnaire="short")
