"""What is known of an incident: each report as it came, the values that count now, and the grade that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from youbei import content
from youbei.actions.journal import Happening
from youbei.engine.conditions import Value
from youbei.engine.errors import Refused
from youbei.engine.events import Actor, iso
from youbei.engine.incidents import check_fact
from youbei.engine.rules.evaluate import Graded, grade, worst
from youbei.records import quick
from youbei.records.insert import insert_rows
from youbei.records.models import Fact, Incident


class UnknownFact(Refused):
    """Refuse a fact that no kind describes, or one that is to be withdrawn and was never stated."""

    status = 422


@dataclass(frozen=True, slots=True)
class FactReport:
    """Where facts come from and when they became known."""

    source: str
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """What was last said of a fact, by whom, and when it became known."""

    value: Value
    source: str
    known_at: datetime


def checked_facts(facts: Mapping[str, Value | None]) -> dict[str, Value | None]:
    """Return the facts with values of their kinds, in the order given; None stays None and withdraws."""
    kinds = content.fact_kinds()
    checked: dict[str, Value | None] = {}
    for key, value in facts.items():
        kind = kinds.get(key)
        if kind is None:
            raise UnknownFact(
                zh=f"没有名为“{key[:60]}”的情况要素。请从要素清单中选择。",
                en=f'There is no fact called "{key[:60]}". Choose one of the list of facts.',
            )
        checked[key] = None if value is None else check_fact(kind, value)
    return checked


def current_facts(incident: Incident) -> dict[str, Value]:
    """Return what is known now: of each key the last statement, without what was withdrawn."""
    return {key: statement.value for key, statement in current_statements(incident.pk).items()}


def current_statements(incident_id: int) -> dict[str, Statement]:
    """Return for each known key its last statement, in the order in which they were made."""
    known: dict[str, Statement] = {}
    for key, value, change, source, known_at in quick.statements_of(incident_id):
        known.pop(key, None)
        if change != Fact.Change.WITHDRAWN:
            known[key] = Statement(value, source, known_at)
    return known


def state_facts(
    incident: Incident,
    facts: Mapping[str, Value | None],
    report: FactReport,
    *,
    before: Mapping[str, Value],
    by: Actor,
    now: datetime,
) -> list[Happening]:
    """Write facts into their table, grade the incident anew, and return what the log is to say of it.

    `before` is what was known until now.
    """
    known = dict(before)
    happenings: list[Happening] = []
    rows: list[dict[str, Any]] = []
    for key, value in facts.items():
        change = change_of(known, key, value)
        data: dict[str, Any] = {"key": key, "source": report.source, "known_at": iso(report.known_at)}
        happenings.append((f"fact.{change}", data if value is None else {**data, "value": value}))
        rows.append(
            {
                "incident_id": incident.pk,
                "key": key,
                "value": value,
                "change": change.value,
                "source": report.source,
                "known_at": report.known_at,
                "recorded_at": now,
                "recorded_by": by.id,
            }
        )
        known.pop(key, None)
        if value is not None:
            known[key] = value
    insert_rows(Fact, rows)
    return happenings + graded_anew(incident, known)


def change_of(known: Mapping[str, Value], key: str, value: Value | None) -> Fact.Change:
    if value is None:
        if key not in known:
            name = content.fact_kinds()[key].name
            raise UnknownFact(
                zh=f"“{name.zh}”目前没有已报情况，无可撤回。",
                en=f'There is nothing to withdraw: "{name.en}" is not known.',
            )
        return Fact.Change.WITHDRAWN
    return Fact.Change.CORRECTED if key in known and known[key] != value else Fact.Change.ADDED


def graded_anew(incident: Incident, known: Mapping[str, Value]) -> list[Happening]:
    """Grade the incident by what is known; where that changes its grade, write it and return the event."""
    graded = grade_of(incident, known)
    if graded is None or (graded.code, graded.is_lower_bound) == (incident.grade, incident.is_grade_lower_bound):
        return []
    incident.grade, incident.is_grade_lower_bound = graded.code, graded.is_lower_bound
    incident.save(update_fields=["grade", "is_grade_lower_bound"])
    data = {
        "grade": graded.code,
        "is_lower_bound": graded.is_lower_bound,
        "rule": graded.rule,
        "unknown": list(graded.unknown),
    }
    return [("incident.graded", data)]


def grade_of(incident: Incident, known: Mapping[str, Value]) -> Graded | None:
    """Return the grade of an incident by the rules for its kind, as they stood on the day; None without a rule."""
    kind = content.incident_kinds().get(incident.kind)
    rules = content.rules()
    on = (incident.occurred_at or incident.known_at).astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    asked = [rules[rule] for rule in (kind.grading if kind else ()) if rule in rules]
    found = [graded for rule in asked if (graded := grade(rule, known, on=on, names=content.fact_names())) is not None]
    return worst(one for one in found if one.scale == found[0].scale) if found else None
