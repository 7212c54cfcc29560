"""The hot wash: what participants are asked after an exercise, and what their answers come to.

It is the participants' own view. It is never added to what the log shows or to what evaluators rate, and it says out of
how many it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median
from typing import Any

from youbei.engine.exercises.report import Section, Table
from youbei.engine.text import Text

GRADES = (1, 2, 3, 4, 5)
# Assumption: of fewer than three answers each can be told by whoever knows two of them.
FEWEST_ANONYMOUS = 3
LONGEST_ANSWER = 2_000

Answers = Mapping[str, int | str]


class QuestionKind(StrEnum):
    SCALE = "scale"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    kind: QuestionKind
    text: Text

    def as_data(self) -> dict[str, Any]:
        return {"id": self.id, "kind": self.kind.value, "text": self.text.as_data()}


@dataclass(frozen=True, slots=True)
class Questionnaire:
    id: str
    title: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Grades:
    """What was answered to a question with a scale: how many gave each of the grades 1 to 5, and their middle."""

    question: Question
    counts: tuple[int, ...]
    mean: float | None
    median: float | None

    @property
    def answered(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Words:
    """What was written to a question, in no order that tells who wrote it."""

    question: Question
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HotWashResult:
    """What a hot wash came to. `asked` is how many were asked, `answered` how many did.

    `is_withheld` where so few answered anonymously that nothing is shown; then there are no grades and words. `percent`
    is the mean of all grades, 1 standing for 0 and 5 for 100: the participants' own view, no score.
    """

    asked: int
    answered: int
    is_anonymous: bool
    is_withheld: bool
    grades: tuple[Grades, ...]
    words: tuple[Words, ...]
    percent: float | None

    @property
    def share(self) -> float | None:
        """Return which part of those asked answered; None where nobody was asked, or more answered than were asked."""
        return self.answered / self.asked if self.asked and self.answered <= self.asked else None


def question_from_data(data: Mapping[str, Any]) -> Question:
    return Question(str(data["id"]), QuestionKind(data["kind"]), Text.from_data(data["text"]))


def questionnaires_from_data(data: Mapping[str, Any]) -> tuple[Questionnaire, ...]:
    """Read the library: each questionnaire names questions by their ids; an unknown id raises KeyError."""
    known = {one["id"]: question_from_data(one) for one in data["questions"]}
    return tuple(
        Questionnaire(one["id"], Text.from_data(one["title"]), tuple(known[name] for name in one["questions"]))
        for one in data["questionnaires"]
    )


def sound_answers(questions: Iterable[Question], given: Mapping[str, Any]) -> dict[str, int | str]:
    """Return the answers that belong to these questions, grades as numbers and words trimmed, without empty ones."""
    kept: dict[str, int | str] = {}
    for question in questions:
        value = str(given.get(question.id) or "").strip()
        if question.kind is QuestionKind.SCALE:
            if value in {str(grade) for grade in GRADES}:
                kept[question.id] = int(value)
        elif value:
            kept[question.id] = value
    return kept


def result_of(
    questions: Sequence[Question], answers: Sequence[Answers], *, asked: int, is_anonymous: bool
) -> HotWashResult:
    """Return what the answers come to."""
    is_withheld = is_anonymous and len(answers) < FEWEST_ANONYMOUS
    shown: Sequence[Answers] = () if is_withheld else answers
    grades = tuple(graded(one, shown) for one in questions if one.kind is QuestionKind.SCALE)
    written = tuple(
        Words(one, tuple(str(each[one.id]) for each in shown if one.id in each))
        for one in questions
        if one.kind is QuestionKind.TEXT
    )
    given = [grade for one in grades for grade, count in zip(GRADES, one.counts, strict=True) for _ in range(count)]
    percent = (fmean(given) - 1) / (GRADES[-1] - 1) * 100 if given else None
    return HotWashResult(asked, len(answers), is_anonymous, is_withheld, grades, written, percent)


def graded(question: Question, answers: Iterable[Answers]) -> Grades:
    given = [int(one[question.id]) for one in answers if question.id in one]
    counts = tuple(given.count(grade) for grade in GRADES)
    return Grades(question, counts, fmean(given) if given else None, median(given) if given else None)


def hot_wash_section(result: HotWashResult) -> Section:
    """Return what participants said as a section of an after-action report."""
    title = Text("参演人员的看法", "How participants see it")
    return Section(title, paragraphs=tuple(worded(result)), tables=grade_tables(result), sections=word_sections(result))


def worded(result: HotWashResult) -> Iterable[Text]:
    how = Text("匿名", "anonymously") if result.is_anonymous else Text("实名", "by name")
    share = "" if result.share is None else f"{result.share:.0%}"
    yield Text(
        f"{how.zh}问卷：应答 {result.asked} 人，实际回答 {result.answered} 人{f'（{share}）' if share else ''}。"
        "这是参演人员自己的看法，不计入评估组的评定。",
        f"Questionnaire, answered {how.en}: {result.asked} were asked, {result.answered} answered"
        f"{f' ({share})' if share else ''}. It is the participants' own view and no part of the official rating.",
    )
    if result.answered > result.asked:
        yield Text(
            "回答多于应答人数：链接可能被转给他人，或有人回答两次，比例不作计算。",
            "More answered than were asked: the link was passed on, or somebody answered twice. No share is given.",
        )
    if result.is_withheld:
        yield Text(
            f"匿名回答不足 {FEWEST_ANONYMOUS} 份，为免认出是谁，不予公布。",
            f"Fewer than {FEWEST_ANONYMOUS} answered anonymously; nothing is shown, so that nobody can be told by it.",
        )


def grade_tables(result: HotWashResult) -> tuple[Table, ...]:
    rows = tuple(
        (one.question.text, *(plain(count) for count in one.counts), plain(one.answered), middle(one.mean))
        for one in result.grades
        if one.answered
    )
    head = (
        Text("问题（1 完全不同意，5 完全同意）", "Question (1 strongly disagree, 5 strongly agree)"),
        *(plain(grade) for grade in GRADES),
        Text("回答", "Answers"),
        Text("平均", "Mean"),
    )
    return (Table(head, rows),) if rows else ()


def word_sections(result: HotWashResult) -> tuple[Section, ...]:
    return tuple(
        Section(one.question.text, points=tuple(Text(text, text) for text in one.texts))
        for one in result.words
        if one.texts
    )


def plain(number: int) -> Text:
    return Text(str(number), str(number))


def middle(mean: float | None) -> Text:
    return Text("—", "—") if mean is None else Text(f"{mean:.1f}", f"{mean:.1f}")
