"""Law: has the plan the chapters, reports and stages of legal life that are asked of it?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.known import RequiredReport
from youbei.engine.plans.check.study import Study, called, found, unknown_name
from youbei.engine.plans.model import Stage, Step
from youbei.engine.spans import word_span
from youbei.engine.text import Text

MISSING_REPORT = explain(
    "E701",
    ("缺少法定报告", "Statutory report missing"),
    (
        "针对这类事件，法律要求的报告没有任何步骤去做。",
        "For this kind of incident the law asks for a report that no step makes.",
    ),
    ("请加一个步骤，在 reports 中写明对象和 rule。", "Add a step with that report and its rule."),
)
MISSING_CHAPTER = explain(
    "W702",
    ("缺少标准要求的章节", "Chapter of the standard missing"),
    ("GB/T 29639-2020 对本类预案列有该章节。", "GB/T 29639-2020 lists this chapter for plans of this kind."),
    ("请补写该章节。", "Write the chapter."),
)
NOT_FILED = explain(
    "W703",
    ("尚未备案", "Not filed"),
    (
        "公布后二十个工作日内须备案（生产安全事故应急预案管理办法、突发事件应急预案管理办法，均为第二十六条）。",
        "A published plan is filed within 20 working days (Order 88, 2019, Art 26; 国办发〔2024〕5号, Art 26).",
    ),
    ("请备案，并在 life 中写明日期和编号。", "File it, and note date and number in life."),
)
STALE = explain(
    "W704",
    ("三年未评估", "Not evaluated for three years"),
    (
        "应急预案每三年评估一次（生产安全事故应急预案管理办法第三十五条；突发事件应急预案管理办法第三十四条）。",
        "Plans are evaluated every three years (Order 88 as amended in 2019, Art 35; 国办发〔2024〕5号, Art 34).",
    ),
    ("请评估，并在 life 中写明。", "Evaluate it, and note that in life."),
)
DISORDERED_LIFE = explain(
    "W705",
    ("流程节点的日期次序不对", "Legal life out of order"),
    ("编制、评审、签发、公布、备案须依次进行。", "Drafted, reviewed, signed, published, filed come in this order."),
    ("请核对日期。", "Check the dates."),
)
UNKNOWN_RULE = explain(
    "E706",
    ("未知的规则", "Unknown rule"),
    ("所引用的规则不在规则库中。", "The rule is not among the rules of law that are known."),
    ("请改正名称。", "Correct the name."),
)
LATE_BY_LAW = explain(
    "E707",
    ("报告时限长于法定时限", "Report allowed more time than the law does"),
    (
        "做法定报告的步骤没有时限，或时限长于法律规定。",
        "The step that makes a statutory report has no deadline, or a longer one than the law's.",
    ),
    ("请按法定时限写 within。", "Give it the law's time as within."),
)
FUTURE = explain(
    "W708",
    ("日期在将来", "Date in the future"),
    ("流程节点的日期晚于今天。", "A stage of the plan's life lies in the future."),
    ("请核对日期。", "Check the date."),
)
WITHDRAWN = explain(
    "W709",
    ("预案已废止", "Plan withdrawn"),
    ("最后一个节点是废止，不应再启动。", "Its last stage is withdrawal; it should no longer be activated."),
    ("请用接替它的预案。", "Use the plan that replaced it."),
)

CODES = (
    MISSING_REPORT, MISSING_CHAPTER, NOT_FILED, STALE, DISORDERED_LIFE, UNKNOWN_RULE, LATE_BY_LAW, FUTURE, WITHDRAWN,
)  # fmt: skip

ORDERED = (Stage.DRAFTED, Stage.REVIEWED, Stage.SIGNED, Stage.PUBLISHED, Stage.FILED)
# Source: 生产安全事故应急预案管理办法 (2019), Art 35; 国办发〔2024〕5号, Art 34.
EVALUATION_YEARS = 3


def check_law(study: Study) -> Iterator[Finding]:
    yield from _chapters(study)
    yield from _reports(study)
    yield from _rules(study)
    yield from _order(study)
    yield from _life(study)


def _chapters(study: Study) -> Iterator[Finding]:
    wanted = (study.known.required_chapters or {}).get(study.plan.kind, ())
    clauses = [chapter.clause for chapter in study.plan.chapters if chapter.body]
    for chapter in wanted:
        if not any(one == chapter.clause or one.startswith(f"{chapter.clause}.") for one in clauses):
            yield found(
                MISSING_CHAPTER,
                f"chapters.{chapter.clause}",
                f"缺少 {chapter.clause}“{chapter.title.zh}”。",
                f'Clause {chapter.clause} "{chapter.title.en}" is missing.',
            )


def _applies(study: Study, report: RequiredReport) -> bool:
    fits_kind = not report.kinds or study.plan.kind in report.kinds
    return fits_kind and (not report.hazards or not report.hazards.isdisjoint(study.plan.hazards))


def _reports(study: Study) -> Iterator[Finding]:
    for required in study.known.required_reports or ():
        if not _applies(study, required):
            continue
        steps = [step for step in study.plan.steps if any(report.rule == required.rule for report in step.reports)]
        if not steps:
            asking = sorted(required.hazards.intersection(study.plan.hazards))
            zh = f"，{'、'.join(asking)} 须做此报告" if asking else ""
            en = f", which the law asks for in the event of {', '.join(asking)}" if asking else ""
            yield found(
                MISSING_REPORT,
                "steps",
                f"没有步骤做“{required.title.zh}”（{required.rule}）{zh}。",
                f'No step makes the report "{required.title.en}" ({required.rule}){en}.',
            )
        for step in steps:
            yield from _legal_limit(step, required)


def _legal_limit(step: Step, required: RequiredReport) -> Iterator[Finding]:
    if required.limit is None:
        return
    if step.within is None:
        yield found(
            LATE_BY_LAW,
            f"steps.{step.id}.within",
            f"“{called(step).zh}”没有时限，法定时限是 {word_span(required.limit).zh}。",
            f'"{called(step).en}" has no deadline; the law allows {word_span(required.limit).en}.',
        )
    elif step.within.limit > required.limit:
        given, legal = word_span(step.within.limit), word_span(required.limit)
        yield found(
            LATE_BY_LAW,
            f"steps.{step.id}.within.limit",
            f"“{called(step).zh}”的时限 {given.zh}长于法定的 {legal.zh}。",
            f'"{called(step).en}" is allowed {given.en}; the law allows {legal.en}.',
        )


def _rules(study: Study) -> Iterator[Finding]:
    known = study.known.rules
    if known is None:
        return
    for step in study.plan.steps:
        named = [(f"steps.{step.id}.reports[{index}].rule", one.rule) for index, one in enumerate(step.reports)]
        if step.within is not None:
            named.append((f"steps.{step.id}.within.rule", step.within.rule))
        for place, rule in named:
            if rule and rule not in known:
                yield unknown_name(UNKNOWN_RULE, place, Text(zh="规则", en="rule"), rule, known)


def _order(study: Study) -> Iterator[Finding]:
    dated = {event.stage: event.on for event in reversed(study.plan.life) if event.stage in ORDERED}
    row = [(stage, dated[stage]) for stage in ORDERED if stage in dated]
    for (earlier, first), (later, second) in pairwise(row):
        if second < first:
            yield found(
                DISORDERED_LIFE,
                f"life.{later.value}",
                f"“{later.value}”（{second}）早于“{earlier.value}”（{first}）。",
                f'"{later.value}" ({second}) comes before "{earlier.value}" ({first}).',
            )


def _life(study: Study) -> Iterator[Finding]:
    stages = {event.stage for event in study.plan.life}
    last = max(study.plan.life, key=lambda event: event.on, default=None)
    if last is not None and last.stage is Stage.WITHDRAWN:
        yield found(WITHDRAWN, "life.withdrawn", f"预案已于 {last.on} 废止。", f"The plan was withdrawn on {last.on}.")
        return
    if Stage.FILED not in stages:
        yield found(NOT_FILED, "life", "没有备案记录。", "There is no record of a filing.")
    today = study.known.today
    if today is None:
        return
    for event in study.plan.life:
        if event.on > today:
            yield found(
                FUTURE, f"life.{event.stage.value}", f"{event.on} 在今天之后。", f"{event.on} lies after today."
            )
    fresh = [event.on for event in study.plan.life if event.stage not in (Stage.DRAFTED, Stage.FILED)]
    if fresh and _years_after(max(fresh), EVALUATION_YEARS) < today:
        yield found(
            STALE, "life", f"上次评估或修订是 {max(fresh)}。", f"It was last evaluated or revised on {max(fresh)}."
        )


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
