"""Head-counts: prepared with today's absentees, begun by the alarm, reported class by class, also late and twice."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.exercises.keeping import ExerciseRefused
from youbei.actions.incidents import add_facts
from youbei.actions.journal import record
from youbei.actions.link_words import is_same, number_in, word_for
from youbei.actions.permit import not_found, require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.conditions import Value
from youbei.engine.events import Actor, iso
from youbei.engine.exercises.head_count import GroupCount, HeadCountResult, result_of
from youbei.records.models import (
    Exercise,
    HeadCount,
    HeadCountGroup,
    HeadCountLink,
    HeadCountReport,
    Incident,
    Organisation,
    Person,
    SchoolClass,
    User,
)

STAFF, VISITORS = "staff", "visitors"
MOST_PEOPLE = 100_000
# Assumption: the clock of a telephone that has set itself by the server is off by less.
SKEW = timedelta(minutes=2)
# Assumption: what was counted without network is sent within a day.
TAKEN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Count:
    """What somebody counted. `at` is when, by the server's time; `mark` names the report, so that it counts once."""

    counted: int
    missing: int
    at: datetime
    mark: str
    found: int = 0
    note: str = ""


@transaction.atomic
def prepare_head_count(
    *,
    by: User | None,
    now: datetime,
    organisation: Organisation,
    title: str,
    exercise: Exercise | None = None,
    is_real: bool = False,
    target: timedelta | None = None,
) -> HeadCount:
    """Prepare a head-count of a unit: a group for each class of the register, one for staff and one for visitors."""
    require(by, Permission.REPORT_INCIDENT if is_real else Permission.RUN_EXERCISE, organisation.path)
    title = clean(title, limit=200)
    if not title:
        raise ExerciseRefused(zh="请写明清点的名称。", en="Give the head-count a title.")
    actor = actor_for(by, now)
    row = HeadCount.objects.create(
        organisation=organisation,
        org_path=organisation.path,
        exercise=exercise,
        title=title,
        is_real=is_real,
        target_s=round(target.total_seconds()) if target else None,
        created_at=now,
        created_by=actor.id,
    )
    groups = HeadCountGroup.objects.bulk_create(groups_of(row, organisation))
    said = {
        "organisation": organisation.code,
        "groups": len(groups),
        "expected": sum(group.expected for group in groups),
        "is_real": is_real,
    }
    note(row, "headcount.prepared", said, actor, now)
    return row


def groups_of(row: HeadCount, organisation: Organisation) -> list[HeadCountGroup]:
    classes = SchoolClass.objects.filter(organisation=organisation, retired_at=None).select_related("assembly")
    found = [
        HeadCountGroup(
            head_count=row,
            key=f"c{one.pk}",
            name_zh=one.name_zh,
            name_en=one.name_en,
            place=" ".join(part for part in (one.building, one.room) if part)[:120],
            assembly=one.assembly.name_zh[:200] if one.assembly else "",
            enrolled=one.pupils,
        )
        for one in classes.order_by("grade", "code")
    ]
    staff = Person.objects.filter(organisation=organisation, retired_at=None).count()
    found.append(HeadCountGroup(head_count=row, key=STAFF, name_zh="教职工", name_en="Staff", enrolled=staff))
    found.append(HeadCountGroup(head_count=row, key=VISITORS, name_zh="来访人员", name_en="Visitors"))
    return found


def note(row: HeadCount, kind: str, data: dict[str, object], actor: Actor, now: datetime) -> None:
    mode = Mode.REAL if row.is_real else Mode.EXERCISE
    record(row.stream, [(kind, data)], by=actor, now=now, org_path=row.org_path, mode=mode)


def locked_count(row: HeadCount) -> HeadCount:
    found = HeadCount.objects.select_for_update(of=("self",), no_key=True).filter(pk=row.pk).first()
    if found is None:
        raise not_found()
    return found


def may_lead(by: User | None, row: HeadCount) -> None:
    require(by, Permission.REPORT_INCIDENT if row.is_real else Permission.RUN_EXERCISE, row.org_path)


