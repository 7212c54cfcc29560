"""Narrow a register by what stands in an address: one word per field, and which records at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from youbei.content.language import lexicon
from youbei.engine.registers.field import NUMBERS, Field, FieldKind
from youbei.engine.registers.register import Freshness, Register
from youbei.engine.words.expression import AllOf, Term
from youbei.engine.words.query import Stage, ask, read_query
from youbei.records.models import Organisation
from youbei.records.registers.tables import path_column
from youbei.records.search.marks import register_mark
from youbei.records.search.vendor import records_matching

LONGEST_WORD = 100
UNIT = "unit"
# What stands in an address for "nothing is filled in".
NONE = "-"
# What an address may hold besides the fields of the register.
OWN_NAMES = ("q", UNIT, "only", "freshness", "retired", "order")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed by; empty means all that is in use.

    `words` maps fields to what must stand in them: the code of a choice or of a capability, the key of a record, the
    beginning of a code; `NONE` means that nothing may stand there. `days` maps dates to the first and the last day
    that is wanted. `unit` is the code of a unit whose subtree is wanted, or only its own records (`is_unit_only`).
    `order` names what the list is sorted by (see `walk.orders`), empty for the tree.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, tuple[date | None, date | None]] = field(default_factory=dict)
    text: str = ""
    unit: str = ""
    is_unit_only: bool = False
    freshness: Freshness | None = None
    is_retired: bool = False
    order: str = ""


ALL = Filters()


def read_filters(register: Register, query: Mapping[str, str]) -> Filters:
    """Read the filters that an address names; what cannot be read is passed over, as a link may be old."""
    words, days = {}, {}
    for one in filterable(register):
        if one.kind is FieldKind.DATE:
            span = day(query.get(f"{one.name}_from", "")), day(query.get(f"{one.name}_until", ""))
            if any(span):
                days[one.name] = span
            elif query.get(one.name, "") == NONE:
                words[one.name] = NONE
        elif word := query.get(one.name, "").strip()[:LONGEST_WORD]:
            words[one.name] = word
    fresh = query.get("freshness", "")
    return Filters(
        words=words,
        days=days,
        text=query.get("q", "").strip()[:LONGEST_WORD],
        unit=query.get(UNIT, "").strip()[:LONGEST_WORD],
        is_unit_only=query.get("only", "") == "1",
        freshness=Freshness(fresh) if fresh in set(Freshness) else None,
        is_retired=query.get("retired", "") == "1",
        order=query.get("order", "").strip()[:LONGEST_WORD],
    )


def filterable(register: Register) -> tuple[Field, ...]:
    """Return the fields that an address may name: those marked so, references, and capabilities."""
    return tuple(one for one in register.fields if one.is_filter or one.kind in (FieldKind.REFERENCE, FieldKind.GRADES))


def ends_of(one: Field) -> tuple[str, str]:
    """Return the names in an address of the first and the last day of a date."""
    return f"{one.name}_from", f"{one.name}_until"


def names_of(register: Register) -> tuple[str, ...]:
    """Return the names of the fields by which a register can be narrowed; dates by their first and last day too."""
    names: list[str] = []
    for one in filterable(register):
        names += [one.name, *ends_of(one)] if one.kind is FieldKind.DATE else [one.name]
    return tuple(names)


def day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def narrowed(register: Register, rows: QuerySet[Any], filters: Filters, now: datetime) -> QuerySet[Any]:
    """Keep the rows that fit; a unit, record or choice that does not exist leaves none."""
    rows = rows.filter(retired_at__isnull=not filters.is_retired)
    for name, word in filters.words.items():
        rows = rows.filter(**condition(register.field(name), word))
    for name, (first, last) in filters.days.items():
        if first is not None:
            rows = rows.filter(**{f"{name}__gte": first})
        if last is not None:
            rows = rows.filter(**{f"{name}__lte": last})
    if filters.unit:
        path = Organisation.objects.filter(code=filters.unit).values_list("path", flat=True).first()
        column = path_column(register) if filters.is_unit_only else f"{path_column(register)}__under"
        rows = rows.filter(**{column: path}) if path else rows.none()
    if filters.text:
        rows = rows.filter(with_text(register, filters.text) | Q(pk__in=found_by(register, filters.text)))
    return of_freshness(register, rows, filters.freshness, now)


def empty_condition(one: Field) -> dict[str, Any]:
    """Select what is not filled in: dates and references are null then, words are empty."""
    if one.kind is FieldKind.GRADES:
        return {"team_capabilities__isnull": True}
    if one.kind is FieldKind.CHOICES:
        return {one.name: []}
    is_null = one.kind in (FieldKind.DATE, FieldKind.MOMENT, FieldKind.REFERENCE, *NUMBERS)
    return {f"{one.name}__isnull": True} if is_null else {one.name: ""}


def condition(one: Field, word: str) -> dict[str, Any]:
    if word == NONE:
        return empty_condition(one)
    if one.kind is FieldKind.REFERENCE:
        return {f"{one.name}__code": word}
    if one.kind is FieldKind.GRADES:
        return {"team_capabilities__capability__code": word}
    if one.kind is FieldKind.CODE and not one.choices:
        return {f"{one.name}__startswith": word}
    if one.kind is FieldKind.FLAG:
        return {one.name: word == "1"}
    if one.kind is FieldKind.CHOICES:
        # A list of codes as JSON; only PostgreSQL can look into one, both can look for a code in its quotes.
        return {f"{one.name}__icontains": f'"{word}"'}
    return {one.name: word}


def with_text(register: Register, text: str) -> Q:
    wanted = Q()
    for one in register.fields:
        if one.is_searched and one.kind not in (FieldKind.CHOICES, FieldKind.GRADES) and not one.is_personal:
            wanted |= Q(**{f"{one.name}__icontains": text})
    return wanted


def found_by(register: Register, text: str) -> RawSQL:
    """Select the records that are found by a text, all of them: for what is written out."""
    query = read_query(text, lexicon())
    asked = ask(query, Stage.INSIDE, lexicon()) if query else None
    mark = Term(register_mark(register.name))
    return RawSQL(*records_matching(AllOf((asked, mark)) if asked else Term("")))  # noqa: S611


def of_freshness(register: Register, rows: QuerySet[Any], freshness: Freshness | None, now: datetime) -> QuerySet[Any]:
    if freshness is None or register.fresh_for is None:
        return rows
    if freshness is Freshness.NEVER:
        return rows.filter(confirmed_at__isnull=True)
    since = now - register.fresh_for
    return rows.filter(
        **({"confirmed_at__gt": since} if freshness is Freshness.FRESH else {"confirmed_at__lte": since})
    )
