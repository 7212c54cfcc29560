"""The rescue scored: a sheet of items with weights, what the log says to each, and what evaluators made of it.

What nobody has judged counts neither for nor against: it is said how much of the weight has been judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from youbei.engine.events import Event
from youbei.engine.exercises.evaluate import WORTH
from youbei.engine.exercises.measures import Measure, Verdict, measure, step_times
from youbei.engine.exercises.report import Section, Table
from youbei.engine.exercises.report_tables import BLANK, spanned
from youbei.engine.plans.model import Plan
from youbei.engine.text import Text

# Assumption: who scores this far from what the log says has to say why.
FAR = 15
# Assumption: the grades of a whole sheet, as evaluations commonly name them; no document read sets their bounds.
GRADES = (
    (90, Text("优秀", "excellent")),
    (75, Text("良好", "good")),
    (60, Text("合格", "fair")),
    (0, Text("不合格", "poor")),
)
# Assumption: a grade is given once this part of the weight has been judged.
LEAST_JUDGED = 0.8


class Proof(StrEnum):
    """On what an item rests: the steps or needs of the log, measured times, or people's judgement alone."""

    STEPS = "steps"
    NEEDS = "needs"
    TIMES = "times"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    title: Text
    weight: int
    proof: Proof
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """What evaluators gave, 0 to 100, and why."""

    points: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An item with what the log shows: `proposed` is 0 to 100 or None, `fact` what of, `seqs` are lines of the log."""

    item: Item
    fact: Text
    proposed: int | None
    times: tuple[Measure, ...]
    seqs: tuple[int, ...]
    score: Score | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A scored sheet. `points` is the weighted mean of what has been judged, None where nothing has."""

    lines: tuple[Line, ...]
    judged: int
    whole: int
    points: float | None

    @property
    def grade(self) -> Text | None:
        if self.points is None or self.judged < LEAST_JUDGED * self.whole:
            return None
        return next(name for least, name in GRADES if self.points >= least)


def items_from_data(data: Mapping[str, Any]) -> tuple[Item, ...]:
    return tuple(
        Item(one["id"], Text.from_data(one["title"]), int(one["weight"]), Proof(one["proof"]), tuple(one["measures"]))
        for one in data["items"]
    )


def scored(
    items: Iterable[Item], plan: Plan, events: Sequence[Event], scores: Mapping[str, Score] | None = None
) -> Sheet:
    """Return the sheet of a response: what its log shows, and what has been judged."""
    lines = tuple(line_of(item, plan, events, (scores or {}).get(item.id)) for item in items)
    judged = sum(line.item.weight for line in lines if line.score is not None)
    points = sum(line.item.weight * line.score.points for line in lines if line.score is not None)
    whole = sum(line.item.weight for line in lines)
    return Sheet(lines, judged, whole, points / judged if judged else None)


def line_of(item: Item, plan: Plan, events: Sequence[Event], score: Score | None) -> Line:
    times = tuple(measure(name, plan, events) for name in item.measures)
    fact, proposed, seqs = shown_by_log(item.proof, plan, events)
    return Line(item, fact, proposed, times, seqs, score)


def shown_by_log(proof: Proof, plan: Plan, events: Sequence[Event]) -> tuple[Text, int | None, tuple[int, ...]]:
    """Return what the log counts for an item, the points that this comes to, and its lines."""
    if proof is Proof.STEPS:
        return steps_shown(plan, events)
    return needs_shown(events) if proof is Proof.NEEDS else (Text(), None, ())


def steps_shown(plan: Plan, events: Sequence[Event]) -> tuple[Text, int | None, tuple[int, ...]]:
    """Return how many steps with a deadline were in time; late is worth half, as in exercises."""
    limited = (Verdict.MET, Verdict.LATE, Verdict.MISSED)
    verdicts = [one.verdict for one in step_times(plan, events) if one.verdict in limited]
    kept = sum(one is Verdict.MET for one in verdicts)
    late = sum(one is Verdict.LATE for one in verdicts)
    fact = Text(
        f"有时限的任务 {len(verdicts)} 项：按时 {kept}，超时 {late}，未完成 {len(verdicts) - kept - late}",
        f"{len(verdicts)} tasks with a deadline: {kept} in time, {late} late, {len(verdicts) - kept - late} not done",
    )
    proposed = round(100 * sum(WORTH[one] for one in verdicts) / len(verdicts)) if verdicts else None
    return fact, proposed, tuple(event.seq for event in events if event.kind == "step.late")


def needs_shown(events: Sequence[Event]) -> tuple[Text, int | None, tuple[int, ...]]:
    """Return how many of the needs that were asked for were met."""
    asked = {event.data["need"] for event in events if event.kind == "need.opened"}
    met = {event.data["need"] for event in events if event.kind == "need.met"} & asked
    fact = Text(f"提出需求 {len(asked)} 项，满足 {len(met)} 项", f"{len(met)} of {len(asked)} needs were met")
    proposed = round(100 * len(met) / len(asked)) if asked else None
    return fact, proposed, tuple(event.seq for event in events if event.kind == "need.short")


def rescue_section(sheet: Sheet, conclusion: str) -> Section:
    """Return the scored sheet as a section of the report of a response."""
    head = (
        Text("评估内容", "Item"),
        Text("权重", "Weight"),
        Text("日志所示", "What the log shows"),
        Text("建议分", "Proposed"),
        Text("评分", "Score"),
        Text("理由", "Why"),
    )
    rows = tuple(
        (
            line.item.title,
            number(line.item.weight),
            shown(line),
            BLANK if line.proposed is None else number(line.proposed),
            BLANK if line.score is None else number(line.score.points),
            BLANK if line.score is None or not line.score.why else Text(line.score.why, line.score.why),
        )
        for line in sheet.lines
    )
    said = (worded(sheet), *((Text(conclusion, conclusion),) if conclusion else ()))
    return Section(Text("应急处置评估", "The rescue evaluated"), paragraphs=said, tables=(Table(head, rows),))


def worded(sheet: Sheet) -> Text:
    if sheet.points is None:
        return Text("尚未评分。", "Nothing has been scored yet.")
    grade = sheet.grade
    zh = f"已评权重 {sheet.judged}/{sheet.whole}，得 {sheet.points:.1f} 分"
    en = f"{sheet.points:.1f} of 100, over {sheet.judged} of {sheet.whole} of the weight"
    if grade is None:
        return Text(f"{zh}；评分未满八成，不定等次。", f"{en}; below four fifths of the weight no grade is given.")
    return Text(f"{zh}，{grade.zh}。", f"{en}: {grade.en}.")


def shown(line: Line) -> Text:
    """Word what the log shows: counts, then times."""
    parts = [line.fact] if line.fact else []
    for one in line.times:
        took = spanned(one.took)
        parts.append(Text(f"{one.title.zh} {took.zh}", f"{one.title.en} {took.en}"))
    if not parts:
        return BLANK
    return Text("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))


def number(value: int) -> Text:
    return Text(str(value), str(value))