@transaction.atomic
def set_numbers(
    *, by: User | None, now: datetime, head_count: HeadCount, numbers: Mapping[int, tuple[int, int]]
) -> HeadCount:
    """Say how many are on the list and how many are absent today, per group (by its key in the table)."""
    row = locked_count(head_count)
    may_lead(by, row)
    groups = list(row.groups.filter(pk__in=numbers))
    for group in groups:
        enrolled, absent = numbers[group.pk]
        if not 0 <= absent <= enrolled <= MOST_PEOPLE:
            raise ExerciseRefused(
                zh=f"“{group.name_zh}”的缺勤人数须在 0 和应到人数之间。",
                en=f"The absent of “{group.name_in('en')}” are between 0 and the number on its list.",
            )
        group.enrolled, group.absent = enrolled, absent
    HeadCountGroup.objects.bulk_update(groups, ["enrolled", "absent"])
    return row


@transaction.atomic
def sound_alarm(*, by: User | None, now: datetime, head_count: HeadCount) -> HeadCount:
    """Begin the evacuation: times count from here. Sounding it again changes nothing."""
    row = locked_count(head_count)
    may_lead(by, row)
    if row.alarm_at is not None:
        return row
    row.alarm_at = now
    row.save(update_fields=["alarm_at"])
    expected = sum(group.expected for group in row.groups.all())
    note(row, "headcount.alarm", {"expected": expected}, actor_for(by, now), now)
    return row


@transaction.atomic
def report_group(
    *, by: User | None, now: datetime, head_count: HeadCount, key: str, count: Count, via: str = "account"
) -> HeadCountGroup:
    """Take the count of a group. The same report again is one; of two, the one counted later stands.

    `by=None` with another `via` is the holder of the unit's link.
    """
    row = locked_count(head_count)
    if by is not None:
        may_lead(by, row)
    group = row.groups.filter(key=key).first()
    if group is None:
        raise not_found()
    refuse_impossible(row, count, now)
    mark = clean(count.mark, limit=64)
    if group.reports.filter(mark=mark).exists():
        return group
    HeadCountReport.objects.create(
        group=group,
        mark=mark,
        stated_at=min(count.at, now),
        received_at=now,
        counted=count.counted,
        missing=count.missing,
        found=count.found,
        via=via[:120],
    )
    if group.stated_at is None or count.at >= group.stated_at:
        take(group, count, now)
    actor = actor_for(by, now) if by is not None else Actor(f"link:{row.pk}", "班级链接 / class link")
    said = {
        "group": group.key,
        "stated_at": iso(count.at),
        "counted": count.counted,
        "missing": count.missing,
        "found": count.found,
        "via": via,
    }
    keep_time(row)
    # The incident and its run are locked before the head of the log, as everywhere.
    tell_run(row, now)
    note(row, "headcount.reported", said, actor, now)
    return group


def take(group: HeadCountGroup, count: Count, now: datetime) -> None:
    """Let a group stand as counted; when it first stood at its point stays."""
    stated = min(count.at, now)
    group.arrived_at = min(group.arrived_at, stated) if group.arrived_at else stated
    group.counted, group.missing, group.found = count.counted, count.missing, count.found
    group.note = clean(count.note, limit=2000) or group.note
    group.stated_at, group.reported_at = stated, now
    group.save()


def refuse_impossible(row: HeadCount, count: Count, now: datetime) -> None:
    if row.alarm_at is None or count.at < row.alarm_at - SKEW:
        raise ExerciseRefused(
            zh="尚未拉响警报，不能报数。请等待警报，或请负责人先在系统中拉响。",
            en="The alarm has not been sounded, so there is nothing to report. Wait for it, or ask whoever leads.",
        )
    if not (0 <= count.counted <= MOST_PEOPLE and 0 <= count.found <= count.missing <= MOST_PEOPLE):
        raise ExerciseRefused(
            zh="人数不对：已到和未到须为非负数，后来找到的不能多于未到的。",
            en="These numbers cannot be: nobody is counted below zero, and no more are found than were missing.",
        )
    if count.at > now + SKEW:
        raise ExerciseRefused(zh="清点时间还没有到。请核对手机时间。", en="That time has not come. Check the clock.")


