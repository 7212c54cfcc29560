"""The shape of conditions: the tree of `engine.conditions` as tables of a plan file.

`{fact = "injured", gte = 3}`, `{elapsed = "known", atleast = "PT30M"}`, `{count = "steps_finished", gte = 2}`,
`{all = [..]}`, `{any = [..]}`, `{not = {..}}`, `{always = true}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from youbei.engine.conditions import (
    MOMENTS,
    ORDERED,
    PLAN_QUANTITIES,
    SCRIPT_MOMENTS,
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Count,
    Elapsed,
    Not,
    Op,
    Quantity,
    is_number,
)
from youbei.engine.plans.problems import At, meant
from youbei.engine.plans.shapes import BAD, Defs, ListOf, Schema, refuse_unknown_keys
from youbei.engine.plans.values import FactValue, Number, Span
from youbei.engine.plans.words import OneOf, Slug

# Assumption: no person writes or reads conditions within conditions deeper than this.
DEEPEST = 20

KINDS = ("fact", "elapsed", "count", "all", "any", "not", "always")
OPERATORS = tuple(op.value for op in Op)
_MOMENT = re.compile(r"step:[a-z0-9][a-z0-9_.\-]{0,119}:(?:opened|finished)|level:(?:I|II|III|IV|[1-4])")
_SCRIPT_MOMENT = re.compile(
    _MOMENT.pattern
    + r"|inject:[a-z0-9][a-z0-9_.\-]{0,119}:(?:fired|skipped)|action:[a-z0-9][a-z0-9_.\-]{0,119}:(?:met|late)"
)
_EXAMPLE = '{fact = "injured", gte = 3}'


@dataclass(frozen=True, slots=True)
class Moment:
    """The name of a moment of the run, such as `activation` or `step:alarm:finished`; `opened` for deadlines.

    `of_script`: also the moments that only an exercise has, such as `startex` and `inject:call:fired`.
    """

    further: tuple[str, ...] = ()
    of_script: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return (*MOMENTS, *(SCRIPT_MOMENTS if self.of_script else ()), *self.further)

    @property
    def pattern(self) -> re.Pattern[str]:
        return _SCRIPT_MOMENT if self.of_script else _MOMENT

    def read(self, value: Any, at: At) -> Any:
        words = self.words
        if isinstance(value, str) and (value in words or self.pattern.fullmatch(value)):
            return value
        cure = meant(value if isinstance(value, str) else "", (*words, "step:<id>:opened", "step:<id>:finished"))
        at.expected(value, zh="时刻的名称", en="the name of a moment", cure_zh=cure.zh, cure_en=cure.en)
        return BAD

    def write(self, value: str) -> str:
        return value

    def schema(self, defs: Defs) -> Schema:
        pattern = f"^({self.pattern.pattern})$"
        return {"anyOf": [{"enum": list(self.words)}, {"type": "string", "pattern": pattern}]}


@dataclass(frozen=True, slots=True)
class ConditionShape:
    """A condition over facts, time and the state of the run; `of_script`: over injects and expected actions, too."""

    of_script: bool = False

    def read(self, value: Any, at: At) -> Any:
        return _read(value, at, 1, self.of_script)

    def write(self, value: Condition) -> dict[str, Any]:
        return _write(value)

    def schema(self, defs: Defs) -> Schema:
        if "condition" not in defs:
            defs["condition"] = {}
            defs["condition"] = _schema(defs, self.of_script)
        return {"$ref": "#/$defs/condition"}


def _read(value: Any, at: At, depth: int, of_script: bool) -> Any:
    if depth > DEEPEST:
        at.wrong(
            f"条件套叠超过 {DEEPEST} 层。",
            f"conditions are nested more than {DEEPEST} deep.",
            cure_zh="请把条件写平一些：all 与 any 可并列多项。",
            cure_en="Write them flatter: all and any take many parts.",
        )
        return BAD
    if not isinstance(value, dict):
        at.expected(value, zh="条件", en="a condition", cure_zh=f"请写作 {_EXAMPLE}。", cure_en=f"Write {_EXAMPLE}.")
        return BAD
    kinds = [kind for kind in KINDS if kind in value]
    if len(kinds) != 1:
        _wrong_kinds(value, kinds, at)
        return BAD
    return _READERS[kinds[0]](value, at, depth, of_script)


def _wrong_kinds(value: dict[str, Any], kinds: list[str], at: At) -> None:
    if kinds:
        at.wrong(
            f"一个条件里同时写了 {'、'.join(kinds)}。",
            f"one condition holds {' and '.join(kinds)} at once.",
            cure_zh="请用 {all = [..]} 或 {any = [..]} 并列。",
            cure_en="Join them by {all = [..]} or {any = [..]}.",
        )
        return
    first = next((str(key) for key in value), "")
    cure = meant(first, KINDS)
    at.wrong(
        "这个条件没有说明看什么。",
        "the condition does not say what it looks at.",
        cure_zh=f"请写作 {_EXAMPLE}。{cure.zh}",
        cure_en=f"Write {_EXAMPLE}. {cure.en}",
    )


def _operator(value: dict[str, Any], at: At, besides: tuple[str, ...]) -> str | None:
    """Return the one operator of a comparison; gather a problem where there is none or more than one."""
    refuse_unknown_keys(value, (*besides, *OPERATORS), at)
    found = [op for op in OPERATORS if op in value]
    if len(found) == 1:
        return found[0]
    at.wrong(
        "比较须有且只有一个运算符。" if found else "比较缺少运算符。",
        "a comparison takes exactly one operator." if found else "the comparison has no operator.",
        cure_zh=f"可用的有：{', '.join(OPERATORS)}；两头的范围用 {{all = [..]}} 写。",
        cure_en=f"Known are: {', '.join(OPERATORS)}; write a range as {{all = [..]}}.",
    )
    return None


def _read_fact(value: dict[str, Any], at: At, depth: int, of_script: bool) -> Any:
    fact = Slug().read(value["fact"], at.down("fact"))
    found = _operator(value, at, ("fact",))
    if found is None:
        return BAD
    op, place = Op(found), at.down(found)
    given = (ListOf(FactValue()) if op is Op.IN else FactValue()).read(value[found], place)
    if given is not BAD and op in ORDERED and not is_number(given):
        place.expected(
            given,
            zh="数",
            en="a number",
            cure_zh="只有数能比大小；文字与 true/false 请用 eq、ne 或 in。",
            cure_en="Only numbers have an order; use eq, ne or in for text and true/false.",
        )
        return BAD
    return BAD if BAD in (fact, given) else Compare(fact, op, given)


def _read_elapsed(value: dict[str, Any], at: At, depth: int, of_script: bool) -> Any:
    refuse_unknown_keys(value, ("elapsed", "atleast"), at)
    since = Moment(of_script=of_script).read(value["elapsed"], at.down("elapsed"))
    if "atleast" not in value:
        at.wrong(
            "缺少“atleast”。",
            '"atleast" is missing.',
            cure_zh='如 atleast = "PT30M"。',
            cure_en='Say atleast = "PT30M".',
        )
        return BAD
    atleast = Span().read(value["atleast"], at.down("atleast"))
    return BAD if BAD in (since, atleast) else Elapsed(since, atleast)


def _read_count(value: dict[str, Any], at: At, depth: int, of_script: bool) -> Any:
    of = OneOf(Quantity, allowed(of_script)).read(value["count"], at.down("count"))
    among = ListOf(Slug()).read(value.get("among", []), at.down("among"))
    found = _operator(value, at, ("count", "among"))
    if found is None:
        return BAD
    if found == Op.IN:
        at.down(found).wrong(
            "计数不能用 in。", "a count cannot use in.", cure_zh="请用 eq 或 gte。", cure_en="Use eq or gte."
        )
        return BAD
    number = Number(is_whole=True).read(value[found], at.down(found))
    return BAD if BAD in (of, among, number) else Count(of, Op(found), number, among)


def _read_group(value: dict[str, Any], at: At, depth: int, of_script: bool) -> Any:
    kind = "all" if "all" in value else "any"
    refuse_unknown_keys(value, (kind,), at)
    place, parts = at.down(kind), value[kind]
    if not isinstance(parts, list):
        place.expected(
            parts, zh="条件的列表", en="a list of conditions", cure_zh="请写作 [..]。", cure_en="Write [..]."
        )
        return BAD
    read = tuple(_read(part, place.down(index), depth + 1, of_script) for index, part in enumerate(parts))
    if any(part is BAD for part in read):
        return BAD
    return AllOf(read) if kind == "all" else AnyOf(read)


def _read_not(value: dict[str, Any], at: At, depth: int, of_script: bool) -> Any:
    refuse_unknown_keys(value, ("not",), at)
    part = _read(value["not"], at.down("not"), depth + 1, of_script)
    return BAD if part is BAD else Not(part)


def _read_always(value: dict[str, Any], at: At, depth: int, of_script: bool) -> Any:
    refuse_unknown_keys(value, ("always",), at)
    if value["always"] is True:
        return Always()
    at.down("always").expected(
        value["always"],
        zh="true",
        en="true",
        cure_zh="永不成立请写 {any = []}。",
        cure_en="Write {any = []} for never.",
    )
    return BAD


def allowed(of_script: bool) -> tuple[Quantity, ...]:
    return tuple(Quantity) if of_script else PLAN_QUANTITIES


_READERS: dict[str, Callable[[dict[str, Any], At, int, bool], Any]] = {
    "fact": _read_fact,
    "elapsed": _read_elapsed,
    "count": _read_count,
    "all": _read_group,
    "any": _read_group,
    "not": _read_not,
    "always": _read_always,
}


def _write(condition: Condition) -> dict[str, Any]:
    match condition:
        case Always():
            return {"always": True}
        case Compare(fact=fact, op=op, value=tuple() as values):
            return {"fact": fact, op.value: [FactValue().write(value) for value in values]}
        case Compare(fact=fact, op=op, value=value):
            return {"fact": fact, op.value: FactValue().write(value)}
        case Elapsed(since=since, atleast=atleast):
            return {"elapsed": since, "atleast": Span().write(atleast)}
        case Count(of=of, op=op, value=value, among=among):
            return {"count": of.value, op.value: value, **({"among": list(among)} if among else {})}
        case AllOf(of=parts):
            return {"all": [_write(part) for part in parts]}
        case AnyOf(of=parts):
            return {"any": [_write(part) for part in parts]}
        case Not(of=part):
            return {"not": _write(part)}


def _schema(defs: Defs, of_script: bool) -> Schema:
    again: Schema = {"$ref": "#/$defs/condition"}
    group = {"type": "array", "items": again}
    number = {"type": "number"}
    value = FactValue().schema(defs)
    by_op: dict[str, Schema] = {
        op.value: number if op in ORDERED else {"type": "array", "items": value} if op is Op.IN else value for op in Op
    }
    whole = Number(is_whole=True).schema(defs)

    def table(properties: dict[str, Schema], required: list[str]) -> Schema:
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

    counted = {"count": OneOf(Quantity, allowed(of_script)).schema(defs), "among": ListOf(Slug()).schema(defs)}
    kinds = [table({"fact": Slug().schema(defs), op: one}, ["fact", op]) for op, one in by_op.items()]
    kinds += [table({**counted, op: whole}, ["count", op]) for op in OPERATORS if op != Op.IN]
    kinds += [
        table(
            {"elapsed": Moment(of_script=of_script).schema(defs), "atleast": Span().schema(defs)},
            ["elapsed", "atleast"],
        ),
        table({"all": group}, ["all"]),
        table({"any": group}, ["any"]),
        table({"not": again}, ["not"]),
        table({"always": {"const": True}}, ["always"]),
    ]
    return {"description": "条件。 A condition.", "anyOf": kinds}
