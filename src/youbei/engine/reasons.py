"""Say why a condition holds, does not hold, or is not decided: one line for each thing it asks, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import NamedTuple

from youbei.engine.conditions import (
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
    Truth,
    Value,
    View,
    evaluate,
    negate,
)
from youbei.engine.spans import word_span
from youbei.engine.text import Text

Describe = Callable[[str, Value], Text]


class Line(NamedTuple):
    """One thing that a condition asks, as it stands, and whether it counts for it; None is not known."""

    text: Text
    truth: Truth


SIGNS: Mapping[Op, Text] = {
    Op.EQ: Text("=", "="),
    Op.NE: Text("≠", "≠"),
    Op.GT: Text(">", ">"),
    Op.GTE: Text("≥", "≥"),
    Op.LT: Text("<", "<"),
    Op.LTE: Text("≤", "≤"),
    Op.IN: Text("属于", "is one of"),
}
QUANTITIES: Mapping[Quantity, Text] = {
    Quantity.STEPS_OPEN: Text("进行中的任务数", "steps open"),
    Quantity.STEPS_FINISHED: Text("已完成的任务数", "steps finished"),
    Quantity.STEPS_LATE: Text("超时的任务数", "steps late"),
    Quantity.NEEDS_OPEN: Text("未满足的需求数", "needs open"),
    Quantity.NEEDS_MET: Text("已满足的需求数", "needs met"),
    Quantity.NEEDS_SHORT: Text("资源短缺的需求数", "needs short"),
    Quantity.TEAMS_ASSIGNED: Text("已调派的队伍数", "teams assigned"),
    Quantity.TEAMS_ARRIVED: Text("已到达的队伍数", "teams arrived"),
    Quantity.INJECTS_FIRED: Text("已触发的注入数", "injects fired"),
    Quantity.INJECTS_SKIPPED: Text("已跳过的注入数", "injects skipped"),
    Quantity.ACTIONS_MET: Text("已完成的预期行动数", "expected actions met"),
    Quantity.ACTIONS_LATE: Text("超时的预期行动数", "expected actions late"),
    Quantity.ACTIONS_MISSED: Text("未完成的预期行动数", "expected actions missed"),
}
MOMENTS: Mapping[str, Text] = {
    "occurred": Text("事发", "it occurred"),
    "known": Text("接报", "it became known"),
    "activation": Text("启动预案", "the plan was activated"),
    "level": Text("级别变更", "the level changed"),
    "ended": Text("响应终止", "the response ended"),
    "opened": Text("下达", "opened"),
    "finished": Text("完成", "finished"),
}


def explain(
    condition: Condition,
    view: View,
    *,
    names: Mapping[str, Text] | None = None,
    describe: Describe | None = None,
) -> tuple[Line, ...]:
    """Return a line for each leaf of a condition, left to right; under `not` a line counts the other way round.

    `names` are the facts' names by key; `describe` words the value of a fact, for units and codes.
    """
    return tuple(lines(condition, view, names or {}, describe or plain_value))


def grounds(
    condition: Condition,
    view: View,
    *,
    names: Mapping[str, Text] | None = None,
    describe: Describe | None = None,
) -> tuple[Text, ...]:
    """Return what makes a true condition true: every part that it rests on, and none that it could do without."""
    match condition:
        case AllOf(of=parts):
            resting = parts
        case AnyOf(of=parts):
            resting = tuple(part for part in parts if evaluate(part, view) is True)
        case _:
            return tuple(line.text for line in explain(condition, view, names=names, describe=describe))
    return tuple(text for part in resting for text in grounds(part, view, names=names, describe=describe))


def lines(
    condition: Condition, view: View, names: Mapping[str, Text], describe: Describe, *, is_negated: bool = False
) -> list[Line]:
    match condition:
        case AllOf(of=parts) | AnyOf(of=parts):
            return [line for part in parts for line in lines(part, view, names, describe, is_negated=is_negated)]
        case Not(of=part):
            return lines(part, view, names, describe, is_negated=not is_negated)
        case leaf:
            truth = evaluate(leaf, view)
            text = word_leaf(leaf, view, names, describe)
            if not is_negated:
                return [Line(text, truth)]
            return [Line(Text(f"并非：{text.zh}", f"not: {text.en}"), negate(truth))]


def word_leaf(
    leaf: Always | Compare | Elapsed | Count, view: View, names: Mapping[str, Text], describe: Describe
) -> Text:
    match leaf:
        case Compare():
            return word_comparison(leaf, view.fact(leaf.fact), names, describe)
        case Elapsed():
            return word_elapsed(leaf, view)
        case Count(of=of, op=op, value=value, among=among):
            name, now = QUANTITIES[of], view.count(of, among)
            return Text(
                f"{name.zh} {SIGNS[op].zh} {value}（现为 {now}）", f"{name.en} {SIGNS[op].en} {value} (now {now})"
            )
    return Text("无条件", "without condition")


def word_comparison(leaf: Compare, known: Value | None, names: Mapping[str, Text], describe: Describe) -> Text:
    name = names.get(leaf.fact) or Text(leaf.fact, leaf.fact)
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    wanted = [describe(leaf.fact, value) for value in values]
    zh = "、".join(value.in_language("zh") for value in wanted)
    en = ", ".join(value.in_language("en") for value in wanted)
    now = Text("尚不明", "not known")
    if known is not None:
        told = describe(leaf.fact, known)
        now = Text(f"现为 {told.in_language('zh')}", f"now {told.in_language('en')}")
    sign = SIGNS[leaf.op]
    return Text(
        f"{name.in_language('zh')} {sign.zh} {zh}（{now.zh}）", f"{name.in_language('en')} {sign.en} {en} ({now.en})"
    )


def word_elapsed(leaf: Elapsed, view: View) -> Text:
    name, start = word_moment(leaf.since), view.moment(leaf.since)
    atleast = word_span(leaf.atleast)
    if start is None:
        return Text(f"自{name.zh}起满 {atleast.zh}（尚未发生）", f"{atleast.en} since {name.en} (has not happened)")
    passed = word_span(max(timedelta(0), view.now - start))
    return Text(
        f"自{name.zh}起满 {atleast.zh}（已过 {passed.zh}）", f"{atleast.en} since {name.en} (so far {passed.en})"
    )


def word_moment(moment: str) -> Text:
    """Word a moment; steps are named by their id, levels by number."""
    if moment.startswith("step:"):
        step, _, what = moment.removeprefix("step:").rpartition(":")
        known = MOMENTS.get(what, Text(what, what))
        return Text(f"任务“{step}”{known.zh}", f"step {step} was {known.en}")
    if moment.startswith("level:"):
        number = moment.removeprefix("level:")
        return Text(f"达到 {number} 级", f"level {number} was reached")
    return MOMENTS.get(moment, Text(moment, moment))


def plain_value(key: str, value: Value) -> Text:
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    return Text(str(value), str(value))


def word_condition(
    condition: Condition, *, names: Mapping[str, Text] | None = None, describe: Describe | None = None
) -> Text:
    """Say what a condition asks as one phrase, apart from any incident."""
    return phrase(condition, names or {}, describe or plain_value)


def phrase(condition: Condition, names: Mapping[str, Text], describe: Describe) -> Text:
    match condition:
        case AllOf(of=parts):
            return joined([inner_phrase(part, names, describe) for part in parts], Text("，且 ", " and "))
        case AnyOf(of=parts):
            return joined([inner_phrase(part, names, describe) for part in parts], Text("，或 ", " or "))
        case Not(of=part):
            inner = phrase(part, names, describe)
            return Text(f"并非（{inner.zh}）", f"not ({inner.en})")
        case Compare(fact=fact, op=op, value=value):
            name, sign = names.get(fact) or Text(fact, fact), SIGNS[op]
            wanted = joined([describe(fact, one) for one in (value if isinstance(value, tuple) else (value,))], COMMA)
            if op is Op.EQ and isinstance(value, bool):
                return Text(f"{name.zh}：{wanted.zh}", f"{name.in_language('en')}: {wanted.en}")
            return Text(f"{name.zh} {sign.zh} {wanted.zh}", f"{name.in_language('en')} {sign.en} {wanted.en}")
        case Elapsed(since=since, atleast=atleast):
            name, span = word_moment(since), word_span(atleast)
            return Text(f"自{name.zh}起满 {span.zh}", f"{span.en} since {name.en}")
        case Count(of=of, op=op, value=value, among=among):
            name = QUANTITIES[of]
            where = f" ({', '.join(among)})" if among else ""
            return Text(f"{name.zh}{where} {SIGNS[op].zh} {value}", f"{name.en}{where} {SIGNS[op].en} {value}")
    return Text("无条件", "without condition")


COMMA = Text("、", ", ")


def inner_phrase(part: Condition, names: Mapping[str, Text], describe: Describe) -> Text:
    """Say a part of a larger condition; what is itself joined goes into brackets."""
    said = phrase(part, names, describe)
    if isinstance(part, (AllOf, AnyOf)) and len(part.of) > 1:
        return Text(f"（{said.zh}）", f"({said.en})")
    return said


def joined(parts: list[Text], between: Text) -> Text:
    return Text(between.zh.join(part.zh for part in parts), between.en.join(part.en for part in parts))