def counts_of(row: HeadCount) -> list[GroupCount]:
    return [
        GroupCount(one.key, one.expected, one.arrived_at, one.counted, one.missing, one.found)
        for one in row.groups.all()
    ]


def result(row: HeadCount) -> HeadCountResult:
    target = None if row.target_s is None else timedelta(seconds=row.target_s)
    return result_of(counts_of(row), alarm_at=row.alarm_at, target=target)


def keep_time(row: HeadCount) -> None:
    took = result(row).took
    row.took_s = None if took is None else max(0, round(took.total_seconds()))
    row.save(update_fields=["took_s"])


def tell_run(row: HeadCount, now: datetime) -> None:
    """Let the exercise that a head-count belongs to learn of it, as facts of its incident."""
    exercise = row.exercise
    if exercise is None or exercise.incident_id is None or exercise.status != Exercise.Status.RUNNING:
        return
    groups = list(row.groups.all())
    classes = [one for one in groups if one.key.startswith("c")]
    staff = next((one for one in groups if one.key == STAFF), None)
    facts: dict[str, Value | None] = {
        "classes_counted": sum(one.counted is not None for one in classes),
        "pupils_counted": sum((one.counted or 0) + min(one.found, one.missing) for one in classes),
        "pupils_missing": sum(max(0, one.missing - one.found) for one in classes),
        "count_complete": result(row).is_complete,
    }
    if staff is not None and staff.counted is not None:
        facts |= {"staff_counted": staff.counted, "staff_missing": max(0, staff.missing - staff.found)}
    incident = Incident.objects.get(pk=exercise.incident_id)
    add_facts(by=None, now=now, incident=incident, facts=facts, source="head-count")


@transaction.atomic
def end_head_count(*, by: User | None, now: datetime, head_count: HeadCount) -> HeadCount:
    """End a head-count; what was counted without network is still taken for a day."""
    row = locked_count(head_count)
    may_lead(by, row)
    if row.ended_at is not None:
        return row
    if row.alarm_at is None:
        raise ExerciseRefused(zh="尚未拉响警报。", en="The alarm has not been sounded.")
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    stands = result(row)
    said = {"reported": stands.reported, "groups": stands.groups, "missing": stands.missing, "took_s": row.took_s}
    note(row, "headcount.ended", dict(said), actor_for(by, now), now)
    return row


@transaction.atomic
def link_of(*, by: User | None, now: datetime, organisation: Organisation, renew: bool = False) -> str:
    """Return the word of the link with which teachers of a unit report; made at first, and anew when asked."""
    require(by, Permission.RUN_EXERCISE, organisation.path)
    link = HeadCountLink.objects.filter(organisation=organisation).first()
    if link is None or renew:
        link, _ = HeadCountLink.objects.update_or_create(
            organisation=organisation, defaults={"nonce": secrets.token_hex(16), "made_at": now}
        )
    return word_of(link)


def word_of(link: HeadCountLink) -> str:
    return word_for("head_count", link.organisation_id, link.nonce)


def unit_behind(word: str) -> Organisation:
    """Return the unit that a link belongs to; a wrong one is answered like one that never was."""
    link = HeadCountLink.objects.select_related("organisation").filter(organisation_id=number_in(word)).first()
    if link is None or not is_same(word, word_of(link)):
        raise not_found()
    return link.organisation


def present_count(organisation: Organisation, at: datetime, now: datetime) -> HeadCount | None:
    """Return the head-count of a unit that a report of that time belongs to: the newest whose alarm had sounded."""
    rows = HeadCount.objects.filter(organisation=organisation, alarm_at__isnull=False, alarm_at__lte=at + SKEW)
    row = rows.order_by("-alarm_at").first()
    if row is None or (row.ended_at is not None and (at > row.ended_at + SKEW or now > row.ended_at + TAKEN_FOR)):
        return None
    return row
