"""What the addresses of a register may hold: of its list, and of a table counted from it."""

from __future__ import annotations

from django.http import HttpRequest

from youbei import content
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Freshness, Register
from youbei.records.models import User
from youbei.records.registers.dimensions import dimensions_of, measures_of
from youbei.records.registers.filters import NONE, ends_of, filterable
from youbei.records.registers.holding import can_hold
from youbei.records.registers.walk import orders
from youbei.web.asked import DAY, UNIT, WORDS, YES, Names, Parameter, one_of


def list_names(request: HttpRequest, name: str) -> Names:
    """Return what narrows and sorts a register; a register that there is not has no names."""
    register = content.registers().get(name)
    if register is None:
        return {}
    own = {
        "q": WORDS,
        "unit": UNIT,
        "only": one_of(("1", "0")),
        "retired": one_of(("1", "0")),
        "freshness": one_of(Freshness),
        "order": one_of(("new", *orders(register))),
        "all": YES,
        "cursor": WORDS,
    }
    return {**own, **field_names(register)}


def field_names(register: Register) -> Names:
    names = {one.name: value_of(register, one) for one in filterable(register)}
    dates = [one for one in filterable(register) if one.kind is FieldKind.DATE]
    return names | {end: DAY for one in dates for end in ends_of(one)}


def value_of(register: Register, field: Field) -> Parameter:
    """Return what a field may be narrowed to; records are looked at only where the word is no choice of today."""

    def holds(word: str, user: User | None) -> bool:
        return user is not None and can_hold(register, field, word, user)

    is_record = field.kind is FieldKind.REFERENCE
    return Parameter(lambda: (NONE, *(choice.code for choice in field.choices)), holds, stays=is_record)


def table_names(request: HttpRequest, name: str) -> Names:
    """Return what a table of a register is asked for with: its list, what stands in rows and columns, and what sums."""
    register = content.registers().get(name)
    if register is None:
        return {}
    ways = one_of([way.name for way in dimensions_of(register)])
    return {**list_names(request, name), "rows": ways, "columns": ways, "measure": one_of(dict(measures_of(register)))}
