"""The after-action report and improvement plan as data: sections, tables and lists in both languages, to be rendered.

Two layouts of one evaluation. `hseep`: exercise overview, ratings by objective, each objective with strengths and areas
for improvement, appendix with the improvement plan. Source: HSEEP, January 2020, chapter 6 and its AAR/IP template.
`cn`: basic facts, how it was evaluated, analysis, proposals, conclusion. Source: AQ/T 9009-2015 (now YJ/T 9009)
生产安全事故应急演练评估规范, 7.4. Assumption: the five parts are named as they are commonly cited; of the standard only
its contents were seen, on a secondary page (evidence S), not the text of 7.4. GB/T 46792-2025, annex E, gives a format
as well; its text was not seen.

What nobody has judged or written stays blank and is listed in `gaps`; nothing is made up to fill a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from youbei.engine.exercises.evaluate import Evaluation, ObjectiveResult, Rating
from youbei.engine.exercises.measures import Verdict
from youbei.engine.exercises.model import Exercise
from youbei.engine.exercises.report import Circumstances, Improvement, Layout, Report, Section, Table
from youbei.engine.exercises.report_tables import (
    VERDICTS,
    actions,
    events,
    overview,
    plan_table,
    ratings,
    steps,
    times,
)
from youbei.engine.plans.model import Plan
from youbei.engine.spans import word_span
from youbei.engine.text import Text

# Assumption: the four grades of a conclusion, 优 良 中 差, answer to the four ratings; whoever concludes decides.
GRADES: Mapping[Rating, Text] = {
    Rating.P: Text("优", "excellent"),
    Rating.S: Text("良", "good"),
    Rating.M: Text("中", "fair"),
    Rating.U: Text("差", "poor"),
}


def after_action(
    exercise: Exercise,
    plan: Plan,
    evaluation: Evaluation,
    *,
    layout: Layout = Layout.HSEEP,
    circumstances: Circumstances | None = None,
) -> Report:
    """Return the report of an exercise in one of the two layouts."""
    facts = circumstances or Circumstances(sponsor=Text(exercise.sponsor, exercise.sponsor))
    improvements = (*facts.improvements, *proposed(evaluation, facts.improvements))
    make = hseep_sections if layout is Layout.HSEEP else cn_sections
    zh, en = exercise.title.in_language("zh"), exercise.title.in_language("en")
    title = Text(f"{zh}评估报告", f"{en}: After-action report and improvement plan")
    sections = make(exercise, plan, evaluation, facts, improvements)
    return Report(layout, title, sections, improvements, tuple(gaps(evaluation, facts, improvements)))


# --- layouts ---------------------------------------------------------------------------------------------------------


def hseep_sections(
    exercise: Exercise,
    plan: Plan,
    evaluation: Evaluation,
    facts: Circumstances,
    improvements: Sequence[Improvement],
) -> tuple[Section, ...]:
    objectives = tuple(objective_section(one, facts, improvements) for one in evaluation.objectives)
    return (
        Section(Text("演练概况", "Exercise overview"), tables=(overview(exercise, plan, evaluation, facts),)),
        Section(Text("能力评定", "Analysis of capabilities"), tables=(ratings(evaluation),), sections=objectives),
        Section(
            Text("用时与时限", "Times and deadlines"), tables=(times(evaluation.measures), steps(evaluation.steps))
        ),
        Section(Text("附录一 改进计划", "Appendix A: Improvement plan"), tables=(plan_table(improvements),)),
        Section(Text("附录二 事件清单", "Appendix B: Master scenario events list"), tables=(events(evaluation),)),
    )


def cn_sections(
    exercise: Exercise,
    plan: Plan,
    evaluation: Evaluation,
    facts: Circumstances,
    improvements: Sequence[Improvement],
) -> tuple[Section, ...]:
    good = Section(Text("好的做法", "What went well"), points=tuple(strengths(evaluation.objectives, facts)))
    bad = Section(Text("存在的问题", "What went wrong"), points=tuple(one.issue for one in improvements))
    reached = Section(Text("演练目标的实现", "Objectives reached"), tables=(ratings(evaluation),))
    spent = Section(Text("用时", "Times"), tables=(times(evaluation.measures), steps(evaluation.steps)))
    return (
        Section(Text("一、演练基本情况", "1. The exercise"), tables=(overview(exercise, plan, evaluation, facts),)),
        Section(
            Text("二、演练评估过程", "2. How it was evaluated"),
            paragraphs=(how_evaluated(evaluation),),
            points=facts.evaluators,
        ),
        Section(
            Text("三、演练情况分析", "3. Analysis"),
            tables=(events(evaluation), actions(evaluation)),
            sections=(good, bad, reached, spent),
        ),
        Section(Text("四、改进的意见和建议", "4. Proposals"), tables=(plan_table(improvements),)),
        Section(Text("五、评估结论", "5. Conclusion"), paragraphs=tuple(conclusion(evaluation, facts))),
    )


def objective_section(one: ObjectiveResult, facts: Circumstances, improvements: Sequence[Improvement]) -> Section:
    tasks = Table(
        (Text("关键任务", "Critical task"), Text("结果", "Result")),
        tuple((title, VERDICTS[verdict]) for title, verdict in one.tasks),
    )
    seen = tuple(
        Text(f"{item.text}（日志第 {item.seq} 条）", f"{item.text} (entry {item.seq} of the log)")
        for item in one.observations
        if item.text
    )
    issues = tuple(item.issue for item in improvements if item.objective == one.objective)
    return Section(
        one.title,
        tables=(tasks, times(one.targets)) if one.targets else (tasks,),
        sections=(
            Section(Text("好的做法", "Strengths"), points=tuple(strengths((one,), facts))),
            Section(Text("待改进之处", "Areas for improvement"), points=issues),
            Section(Text("观察记录", "Observations"), points=seen),
        ),
    )


def strengths(objectives: Iterable[ObjectiveResult], facts: Circumstances) -> Iterable[Text]:
    """Yield what people wrote, then each action that was done in time."""
    for one in objectives:
        yield from (facts.strengths or {}).get(one.objective, ())
        for action in one.actions:
            if action.verdict is Verdict.MET and action.took is not None:
                took = word_span(action.took)
                zh, en = action.title.in_language("zh"), action.title.in_language("en")
                yield Text(f"{zh}：{took.zh}，在时限之内。", f"{en}: {took.en}, within its limit.")


def proposed(evaluation: Evaluation, known: Sequence[Improvement]) -> Iterable[Improvement]:
    """Yield an issue for each action and step that was late or missed, with cause and cure left to people."""
    written = {one.issue for one in known}
    for action in evaluation.actions:
        if action.verdict in (Verdict.LATE, Verdict.MISSED):
            issue = shortfall(action.title, action.verdict, action.took, action.within)
            if issue not in written:
                yield Improvement(issue, objective=action.objective, responsible=action.who)
    for step in evaluation.steps:
        if step.verdict in (Verdict.LATE, Verdict.MISSED):
            took = None if step.finished_at is None else step.finished_at - step.opened_at
            within = None if step.due_at is None else step.due_at - step.opened_at
            issue = shortfall(step.title, step.verdict, took, within)
            if issue not in written:
                yield Improvement(issue, responsible=step.owner)


def shortfall(title: Text, verdict: Verdict, took: timedelta | None, within: timedelta | None) -> Text:
    zh, en = f"{title.in_language('zh')}：{VERDICTS[verdict].zh}", f"{title.in_language('en')}: {VERDICTS[verdict].en}"
    if took is not None:
        span = word_span(took)
        zh, en = f"{zh}，用时 {span.zh}", f"{en}, took {span.en}"
    if within is not None:
        limit = word_span(within)
        zh, en = f"{zh}，时限 {limit.zh}", f"{en}, limit {limit.en}"
    return Text(f"{zh}。", f"{en}.")


def how_evaluated(evaluation: Evaluation) -> Text:
    observed = len(evaluation.observations)
    return Text(
        f"用时和预期行动由运行日志自动得出；评估员现场观察 {observed} 条。评估组评定与参演者自评分开记录。",
        f"Times and expected actions come from the log of the run; evaluators recorded {observed} observations. The "
        "official rating and the participants' own are kept apart.",
    )


def conclusion(evaluation: Evaluation, facts: Circumstances) -> Iterable[Text]:
    if facts.conclusion:
        yield facts.conclusion
    if evaluation.automatic is not None and evaluation.percent is not None:
        grade = GRADES[evaluation.automatic]
        yield Text(
            f"按日志计 {evaluation.percent:g} 分，建议等级：{grade.zh}。等级由评估组决定。",
            f"By the log {evaluation.percent:g} %, which suggests: {grade.en}. The evaluators decide.",
        )


def gaps(evaluation: Evaluation, facts: Circumstances, improvements: Sequence[Improvement]) -> Iterable[Text]:
    """Yield what is still blank."""
    if facts.held_on is None:
        yield Text("未填演练日期。", "The date is missing.")
    if not facts.participants:
        yield Text("未填参演单位和人员。", "The participants are missing.")
    for one in evaluation.objectives:
        if not one.official:
            yield Text(f"评估组尚未评定“{one.title.zh}”。", f"Evaluators have not rated “{one.title.en}”.")
    for item in improvements:
        if not (item.action and item.element and item.responsible and item.due_on):
            yield Text(
                f"“{item.issue.zh}”的措施、要素、责任或期限未定。",
                f"Action, element, responsibility or date are open for “{item.issue.en}”.",
            )
