"""The language of what a played role does: one table for one deed, named by its first key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from youbei.engine.plans.problems import At, meant
from youbei.engine.plans.shapes import BAD, Defs, Record, Schema, key
from youbei.engine.plans.values import FactValue
from youbei.engine.plans.words import Bilingual, LevelName, Line, Slug
from youbei.engine.run.commands import (
    Activate,
    EndExercise,
    EndResponse,
    FinishStep,
    RaiseLevel,
    SkipStep,
    StartStep,
)
from youbei.engine.run.script import Learn, Say

EXAMPLE = '{finish = "report"}'


def _join_fact(values: dict[str, Any]) -> Learn:
    return Learn(**values, source="role")


DEEDS: dict[str, Record] = {
    "activate": Record(
        Activate,
        (
            key("activate", LevelName(), "按此级别启动预案。", "Activate at it.", required=True, fills="level"),
            key("reason", Line(), "原因。", "Why."),
        ),
    ),
    "raise": Record(
        RaiseLevel,
        (
            key("raise", LevelName(), "提升到此级别。", "Raise to this level.", required=True, fills="level"),
            key("reason", Line(), "原因。", "Why."),
        ),
    ),
    "begin": Record(StartStep, (key("begin", Slug(), "开始此步骤。", "Begin a step.", required=True, fills="step"),)),
    "finish": Record(
        FinishStep,
        (
            key("finish", Slug(), "完成此步骤。", "Finish a step.", required=True, fills="step"),
            key("note", Line(), "说明。", "Remark."),
        ),
    ),
    "skip": Record(
        SkipStep,
        (
            key("skip", Slug(), "跳过此步骤。", "Skip a step.", required=True, fills="step"),
            key("reason", Line(), "原因。", "Why.", required=True),
        ),
    ),
    "fact": Record(
        Learn,
        (
            key("fact", Slug(), "报告此项情况。", "Report this fact.", required=True, fills="key"),
            key("value", FactValue(), "取值。", "Its value.", required=True),
        ),
        join=_join_fact,
    ),
    "tell": Record(
        Say,
        (
            key("tell", Line(), "告知谁。", "Whom it tells.", required=True, fills="to"),
            key("subject", Bilingual(), "主题。", "Subject.", required=True),
            key("text", Bilingual(), "内容。", "What it says.", required=True, fills="body"),
        ),
    ),
    "end": Record(
        EndResponse,
        (key("end", Line(), "终止响应，写明原因。", "End the response: why.", required=True, fills="reason"),),
    ),
    "endex": Record(
        EndExercise,
        (key("endex", Line(), "结束演练，写明原因。", "End the exercise: why.", required=True, fills="reason"),),
    ),
}
WORDS = {record.model: word for word, record in DEEDS.items()}


@dataclass(frozen=True, slots=True)
class DeedShape:
    """One thing that a played role does."""

    def read(self, value: Any, at: At) -> Any:
        if not isinstance(value, dict):
            at.expected(value, zh="行动", en="a deed", cure_zh=f"请写作 {EXAMPLE}。", cure_en=f"Write {EXAMPLE}.")
            return BAD
        found = [word for word in DEEDS if word in value]
        if len(found) != 1:
            cure = meant(next(iter(value), ""), DEEDS)
            at.wrong(
                "这一行动须写明且只写明一件事。",
                "a deed says exactly one thing to do.",
                cure_zh=f"请写作 {EXAMPLE}。{cure.zh}",
                cure_en=f"Write {EXAMPLE}. {cure.en}",
            )
            return BAD
        return DEEDS[found[0]].read(value, at)

    def write(self, value: Any) -> dict[str, Any]:
        return DEEDS[WORDS[type(value)]].write(value)

    def schema(self, defs: Defs) -> Schema:
        return {"anyOf": [record.schema(defs) for record in DEEDS.values()]}
