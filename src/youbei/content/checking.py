"""What the reviewed data alone lets the plan checker know: names and law, but not who and what there is today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from youbei import content
from youbei.engine.incidents import FactKind as ReportedFact
from youbei.engine.plans.check import FactKind, Known, RequiredChapter, RequiredReport
from youbei.engine.plans.model import PlanKind
from youbei.engine.rules.evaluate import chapters_rule
from youbei.engine.rules.kinds import Complete, Deadlines
from youbei.engine.rules.rule import Rule

# Where nobody has counted, what the catalogue names is taken to be there: names are checked, quantities are not.
PLENTY = 1_000_000


def known_by_content(today: date) -> Known:
    """Return what a plan can be checked against without a register."""
    return Known(
        today=today,
        capabilities=dict.fromkeys(content.capabilities(), PLENTY),
        items=dict.fromkeys(content.items(), float(PLENTY)),
        facts={key: fact_kind(kind) for key, kind in content.fact_kinds().items()},
        hazards=frozenset(content.incident_kinds()),
        rules=frozenset(content.rules()),
        required_reports=required_reports(content.rules(), today),
        required_chapters={kind: required_chapters(content.rules(), kind, today) for kind in PlanKind},
        names=content.resource_names(),
    )


def fact_kind(kind: ReportedFact) -> FactKind:
    return FactKind(type=kind.type.value, choices=frozenset(kind.choices or ()))


def required_reports(rules: Mapping[str, Rule], today: date) -> tuple[RequiredReport, ...]:
    """Return the reports that the law in force asks for, each for the kinds of incidents that name it."""
    hazards: dict[str, set[str]] = {}
    for kind in content.incident_kinds().values():
        for rule in kind.reports:
            hazards.setdefault(rule, set()).add(kind.code)
    return tuple(
        RequiredReport(rule=name, title=rules[name].title, hazards=frozenset(kinds), limit=longest(rules[name], today))
        for name, kinds in sorted(hazards.items())
        if name in rules and rules[name].value_on(today) is not None
    )


def longest(rule: Rule, today: date) -> timedelta | None:
    """Return the longest time that any step of the report has by law; None for "immediately", which is no figure."""
    value = rule.value_on(today)
    if value is None or not isinstance(value.body, Deadlines):
        return None
    return max((step.within for step in value.body.steps if step.within), default=None)


def required_chapters(rules: Mapping[str, Rule], kind: PlanKind, today: date) -> tuple[RequiredChapter, ...]:
    """Return the chapters that the standard in force lists for plans of a kind."""
    rule = chapters_rule(rules.values(), kind.value, on=today)
    value = rule.value_on(today) if rule else None
    if value is None or not isinstance(value.body, Complete):
        return ()
    return tuple(RequiredChapter(part.code, part.title) for part in value.body.parts if part.is_required)
