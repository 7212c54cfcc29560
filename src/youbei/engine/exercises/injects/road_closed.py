"""A road that is closed: everything on the way, and all that is sent later, takes longer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from youbei.engine.exercises.injects.parts import FACTS, TEXT_MAYBE, TO_MAYBE, Keys, headed, learnt, said, told
from youbei.engine.exercises.model import KnownFact
from youbei.engine.plans.shapes import key
from youbei.engine.plans.values import Span
from youbei.engine.plans.words import Bilingual
from youbei.engine.run.script import Delay, Effect
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class RoadClosed:
    """A road that is closed: everything on the way, and all that is sent later, takes longer."""

    road: Text
    delay: timedelta
    to: str = ""
    text: Text = Text()
    facts: tuple[KnownFact, ...] = ()

    def fire(self, title: Text) -> tuple[Effect, ...]:
        told_of = said(self.to, headed("道路中断", "Road closed", self.road), self.text)
        return (Delay(self.road.in_language("zh"), self.delay), *learnt(self.facts, "traffic"), *told_of)

    def says(self) -> Mapping[str, Any]:
        return told("traffic", self.road, self.to)


KEYS: Keys = (
    key("road", Bilingual(), "哪条路。", "Which road.", required=True),
    key("delay", Span(), "绕行多花的时间。", "How much longer the way round takes.", required=True),
    TO_MAYBE,
    TEXT_MAYBE,
    FACTS,
)
