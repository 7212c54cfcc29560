"""The needs catalogue: how much people, a burning tank or a flooded school need, by coefficients that name their
sources.

A scenario asks for a few parameters (people, days, square metres). A coefficient multiplies them with its factors, each
of which has a source or is marked as an assumption that says why. The result is exact; pieces are rounded up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from youbei.engine.errors import Refused
from youbei.engine.stock.requirement import plain
from youbei.engine.text import Text


class Evidence(StrEnum):
    """Say how well a source is known: its text was read, a page about it was seen, or it is known by heart only."""

    TEXT = "text"
    SECONDARY = "secondary"
    KNOWLEDGE = "knowledge"
    ASSUMPTION = "assumption"


class NeedsUnreadable(ValueError):
    """A file of the catalogue that lacks what it must say: a mistake of whoever wrote it."""


class ParameterRefused(Refused):
    """Refuse a parameter that is missing, not a number, or out of its bounds."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something a scenario must be told, in its unit, between two bounds, with a value to start from."""

    code: str
    name: Text
    unit: Text
    default: Decimal
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(10**7)


@dataclass(frozen=True, slots=True)
class Factor:
    """One number and what it means, with its source; `why` instead of a source where it is an assumption."""

    value: Fraction
    shown: str
    unit: Text
    source: Text
    evidence: Evidence
    read_on: date | None = None
    why: Text = Text()


@dataclass(frozen=True, slots=True)
class Coefficient:
    """How much of something a scenario needs: its factors times some parameters, divided by others."""

    code: str
    name: Text
    unit: Text
    factors: tuple[Factor, ...]
    times: tuple[str, ...]
    over: tuple[str, ...] = ()
    item: str = ""
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """A situation whose needs can be calculated."""

    code: str
    name: Text
    parameters: tuple[Parameter, ...]
    coefficients: tuple[Coefficient, ...]


@dataclass(frozen=True, slots=True)
class NeedLine:
    """What is needed of one thing, with the arithmetic as it would stand on paper; `item` is empty where none is
    kept."""

    code: str
    name: Text
    item: str
    quantity: Decimal
    unit: Text
    arithmetic: Text
    factors: tuple[Factor, ...]

    @property
    def rests_on_assumption(self) -> bool:
        return any(factor.evidence is Evidence.ASSUMPTION for factor in self.factors)


def needs_for(scenario: Scenario, given: Mapping[str, Decimal]) -> tuple[NeedLine, ...]:
    """Return what a scenario needs; parameters that are not given have their defaults."""
    values = {one.code: checked(one, given.get(one.code, one.default)) for one in scenario.parameters}
    named = {one.code: one for one in scenario.parameters}
    return tuple(line_of(coefficient, values, named) for coefficient in scenario.coefficients)


def checked(parameter: Parameter, value: Decimal) -> Decimal:
    if not value.is_finite() or not parameter.least <= value <= parameter.most:
        raise ParameterRefused(
            zh=f"“{parameter.name.zh}”应在 {plain(parameter.least)} 至 {plain(parameter.most)} 之间，"
            f"不能是 {value}。请改正。",
            en=f"{parameter.name.en} lies between {plain(parameter.least)} and {plain(parameter.most)}, not {value}. "
            "Correct it.",
        )
    return value


def line_of(coefficient: Coefficient, values: Mapping[str, Decimal], named: Mapping[str, Parameter]) -> NeedLine:
    amount = Fraction(1)
    for factor in coefficient.factors:
        amount *= factor.value
    for code in coefficient.times:
        amount *= Fraction(values[code])
    for code in coefficient.over:
        amount /= Fraction(values[code])
    quantity = Decimal(math.ceil(amount)) if coefficient.is_whole else thousandths(amount)
    return NeedLine(
        code=coefficient.code,
        name=coefficient.name,
        item=coefficient.item,
        quantity=quantity,
        unit=coefficient.unit,
        arithmetic=arithmetic(coefficient, values, named, amount, quantity),
        factors=coefficient.factors,
    )


def thousandths(amount: Fraction) -> Decimal:
    """Round up to a thousandth: a need is never made smaller by writing it down."""
    return Decimal(math.ceil(amount * 1000)) / 1000


def arithmetic(
    coefficient: Coefficient,
    values: Mapping[str, Decimal],
    named: Mapping[str, Parameter],
    amount: Fraction,
    quantity: Decimal,
) -> Text:
    wordings = []
    for language in ("zh", "en"):
        terms = [f"{factor.shown} {factor.unit.in_language(language)}".strip() for factor in coefficient.factors]
        terms += [
            f"{plain(values[code])} {named[code].unit.in_language(language)}".strip() for code in coefficient.times
        ]
        said = " × ".join(terms)
        said += "".join(
            f" ÷ {plain(values[code])} {named[code].unit.in_language(language)}" for code in coefficient.over
        )
        sign = "=" if Fraction(quantity) == amount else "→"
        wordings.append(f"{said} {sign} {plain(quantity)} {coefficient.unit.in_language(language)}".strip())
    return Text(*wordings)


def scenario_from_data(data: Mapping[str, Any]) -> Scenario:
    """Read one file of the catalogue; raise NeedsUnreadable where a number has no source and says not why."""
    parameters = tuple(parameter_from_data(one) for one in data["parameters"])
    known = {one.code for one in parameters}
    coefficients = tuple(coefficient_from_data(one, known) for one in data["coefficients"])
    return Scenario(data["code"], Text(data["zh"], data["en"]), parameters, coefficients)


def parameter_from_data(data: Mapping[str, Any]) -> Parameter:
    return Parameter(
        code=data["code"],
        name=Text(data["zh"], data["en"]),
        unit=Text.from_data(data["unit"]),
        default=Decimal(str(data["default"])),
        least=Decimal(str(data.get("least", 0))),
        most=Decimal(str(data.get("most", 10**7))),
    )


def coefficient_from_data(data: Mapping[str, Any], known: set[str]) -> Coefficient:
    times, over = tuple(data["times"]), tuple(data.get("over", ()))
    unknown = sorted({*times, *over} - known)
    if unknown:
        raise NeedsUnreadable(f"{data['code']} multiplies {', '.join(unknown)}, which the scenario does not ask for")
    return Coefficient(
        code=data["code"],
        name=Text(data["zh"], data["en"]),
        unit=Text.from_data(data["unit"]),
        factors=tuple(factor_from_data(one, data["code"]) for one in data["factors"]),
        times=times,
        over=over,
        item=data.get("item", ""),
        is_whole=data.get("whole", False),
    )


def factor_from_data(data: Mapping[str, Any], code: str) -> Factor:
    source, why = Text.from_data(data.get("source", "")), Text.from_data(data.get("why", ""))
    is_assumed = data.get("assumption", False)
    if is_assumed is bool(source) or is_assumed is not bool(why):
        raise NeedsUnreadable(f"{code}: a number has a source, or is an assumption that says why")
    if source and not data.get("read_on"):
        raise NeedsUnreadable(f"{code}: a source says when it was read")
    evidence = Evidence.ASSUMPTION if is_assumed else Evidence(data["evidence"])
    return Factor(
        value=Fraction(data["value"]),
        shown=data["value"],
        unit=Text.from_data(data.get("unit", "")),
        source=source,
        evidence=evidence,
        read_on=data.get("read_on"),
        why=why,
    )
