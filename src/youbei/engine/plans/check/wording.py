"""Text: is everything that people read there, in both languages?"""

from __future__ import annotations

from collections.abc import Iterator

from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.study import Study, called, found
from youbei.engine.plans.model import Step
from youbei.engine.text import Text

NO_CHINESE = explain(
    "W801",
    ("缺少中文", "Chinese missing"),
    ("只有英文，中文界面上的人读不到。", "The text exists in English only."),
    ("请补写中文。", "Write it in Chinese."),
)
NO_ENGLISH = explain(
    "W802",
    ("缺少英文", "English missing"),
    ("只有中文，英文界面上的人读不到。", "The text exists in Chinese only."),
    ("请补写英文。", "Write it in English."),
)
NO_TITLE = explain(
    "E803",
    ("没有名称", "Title missing"),
    (
        "预案、岗位、步骤须有名称，否则事件板上只见标识符。",
        "Plans, posts and steps have a title, or the board shows only identifiers.",
    ),
    ("请写 title。", "Give it a title."),
)
NO_CARD = explain(
    "W804",
    ("没有应急处置卡", "No response card"),
    ("步骤没有处置卡，接到任务的人不知具体怎么做。", "Who gets the step is not told how to do it."),
    ("请写 card：先做什么、再做什么、找谁。", "Write the card: what first, what next, whom to call."),
)
EMPTY_CHAPTER = explain(
    "W805",
    ("章节没有正文", "Empty chapter"),
    ("只有标题，没有正文。", "The chapter has a heading but no text."),
    ("请写正文，或删去该章节。", "Write it, or remove it."),
)
EMPTY_MESSAGE = explain(
    "W806",
    ("通知或报告没有内容", "Empty message or report"),
    ("对方收到的是一条空的通知。", "The receiver gets a message that says nothing."),
    ("请写内容。", "Say what is to be told."),
)

CODES = (NO_CHINESE, NO_ENGLISH, NO_TITLE, NO_CARD, EMPTY_CHAPTER, EMPTY_MESSAGE)


def check_wording(study: Study) -> Iterator[Finding]:
    for place, text in _texts(study):
        if text.en and not text.zh:
            yield found(NO_CHINESE, place, f"只有英文：“{_start(text.en)}”。", f'English only: "{_start(text.en)}".')
        if text.zh and not text.en:
            yield found(NO_ENGLISH, place, f"只有中文：“{_start(text.zh)}”。", f'Chinese only: "{_start(text.zh)}".')
    yield from _empty(study)


def _start(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 24 else text[:23] + "…"


def _texts(study: Study) -> Iterator[tuple[str, Text]]:
    plan = study.plan
    yield "title", plan.title
    for event in plan.life:
        place = f"life.{event.stage.value}"
        yield from ((f"{place}.by", event.by), (f"{place}.authority", event.authority), (f"{place}.note", event.note))
    for chapter in plan.chapters:
        yield f"chapters.{chapter.clause}.title", chapter.title
        yield f"chapters.{chapter.clause}.body", chapter.body
    for level in plan.levels:
        yield f"levels.{level.number.name}.measures", level.measures
    for post in plan.posts:
        yield f"posts.{post.id}.title", post.title
        yield f"posts.{post.id}.duties", post.duties
    for step in plan.steps:
        yield from _step_texts(step)
    for scenario in plan.scenarios:
        yield f"scenarios.{scenario.id}.title", scenario.title


def _step_texts(step: Step) -> Iterator[tuple[str, Text]]:
    place = f"steps.{step.id}"
    yield f"{place}.title", step.title
    yield f"{place}.card", step.card
    yield f"{place}.takes.note", step.takes.note
    for index, tell in enumerate(step.tells):
        yield f"{place}.tells[{index}].message", tell.message
    for index, report in enumerate(step.reports):
        yield f"{place}.reports[{index}].content", report.content


def _empty(study: Study) -> Iterator[Finding]:
    plan = study.plan
    titles = [("title", plan.title)]
    titles += [(f"posts.{post.id}.title", post.title) for post in plan.posts]
    titles += [(f"steps.{step.id}.title", step.title) for step in plan.steps]
    for place, title in titles:
        if not title:
            yield found(NO_TITLE, place, "没有名称。", "There is no title.")
    for chapter in plan.chapters:
        if not chapter.body:
            yield found(
                EMPTY_CHAPTER,
                f"chapters.{chapter.clause}.body",
                f"章节 {chapter.clause} 没有正文。",
                f"Clause {chapter.clause} has no text.",
            )
    for step in plan.steps:
        if not step.card:
            yield found(
                NO_CARD,
                f"steps.{step.id}.card",
                f"“{called(step).zh}”没有处置卡。",
                f'"{called(step).en}" has no response card.',
            )
        said = [(f"tells[{index}].message", tell.message) for index, tell in enumerate(step.tells)]
        said += [(f"reports[{index}].content", report.content) for index, report in enumerate(step.reports)]
        for where, text in said:
            if not text:
                yield found(EMPTY_MESSAGE, f"steps.{step.id}.{where}", "没有内容。", "It says nothing.")
