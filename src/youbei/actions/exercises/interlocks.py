"""What holds an exercise back: a real incident of its own, or an interlock of its script; and what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils import timezone

from youbei import content
from youbei.actions.exercises.enrolling import joined_units
from youbei.actions.facts import current_statements
from youbei.engine.conditions import Truth, Value, evaluate, unknown_facts
from youbei.engine.exercises.model import Interlock
from youbei.engine.exercises.seal import Facts
from youbei.engine.text import Text
from youbei.records.casting import exercise_of
from youbei.records.models import Circumstance, Exercise, Incident
from youbei.records.reports.who import ancestors

# What a fact is taken for that nobody has stated.
ABSENT: Mapping[str, Value] = {"boolean": False, "integer": 0, "number": 0.0, "code": ""}
REAL = "real-incident"
MOST_INCIDENTS = 50


@dataclass(frozen=True, slots=True)
class Known:
    """What an interlock asks for, as somebody has stated it; `ends_at` None where an incident reports it."""

    key: str
    value: Value
    source: str
    since: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an interlock stands: whether it holds the exercise back, what is known about it, what nobody has stated."""

    interlock: Interlock
    is_holding: bool
    known: tuple[Known, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds an exercise back: `interlock` is its id or `real-incident`, `since` when it became known, if told."""

    interlock: str
    title: Text
    told: Text
    since: datetime | None

    @property
    def sentence(self) -> Text:
        """Say what holds, by whose word and since when, such as `Orange warning (weather service), since 09:00`."""
        since = f"{timezone.localtime(self.since):%Y-%m-%d %H:%M}" if self.since else ""
        zh, en = self.title.in_language("zh"), self.title.in_language("en")
        told_zh, told_en = (f"（{self.told.zh}）", f" ({self.told.en})") if self.told.zh else ("", "")
        return Text(
            f"{zh}{told_zh}" + (f"，自 {since} 起" if since else ""),
            f"{en}{told_en}" + (f", since {since}" if since else ""),
        )


def held_by(row: Exercise, now: datetime) -> str:
    """Return the interlock that holds an exercise back, empty if none does; the first of `holds_of`."""
    return next((one.interlock for one in holds_of(row, now)), "")


def holds_of(row: Exercise, now: datetime) -> list[Hold]:
    """Return everything that holds an exercise back.

    A real incident that is open in a unit that holds the exercise holds it back; so does an interlock of the script
    that is true by what open real incidents report and what holds in the area. Assumption: what nobody has stated is
    not so, and counts as no or nought; `unstated` names it.
    """
    holding_it = [row.organisation_id, *(one.organisation_id for one in joined_units(row))]
    real = open_incidents(now).filter(organisation_id__in=holding_it).select_related("organisation")
    found = [
        Hold(
            REAL,
            Text(f"真实事件 {one.number} 尚未结案", f"The real incident {one.number} is not closed"),
            Text(one.organisation.name_zh, one.organisation.name_en or one.organisation.name_zh),
            one.reported_at,
        )
        for one in real.order_by("reported_at")[:MOST_INCIDENTS]
    ]
    return found + [hold_of(one) for one in standings(row, now) if one.is_holding]


def hold_of(standing: Standing) -> Hold:
    names = content.fact_names()
    worded = [(names[one.key], content.describe_fact(one.key, one.value), one.source) for one in standing.known]
    told = Text(
        "；".join(f"{name.zh}：{value.zh}，{source}" for name, value, source in worded),
        "; ".join(f"{name.en}: {value.en}, {source}" for name, value, source in worded),
    )
    since = max((one.since for one in standing.known), default=None)
    return Hold(standing.interlock.id, standing.interlock.title, told, since)


def unstated(row: Exercise, now: datetime) -> list[str]:
    """Name the facts that the interlocks of an exercise ask for and nobody has stated, each once."""
    return sorted({key for one in standings(row, now) for key in one.unknown})


def standings(row: Exercise, now: datetime) -> tuple[Standing, ...]:
    """Return how each interlock of an exercise stands; none without a script.

    It holds where it is true in any of the units that hold the exercise; else it stands as in the one that leads.
    """
    interlocks = exercise_of(row.data).interlocks if row.data is not None else ()
    if not interlocks:
        return ()
    known = [
        known_at(path, now) for path in dict.fromkeys([row.org_path, *(one.org_path for one in joined_units(row))])
    ]
    found = []
    for one in interlocks:
        here = [standing(one, each, now) for each in known]
        found.append(next((each for each in here if each.is_holding), here[0]))
    return tuple(found)


def standing(one: Interlock, known: Mapping[str, Known], now: datetime) -> Standing:
    """Return how an interlock stands by what is known in one place."""
    stated = {key: fact.value for key, fact in known.items()}
    absent = {key: ABSENT[kind.type.value] for key, kind in content.fact_kinds().items() if kind.type.value in ABSENT}
    truth: Truth = evaluate(one.when, Facts({**absent, **stated}, now))
    unknown = unknown_facts(one.when, Facts(stated, now))
    asked = unknown_facts(one.when, Facts({}, now))
    return Standing(one, truth is not False, tuple(known[key] for key in asked if key in known), unknown)


def known_at(path: str, now: datetime) -> dict[str, Known]:
    """Return what is stated where an exercise is held: of the unit and those above it, and by incidents below it.

    By hand the last word counts; of several alerts, and beside what was said by hand, the gravest warning does.
    """
    found: dict[str, Known] = {}
    for incident in open_incidents(now).filter(org_path__under=path).order_by("reported_at")[:MOST_INCIDENTS]:
        for key, statement in current_statements(incident.pk).items():
            if statement.value is not None:
                found[key] = Known(key, statement.value, incident.number, statement.known_at, None)
    stated = Circumstance.objects.filter(org_path__in=ancestors(path), starts_at__lte=now, ends_at__gt=now)
    for one in stated.order_by(F("alert").asc(nulls_first=True), "stated_at", "pk"):
        if one.alert_id is None or gravity(one.value) > gravity(found[one.key].value if one.key in found else None):
            found[one.key] = Known(one.key, one.value, one.source, one.starts_at, one.ends_at)
    return found


def gravity(value: Value | None) -> int:
    """Rank the colour of a warning, the gravest highest; -1 for what is none."""
    return next((rank for rank, one in enumerate(content.warning_colours()) if one.code == value), -1)


def open_incidents(now: datetime) -> QuerySet[Incident]:
    return Incident.objects.filter(mode=Incident.Mode.REAL, status=Incident.Status.OPEN, reported_at__lte=now)
