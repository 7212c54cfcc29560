"""Tell a unit of what falls due in its registers, and its superiors of what is late; each step once.

A day is laid out first: a row for each unit that has something within reach. Then unit after unit is told, each in one
transaction with the steps it takes, so that a worker may be killed anywhere: what was told is written down with the
message, or neither is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from youbei import content
from youbei.actions.climbing import superiors, take_turns
from youbei.actions.journal import record
from youbei.actions.outbox import post_message
from youbei.engine.alerts.route import Outgoing
from youbei.engine.due import DueKind, Step, spoken, steps_due
from youbei.engine.events import ENGINE
from youbei.engine.text import Text
from youbei.records.models import DueStep, DueUnit, Organisation
from youbei.records.reports.due import due_rows
from youbei.records.reports.written_to import address_of

UNITS_PER_TICK = 50
# Assumption: whoever was away for longer than two weeks of lateness past the last step finds it in the report.
GRACE = timedelta(days=14)
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Open:
    """A step about one record that is to be taken now."""

    kind: DueKind
    pk: int
    due_on: date
    step: Step


def tell_what_falls_due(now: datetime) -> bool:
    """Lay out the day if that is still to be done, and tell the next units; say whether there may be more."""
    today = timezone.localdate(now)
    if not DueUnit.objects.filter(on=today, path="").exists():
        lay_out(today, now)
    waiting = DueUnit.objects.filter(on=today, done_at__isnull=True).order_by("id")
    return take_turns(waiting, tell_unit, now=now, most=UNITS_PER_TICK)


@transaction.atomic
def lay_out(today: date, now: datetime) -> None:
    """Write down which units have something within reach today; a day is laid out once, whoever else tries."""
    _, is_new = DueUnit.objects.get_or_create(on=today, path="", defaults={"done_at": now})
    if not is_new:
        return
    DueUnit.objects.filter(on__lt=today - KEPT).delete()
    paths = {path for kind in content.due_kinds().values() for path in within_reach(kind, today)}
    DueUnit.objects.bulk_create(
        (DueUnit(on=today, path=path) for path in sorted(paths)), batch_size=1000, ignore_conflicts=True
    )


def reach(kind: DueKind, today: date) -> dict[str, date]:
    """Select the days about which there may be a step to take today."""
    return {f"{kind.field}__gte": today - kind.patience - GRACE, f"{kind.field}__lte": today + kind.horizon}


def within_reach(kind: DueKind, today: date) -> list[str]:
    return list(due_rows(kind).filter(**reach(kind, today)).order_by().values_list("org_path", flat=True).distinct())


@transaction.atomic
def tell_unit(pk: int, now: datetime) -> None:
    """Take the steps of one unit that are due, and send what they say, in one transaction."""
    row = DueUnit.objects.select_for_update().get(pk=pk)
    if row.done_at is not None:
        return
    unit = Organisation.objects.filter(path=row.path, retired_at__isnull=True).first()
    if unit is not None:
        above = superiors(unit.path)
        found = open_steps(unit, len(above), row.on)
        told = said_of(found)
        for level in sorted({one.step.level for one in told}):
            send(unit, unit if level == 0 else above[level - 1], level, told, row.on, now)
        write_down(unit, found, told, now)
    row.done_at = now
    row.save(update_fields=["done_at"])


def open_steps(unit: Organisation, levels: int, today: date) -> list[Open]:
    """Return the steps about the records of a unit that are due and were not taken yet."""
    found = []
    for kind in content.due_kinds().values():
        days = dict(due_rows(kind).filter(org_path=unit.path, **reach(kind, today)).values_list("pk", kind.field))
        taken: dict[tuple[int, date], list[str]] = {}
        known = DueStep.objects.filter(kind=kind.code, record_id__in=list(days))
        for pk, due_on, name in known.values_list("record_id", "due_on", "step"):
            taken.setdefault((pk, due_on), []).append(name)
        for pk, due_on in sorted(days.items()):
            for step in steps_due(kind, due_on, levels, taken=taken.get((pk, due_on), ()), today=today):
                found.append(Open(kind, pk, due_on, step))
    return found


def said_of(found: Sequence[Open]) -> list[Open]:
    """Return the steps that are told, of each record the last one of each level."""
    by_record: dict[tuple[str, int], list[Open]] = {}
    for one in found:
        by_record.setdefault((one.kind.code, one.pk), []).append(one)
    told = []
    for ones in by_record.values():
        last = spoken(one.step for one in ones)
        told += [one for one in ones if one.step in last]
    return told


def write_down(unit: Organisation, found: Sequence[Open], told: Sequence[Open], now: datetime) -> None:
    said = set(told)
    DueStep.objects.bulk_create(
        (
            DueStep(
                kind=one.kind.code,
                record_id=one.pk,
                due_on=one.due_on,
                step=one.step.key,
                org_path=unit.path,
                taken_at=now,
                is_told=one in said,
            )
            for one in found
        ),
        batch_size=1000,
    )
    if told:
        numbers: dict[str, int] = {}
        for one in told:
            numbers[one.step.key] = numbers.get(one.step.key, 0) + 1
        data = {"unit": unit.code, "steps": dict(sorted(numbers.items()))}
        record(f"due:{unit.pk}", [("due.told", data)], by=ENGINE, now=now, org_path=unit.path)


def send(unit: Organisation, to: Organisation, level: int, told: Sequence[Open], today: date, now: datetime) -> None:
    """Put one message into the outbox that says everything of a level; names of people are not in it."""
    post_message(
        key=f"due:{unit.pk}:{today:%Y%m%d}:{level}",
        org_path=unit.path,
        recipient=f"agency:{to.code}",
        address=address_of(to),
        said=wording(unit, level, [one for one in told if one.step.level == level], today),
        now=now,
    )


def wording(unit: Organisation, level: int, told: Sequence[Open], today: date) -> Outgoing:
    name = Text(unit.name_zh, unit.name_en or unit.name_zh)
    lines = by_kind(told, today)
    link = f"{settings.PUBLIC_ADDRESS}/registers/due/?{urlencode({'unit': unit.code})}"
    zh, en = "\n".join(line.zh for line in lines), "\n".join(line.en for line in lines)
    if level:
        return Outgoing(
            Text(f"逾期未办：{name.zh}", f"Overdue: {name.en}"),
            Text(
                f"{name.zh}的下列事项已经逾期，请督促：\n{zh}\n{link}",
                f"These things of {name.en} are overdue. Please see to it:\n{en}\n{link}",
            ),
        )
    return Outgoing(
        Text(f"到期提醒：{name.zh}", f"Falling due: {name.en}"),
        Text(f"请按期办理：\n{zh}\n{link}", f"Please see to these in time:\n{en}\n{link}"),
    )


def by_kind(told: Sequence[Open], today: date) -> list[Text]:
    """Say how many of each kind there are, and the first day among them."""
    groups: dict[str, list[Open]] = {}
    for one in told:
        groups.setdefault(one.kind.code, []).append(one)
    lines = []
    for code, ones in groups.items():
        title, first = content.due_kinds()[code].title, min(one.due_on for one in ones)
        late = sum(one.due_on < today for one in ones)
        zh = f"· {title.zh}：{len(ones)} 项，最早 {first}" + (f"，其中逾期 {late} 项" if late else "")
        en = f"· {title.en}: {len(ones)}, the first on {first}" + (f"; {late} overdue" if late else "")
        lines.append(Text(zh, en))
    return lines
