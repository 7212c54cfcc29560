"""A telephone or radio call that a player answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.exercises.injects.parts import FACTS, SENDER, TEXT, TO, Keys, headed, learnt, said, told
from youbei.engine.exercises.model import KnownFact
from youbei.engine.run.script import Effect
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Call:
    """A telephone or radio call that a player answers."""

    sender: Text
    to: str
    text: Text
    facts: tuple[KnownFact, ...] = ()

    def fire(self, title: Text) -> tuple[Effect, ...]:
        return (*learnt(self.facts, "call"), *said(self.to, headed("来电", "Call", self.sender), self.text))

    def says(self) -> Mapping[str, Any]:
        return told("call", self.sender, self.to)


KEYS: Keys = (SENDER, TO, TEXT, FACTS)
