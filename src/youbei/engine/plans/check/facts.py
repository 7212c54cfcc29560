"""Facts: do conditions and scenarios ask for facts that exist, with values that they take?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from youbei.engine.conditions import ORDERED, AllOf, AnyOf, Compare, Condition, Not, Op, Value
from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.known import FactKind
from youbei.engine.plans.check.study import Study, found, unknown_name
from youbei.engine.plans.problems import meant
from youbei.engine.text import Text

UNKNOWN_FACT = explain(
    "E901",
    ("未知的情况", "Unknown fact"),
    (
        "条件或情景用到的情况不在情况目录中，没有人会填报它，条件永远未知。",
        "The fact is not in the catalogue: nobody can report it, and the condition stays unknown.",
    ),
    ("请改正名称。", "Correct the name."),
)
WRONG_VALUE = explain(
    "E902",
    ("取值与情况的类型不符", "Value of the wrong type"),
    (
        "与情况的类型不符的值不会相等，也比不出大小。",
        "A value of another type than the fact's never equals it and has no order.",
    ),
    ("请按情况目录的类型填写。", "Give a value of the fact's type."),
)
UNKNOWN_CHOICE = explain(
    "E903",
    ("取值不在选项中", "Value that is no choice"),
    ("该情况只取目录所列的几个值。", "The fact takes only the values that the catalogue lists."),
    ("请改正取值。", "Correct the value."),
)
EMPTY_GROUP = explain(
    "W904",
    ("空的条件组", "Empty group of conditions"),
    (
        "空的 all 总成立，空的 any 永不成立，多半是漏写。",
        "An empty all always holds and an empty any never; one was probably forgotten.",
    ),
    ("请补写条件，或删去。", "Write its parts, or remove it."),
)
UNKNOWN_HAZARD = explain(
    "E905",
    ("未知的事件种类", "Unknown kind of incident"),
    (
        "所写的事件种类不在目录中，接报时不会建议启动本预案。",
        "The kind is not in the catalogue, so no report will propose this plan.",
    ),
    ("请改正名称。", "Correct the name."),
)

CODES = (UNKNOWN_FACT, WRONG_VALUE, UNKNOWN_CHOICE, EMPTY_GROUP, UNKNOWN_HAZARD)

FACT = Text(zh="情况", en="fact")


def check_facts(study: Study) -> Iterator[Finding]:
    if study.known.facts is not None:
        yield from _compared(study, study.known.facts)
        yield from _stated(study, study.known.facts)
    for place, condition in study.conditions:
        if place != "end.when" and _has_empty_group(condition):
            yield found(EMPTY_GROUP, place, "这个条件里有一个空的条件组。", "The condition holds an empty group.")
    hazards = study.known.hazards
    for index, hazard in enumerate(study.plan.hazards):
        if hazards is not None and hazard not in hazards:
            what = Text(zh="事件种类", en="kind of incident")
            yield unknown_name(UNKNOWN_HAZARD, f"hazards[{index}]", what, hazard, hazards)


def _compared(study: Study, known: Mapping[str, FactKind]) -> Iterator[Finding]:
    for place, leaf in study.leaves:
        if isinstance(leaf, Compare) and leaf.fact not in known:
            yield unknown_name(UNKNOWN_FACT, place, FACT, leaf.fact, known)
        elif isinstance(leaf, Compare):
            yield from _compare(place, leaf, known[leaf.fact])


def _stated(study: Study, known: Mapping[str, FactKind]) -> Iterator[Finding]:
    for scenario in study.plan.scenarios:
        for index, fact in enumerate(scenario.facts):
            place = f"scenarios.{scenario.id}.facts[{index}]"
            if fact.key not in known:
                yield unknown_name(UNKNOWN_FACT, place, FACT, fact.key, known)
            else:
                yield from _value(place, fact.key, fact.value, known[fact.key])


def _compare(place: str, leaf: Compare, kind: FactKind) -> Iterator[Finding]:
    if leaf.op in ORDERED and kind.type not in ("integer", "number"):
        yield found(
            WRONG_VALUE,
            place,
            f"“{leaf.fact}”不是数，不能比大小。",
            f'"{leaf.fact}" is not a number and has no order.',
            Text(zh="请用 eq、ne 或 in。", en="Use eq, ne or in."),
        )
        return
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    for value in values if leaf.op is Op.IN or not isinstance(leaf.value, tuple) else ():
        yield from _value(place, leaf.fact, value, kind)


def _value(place: str, key: str, value: Value, kind: FactKind) -> Iterator[Finding]:
    if not _fits(value, kind):
        words = {
            "integer": Text(zh="整数", en="a whole number"),
            "number": Text(zh="数", en="a number"),
            "boolean": Text(zh="true 或 false", en="true or false"),
        }
        wanted = words.get(kind.type, Text(zh="代码", en="a code"))
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        yield found(
            WRONG_VALUE,
            place,
            f"“{key}”应为{wanted.zh}，这里是“{shown}”。",
            f'"{key}" takes {wanted.en}, not "{shown}".',
        )
    elif kind.choices and value not in kind.choices:
        yield found(
            UNKNOWN_CHOICE,
            place,
            f"“{key}”没有“{value}”这个选项。",
            f'"{key}" has no choice "{value}".',
            meant(str(value), sorted(kind.choices)),
        )


def _fits(value: Value, kind: FactKind) -> bool:
    if kind.type == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind.type == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return isinstance(value, (int, float)) if kind.type == "number" else isinstance(value, str)


def _has_empty_group(condition: Condition) -> bool:
    match condition:
        case AllOf(of=parts) | AnyOf(of=parts):
            return not parts or any(_has_empty_group(part) for part in parts)
        case Not(of=part):
            return _has_empty_group(part)
        case _:
            return False
