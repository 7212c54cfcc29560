"""The plan language of steps: what starts one, its deadline, how long it takes, what it needs and whom it tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from youbei.engine.conditions import AnyOf
from youbei.engine.plans import model
from youbei.engine.plans.conditions_data import ConditionShape, Moment
from youbei.engine.plans.problems import At, meant
from youbei.engine.plans.shapes import BAD, Defs, ListOf, Record, Schema, key
from youbei.engine.plans.values import LARGEST_INTEGER, Number, Span
from youbei.engine.plans.words import Bilingual, LevelName, Line, OneOf, Slug

SLUGS = ListOf(Slug())
CONDITION = ConditionShape()
TEXT = Bilingual()

WORDS = (model.Done.CONFIRMED, model.Done.NEEDS_ARRIVED)


@dataclass(frozen=True, slots=True)
class DoneShape:
    """How a step is known to be done: `confirmed`, `needs_arrived`, or a condition."""

    def read(self, value: Any, at: At) -> Any:
        if isinstance(value, dict):
            return ConditionShape().read(value, at)
        if isinstance(value, str) and value in WORDS:
            return model.Done(value)
        cure = meant(value if isinstance(value, str) else "", WORDS)
        at.expected(
            value,
            zh="confirmed、needs_arrived 或一个条件",
            en="confirmed, needs_arrived or a condition",
            cure_zh=cure.zh,
            cure_en=cure.en,
        )
        return BAD

    def write(self, value: Any) -> Any:
        return value.value if isinstance(value, model.Done) else ConditionShape().write(value)

    def schema(self, defs: Defs) -> Schema:
        return {"anyOf": [{"enum": list(WORDS)}, ConditionShape().schema(defs)]}


def _join_step(values: dict[str, Any]) -> model.Step:
    done = values.pop("done", model.Done.CONFIRMED)
    if isinstance(done, model.Done):
        return model.Step(**values, done=done)
    return model.Step(**values, done=model.Done.CONDITION, done_when=done)


def _split_step(step: model.Step) -> dict[str, Any]:
    values = {key.name: getattr(step, key.name) for key in STEP_KEYS}
    if step.done is model.Done.CONDITION:
        values["done"] = step.done_when or AnyOf(())
    return values


START = Record(
    model.Start,
    (
        key("after", SLUGS, "须全部完成的步骤。", "Steps that must all be finished."),
        key("after_any", SLUGS, "完成其一即可的步骤。", "Steps of which one must be finished."),
        key("when", CONDITION, "须成立的条件。", "Condition that must be true."),
        key("since", Moment(), "从哪个时刻起算。", "Moment from which the delay counts."),
        key("delay", Span(), "等待多久。", "Time to wait."),
    ),
)

DEADLINE = Record(
    model.Deadline,
    (
        key("limit", Span(), "时限。", "The limit.", required=True),
        key("since", Moment(("opened",)), "从哪个时刻起算。", "Moment from which it counts.", written=True),
        key("rule", Line(), "规定此时限的规则。", "Rule of law that asks for it."),
    ),
)

DURATION = Record(
    model.Duration,
    (
        key("shape", OneOf(model.DurationShape), "分布形状。", "Shape of the distribution."),
        key("low", Span(), "最短。", "Shortest, for triangular."),
        key("likely", Span(), "最可能值；对数正态的中位数。", "Most likely; the median for lognormal."),
        key("high", Span(), "最长。", "Longest, for triangular."),
        key("spread", Number(0, 1000), "几何标准差，大于 1。", "Geometric standard deviation, above 1, for lognormal."),
        key("source", OneOf(model.DurationSource), "数据从何而来。", "Where the figure comes from.", written=True),
        key("note", TEXT, "说明。", "Remark."),
    ),
)

NEED = Record(
    model.Need,
    (
        key("id", Slug(), "需求的标识符。", "Identifier of the need.", required=True),
        key("capability", Line(), "队伍须具备的能力。", "Capability the teams must have."),
        key("count", Number(0, 100_000, is_whole=True), "队伍数量。", "Number of teams."),
        key("item", Line(), "物资品种。", "Item of stock."),
        key("quantity", Number(0, LARGEST_INTEGER), "物资数量，按其计量单位。", "Quantity in the item's unit."),
        key("place", Line(), "地点：incident 或场所代码。", "Place: incident, or a site's code."),
        key("within", Span(), "步骤下达后多久须到位。", "Limit, counted from the opening of the step."),
    ),
)

TELL = Record(
    model.Tell,
    (
        key(
            "to",
            Line(),
            "通知谁：岗位、public 或登记册代码。",
            "Whom: a post, public, or a register code.",
            required=True,
        ),
        key("message", TEXT, "内容。", "What.", required=True),
    ),
)

REPORT = Record(
    model.ReportUp,
    (
        key("to", Line(), "报告谁。", "To whom.", required=True),
        key("content", TEXT, "内容。", "What.", required=True),
        key("rule", Line(), "要求报告的规则。", "Rule of law that asks for it."),
    ),
)

CLIMB = Record(
    model.Climb,
    (
        key("after", Span(), "超时多久之后。", "How long past the deadline.", required=True),
        key("to", OneOf(model.ClimbTo), "催告谁。", "Who is told.", required=True),
    ),
)

STEP_KEYS = (
    key("id", Slug(), "步骤的标识符。", "Identifier of the step.", required=True),
    key("title", TEXT, "名称。", "Title.", required=True),
    key("owner", Slug(), "负责的岗位。", "Post that owns it.", required=True),
    key("from_level", LevelName(), "从哪一级起执行。", "Level from which on it is done."),
    key("clause", Line(), "所依据的章节号。", "Clause of the plan's text it carries out."),
    key("phase", OneOf(model.Phase), "响应或后期处置。", "Response or recovery."),
    key("start", START, "何时开始。", "What starts it."),
    key("within", DEADLINE, "时限。", "Its deadline."),
    key("takes", DURATION, "需要多久。", "How long it takes."),
    key("needs", ListOf(NEED), "需要的资源。", "What it needs."),
    key("tells", ListOf(TELL), "下达时通知谁。", "Whom it tells when it opens."),
    key("reports", ListOf(REPORT), "完成时向谁报告。", "What it reports upward when finished."),
    key("card", TEXT, "应急处置卡。", "Text of its response card."),
    key("done", DoneShape(), "如何算完成。", "How it is known to be done."),
    key("late", ListOf(CLIMB), "超时后逐级催告。", "Who is told when it is late."),
)
STEP = Record(model.Step, STEP_KEYS, join=_join_step, split=_split_step)
