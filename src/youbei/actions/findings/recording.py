"""Record what is wrong, and correct the words in which it was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from youbei.actions.actors import actor_for
from youbei.actions.findings.moving import locked, note_move, schedule, today_of
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.actions.wording import TextRefused, clean
from youbei.engine.access import Permission
from youbei.engine.findings.kinds import Element, FindingSeverity, Source
from youbei.engine.text import Text
from youbei.records.models import Finding, Incident, Organisation, PlanVersion, Run, User

LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, where, and what shows it. `key` names what a program found, so that it is recorded once."""

    title: Text
    source: Source
    severity: FindingSeverity = FindingSeverity.GENERAL
    element: Element = Element.PLANNING
    detail: str = ""
    cause: str = ""
    key: str = ""
    incident: Incident | None = None
    run: Run | None = None
    plan_version: PlanVersion | None = None
    place: str = ""
    evidence: Sequence[Mapping[str, Any]] = ()

    @property
    def is_about_plan(self) -> bool:
        """Say whether it is a plan that is to be changed; such a cure is proved by a retest."""
        return self.plan_version is not None and self.element is Element.PLANNING


@transaction.atomic
def record_finding(*, by: User | None, now: datetime, organisation: Organisation, wrong: Wrong) -> Finding:
    """Record a finding of a unit; what a program found before (the same key) is returned as it stands."""
    require(by, Permission.RECORD_FINDING, organisation.path)
    refuse_unseen(by, wrong)
    title = titled(wrong.title)
    known = Finding.objects.filter(key=wrong.key).first() if wrong.key else None
    if known is not None:
        return known
    actor = actor_for(by, now)
    row = Finding(
        organisation=organisation,
        org_path=organisation.path,
        key=wrong.key,
        source=wrong.source.value,
        severity=wrong.severity.value,
        element=wrong.element.value,
        title_zh=title.zh,
        title_en=title.en,
        detail=clean(wrong.detail),
        cause=clean(wrong.cause),
        incident=wrong.incident,
        run=wrong.run,
        plan=wrong.plan_version.plan if wrong.plan_version else None,
        plan_version=wrong.plan_version,
        place=wrong.place,
        evidence=[dict(one) for one in wrong.evidence],
        needs_retest=wrong.is_about_plan,
        found_at=now,
        found_by=actor.label,
        moved_on=today_of(now),
    )
    schedule(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # Another recorded the same at the same moment.
        return Finding.objects.get(key=wrong.key)
    note_move(row, "record", actor, now, note="", before={}, after={})
    data = {"finding": row.pk, "source": row.source, "severity": row.severity, "element": row.element}
    record(row.stream, [("finding.recorded", data)], by=actor, now=now, org_path=row.org_path)
    return row


def titled(title: Text) -> Text:
    found = Text(clean(title.zh, limit=LONGEST_TITLE), clean(title.en, limit=LONGEST_TITLE))
    if not found:
        raise TextRefused(zh="请写明问题是什么。", en="Say what is wrong.")
    return found


def refuse_unseen(by: User | None, wrong: Wrong) -> None:
    """Refuse to name an incident, a run or a plan that the user may not see."""
    if by is None:
        return
    paths = [one.org_path for one in (wrong.incident, wrong.run) if one is not None]
    paths += [wrong.plan_version.plan.org_path] if wrong.plan_version else []
    if not all(by.may(Permission.SEE, path) for path in paths):
        raise not_found()


CHANGEABLE = ("title_zh", "title_en", "detail", "cause", "severity", "element")


@transaction.atomic
def change_finding(*, by: User | None, now: datetime, finding: Finding, values: Mapping[str, str]) -> Finding:
    """Correct the words, severity or element of a finding; what it was before stays in its history."""
    row = locked(finding, by, Permission.RECORD_FINDING)
    wanted = {name: values.get(name, getattr(row, name)) for name in CHANGEABLE}
    title = titled(Text(wanted["title_zh"], wanted["title_en"]))
    wanted |= {
        "title_zh": title.zh,
        "title_en": title.en,
        "detail": clean(wanted["detail"]),
        "cause": clean(wanted["cause"]),
        "severity": FindingSeverity(wanted["severity"]).value,
        "element": Element(wanted["element"]).value,
    }
    before = {name: getattr(row, name) for name in CHANGEABLE if getattr(row, name) != wanted[name]}
    if not before:
        return row
    for name in before:
        setattr(row, name, wanted[name])
    if row.plan_id is not None and "element" in before:
        row.needs_retest = row.element == Element.PLANNING
    schedule(row)
    row.save()
    actor = actor_for(by, now)
    note_move(row, "change", actor, now, note="", before=before, after={name: wanted[name] for name in before})
    data = {"finding": row.pk, "fields": sorted(before)}
    record(row.stream, [("finding.changed", data)], by=actor, now=now, org_path=row.org_path)
    return row
