"""Ask a rule: which grade, due when, what is missing, on a given day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from youbei.engine.conditions import Compare, Value, evaluate
from youbei.engine.errors import Refused
from youbei.engine.rules.kinds import (
    OP_SIGNS,
    Codes,
    Complete,
    Deadlines,
    DueStep,
    FactsView,
    Grading,
    Part,
    due_at,
    due_steps,
    find_grade,
    missing_parts,
    proven,
)
from youbei.engine.rules.rule import Example, Rule
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade found by a rule; `code` is empty where what is known reaches none.

    is_lower_bound: facts in `unknown` could make it worse. severity: 1 is the worst; None without a grade.
    reasons: what made it this grade, what is unknown, and the rule's own remarks.
    """

    code: str
    title: Text
    severity: int | None
    is_lower_bound: bool
    unknown: tuple[str, ...]
    reasons: tuple[Text, ...]
    rule: str
    scale: str
    citation: Text


def grade(
    rule: Rule, facts: Mapping[str, Value], *, on: date, names: Mapping[str, Text] | None = None
) -> Graded | None:
    """Grade what is known by the rule as it stood on a day; None where it was not in force or does not grade.

    `names` are the names of the facts, for the reasons; without them the keys are written.
    """
    value = rule.value_on(on)
    if value is None or not isinstance(value.body, Grading):
        return None
    facts = with_sums(rule, facts)
    view = FactsView(facts, on)
    found, unknown = find_grade(value.body, view)
    known_names = names or {}
    reasons = [reason(leaf, facts, known_names) for leaf in (proven(found.when, view) if found else ())]
    if unknown:
        reasons.append(unknown_reason(unknown, known_names))
    reasons += [remark.text for remark in rule.remarks if evaluate(remark.when, view) is True]
    if rule.needs_check:
        reasons.append(Text("本规则的依据可能已有新规定，须核对。", "A newer law may have changed this rule: check."))
    return Graded(
        code=found.code if found else "",
        title=found.title if found else Text("未达定级标准", "Below every grade"),
        severity=found.severity if found else None,
        is_lower_bound=bool(unknown),
        unknown=unknown,
        reasons=tuple(reasons),
        rule=rule.id,
        scale=rule.scale,
        citation=rule.citation(value),
    )


def with_sums(rule: Rule, facts: Mapping[str, Value]) -> Mapping[str, Value]:
    """Add the sums that the rule asks for, where nobody has stated them and all their parts are known numbers."""
    sums: dict[str, Value] = {}
    for name, parts in rule.sums.items():
        known = [facts[part] for part in parts if part in facts]
        numbers = [value for value in known if isinstance(value, (int, float)) and not isinstance(value, bool)]
        if name not in facts and len(numbers) == len(parts):
            sums[name] = sum(numbers)
    return {**facts, **sums} if sums else facts


def reason(leaf: Compare, facts: Mapping[str, Value], names: Mapping[str, Text]) -> Text:
    name = names.get(leaf.fact, Text(leaf.fact, leaf.fact))
    known = facts[leaf.fact]
    if isinstance(known, bool):
        return name
    wanted = ", ".join(map(str, leaf.value)) if isinstance(leaf.value, tuple) else f"{leaf.value}"
    sign = OP_SIGNS[leaf.op]
    return Text(f"{name.zh} {known}（{sign} {wanted}）", f"{name.en} {known} ({sign} {wanted})")


def unknown_reason(unknown: Iterable[str], names: Mapping[str, Text]) -> Text:
    known_names = [names.get(key, Text(key, key)) for key in unknown]
    return Text(
        f"级别只是下限，尚不知道：{'、'.join(name.zh for name in known_names)}。",
        f"The grade is a lower bound; not yet known: {', '.join(name.en for name in known_names)}.",
    )


def worst(graded: Iterable[Graded]) -> Graded | None:
    """Return the most severe of gradings on one scale; of equals the first. None without any."""
    return min(graded, key=lambda one: 99 if one.severity is None else one.severity, default=None)


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing the law wants done: what, and when at the latest (None: no figure in the law, see its wording)."""

    step: DueStep
    due_at: datetime | None
    rule: str
    citation: Text


def duties(rule: Rule, trigger: str, at: datetime, facts: Mapping[str, Value] | None = None) -> tuple[Duty, ...]:
    """Return what a trigger at a moment makes due under the rule as it stood on that day."""
    value = rule.value_on(at.date())
    if value is None or not isinstance(value.body, Deadlines):
        return ()
    view = FactsView(facts or {}, at.date())
    citation = rule.citation(value)
    return tuple(Duty(step, due_at(step, at), rule.id, citation) for step in due_steps(value.body, trigger, view))


def missing(rule: Rule, present: Collection[str], *, on: date) -> tuple[Part, ...]:
    """Return the parts that the rule asks for on a day and that are not present."""
    value = rule.value_on(on)
    if value is None or not isinstance(value.body, Complete):
        return ()
    return missing_parts(value.body, present)


def chapters_rule(rules: Iterable[Rule], plan_kind: str, *, on: date) -> Rule | None:
    """Return the rule that lists the chapters of a kind of plan, or None where none is in force."""
    for rule in rules:
        body = value.body if (value := rule.value_on(on)) else None
        if isinstance(body, Complete) and (body.object, body.plan_kind) == ("plan", plan_kind):
            return rule
    return None


class ExampleFails(Refused):
    """Refuse a rule whose own example it does not answer as expected."""


def check_example(rule: Rule, example: Example) -> None:
    """Raise `ExampleFails` unless the rule answers as the example expects.

    given/expect by kind. grading: facts / `grade`, `is_lower_bound`, `unknown`. deadline: `trigger`, `at`, `facts` /
    `due` (one moment per step, empty text where the law gives no figure). complete: `present` / `missing`. codes:
    `code` / `known`. Each may expect `in_force = false` instead.
    """
    answer = answer_example(rule, example)
    expected = {"in_force": True, **example.expect}
    for key, wanted in expected.items():
        if answer.get(key) != wanted:
            raise ExampleFails(
                zh=f"规则 {rule.id} 在 {example.on} 的示例不符：“{key}”应为 {wanted}，实为 {answer.get(key)}。",
                en=f"The example of rule {rule.id} on {example.on} fails: {key} is {answer.get(key)}, not {wanted}.",
            )


def answer_example(rule: Rule, example: Example) -> dict[str, Any]:
    value = rule.value_on(example.on)
    given = example.given
    match value.body if value else None:
        case None:
            return {"in_force": False}
        case Grading():
            graded = grade(rule, given, on=example.on)
            if graded is None:
                return {"in_force": False}
            return {
                "in_force": True,
                "grade": graded.code,
                "is_lower_bound": graded.is_lower_bound,
                "unknown": list(graded.unknown),
            }
        case Deadlines():
            found = duties(rule, given["trigger"], given["at"], given.get("facts"))
            return {"in_force": bool(found), "due": [duty.due_at or "" for duty in found]}
        case Complete():
            parts = missing(rule, given["present"], on=example.on)
            return {"in_force": True, "missing": [part.code for part in parts]}
        case Codes(values=values):
            return {"in_force": True, "known": given["code"] in values}
