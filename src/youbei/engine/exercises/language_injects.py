"""The language of injects: when one comes, what all have, what is expected after it, and the keys of its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from youbei.engine.exercises import model
from youbei.engine.exercises.injects import INJECTS
from youbei.engine.plans.conditions_data import ConditionShape, Moment
from youbei.engine.plans.language_steps import SLUGS
from youbei.engine.plans.problems import At, meant
from youbei.engine.plans.shapes import BAD, Defs, ListOf, Record, Schema, key
from youbei.engine.plans.values import Span
from youbei.engine.plans.words import Bilingual, Line, OneOf, Slug

TEXT = Bilingual()
CONDITION = ConditionShape(of_script=True)
CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day on the clock of the scenario."""

    def read(self, value: Any, at: At) -> Any:
        if isinstance(value, str) and CLOCK.fullmatch(value):
            return value
        at.expected(value, zh="钟点", en="a time of day", cure_zh="请写作 09:30。", cure_en="Write it like 09:30.")
        return BAD

    def write(self, value: str) -> str:
        return value

    def schema(self, defs: Defs) -> Schema:
        return {"type": "string", "pattern": f"^{CLOCK.pattern}$"}


TIMING = Record(
    model.Timing,
    (
        key("clock", ClockTime(), "情景时钟的钟点。", "Time on the clock of the scenario."),
        key("since", Moment(of_script=True), "从哪个时刻起算。", "Moment from which the delay counts."),
        key("delay", Span(), "等待多久。", "Time to wait."),
        key("after", SLUGS, "须先触发的注入。", "Injects that must have fired."),
        key("when", CONDITION, "须成立的条件。", "Condition that must hold."),
        key("unless", CONDITION, "成立则跳过。", "Skipped where this holds first."),
    ),
)
ACTION = Record(
    model.ExpectedAction,
    (
        key("id", Slug(), "预期行动的标识符。", "Identifier of the action.", required=True),
        key("title", TEXT, "应做什么。", "What is to be done.", required=True),
        key("within", Span(), "多久之内。", "Within what after the inject.", required=True),
        key("who", Slug(), "由哪个岗位。", "By which post."),
        key("step", Slug(), "完成此步骤即为完成。", "Done when this step of the plan is."),
        key("done", CONDITION, "如何算完成；与 step 都不写则由评估员确认。", "Done when this holds; else observed."),
        key("objective", Slug(), "所属目标；默认随注入。", "Objective; by default that of the inject."),
    ),
)
COMMON = (
    key("id", Slug(), "注入的标识符。", "Identifier of the inject.", required=True),
    key("kind", Line(), "注入种类。", "Kind of inject.", required=True),
    key("title", TEXT, "名称。", "Title.", required=True),
    key("type", OneOf(model.InjectType), "信息、预期行动或备用。", "Informational, expected or contingency."),
    key("at", TIMING, "何时触发。", "When it fires."),
    key("objective", Slug(), "所属目标。", "Objective that it serves."),
    key("expects", ListOf(ACTION), "预期行动。", "Expected actions."),
    key("controller", TEXT, "导调员。", "Controller who brings it."),
    key("notes", TEXT, "导调说明。", "Notes for controllers."),
)


@cache
def inject_record(kind: str) -> Record:
    """Return the table of injects of one kind: what all have, and what this kind has."""
    found = INJECTS[kind]
    own = {one.name for one in found.keys}

    def join(values: dict[str, Any]) -> model.Inject:
        content = found.content(**{name: values.pop(name) for name in list(values) if name in own})
        return model.Inject(**values, content=content)

    def split(inject: model.Inject) -> dict[str, Any]:
        common = {one.name: getattr(inject, one.name) for one in COMMON}
        return common | {name: getattr(inject.content, name) for name in own}

    return Record(model.Inject, (*COMMON, *found.keys), join=join, split=split)


@dataclass(frozen=True, slots=True)
class InjectShape:
    """One inject, with the keys of its kind."""

    def read(self, value: Any, at: At) -> Any:
        kind = value.get("kind") if isinstance(value, dict) else None
        if isinstance(kind, str) and kind in INJECTS:
            return inject_record(kind).read(value, at)
        cure = meant(kind if isinstance(kind, str) else "", INJECTS)
        at.down("kind").expected(kind, zh="注入种类", en="a kind of inject", cure_zh=cure.zh, cure_en=cure.en)
        return BAD

    def write(self, value: model.Inject) -> dict[str, Any]:
        written = inject_record(value.kind).write(value)
        usual = {one.key for one in INJECTS[value.kind].keys if is_usual(value.content, one.name)}
        return {name: part for name, part in written.items() if name not in usual}

    def schema(self, defs: Defs) -> Schema:
        kinds = []
        for kind in INJECTS:
            table = inject_record(kind).schema(defs)
            table["properties"]["kind"] = {"const": kind}
            kinds.append(table)
        return {"anyOf": kinds}


def is_usual(content: model.Content, name: str) -> bool:
    """Return whether an attribute of a content is as by default, so that it need not be written."""
    fields: dict[str, Any] = type(content).__dataclass_fields__  # type: ignore[attr-defined]
    return bool(getattr(content, name) == fields[name].default)
