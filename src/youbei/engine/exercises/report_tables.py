"""The tables of an after-action report, each made from an evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from youbei.engine.exercises.evaluate import RATING_NAMES, Evaluation, InjectOutcome, Rating
from youbei.engine.exercises.measures import Measure, StepTime, Verdict
from youbei.engine.exercises.model import Exercise, ExerciseType
from youbei.engine.exercises.report import Circumstances, Improvement, Table
from youbei.engine.findings.kinds import ELEMENT_NAMES
from youbei.engine.plans.model import Plan
from youbei.engine.spans import word_span
from youbei.engine.text import Text

TYPES: Mapping[ExerciseType, Text] = {
    ExerciseType.SEMINAR: Text("研讨", "Seminar"),
    ExerciseType.WORKSHOP: Text("专题研讨", "Workshop"),
    ExerciseType.TABLETOP: Text("桌面演练", "Tabletop"),
    ExerciseType.GAME: Text("推演", "Game"),
    ExerciseType.DRILL: Text("实战演练（单项）", "Drill"),
    ExerciseType.FUNCTIONAL: Text("实战演练（综合，指挥）", "Functional exercise"),
    ExerciseType.FULL_SCALE: Text("实战演练（综合，现场）", "Full-scale exercise"),
}
VERDICTS: Mapping[Verdict, Text] = {
    Verdict.MET: Text("按时完成", "in time"),
    Verdict.LATE: Text("超时完成", "late"),
    Verdict.MISSED: Text("未完成", "missed"),
    Verdict.NOT_TESTED: Text("未检验", "not tested"),
    Verdict.DONE: Text("完成", "done"),
}
BLANK = Text("—", "—")


def overview(exercise: Exercise, plan: Plan, evaluation: Evaluation, facts: Circumstances) -> Table:
    held = Text(*(facts.held_on.isoformat(),) * 2) if facts.held_on else BLANK
    lasted = BLANK
    if evaluation.started_at and evaluation.ended_at:
        lasted = word_span(evaluation.ended_at - evaluation.started_at)
    goals = [one.title for one in exercise.objectives]
    rows = (
        (Text("名称", "Name"), exercise.title),
        (Text("日期", "Date"), held),
        (Text("历时", "Duration"), lasted),
        (Text("地点", "Place"), facts.place or BLANK),
        (Text("形式", "Type"), TYPES[exercise.type]),
        (Text("主办单位", "Sponsor"), facts.sponsor or BLANK),
        (Text("受检验预案", "Plan under test"), plan.title),
        (Text("目的", "Purpose"), exercise.purpose or BLANK),
        (Text("范围", "Scope"), exercise.scope or BLANK),
        (Text("目标", "Objectives"), joined(goals)),
        (Text("情景", "Scenario"), exercise.start.story or BLANK),
        (Text("参演单位和人员", "Participants"), joined(facts.participants)),
        (Text("联系人", "Contact"), facts.contact or BLANK),
    )
    return Table((Text("项目", "Item"), Text("内容", "Content")), rows)


def ratings(evaluation: Evaluation) -> Table:
    """Set what the log shows, what evaluators rated, and the players' own view side by side."""
    head = (
        Text("目标", "Objective"),
        Text("能力", "Capability"),
        Text("日志自动评定", "By the log"),
        Text("评估组评定", "Official"),
        Text("参演者自评", "Participants' own"),
    )
    rows = tuple(
        (one.title, one.capability or BLANK, automatic(one.percent, one.automatic), rated(one.official), rated(one.own))
        for one in evaluation.objectives
    )
    return Table(head, rows)


def automatic(percent: float | None, rating: Rating | None) -> Text:
    if percent is None or rating is None:
        return VERDICTS[Verdict.NOT_TESTED]
    return Text(f"{rating.value}（{percent:g} 分）", f"{rating.value} ({percent:g} %)")


def rated(rating: str) -> Text:
    if not rating:
        return BLANK
    if rating in Rating.__members__:
        name = RATING_NAMES[Rating(rating)]
        return Text(f"{rating} {name.zh}", f"{rating} {name.en}")
    return Text(f"{rating} 分", f"{rating} %")


def times(measures: Iterable[Measure]) -> Table:
    head = (Text("指标", "Measure"), Text("用时", "Took"), Text("时限", "Limit"), Text("结果", "Result"))
    return Table(
        head, tuple((one.title, spanned(one.took), spanned(one.within), VERDICTS[one.verdict]) for one in measures)
    )


def steps(found: Iterable[StepTime]) -> Table:
    head = (Text("预案步骤", "Step of the plan"), Text("用时", "Took"), Text("时限", "Limit"), Text("结果", "Result"))
    rows = tuple(
        (
            one.title,
            spanned(None if one.finished_at is None else one.finished_at - one.opened_at),
            spanned(None if one.due_at is None else one.due_at - one.opened_at),
            VERDICTS[one.verdict],
        )
        for one in found
    )
    return Table(head, rows)


def spanned(span: timedelta | None) -> Text:
    return BLANK if span is None else word_span(span)


OUTCOMES: Mapping[InjectOutcome, Text] = {
    InjectOutcome.FIRED: Text("已触发", "fired"),
    InjectOutcome.SKIPPED: Text("已跳过", "skipped"),
    InjectOutcome.FAILED: Text("未送达", "not received"),
    InjectOutcome.NOT_REACHED: Text("未到", "not reached"),
}


def events(evaluation: Evaluation) -> Table:
    head = (Text("注入", "Inject"), Text("演练开始后", "After StartEx"), Text("结果", "Outcome"))
    start = evaluation.started_at
    rows = tuple((one.title, since(start, one.at), OUTCOMES[one.outcome]) for one in evaluation.injects)
    return Table(head, rows)


def since(start: datetime | None, at: datetime | None) -> Text:
    return BLANK if start is None or at is None else word_span(at - start)


def actions(evaluation: Evaluation) -> Table:
    head = (Text("预期行动", "Expected action"), Text("用时", "Took"), Text("时限", "Limit"), Text("结果", "Result"))
    return Table(
        head,
        tuple((one.title, spanned(one.took), spanned(one.within), VERDICTS[one.verdict]) for one in evaluation.actions),
    )


def plan_table(improvements: Iterable[Improvement]) -> Table:
    head = (
        Text("问题", "Issue"),
        Text("改进措施", "Corrective action"),
        Text("能力要素", "Capability element"),
        Text("责任单位", "Responsible"),
        Text("联系人", "Contact"),
        Text("开始", "Start"),
        Text("完成", "Completion"),
    )
    rows = tuple(
        (
            one.issue,
            one.action or BLANK,
            ELEMENT_NAMES[one.element] if one.element else BLANK,
            Text(one.responsible, one.responsible) if one.responsible else BLANK,
            Text(one.contact, one.contact) if one.contact else BLANK,
            dated(one.starts_on),
            dated(one.due_on),
        )
        for one in improvements
    )
    return Table(head, rows)


def dated(day: date | None) -> Text:
    return BLANK if day is None else Text(day.isoformat(), day.isoformat())


def joined(texts: Sequence[Text]) -> Text:
    if not texts:
        return BLANK
    return Text("；".join(one.in_language("zh") for one in texts), "; ".join(one.in_language("en") for one in texts))
