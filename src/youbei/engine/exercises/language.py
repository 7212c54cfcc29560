"""The language of exercises: which keys a file has, what each fills in the model, and what it means.

This one table makes the reader, the writer and the published schema, as for plans.
"""

from __future__ import annotations

from youbei.engine.exercises import model
from youbei.engine.exercises.deeds import DeedShape
from youbei.engine.exercises.injects.parts import FACT
from youbei.engine.exercises.language_injects import CONDITION, TEXT, ClockTime, InjectShape
from youbei.engine.plans.language_steps import DURATION, SLUGS
from youbei.engine.plans.shapes import ListOf, Record, key
from youbei.engine.plans.values import Number, Span
from youbei.engine.plans.words import Line, OneOf, Slug, VersionName

TARGET = Record(
    model.Target,
    (
        key("measure", Line(), "指标，如 activate 或 step:report。", "Measure, such as activate.", required=True),
        key("within", Span(), "时限。", "Within what.", required=True),
        key("title", TEXT, "说明。", "In words."),
    ),
)
TASK = Record(
    model.CriticalTask,
    (
        key("id", Slug(), "关键任务的标识符。", "Identifier of the critical task.", required=True),
        key("title", TEXT, "名称。", "Title.", required=True),
        key("step", Slug(), "对应的预案步骤。", "Step of the plan that it is."),
    ),
)
OBJECTIVE = Record(
    model.Objective,
    (
        key("id", Slug(), "目标的标识符。", "Identifier of the objective.", required=True),
        key("title", TEXT, "目标。", "The objective.", required=True),
        key("capability", TEXT, "检验的能力。", "Capability that it tests."),
        key("weight", Number(0, 100), "权重。", "Its weight in the score."),
        key("targets", ListOf(TARGET), "能力指标。", "Capability targets."),
        key("tasks", ListOf(TASK), "关键任务。", "Critical tasks."),
    ),
)
BEGINNING = Record(
    model.Beginning,
    (
        key("clock", ClockTime(), "情景时钟的起点。", "What the clock of the scenario shows at StartEx."),
        key("facts", ListOf(FACT), "开始时已知的情况。", "What is known at the start."),
        key("story", TEXT, "背景。", "The story so far."),
    ),
)
ENDING = Record(
    model.Ending,
    (
        key("when", CONDITION, "何时结束演练。", "When the exercise ends."),
        key("at_most", Span(), "最长多久。", "How long it lasts at most.", written=True),
    ),
)
REACTION = Record(
    model.RoleReaction,
    (
        key("id", Slug(), "反应的标识符。", "Identifier of the reaction.", required=True),
        key("when", CONDITION, "何时。", "When.", required=True),
        key("delay", DURATION, "多久之后行动。", "How long until it acts."),
        key("does", ListOf(DeedShape()), "做什么。", "What it does.", required=True),
    ),
)
ROLE = Record(
    model.Role,
    (
        key("id", Slug(), "代演单位的标识符。", "Identifier of the role.", required=True),
        key("title", TEXT, "名称。", "Title.", required=True),
        key("plays", SLUGS, "代演的预案岗位。", "Posts of the plan that it plays."),
        key("begins_in", DURATION, "任务下达后多久开始。", "How long it takes to begin a step."),
        key("reactions", ListOf(REACTION), "按规则的反应。", "What else it does, by rule."),
    ),
)
INTERLOCK = Record(
    model.Interlock,
    (
        key("id", Slug(), "互锁条件的标识符。", "Identifier of the interlock.", required=True),
        key("title", TEXT, "名称。", "Title.", required=True),
        key(
            "when",
            CONDITION,
            "成立时不得开始。无人填报的情况，系统按“否”计并注明；命令行启封时按不明计，也不得开始。",
            "While it holds the exercise does not begin. What nobody has stated is taken as not so by the server, "
            "which says so, and as not known by `youbei exercise reveal`, which holds it back, too.",
            required=True,
        ),
    ),
)
SAFETY = Record(
    model.Safety,
    (
        key("text", TEXT, "安全措施与中止口令。", "Safety measures, and the word that stops the exercise."),
        key(
            "breaks_on",
            OneOf(model.BreaksOn),
            "何种真实情况立即暂停演练：参演单位的真实报告，或调用参演力量的预案启动。",
            "What real suspends it: a report from an enrolled unit, or an activated plan that calls those enrolled.",
        ),
        key(
            "level",
            Number(1, 4, is_whole=True),
            "仅此等级及以上的响应暂停演练；缺省为任何等级。",
            "Only responses at this level or a more severe one suspend it; any by default.",
        ),
    ),
)
EXERCISE = Record(
    model.Exercise,
    (
        key("id", Slug(), "演练的标识符。", "Identifier of the exercise.", required=True),
        key("version", VersionName(), "版本。", "Version.", required=True),
        key("type", OneOf(model.ExerciseType), "形式。", "Type of exercise.", required=True),
        key("plan", Slug(), "受检验预案的标识符。", "Identifier of the plan under test.", required=True),
        key("sponsor", Line(), "主办单位的代码。", "Code of the unit that holds it.", required=True),
        key("title", TEXT, "名称。", "Title.", required=True),
        key("purpose", TEXT, "目的。", "Purpose."),
        key("scope", TEXT, "范围与参演单位。", "Scope and who takes part."),
        key("start", BEGINNING, "开始时的情形。", "How things stand at StartEx."),
        key("end", ENDING, "结束。", "When it ends."),
        key("objectives", ListOf(OBJECTIVE), "目标。", "Objectives."),
        key("injects", ListOf(InjectShape()), "注入清单。", "The injects."),
        key("roles", ListOf(ROLE), "代演单位。", "Played roles."),
        key("interlocks", ListOf(INTERLOCK), "互锁条件：天气、考试、真实事件。", "What holds it back."),
        key("safety", SAFETY, "安全计划。", "The safety plan."),
    ),
)
