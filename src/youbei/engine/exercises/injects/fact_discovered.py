"""Something found out at the scene, which becomes known to the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.exercises.injects.parts import FACT, TEXT_MAYBE, TO_MAYBE, Keys, learnt, said, told
from youbei.engine.exercises.model import KnownFact
from youbei.engine.plans.shapes import ListOf, key
from youbei.engine.run.script import Effect
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class FactDiscovered:
    """Something found out at the scene, which becomes known to the run."""

    facts: tuple[KnownFact, ...]
    to: str = ""
    text: Text = Text()

    def fire(self, title: Text) -> tuple[Effect, ...]:
        return (*learnt(self.facts, "scene"), *said(self.to, title, self.text))

    def says(self) -> Mapping[str, Any]:
        return told("scene", None, self.to)


KEYS: Keys = (
    key("facts", ListOf(FACT), "获悉的情况。", "The facts that become known.", required=True),
    TO_MAYBE,
    TEXT_MAYBE,
)
