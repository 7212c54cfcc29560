"""Take reports of incidents, keep what is known of them, grade them, close them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.directory import AGENCY, Directory
from youbei.actions.facts import FactReport, checked_facts, current_facts, state_facts
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.actions.proposals import Proposal, propose_plans
from youbei.actions.registers.people import check_point
from youbei.actions.running import inform, locked_runs
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.conditions import Value
from youbei.engine.errors import Refused
from youbei.engine.events import Actor, iso
from youbei.engine.places import Point
from youbei.records.insert import insert_rows
from youbei.records.log import lock_head
from youbei.records.models import Enrolment, Incident, Organisation, Run, User

__all__ = ["Proposal", "add_facts", "close_incident", "propose_plans", "report_incident"]

OLDEST = timedelta(days=36_525)


class IncidentRefused(Refused):
    """Refuse a report that cannot be true as entered, or an act that the incident's state does not allow."""


@transaction.atomic
def report_incident(
    *,
    by: User | None,
    now: datetime,
    organisation: Organisation,
    category: str,
    kind: str,
    title: str,
    title_en: str = "",
    description: str = "",
    place: str = "",
    point: Point | None = None,
    occurred_at: datetime | None = None,
    known_at: datetime | None = None,
    source: str = "phone",
    reporter: str = "",
    reporter_phone: str = "",
    facts: Mapping[str, Value] | None = None,
    mode: Mode | str = Mode.REAL,
    enrolled: Iterable[str] = (),
) -> Incident:
    """Enter a report and grade what it says.

    `title_en` says the same as `title` in English, for readers of both. `known_at` is when we learnt of it, which may
    lie before `now`; it is what the legal time limits count from.
    `reporter` is someone at the scene for whom the user enters it; who that is stays out of the log. `enrolled`
    (`agency:<code>`, `person:<code>`) are the only ones that an exercise will tell.
    """
    mode = Mode(mode)
    is_exercise = mode is Mode.EXERCISE
    require(by, Permission.RUN_EXERCISE if is_exercise else Permission.REPORT_INCIDENT, organisation.path)
    known_at = known_at or now
    check_times(now, occurred_at, known_at)
    check_kind(category, kind)
    check_point(point)
    stated = checked_facts(facts or {})
    circle = checked_circle(enrolled, now)
    actor = actor_for(by, now)
    lock_head()
    incident = Incident.objects.create(
        number=next_number(now, mode),
        mode=mode.value,
        organisation=organisation,
        org_path=organisation.path,
        category=category,
        kind=kind,
        title=needed(clean(title, limit=200)),
        title_en=clean(title_en, limit=200),
        description=clean(description),
        place=clean(place, limit=200),
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        occurred_at=occurred_at,
        known_at=known_at,
        reported_at=now,
        source=clean(source, limit=40),
        reporter=clean(reporter, limit=120),
        reporter_phone=clean(reporter_phone, limit=40),
        entered_by=actor.id,
    )
    insert_rows(Enrolment, [{"incident_id": incident.pk, "ref": ref} for ref in circle])
    reported = {
        "number": incident.number,
        "organisation": organisation.code,
        "category": category,
        "kind": kind,
        "place": incident.place,
        "lat": incident.lat,
        "lon": incident.lon,
        "source": incident.source,
        "known_at": iso(known_at),
        "occurred_at": iso(occurred_at) if occurred_at else None,
    }
    report = FactReport(source=incident.source, known_at=known_at)
    happenings = [("incident.reported", reported), *state_facts(incident, stated, report, before={}, by=actor, now=now)]
    record(incident.stream, happenings, by=actor, now=now, org_path=incident.org_path, mode=mode)
    return incident


def checked_circle(enrolled: Iterable[str], now: datetime) -> list[str]:
    """Return the register codes of those who take part, each once; a bare code is an organisation's."""
    refs = {ref if ":" in ref else AGENCY + ref for ref in (clean(ref, limit=120) for ref in enrolled) if ref}
    directory = Directory(refs, now)
    for ref in sorted(refs):
        if not directory.contacts(ref):
            raise IncidentRefused(
                zh=f"参演名单中的“{ref}”不在登记库中。请用 agency:<单位代码> 或 person:<人员代码>。",
                en=f'"{ref}" on the list of participants is not in the registers. '
                "Write agency:<organisation code> or person:<person code>.",
            )
    return sorted(refs)


