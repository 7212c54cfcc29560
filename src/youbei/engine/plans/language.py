"""The plan language: which keys a plan file has, what each fills in the model, and what it means.

This one table makes the reader, the writer and the published schema. It stands in the order in which plans are written.
"""

from __future__ import annotations

from youbei.engine.places import Point
from youbei.engine.plans import model
from youbei.engine.plans.language_steps import CONDITION, SLUGS, STEP, TEXT
from youbei.engine.plans.shapes import ListOf, Record, key
from youbei.engine.plans.values import Day, FactValue, Flag, Number, Span
from youbei.engine.plans.words import LevelName, Line, OneOf, Slug, VersionName

POINT = Record(
    Point,
    (
        key("lat", Number(-90, 90), "纬度（WGS 84，度）。", "Latitude, WGS 84, degrees.", required=True),
        key("lon", Number(-180, 180), "经度（WGS 84，度）。", "Longitude, WGS 84, degrees.", required=True),
    ),
)

LIFE = Record(
    model.LifeEvent,
    (
        key("stage", OneOf(model.Stage), "流程节点。", "Which stage of the plan's legal life.", required=True),
        key("on", Day(), "日期。", "On which date.", required=True),
        key("by", TEXT, "由谁办理。", "By whom."),
        key("number", Line(), "备案编号或文号。", "Number of the filing or document."),
        key("authority", TEXT, "备案或发布机关。", "Authority that filed or published it."),
        key("note", TEXT, "说明。", "Remark."),
    ),
)

CHAPTER = Record(
    model.Chapter,
    (
        key("clause", Line(), "GB/T 29639-2020 的章节号。", "Clause number in GB/T 29639-2020.", required=True),
        key("title", TEXT, "标题。", "Heading.", required=True),
        key("body", TEXT, "正文，段落之间空一行。", "Text; paragraphs are parted by an empty line.", required=True),
    ),
)

LEVEL = Record(
    model.Level,
    (
        key("number", LevelName(), "级别 I 至 IV，I 级最重。", "Level I to IV; I is the most severe.", required=True),
        key("when", CONDITION, "何时适用本级别。", "When the level applies.", required=True),
        key(
            "automatic",
            Flag(),
            "条件成立时是否自动提升。",
            "Whether it is raised without a person.",
            fills="is_automatic",
        ),
        key("may_lower", SLUGS, "可降低本级别的岗位。", "Posts that may lower it."),
        key("may_end", SLUGS, "可终止响应的岗位。", "Posts that may end the response at this level."),
        key("measures", TEXT, "本级别的响应措施。", "Measures of this level, in words."),
    ),
)

HOLDER = Record(
    model.Holder,
    (
        key(
            "kind",
            OneOf(model.HolderKind),
            "个人、职务、值班岗或单位。",
            "Person, office, duty post or agency.",
            required=True,
        ),
        key("ref", Line(), "登记册中的代码。", "Code in the register.", required=True),
    ),
)

POST = Record(
    model.Post,
    (
        key("id", Slug(), "岗位的标识符。", "Identifier of the post.", required=True),
        key("title", TEXT, "名称。", "Title.", required=True),
        key(
            "role",
            OneOf(model.PostRole),
            "总指挥、副职、工作组或人员。",
            "Commander, deputy, group or officer.",
            required=True,
        ),
        key("holder", HOLDER, "由谁担任。", "Who fills it."),
        key("deputies", ListOf(HOLDER), "依次替补者。", "Deputies, in order."),
        key("ics", Line(), "对应的 ICS 职位。", "ICS position it corresponds to."),
        key("qualifications", SLUGS, "须具备的资格。", "Qualifications a holder must have."),
        key("duties", TEXT, "职责。", "Duties."),
        key("from_level", LevelName(), "从哪一级起设置。", "Level from which on the post is filled."),
    ),
)

END = Record(
    model.End,
    (
        key("when", CONDITION, "何时可以终止。", "When the response may end."),
        key("by", SLUGS, "由哪些岗位决定。", "Posts that decide."),
    ),
)

LINK = Record(
    model.Link,
    (
        key("plan", Line(), "关联预案的标识符。", "Identifier of the other plan.", required=True),
        key(
            "relation", Line(), "关系：superior、parallel 或 on_site。", "superior, parallel or on_site.", required=True
        ),
        key("when", CONDITION, "何时建议启动。", "When it is proposed."),
    ),
)

SCENARIO_FACT = Record(
    model.ScenarioFact,
    (
        key("after", Span(), "情景开始后多久。", "How long after the start.", required=True),
        key("key", Slug(), "情况的名称。", "Which fact.", required=True),
        key("value", FactValue(), "取值。", "Its value.", required=True),
    ),
)

SCENARIO = Record(
    model.Scenario,
    (
        key("id", Slug(), "情景的标识符。", "Identifier of the scenario.", required=True),
        key("title", TEXT, "名称。", "Title.", required=True),
        key("place", POINT, "地点。", "Where it happens."),
        key("facts", ListOf(SCENARIO_FACT), "依次获悉的情况。", "Facts that become known, in time."),
    ),
)

PLAN = Record(
    model.Plan,
    (
        key(
            "id",
            Slug(),
            "预案的标识符，各版本不变。",
            "Identifier of the plan, the same in all versions.",
            required=True,
        ),
        key("version", VersionName(), "版本。", "Version.", required=True),
        key(
            "kind",
            OneOf(model.PlanKind),
            "综合、专项或现场处置方案。",
            "Comprehensive, special or on-site.",
            required=True,
        ),
        key("organisation", Line(), "预案所属单位的代码。", "Code of the unit whose plan it is.", required=True),
        key("superior", Line(), "上级单位的代码。", "Code of the unit it reports to."),
        key("hazards", SLUGS, "针对的事件种类。", "Kinds of incident it covers."),
        key("title", TEXT, "名称。", "Title.", required=True),
        key("life", ListOf(LIFE), "编制、评审、签发、公布、备案、评估等节点。", "Stages of its legal life."),
        key("chapters", ListOf(CHAPTER), "正文章节。", "Chapters of text."),
        key("levels", ListOf(LEVEL), "响应分级。", "Response levels."),
        key("posts", ListOf(POST), "应急组织机构的岗位。", "Posts of the command structure."),
        key("steps", ListOf(STEP), "步骤。", "Steps."),
        key("end", END, "响应终止。", "End of the response."),
        key("links", ListOf(LINK), "预案衔接。", "Links to other plans."),
        key("scenarios", ListOf(SCENARIO), "设计情景。", "Design-basis scenarios."),
    ),
)
