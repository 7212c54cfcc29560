"""Requirements that follow by themselves: from filed plans, from the head-count of units and sites, from standards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from youbei.engine.plans.model import LevelNumber, Plan, Stage
from youbei.engine.stock.needs import Evidence, Scenario, needs_for
from youbei.engine.stock.requirement import plain
from youbei.engine.text import Text

# A plan that was filed stays in force while it is evaluated and until it is withdrawn or replaced.
IN_FORCE = frozenset({Stage.FILED, Stage.EVALUATED, Stage.REVISED})
THOUSANDTH = Decimal("0.001")
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Derived:
    """One requirement that follows from something: `key` says from what, and is the same each time it is worked out."""

    key: str
    item: str
    quantity: Decimal
    within_h: Decimal
    basis: str
    why: Text


@dataclass(frozen=True, slots=True)
class Standing:
    """A situation that sites or units of some kinds are ready for, and where its parameters come from."""

    code: str
    of: str
    kinds: frozenset[str]
    scenario: str
    parameters: Mapping[str, str]
    items: frozenset[str]
    within_h: Decimal
    why: Text


@dataclass(frozen=True, slots=True)
class Standard:
    """What a standard asks of units of some kinds and sectors."""

    code: str
    kinds: frozenset[str]
    sectors: frozenset[str]
    evidence: Evidence
    source: Text
    items: Mapping[str, Decimal]


def standing_from_data(data: Mapping[str, Any]) -> Standing:
    return Standing(
        code=data["code"],
        of=data["of"],
        kinds=frozenset(data["kinds"]),
        scenario=data["scenario"],
        parameters=dict(data["parameters"]),
        items=frozenset(data["items"]),
        within_h=Decimal(data["within_h"]),
        why=Text.from_data(data["why"]),
    )


def standard_from_data(data: Mapping[str, Any]) -> Standard:
    return Standard(
        code=data["code"],
        kinds=frozenset(data["kinds"]),
        sectors=frozenset(data["sectors"]),
        evidence=Evidence(data["evidence"]),
        source=Text.from_data(data["source"]),
        items={one["item"]: Decimal(one["quantity"]) for one in data["items"]},
    )


def from_plan(plan: Plan) -> tuple[Derived, ...]:
    """Add up what a plan's steps need of each item at the gravest level, by how soon it is needed.

    The text says the sums of all levels: a step counts at its own level and every graver one.
    """
    sums: dict[tuple[str, Decimal], dict[LevelNumber, Decimal]] = {}
    for step in plan.steps:
        for need in step.needs:
            if not need.item:
                continue
            hours = Decimal(str((need.within or timedelta(0)) / HOUR)).quantize(THOUSANDTH)
            by_level = sums.setdefault((need.item, hours), dict.fromkeys(LevelNumber, Decimal(0)))
            for level in LevelNumber:
                if level <= step.from_level:
                    by_level[level] += Decimal(str(need.quantity)).quantize(THOUSANDTH, ROUND_CEILING)
    return tuple(
        Derived(
            key=f"plan:{plan.id}:{item}:{plain(hours)}",
            item=item,
            quantity=by_level[LevelNumber.I],
            within_h=hours,
            basis="plan",
            why=by_levels(plan, by_level),
        )
        for (item, hours), by_level in sorted(sums.items())
        if by_level[LevelNumber.I] > 0
    )


def by_levels(plan: Plan, sums: Mapping[LevelNumber, Decimal]) -> Text:
    said = [f"{level.name} {plain(sums[level])}" for level in sorted(LevelNumber, reverse=True) if sums[level]]
    zh, en = plan.title.zh or plan.title.en, plan.title.en or plan.title.zh
    return Text(f"预案《{zh}》{plan.version}：{'，'.join(said)}", f"Plan {en} {plan.version}: {', '.join(said)}")


def from_standing(
    rule: Standing, scenario: Scenario, figures: Mapping[str, Decimal], *, subject: str, name: Text
) -> tuple[Derived, ...]:
    """Calculate what a site or unit keeps ready from its own figures; nothing where one of them is not known."""
    values: dict[str, Decimal] = {}
    for parameter, source in rule.parameters.items():
        value = figures.get(source) if not source.replace(".", "").isdigit() else Decimal(source)
        if not value:
            return ()
        values[parameter] = value
    return tuple(
        Derived(
            key=f"needs:{rule.code}:{subject}:{line.code}",
            item=line.item,
            quantity=line.quantity,
            within_h=rule.within_h,
            basis="needs",
            why=Text(
                f"{name.zh}：{rule.why.zh}；{line.arithmetic.zh}", f"{name.en}: {rule.why.en}; {line.arithmetic.en}"
            ),
        )
        for line in needs_for(scenario, values)
        if line.item in rule.items and line.quantity > 0
    )


def from_standards(standards: Iterable[Standard], *, kind: str, sector: str) -> tuple[Derived, ...]:
    return tuple(
        Derived(f"standard:{one.code}:{item}", item, quantity, Decimal(0), "standard", one.source)
        for one in standards
        if kind in one.kinds and sector in one.sectors
        for item, quantity in one.items.items()
    )
