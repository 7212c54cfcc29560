"""What narrows a register, read out of an address: names it does not have and values that cannot be are refused.

Pages pass over what they do not know, as a link may be old; a program that misspells a filter would take all
records, or none, for its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.http import QueryDict

from youbei.api.asked import FilterRefused, demand_known, not_one_of
from youbei.engine.nearest import quoted
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Freshness, Register
from youbei.records.models import User
from youbei.records.registers.filters import (
    LONGEST_WORD,
    NONE,
    OWN_NAMES,
    day,
    ends_of,
    filterable,
    names_of,
)
from youbei.records.registers.holding import OF_CHOICES, can_hold, unit_is_seen
from youbei.records.registers.tables import register_called
from youbei.records.registers.walk import orders

FLAGS = ("only", "retired")
YES, NO = frozenset({"1", "true", "yes", "on", "t", "y"}), frozenset({"", "0", "false", "no", "off", "f", "n"})


def filters_asked(register: Register, query: QueryDict, *, by: User, also: Iterable[str] = ()) -> dict[str, str]:
    """Return what an address narrows a register by, as `read_filters` reads it; `also` are other parameters there.

    Raise UnknownParameter, ParameterTwice or FilterRefused with what is wrong and what there is.
    """
    demand_known(query, (*OWN_NAMES, *also, *names_of(register)))
    said = {name: str(query[name]) for name in query}
    demand_values(register, said, by)
    return said | {name: "1" if said.get(name, "").lower() in YES else "" for name in FLAGS}


def demand_values(register: Register, said: Mapping[str, str], by: User) -> None:
    """Raise FilterRefused for a value that no record can have."""
    for name in FLAGS:
        if said.get(name, "").lower() not in YES | NO:
            raise not_one_of(name, said[name], ["true", "false"])
    lists: tuple[tuple[str, list[str]], ...] = (("freshness", [*Freshness]), ("order", ["new", *orders(register)]))
    for name, known in lists:
        if (word := said.get(name, "")) and word not in known:
            raise not_one_of(name, word, known)
    demand_unit(said.get("unit", "").strip(), by)
    for one in filterable(register):
        if one.kind is FieldKind.DATE:
            demand_days(one, said)
        word = said.get(one.name, "").strip()
        if len(word) > LONGEST_WORD:
            raise FilterRefused(
                zh=f"{one.name} 的值太长：最多 {LONGEST_WORD} 字。请检查。",
                en=f"The value of {one.name} is too long: {LONGEST_WORD} characters at most. Check it.",
                names=[one.name],
            )
        if word and word != NONE:
            demand_word(register, one, word, by)


def demand_days(field: Field, said: Mapping[str, str]) -> None:
    first, last = ends_of(field)
    for name in (first, last):
        if said.get(name) and day(said[name]) is None:
            raise FilterRefused(
                zh=f"{name} 须写成日期，如 2026-11-25，而不是“{quoted(said[name])}”。",
                en=f"Write {name} as a day, such as 2026-11-25, not {quoted(said[name])}.",
                names=[name],
            )
    begins, ends = day(said.get(first, "")), day(said.get(last, ""))
    if begins and ends and begins > ends:
        raise FilterRefused(
            zh=f"{first} 晚于 {last}，其间没有任何一天。请对调。",
            en=f"{first} is later than {last}: no day lies between. Exchange them.",
            names=[first, last],
        )


def demand_word(register: Register, field: Field, word: str, by: User) -> None:
    if field.kind is FieldKind.DATE:
        raise FilterRefused(
            zh=f"{field.name} 只能写“{NONE}”（未填）；按日期筛选请用 {'、'.join(ends_of(field))}。",
            en=f"{field.name} can only be {NONE!r}, for what is not filled in; days go into "
            f"{' and '.join(ends_of(field))}.",
            names=[field.name],
        )
    if can_hold(register, field, word, by):
        return
    if field.kind in OF_CHOICES:
        raise not_one_of(field.name, word, [choice.code for choice in field.choices])
    target = register_called(field.refers_to)
    raise FilterRefused(
        zh=f"{field.name} 写的“{quoted(word)}”不是{target.one.zh}的编码，或您无权查看。请从 GET "
        f"/registers/{target.name}/records 取编码。",
        en=f"{quoted(word)}, given as {field.name}, is no code in {target.title.en}, or none that you may see. "
        f"GET /registers/{target.name}/records has the codes.",
        names=[field.name],
    )


def demand_unit(code: str, by: User, *, name: str = "unit") -> None:
    """Raise FilterRefused for a unit that is none, or of which one sees neither it nor anything below it."""
    if code and not unit_is_seen(code, by):
        raise FilterRefused(
            zh=f"{name} 写的“{quoted(code)}”不是单位编码，或您无权查看。编码见 GET /organisations。",
            en=f"{quoted(code)}, given as {name}, is no unit that you may see. GET /organisations has the codes.",
            names=[name],
        )
