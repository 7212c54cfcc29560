"""The evaluation of a real response, in the layouts of an after-action report, and the findings of either as a table.

A response has no objectives and injects to be judged by: its report shows its course, each step against its deadline,
what went well and wrong with the lines of the log that show it, and how each finding is cured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from youbei.engine.events import KINDS, Event
from youbei.engine.exercises.after_action import shortfall
from youbei.engine.exercises.measures import MEASURES, StepTime, Verdict, measure, step_times
from youbei.engine.exercises.report import Circumstances, Improvement, Layout, Report, Section, Table
from youbei.engine.exercises.report_tables import BLANK, dated, joined, plan_table, since, steps, times
from youbei.engine.exercises.wrongs import wrongs
from youbei.engine.plans.model import Plan
from youbei.engine.text import Text

# What makes up the course of a response, in the order in which it comes.
COURSE = frozenset(
    {
        "plan.activated",
        "level.raised",
        "level.lowered",
        "step.late",
        "need.met",
        "need.short",
        "deviation.recorded",
        "end.proposed",
        "response.ended",
        "recovery.finished",
        "run.assessed",
    }
)
LONGEST_COURSE = 200


@dataclass(frozen=True, slots=True)
class Matter:
    """What the report is about: its name, kind, place and times."""

    name: Text
    number: str
    kind: Text = Text()
    grade: Text = Text()
    known_at: datetime | None = None
    ended_at: datetime | None = None
    assessment: str = ""


@dataclass(frozen=True, slots=True)
class Cure:
    """A finding with the five settled things; `evidence` are lines of the log."""

    number: int
    issue: Text
    severity: Text
    measures: str = ""
    responsible: str = ""
    funds: str = ""
    due_on: date | None = None
    interim_plan: str = ""
    state: Text = Text()
    evidence: tuple[int, ...] = ()


def run_report(plan: Plan, events: Sequence[Event], matter: Matter, *, layout: Layout, facts: Circumstances) -> Report:
    """Return the report of a response in one of the two layouts; findings are added by `with_cures`."""
    found = step_times(plan, events)
    improvements = (*facts.improvements, *proposed(plan, events, facts.improvements))
    title = Text(
        f"{matter.name.in_language('zh')}应急处置评估报告",
        f"{matter.name.in_language('en')}: After-action report and improvement plan",
    )
    make = hseep_sections if layout is Layout.HSEEP else cn_sections
    return Report(
        layout,
        title,
        make(plan, events, matter, found, facts, improvements),
        improvements,
        tuple(gaps(matter, improvements)),
    )


def proposed(plan: Plan, events: Sequence[Event], known: Sequence[Improvement]) -> Iterable[Improvement]:
    written = {one.issue for one in known}
    for shown in wrongs(plan, events):
        if shown.title not in written:
            yield Improvement(shown.title, element=shown.element)


def cn_sections(
    plan: Plan,
    events: Sequence[Event],
    matter: Matter,
    found: Sequence[StepTime],
    facts: Circumstances,
    improvements: Sequence[Improvement],
) -> tuple[Section, ...]:
    good = Section(Text("好的做法", "What went well"), points=tuple(in_time(found)))
    bad = Section(Text("存在的问题", "What went wrong"), points=tuple(evidenced(plan, events)))
    spent = Section(Text("用时与时限", "Times and deadlines"), tables=(taken(plan, events), steps(found)))
    return (
        Section(Text("一、基本情况", "1. The incident"), tables=(overview(plan, matter, facts),)),
        Section(Text("二、应急处置过程", "2. The response"), tables=(course(plan, events),)),
        Section(Text("三、处置情况分析", "3. Analysis"), sections=(spent, good, bad)),
        Section(Text("四、改进的意见和建议", "4. Proposals"), tables=(plan_table(improvements),)),
        Section(Text("五、评估结论", "5. Conclusion"), paragraphs=tuple(conclusion(matter, found, facts))),
    )


def hseep_sections(
    plan: Plan,
    events: Sequence[Event],
    matter: Matter,
    found: Sequence[StepTime],
    facts: Circumstances,
    improvements: Sequence[Improvement],
) -> tuple[Section, ...]:
    return (
        Section(Text("概况", "Overview"), tables=(overview(plan, matter, facts),)),
        Section(
            Text("能力分析", "Analysis of capabilities"),
            paragraphs=tuple(conclusion(matter, found, facts)),
            tables=(taken(plan, events), steps(found)),
            sections=(
                Section(Text("好的做法", "Strengths"), points=tuple(in_time(found))),
                Section(Text("待改进之处", "Areas for improvement"), points=tuple(evidenced(plan, events))),
            ),
        ),
        Section(Text("附录一 改进计划", "Appendix A: Improvement plan"), tables=(plan_table(improvements),)),
        Section(Text("附录二 处置过程", "Appendix B: Course of the response"), tables=(course(plan, events),)),
    )


def overview(plan: Plan, matter: Matter, facts: Circumstances) -> Table:
    rows = (
        (Text("名称", "Name"), matter.name),
        (Text("编号", "Number"), Text(matter.number, matter.number)),
        (Text("类别", "Kind"), matter.kind or BLANK),
        (Text("等级", "Grade"), matter.grade or BLANK),
        (Text("获悉日期", "Known on"), dated(facts.held_on)),
        (Text("历时", "Duration"), since(matter.known_at, matter.ended_at)),
        (Text("地点", "Place"), facts.place or BLANK),
        (
            Text("启动的预案", "Plan activated"),
            Text(f"{plan.title.in_language('zh')} {plan.version}", f"{plan.title.in_language('en')} {plan.version}"),
        ),
        (Text("组织单位", "Lead unit"), facts.sponsor or BLANK),
        (Text("参与单位和人员", "Participants"), joined(facts.participants)),
    )
    return Table((Text("项目", "Item"), Text("内容", "Content")), rows)


def taken(plan: Plan, events: Sequence[Event]) -> Table:
    return times(measure(name, plan, events) for name in MEASURES)


def course(plan: Plan, events: Sequence[Event]) -> Table:
    """Say what happened when, with the line of the log; what is many times the same (finished steps) stands above."""
    start = events[0].at if events else None
    head = (
        Text("日志序号", "Entry"),
        Text("启动后", "After the start"),
        Text("情况", "What happened"),
        Text("说明", "More"),
    )
    rows = tuple(
        (Text(str(one.seq), str(one.seq)), since(start, one.at), Text(*KINDS[one.kind]), said(one, plan))
        for one in events
        if one.kind in COURSE
    )
    return Table(head, rows[:LONGEST_COURSE])


def said(event: Event, plan: Plan) -> Text:
    """Say more of an entry: what was written, else the step or need by its name in the plan."""
    for key in ("text", "reason"):
        if isinstance(event.data.get(key), str) and event.data[key]:
            return Text(str(event.data[key]), str(event.data[key]))
    code, _, need = str(event.data.get("need") or event.data.get("step") or "").partition("/")
    if not code:
        return BLANK
    step = next((one for one in plan.steps if one.id == code), None)
    title = step.title if step else Text(code, code)
    is_one_of_many = bool(need) and step is not None and len(step.needs) > 1
    return Text(f"{title.zh}（{need}）", f"{title.en} ({need})") if is_one_of_many else title


def in_time(found: Iterable[StepTime]) -> Iterable[Text]:
    """Yield each step that had a deadline and kept it."""
    for step in found:
        if step.verdict is Verdict.MET and step.finished_at is not None and step.due_at is not None:
            yield shortfall(step.title, step.verdict, step.finished_at - step.opened_at, step.due_at - step.opened_at)


def evidenced(plan: Plan, events: Sequence[Event]) -> Iterable[Text]:
    """Yield what went wrong, each with the lines of the log that show it."""
    for shown in wrongs(plan, events):
        zh, en = shown.title.zh.rstrip("。"), shown.title.en.rstrip(".")
        entries = "、".join(map(str, shown.seqs)), ", ".join(map(str, shown.seqs))
        yield Text(f"{zh}（日志第 {entries[0]} 条）。", f"{en} (entries {entries[1]} of the log).")


def conclusion(matter: Matter, found: Sequence[StepTime], facts: Circumstances) -> Iterable[Text]:
    if facts.conclusion:
        yield facts.conclusion
    if matter.assessment:
        yield Text(matter.assessment, matter.assessment)
    judged = [one for one in found if one.verdict in (Verdict.MET, Verdict.LATE, Verdict.MISSED)]
    kept = sum(one.verdict is Verdict.MET for one in judged)
    yield Text(
        f"有时限的步骤 {len(judged)} 项，按时完成 {kept} 项。结论由评估组作出。",
        f"Of {len(judged)} steps with a deadline {kept} were in time. The evaluators conclude.",
    )


def gaps(matter: Matter, improvements: Sequence[Improvement]) -> Iterable[Text]:
    if matter.ended_at is None:
        yield Text("响应尚未终止。", "The response has not ended.")
    if not matter.assessment:
        yield Text("尚未作出总结评估。", "Nobody has assessed the response.")
    for item in improvements:
        if not (item.action and item.element and item.responsible and item.due_on):
            yield Text(
                f"“{item.issue.zh}”的措施、要素、责任或期限未定。",
                f"Action, element, responsibility or date are open for “{item.issue.en}”.",
            )


def with_cures(report: Report, cures: Sequence[Cure]) -> Report:
    """Return the report with how each of its findings is cured: the five settled things."""
    if not cures:
        return report
    head = (
        Text("问题", "Finding"),
        Text("程度", "Severity"),
        Text("措施", "Measures"),
        Text("责任", "Responsible"),
        Text("资金", "Funds"),
        Text("时限", "Due"),
        Text("预案", "Interim plan"),
        Text("状态", "State"),
    )
    rows = tuple(
        (
            Text(f"#{one.number} {one.issue.in_language('zh')}", f"#{one.number} {one.issue.in_language('en')}"),
            one.severity,
            *(plainly(value) for value in (one.measures, one.responsible, one.funds)),
            dated(one.due_on),
            plainly(one.interim_plan),
            one.state,
        )
        for one in cures
    )
    title = Text("问题整改五落实", "Findings and the five settled things")
    return replace(report, sections=(*report.sections, Section(title, tables=(Table(head, rows),))))


def plainly(value: str) -> Text:
    return Text(value, value) if value else BLANK
