"""A short message to a player: text message, application, radio note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.exercises.injects.parts import FACTS, SENDER, TEXT, TO, Keys, headed, learnt, said, told
from youbei.engine.exercises.model import KnownFact
from youbei.engine.run.script import Effect
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Message:
    """A short message to a player: text message, application, radio note."""

    sender: Text
    to: str
    text: Text
    facts: tuple[KnownFact, ...] = ()

    def fire(self, title: Text) -> tuple[Effect, ...]:
        return (*learnt(self.facts, "message"), *said(self.to, headed("消息", "Message", self.sender), self.text))

    def says(self) -> Mapping[str, Any]:
        return told("message", self.sender, self.to)


KEYS: Keys = (SENDER, TO, TEXT, FACTS)
