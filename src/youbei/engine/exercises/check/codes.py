"""Every code that the checker of exercises may give, explained once."""

from __future__ import annotations

from youbei.engine.plans.check.finding import Code, explain

WHERE = ("标识符须与预案或演练中的一致。", "Identifiers are those of the plan or the exercise.")
CODES: dict[str, Code] = {
    code.code: code
    for code in (
        explain(
            "EX01",
            ("预案不符", "Another plan"),
            ("演练写明的预案不是所给的预案。", "The exercise tests another plan than the one given."),
            ("请改正 plan，或换一份预案。", "Correct plan, or give the other plan."),
        ),
        explain(
            "EX02",
            ("没有此岗位", "No such post"),
            (
                "注入、预期行动或代演单位写到预案没有的岗位。",
                "An inject, action or role names a post that the plan lacks.",
            ),
            WHERE,
        ),
        explain(
            "EX03",
            ("没有此步骤", "No such step"),
            (
                "预期行动、关键任务、指标或代演行动写到预案没有的步骤。",
                "An action, task, measure or deed names a step that the plan lacks.",
            ),
            WHERE,
        ),
        explain(
            "EX04",
            ("没有此目标", "No such objective"),
            ("注入或预期行动写到没有定义的目标。", "An inject or action serves an objective that is not defined."),
            WHERE,
        ),
        explain(
            "EX05",
            ("没有此注入或行动", "No such inject or action"),
            (
                "时间或条件写到没有的注入、预期行动或步骤，永不成立。",
                "A time or condition names an inject, action or step that does not exist, and never comes.",
            ),
            WHERE,
        ),
        explain(
            "EX06",
            ("没有此指标", "No such measure"),
            ("目标的指标不在可自动测量之列。", "The target's measure is none that the log gives."),
            (
                "可用：activate、report、dispatch、arrive、assemble、evacuate、step:<步骤>、fact:<情况>。",
                "Known: activate, report, dispatch, arrive, assemble, evacuate, step:<step>, fact:<fact>.",
            ),
        ),
        explain(
            "EX07",
            ("一岗两演", "Played twice"),
            ("两个代演单位代演同一岗位。", "Two roles play the same post."),
            ("请留其一。", "Leave it to one."),
        ),
        explain(
            "EX08",
            ("互相等待", "Waiting in a circle"),
            ("注入互相等待，一个也不会触发。", "Injects wait for one another, and none ever fires."),
            ("请去掉一处 after 或 since。", "Take away one after or since."),
        ),
        explain(
            "EX09",
            ("没有此级别", "No such level"),
            ("代演行动启动或提升到预案没有的级别。", "A deed activates or raises to a level that the plan lacks."),
            ("请用预案中的级别。", "Use a level of the plan."),
        ),
        explain(
            "EX10",
            ("没有此情况", "No such fact"),
            (
                "情况不在目录中，或取值不合其类型。",
                "The fact is not in the catalogue, or its value is not of its type.",
            ),
            ("请改用目录中的情况和取值。", "Use a fact and a value of the catalogue."),
        ),
        explain(
            "EX11",
            ("失效的资源不明", "Which resource fails"),
            ("资源失效须写明资源代码或能力之一。", "A failure names a resource or a capability, and one of them only."),
            ("请只写 resource 或 capability。", "Write resource or capability, not both."),
        ),
        explain(
            "WX01",
            ("来不及触发", "Too late to fire"),
            ("注入的时间晚于演练最长时间。", "The inject comes after the exercise has to end."),
            ("请提前，或延长 end.at_most。", "Bring it earlier, or lengthen end.at_most."),
        ),
        explain(
            "WX02",
            ("目标无从检验", "Nothing tests the objective"),
            ("没有预期行动或指标对应此目标。", "No action and no target belongs to the objective."),
            ("请为它写预期行动或指标。", "Write an action or a target for it."),
        ),
        explain(
            "WX03",
            ("没有目标", "No objectives"),
            ("演练没有写明要检验什么。", "The exercise does not say what it is to show."),
            ("请至少写一个目标。", "Write one objective at least."),
        ),
        explain(
            "WX04",
            ("来不及完成", "No time to do it"),
            ("预期行动的时限超出演练最长时间。", "The limit of an action lies beyond the longest duration."),
            ("请缩短时限，或延长 end.at_most。", "Shorten the limit, or lengthen end.at_most."),
        ),
        explain(
            "WX05",
            ("缺一种语言", "One language is missing"),
            ("送达参演者的文字缺中文或英文。", "A text for the players lacks Chinese or English."),
            ("请补齐。", "Add the other language."),
        ),
        explain(
            "IX01",
            ("没有结束条件", "No condition for the end"),
            ("演练只在最长时间到时结束。", "The exercise ends only when its longest duration is over."),
            (
                "可写 end.when，如响应终止一分钟后。",
                "You may write end.when, such as a minute after the response ended.",
            ),
        ),
    )
}
