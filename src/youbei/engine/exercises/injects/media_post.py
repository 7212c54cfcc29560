"""A post in the media or a social network; it stands on the media wall, and may reach a post, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.exercises.injects.parts import FACTS, TEXT, TO_MAYBE, Keys, headed, learnt, said, told
from youbei.engine.exercises.model import KnownFact
from youbei.engine.plans.shapes import key
from youbei.engine.plans.values import Number
from youbei.engine.plans.words import Bilingual
from youbei.engine.run.script import Effect
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class MediaPost:
    """A post in the media or a social network; it stands on the media wall, and may reach a post, too."""

    outlet: Text
    text: Text
    to: str = ""
    reach: int = 0
    facts: tuple[KnownFact, ...] = ()

    def fire(self, title: Text) -> tuple[Effect, ...]:
        return (*learnt(self.facts, "media"), *said(self.to, headed("媒体", "Media", self.outlet), self.text))

    def says(self) -> Mapping[str, Any]:
        return told("media", self.outlet, self.to)


KEYS: Keys = (
    key("outlet", Bilingual(), "媒体或账号。", "Medium or account.", required=True),
    TEXT,
    TO_MAYBE,
    key("reach", Number(is_whole=True), "阅读量。", "How many have seen it."),
    FACTS,
)
