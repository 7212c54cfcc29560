"""A rumour that is not true; what is true is for controllers only, and nothing of it becomes a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.exercises.injects.parts import TEXT, TO_MAYBE, Keys, headed, said, told
from youbei.engine.plans.shapes import key
from youbei.engine.plans.values import Number
from youbei.engine.plans.words import Bilingual
from youbei.engine.run.script import Effect
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class FalseRumour:
    """A rumour that is not true; what is true is for controllers only, and nothing of it becomes a fact."""

    outlet: Text
    text: Text
    truth: Text
    to: str = ""
    reach: int = 0

    def fire(self, title: Text) -> tuple[Effect, ...]:
        return said(self.to, headed("传言", "Rumour", self.outlet), self.text)

    def says(self) -> Mapping[str, Any]:
        return told("media", self.outlet, self.to)


KEYS: Keys = (
    key("outlet", Bilingual(), "从哪里传出。", "Where it is told.", required=True),
    TEXT,
    key("truth", Bilingual(), "实情，只给导调人员看。", "What is true, for controllers only.", required=True),
    TO_MAYBE,
    key("reach", Number(is_whole=True), "阅读量。", "How many have seen it."),
)
