"""The plan language: which keys a plan file has, what each fills in the model, and what it means.

This one table makes the reader, the writer and the published schema. It stands in the order in which plans are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from youbei.engine.conditions import AnyOf
from youbei.engine.places import Point
from youbei.engine.plans import model
from youbei.engine.plans.conditions_data import ConditionShape, Moment
from youbei.engine.plans.problems import At, meant
from youbei.engine.plans.shapes import BAD, Defs, Field, ListOf, Record, Schema, Shape
from youbei.engine.plans.values import LARGEST_INTEGER, Day, FactValue, Flag, Number, Span
from youbei.engine.plans.words import Bilingual, LevelName, Line, OneOf, Slug
from youbei.engine.text import Text

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


def _key(key: str, shape: Shape, zh: str, en: str, *, required: bool = False, fills: str = "") -> Field:
    return Field(key, shape, Text(zh=zh, en=en), is_required=required, attribute=fills)


SLUGS = ListOf(Slug())
CONDITION = ConditionShape()
TEXT = Bilingual()

POINT = Record(
    Point,
    (
        _key("lat", Number(-90, 90), "纬度（WGS 84，度）。", "Latitude, WGS 84, degrees.", required=True),
        _key("lon", Number(-180, 180), "经度（WGS 84，度）。", "Longitude, WGS 84, degrees.", required=True),
    ),
)

LIFE = Record(
    model.LifeEvent,
    (
        _key("stage", OneOf(model.Stage), "流程节点。", "Which stage of the plan's legal life.", required=True),
        _key("on", Day(), "日期。", "On which date.", required=True),
        _key("by", TEXT, "由谁办理。", "By whom."),
        _key("number", Line(), "备案编号或文号。", "Number of the filing or document."),
        _key("authority", TEXT, "备案或发布机关。", "Authority that filed or published it."),
        _key("note", TEXT, "说明。", "Remark."),
    ),
)

CHAPTER = Record(
    model.Chapter,
    (
        _key("clause", Line(), "GB/T 29639-2020 的章节号。", "Clause number in GB/T 29639-2020.", required=True),
        _key("title", TEXT, "标题。", "Heading.", required=True),
        _key("body", TEXT, "正文，段落之间空一行。", "Text; paragraphs are parted by an empty line.", required=True),
    ),
)

LEVEL = Record(
    model.Level,
    (
        _key("number", LevelName(), "级别 I 至 IV，I 级最重。", "Level I to IV; I is the most severe.", required=True),
        _key("when", CONDITION, "何时适用本级别。", "When the level applies.", required=True),
        _key(
            "automatic",
            Flag(),
            "条件成立时是否自动提升。",
            "Whether it is raised without a person.",
            fills="is_automatic",
        ),
        _key("may_lower", SLUGS, "可降低本级别的岗位。", "Posts that may lower it."),
        _key("may_end", SLUGS, "可终止响应的岗位。", "Posts that may end the response at this level."),
        _key("measures", TEXT, "本级别的响应措施。", "Measures of this level, in words."),
    ),
)

HOLDER = Record(
    model.Holder,
    (
        _key(
            "kind",
            OneOf(model.HolderKind),
            "个人、职务、值班岗或单位。",
            "Person, office, duty post or agency.",
            required=True,
        ),
        _key("ref", Line(), "登记册中的代码。", "Code in the register.", required=True),
    ),
)

POST = Record(
    model.Post,
    (
        _key("id", Slug(), "岗位的标识符。", "Identifier of the post.", required=True),
        _key("title", TEXT, "名称。", "Title.", required=True),
        _key(
            "role",
            OneOf(model.PostRole),
            "总指挥、副职、工作组或人员。",
            "Commander, deputy, group or officer.",
            required=True,
        ),
        _key("holder", HOLDER, "由谁担任。", "Who fills it."),
        _key("deputies", ListOf(HOLDER), "依次替补者。", "Deputies, in order."),
        _key("ics", Line(), "对应的 ICS 职位。", "ICS position it corresponds to."),
        _key("qualifications", SLUGS, "须具备的资格。", "Qualifications a holder must have."),
        _key("duties", TEXT, "职责。", "Duties."),
        _key("from_level", LevelName(), "从哪一级起设置。", "Level from which on the post is filled."),
    ),
)

START = Record(
    model.Start,
    (
        _key("after", SLUGS, "须全部完成的步骤。", "Steps that must all be finished."),
        _key("after_any", SLUGS, "完成其一即可的步骤。", "Steps of which one must be finished."),
        _key("when", CONDITION, "须成立的条件。", "Condition that must be true."),
        _key("since", Moment(), "从哪个时刻起算。", "Moment from which the delay counts."),
        _key("delay", Span(), "等待多久。", "Time to wait."),
    ),
)

DEADLINE = Record(
    model.Deadline,
    (
        _key("limit", Span(), "时限。", "The limit.", required=True),
        _key("since", Moment(("opened",)), "从哪个时刻起算。", "Moment from which it counts."),
        _key("rule", Line(), "规定此时限的规则。", "Rule of law that asks for it."),
    ),
)

DURATION = Record(
    model.Duration,
    (
        _key("shape", OneOf(model.DurationShape), "分布形状。", "Shape of the distribution."),
        _key("low", Span(), "最短。", "Shortest, for triangular."),
        _key("likely", Span(), "最可能值；对数正态的中位数。", "Most likely; the median for lognormal."),
        _key("high", Span(), "最长。", "Longest, for triangular."),
        _key(
            "spread", Number(0, 1000), "几何标准差，大于 1。", "Geometric standard deviation, above 1, for lognormal."
        ),
        _key("source", OneOf(model.DurationSource), "数据从何而来。", "Where the figure comes from."),
        _key("note", TEXT, "说明。", "Remark."),
    ),
)

NEED = Record(
    model.Need,
    (
        _key("id", Slug(), "需求的标识符。", "Identifier of the need.", required=True),
        _key("capability", Line(), "队伍须具备的能力。", "Capability the teams must have."),
        _key("count", Number(0, 100_000, is_whole=True), "队伍数量。", "Number of teams."),
        _key("item", Line(), "物资品种。", "Item of stock."),
        _key("quantity", Number(0, LARGEST_INTEGER), "物资数量，按其计量单位。", "Quantity in the item's unit."),
        _key("place", Line(), "地点：incident 或场所代码。", "Place: incident, or a site's code."),
        _key("within", Span(), "步骤下达后多久须到位。", "Limit, counted from the opening of the step."),
    ),
)

TELL = Record(
    model.Tell,
    (
        _key(
            "to",
            Line(),
            "通知谁：岗位、public 或登记册代码。",
            "Whom: a post, public, or a register code.",
            required=True,
        ),
        _key("message", TEXT, "内容。", "What.", required=True),
    ),
)

REPORT = Record(
    model.ReportUp,
    (
        _key("to", Line(), "报告谁。", "To whom.", required=True),
        _key("content", TEXT, "内容。", "What.", required=True),
        _key("rule", Line(), "要求报告的规则。", "Rule of law that asks for it."),
    ),
)

CLIMB = Record(
    model.Climb,
    (
        _key("after", Span(), "超时多久之后。", "How long past the deadline.", required=True),
        _key("to", OneOf(model.ClimbTo), "催告谁。", "Who is told.", required=True),
    ),
)

STEP_KEYS = (
    _key("id", Slug(), "步骤的标识符。", "Identifier of the step.", required=True),
    _key("title", TEXT, "名称。", "Title.", required=True),
    _key("owner", Slug(), "负责的岗位。", "Post that owns it.", required=True),
    _key("from_level", LevelName(), "从哪一级起执行。", "Level from which on it is done."),
    _key("clause", Line(), "所依据的章节号。", "Clause of the plan's text it carries out."),
    _key("phase", OneOf(model.Phase), "响应或后期处置。", "Response or recovery."),
    _key("start", START, "何时开始。", "What starts it."),
    _key("within", DEADLINE, "时限。", "Its deadline."),
    _key("takes", DURATION, "需要多久。", "How long it takes."),
    _key("needs", ListOf(NEED), "需要的资源。", "What it needs."),
    _key("tells", ListOf(TELL), "下达时通知谁。", "Whom it tells when it opens."),
    _key("reports", ListOf(REPORT), "完成时向谁报告。", "What it reports upward when finished."),
    _key("card", TEXT, "应急处置卡。", "Text of its response card."),
    _key("done", DoneShape(), "如何算完成。", "How it is known to be done."),
    _key("late", ListOf(CLIMB), "超时后逐级催告。", "Who is told when it is late."),
)
STEP = Record(model.Step, STEP_KEYS, join=_join_step, split=_split_step)

END = Record(
    model.End,
    (
        _key("when", CONDITION, "何时可以终止。", "When the response may end."),
        _key("by", SLUGS, "由哪些岗位决定。", "Posts that decide."),
    ),
)

LINK = Record(
    model.Link,
    (
        _key("plan", Line(), "关联预案的标识符。", "Identifier of the other plan.", required=True),
        _key(
            "relation", Line(), "关系：superior、parallel 或 on_site。", "superior, parallel or on_site.", required=True
        ),
        _key("when", CONDITION, "何时建议启动。", "When it is proposed."),
    ),
)

SCENARIO_FACT = Record(
    model.ScenarioFact,
    (
        _key("after", Span(), "情景开始后多久。", "How long after the start.", required=True),
        _key("key", Slug(), "情况的名称。", "Which fact.", required=True),
        _key("value", FactValue(), "取值。", "Its value.", required=True),
    ),
)

SCENARIO = Record(
    model.Scenario,
    (
        _key("id", Slug(), "情景的标识符。", "Identifier of the scenario.", required=True),
        _key("title", TEXT, "名称。", "Title.", required=True),
        _key("place", POINT, "地点。", "Where it happens."),
        _key("facts", ListOf(SCENARIO_FACT), "依次获悉的情况。", "Facts that become known, in time."),
    ),
)

PLAN = Record(
    model.Plan,
    (
        _key(
            "id",
            Slug(),
            "预案的标识符，各版本不变。",
            "Identifier of the plan, the same in all versions.",
            required=True,
        ),
        _key("version", Line(), "版本。", "Version.", required=True),
        _key(
            "kind",
            OneOf(model.PlanKind),
            "综合、专项或现场处置方案。",
            "Comprehensive, special or on-site.",
            required=True,
        ),
        _key("organisation", Line(), "预案所属单位的代码。", "Code of the unit whose plan it is.", required=True),
        _key("superior", Line(), "上级单位的代码。", "Code of the unit it reports to."),
        _key("hazards", SLUGS, "针对的事件种类。", "Kinds of incident it covers."),
        _key("title", TEXT, "名称。", "Title.", required=True),
        _key("life", ListOf(LIFE), "编制、评审、签发、公布、备案、评估等节点。", "Stages of its legal life."),
        _key("chapters", ListOf(CHAPTER), "正文章节。", "Chapters of text."),
        _key("levels", ListOf(LEVEL), "响应分级。", "Response levels."),
        _key("posts", ListOf(POST), "应急组织机构的岗位。", "Posts of the command structure."),
        _key("steps", ListOf(STEP), "步骤。", "Steps."),
        _key("end", END, "响应终止。", "End of the response."),
        _key("links", ListOf(LINK), "预案衔接。", "Links to other plans."),
        _key("scenarios", ListOf(SCENARIO), "设计情景。", "Design-basis scenarios."),
    ),
)
