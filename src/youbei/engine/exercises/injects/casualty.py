"""People hurt, missing or trapped: the fact, with the new total, and the words of whoever found them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.exercises.injects.parts import TEXT_MAYBE, TO_MAYBE, Keys, said, told
from youbei.engine.plans.shapes import key
from youbei.engine.plans.values import Number
from youbei.engine.plans.words import Slug
from youbei.engine.run.script import Effect, Learn
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Casualty:
    """People hurt, missing or trapped: the fact, with the new total, and the words of whoever found them."""

    severity: str
    total: int
    to: str = ""
    text: Text = Text()

    def fire(self, title: Text) -> tuple[Effect, ...]:
        return (Learn(self.severity, self.total, "scene"), *said(self.to, title, self.text))

    def says(self) -> Mapping[str, Any]:
        return told("scene", None, self.to)


KEYS: Keys = (
    key(
        "severity",
        Slug(),
        "哪项情况：deaths、serious_injured、minor_injured、missing、trapped 等。",
        "Which fact: deaths, serious_injured, minor_injured, missing, trapped and so on.",
        required=True,
    ),
    key("total", Number(is_whole=True), "累计人数。", "How many in all by now.", required=True),
    TO_MAYBE,
    TEXT_MAYBE,
)