def check_times(now: datetime, occurred_at: datetime | None, known_at: datetime) -> None:
    """Refuse times that have not come, and an incident that was known before it happened."""
    if known_at > now:
        raise IncidentRefused(
            zh="获悉时间晚于现在。请核对获悉时间。",
            en="The time at which it became known has not come yet. Check it.",
        )
    if min(known_at, occurred_at or known_at) < now - OLDEST:
        raise IncidentRefused(
            zh="时间早于一百年前。请核对年份。", en="That was more than a hundred years ago. Check the year."
        )
    if occurred_at is not None and occurred_at > now:
        raise IncidentRefused(
            zh="发生时间晚于现在。请核对发生时间；不清楚时可以不填。",
            en="The time at which it happened has not come yet. Check it, or leave it open if it is not known.",
        )
    if occurred_at is not None and occurred_at > known_at:
        raise IncidentRefused(
            zh="发生时间晚于获悉时间：事件不会在发生之前被获悉。请核对这两个时间。",
            en="It would have been known before it happened. Check the two times.",
        )


def check_kind(category: str, kind: str) -> None:
    kinds = content.incident_kinds()
    known = kinds.get(kind)
    if known is None:
        raise IncidentRefused(
            zh=f"没有“{clean(kind)[:40]}”这一事件种类。请从种类清单中选择；拿不准时选“其他突发事件”。",
            en=f'There is no kind of incident called "{clean(kind)[:40]}". Choose one of the list, or `other`.',
        )
    if known.category.value != category:
        raise IncidentRefused(
            zh=f"“{known.name.zh}”不属于所选的类别。请改选类别或种类。",
            en=f'"{known.name.en}" does not belong to the category chosen. Change the category or the kind.',
        )


def needed(title: str) -> str:
    if not title:
        raise IncidentRefused(
            zh="请用一句话写明发生了什么。", en="Say in one line what happened: the report has no title."
        )
    return title


def next_number(now: datetime, mode: Mode) -> str:
    """Return the next number of the year, such as `2026-000123`; exercises count apart, as `E2026-000004`.

    The head of the log is locked, so two reports never get the same number and a failed one leaves no gap.
    """
    year = now.astimezone(ZoneInfo(settings.TIME_ZONE)).year
    prefix = f"E{year}-" if mode is Mode.EXERCISE else f"{year}-"
    of_this_year = Incident.objects.filter(number__gte=f"{prefix}000000", number__lte=f"{prefix}999999")
    last = of_this_year.order_by("-number").values_list("number", flat=True).first()
    return f"{prefix}{int(last.rpartition('-')[2]) + 1 if last else 1:06d}"


@transaction.atomic
def add_facts(
    *,
    by: User | None,
    now: datetime,
    incident: Incident,
    facts: Mapping[str, Value | None],
    source: str,
    known_at: datetime | None = None,
) -> Incident:
    """State, correct or (with None) withdraw facts of an incident; every open run learns of them at once."""
    row = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    require(by, Permission.REPORT_INCIDENT, row.org_path)
    need_open(row)
    report = FactReport(source=clean(source, limit=120), known_at=known_at or now)
    if report.known_at > now:
        raise IncidentRefused(
            zh="获悉时间晚于现在。请核对获悉时间。",
            en="The time at which this became known has not come yet. Check it.",
        )
    actor = actor_for(by, now)
    stated = checked_facts(facts)
    going_on = locked_runs(row)
    happenings = state_facts(row, stated, report, before=current_facts(row), by=actor, now=now)
    record(row.stream, happenings, by=actor, now=now, org_path=row.org_path, mode=Mode(row.mode))
    inform(going_on, stated, report, by=by, now=now)
    return row


def need_open(incident: Incident) -> None:
    if incident.status == Incident.Status.CLOSED:
        raise IncidentRefused(
            zh=f"突发事件 {incident.number} 已结案。如有新情况，请另行上报并注明本事件编号。",
            en=f"Incident {incident.number} is closed. Report what is new as an incident of its own, naming this one.",
        )


@transaction.atomic
def close_incident(*, by: User | None, now: datetime, incident: Incident, reason: str) -> Incident:
    """Close an incident once every response to it has ended; closing it again changes nothing."""
    row = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    require(by, Permission.MANAGE_INCIDENT, row.org_path)
    if row.status == Incident.Status.CLOSED:
        return row
    going_on = Run.objects.filter(incident=row, phase=Run.Phase.ACTIVE).select_related("plan_version__plan").first()
    if going_on is not None:
        name = going_on.plan_version.plan
        raise IncidentRefused(
            zh=f"《{name.name_zh}》的响应尚未终止，不能结案。请先终止响应。",
            en=f"The response under “{name.name_en or name.name_zh}” goes on. End it first, then close the incident.",
        )
    row.status, row.closed_at = Incident.Status.CLOSED, now
    row.save(update_fields=["status", "closed_at"])
    log_closing(row, clean(reason), actor_for(by, now), now)
    return row


def log_closing(row: Incident, reason: str, actor: Actor, now: datetime) -> None:
    what = [("incident.closed", {"reason": reason})]
    record(row.stream, what, by=actor, now=now, org_path=row.org_path, mode=Mode(row.mode))
