"""An e-mail, with its subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.exercises.injects.parts import FACTS, SENDER, TEXT, TO, Keys, learnt, said, told
from youbei.engine.exercises.model import KnownFact
from youbei.engine.plans.shapes import key
from youbei.engine.plans.words import Bilingual
from youbei.engine.run.script import Effect
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail, with its subject."""

    sender: Text
    to: str
    subject: Text
    text: Text
    facts: tuple[KnownFact, ...] = ()

    def fire(self, title: Text) -> tuple[Effect, ...]:
        return (*learnt(self.facts, "email"), *said(self.to, self.subject, self.text))

    def says(self) -> Mapping[str, Any]:
        return told("email", self.sender, self.to)


KEYS: Keys = (
    SENDER,
    TO,
    key("subject", Bilingual(), "主题。", "Its subject.", required=True),
    TEXT,
    FACTS,
)
