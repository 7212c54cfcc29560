"""Read a rule from TOML. What is wrong with the text is said in a sentence: which rule, where, what, and the cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from youbei.engine.conditions import AllOf, Always, AnyOf, Compare, Condition, Not, Op
from youbei.engine.errors import Refused
from youbei.engine.rules.kinds import Body, Codes, Complete, Deadlines, DueStep, Grade, Grading, Part
from youbei.engine.rules.rule import DatedValue, Evidence, Example, Remark, Rule, RuleKind, Source
from youbei.engine.text import Text

DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")
FEWEST_EXAMPLES = 3


class RuleUnreadable(Refused):
    """Refuse a rule's text; the sentence names the rule and the place in it."""

    status = 422


class Table:
    """A table of the file with its place, so that every error can say where it is; `end` refuses what nobody took."""

    def __init__(self, data: object, place: str) -> None:
        self.place = place
        if not isinstance(data, dict):
            raise self.wrong("这里应是一个表。", "a table is expected here.")
        self.data: dict[str, Any] = dict(data)

    def wrong(self, zh: str, en: str, *, at: str = "") -> RuleUnreadable:
        place = f"{self.place}.{at}" if at else self.place
        return RuleUnreadable(zh=f"规则 {place}：{zh}", en=f"Rule {place}: {en}")

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """Take out a value of a kind; without default it must be there."""
        if key not in self.data:
            if default is None:
                raise self.wrong(f"缺少“{key}”。请补上。", f"{key} is missing. Add it.", at=key)
            return default
        value = self.data.pop(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise self.wrong(f"“{key}”的类型不对：{value!r}。", f"{key} has the wrong type: {value!r}.", at=key)
        return value

    def text(self, key: str, *, is_optional: bool = False) -> Text:
        return Text.from_data(self.take(key, (dict, str), "" if is_optional else None))

    def tables(self, key: str) -> list[Table]:
        found = self.take(key, list, [])
        return [Table(one, f"{self.place}.{key}[{index}]") for index, one in enumerate(found)]

    def condition(self, key: str) -> Condition:
        return read_condition(self.take(key, dict, {"always": True}), self, key)

    def end(self) -> None:
        if self.data:
            unknown = ", ".join(sorted(self.data))
            raise self.wrong(f"没有“{unknown}”这样的键。请删去或改正。", f"unknown keys: {unknown}. Remove or correct.")


def read_rule(text: str, *, name: str) -> Rule:
    """Read one rule; `name` is the file's, for messages. Raise `RuleUnreadable` for whatever is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleUnreadable(
            zh=f"规则文件 {name} 不是正确的 TOML：{error}。", en=f"Rule file {name} is not correct TOML: {error}."
        ) from None
    table = Table(data, name)
    rule_id = table.take("id", str)
    table.place = rule_id
    kind = one_of(table, "kind", RuleKind)
    rule = Rule(
        id=rule_id,
        kind=kind,
        title=table.text("title"),
        source=read_source(Table(table.take("source", dict), f"{rule_id}.source")),
        values=tuple(read_value(one, kind) for one in table.tables("values")),
        examples=tuple(read_example(one) for one in table.tables("examples")),
        is_confirmed=table.take("is_confirmed", bool),
        jurisdiction=table.take("jurisdiction", str, "cn"),
        scale=table.take("scale", str, rule_id),
        needs_check=table.take("needs_check", bool, False),
        note=table.text("note", is_optional=True),
        remarks=tuple(read_remark(one) for one in table.tables("remarks")),
        sums={name: tuple(parts) for name, parts in table.take("sums", dict, {}).items()},
    )
    table.end()
    check_values(rule, table)
    check_examples(rule, table)
    return rule


def one_of(table: Table, key: str, kinds: Any) -> Any:
    word = table.take(key, str)
    try:
        return kinds(word)
    except ValueError:
        known = ", ".join(kinds)
        raise table.wrong(
            f"不认识“{word}”。可用：{known}。", f"{word} is unknown. Use one of {known}.", at=key
        ) from None


def read_source(table: Table) -> Source:
    source = Source(
        title=table.text("title"),
        number=table.take("number", str, ""),
        evidence=one_of(table, "evidence", Evidence),
        read_on=table.take("read_on", date),
    )
    table.end()
    return source


def read_value(table: Table, kind: RuleKind) -> DatedValue:
    value = DatedValue(
        starts_on=table.take("from", date),
        ends_on=table.data.pop("until", None),
        is_start_known=table.take("is_start_known", bool, True),
        citation=table.text("citation"),
        body=BODIES[kind](table),
    )
    table.end()
    return value


def read_example(table: Table) -> Example:
    example = Example(on=table.take("on", date), given=table.take("given", dict, {}), expect=table.take("expect", dict))
    table.end()
    return example


def read_remark(table: Table) -> Remark:
    return Remark(when=table.condition("when"), text=table.text("text"))


def read_grading(table: Table) -> Grading:
    grades = []
    for severity, one in enumerate(table.tables("grades"), start=1):
        grade = Grade(
            code=one.take("code", str),
            title=one.text("title"),
            severity=one.take("severity", int, severity),
            when=one.condition("when"),
        )
        one.end()
        grades.append(grade)
    return Grading(tuple(grades))


def read_deadlines(table: Table) -> Deadlines:
    return Deadlines(table.take("duty", str), tuple(read_due_step(one) for one in table.tables("steps")))


def read_due_step(table: Table) -> DueStep:
    wording = table.text("wording", is_optional=True)
    within = table.take("within", str, "")
    if not within and not wording:
        raise table.wrong("时限与法条措辞至少写一个。", "give within, or the wording of the law.", at="within")
    step = DueStep(
        trigger=table.take("trigger", str),
        actor=table.text("actor"),
        to=table.text("to"),
        within=read_duration(within, table) if within else None,
        is_working_days=table.take("is_working_days", bool, False),
        wording=wording,
        article=table.text("article", is_optional=True),
        when=table.condition("when"),
    )
    table.end()
    return step


def read_complete(table: Table) -> Complete:
    parts = []
    for one in table.tables("parts"):
        parts.append(Part(one.take("code", str), one.text("title"), one.take("is_required", bool, True)))
        one.end()
    return Complete(object=table.take("object", str), parts=tuple(parts), plan_kind=table.take("plan_kind", str, ""))


def read_codes(table: Table) -> Codes:
    return Codes({one.take("code", str): one.text("title") for one in table.tables("codes")})


BODIES: Mapping[RuleKind, Callable[[Table], Body]] = {
    RuleKind.GRADING: read_grading,
    RuleKind.DEADLINE: read_deadlines,
    RuleKind.COMPLETE: read_complete,
    RuleKind.CODES: read_codes,
}


def read_duration(text: str, table: Table) -> timedelta:
    found = DURATION.match(text)
    if not found or text in ("P", "PT") or text.endswith("T"):
        raise table.wrong(
            f"“{text}”不是时限；写法如 PT1H、P15D。", f"{text} is no duration; write PT1H or P15D.", at="within"
        )
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def read_condition(data: object, table: Table, place: str) -> Condition:
    """Read a condition over facts; elapsed time and counts have no meaning in a rule and are refused."""
    if isinstance(data, dict):
        match data:
            case {"always": True, **rest} if not rest:
                return Always()
            case {"all": [*parts], **rest} if not rest:
                return AllOf(tuple(read_condition(part, table, f"{place}.all") for part in parts))
            case {"any": [*parts], **rest} if not rest:
                return AnyOf(tuple(read_condition(part, table, f"{place}.any") for part in parts))
            case {"not": part, **rest} if not rest:
                return Not(read_condition(part, table, f"{place}.not"))
            case {"fact": str(fact), **rest} if len(rest) == 1:
                ((op, value),) = rest.items()
                if op in tuple(Op):
                    return Compare(fact, Op(op), tuple(value) if isinstance(value, list) else value)
    raise table.wrong(
        f'看不懂条件 {data!r}；写法如 {{fact="deaths", gte=3}} 或 {{any=[…]}}。',
        f'cannot read the condition {data!r}; write {{fact="deaths", gte=3}} or {{any=[...]}}.',
        at=place,
    )


def check_values(rule: Rule, table: Table) -> None:
    """Refuse a rule without value, or with periods that end before they start or overlap."""
    if not rule.values:
        raise table.wrong("至少要有一个带日期的取值。", "it has no dated value. Add one.", at="values")
    for value in rule.values:
        if value.ends_on is not None and value.ends_on <= value.starts_on:
            raise table.wrong(
                f"{value.starts_on} 起的取值在开始前就已结束。",
                f"the value from {value.starts_on} ends before it starts.",
            )
    for one, other in pairwise(sorted(rule.values, key=lambda value: value.starts_on)):
        if one.ends_on is None or one.ends_on > other.starts_on:
            raise table.wrong(
                f"{one.starts_on} 与 {other.starts_on} 起的两个取值在时间上重叠。",
                f"the values from {one.starts_on} and {other.starts_on} overlap. Set until.",
            )


def check_examples(rule: Rule, table: Table) -> None:
    """Refuse a rule that does not show itself: before it was in force, on its first day, and after."""
    first = min(value.starts_on for value in rule.values)
    days = [example.on for example in rule.examples]
    shows = (any(day < first for day in days), first in days, any(day > first for day in days))
    if len(days) < FEWEST_EXAMPLES or not all(shows):
        raise table.wrong(
            f"至少要有三个示例：生效前、生效当日（{first}）和生效后各一个。",
            f"it needs at least three examples: before it was in force, on its first day ({first}), and after.",
            at="examples",
        )
