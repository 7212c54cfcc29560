"""An order or question of a superior authority, with its number where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.exercises.injects.parts import SENDER, TEXT, TO, Keys, headed, said, told
from youbei.engine.plans.shapes import key
from youbei.engine.plans.words import Line
from youbei.engine.run.script import Effect
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class OfficialOrder:
    """An order or question of a superior authority, with its number where it has one."""

    sender: Text
    to: str
    text: Text
    number: str = ""

    def fire(self, title: Text) -> tuple[Effect, ...]:
        return said(self.to, headed("上级指令", "Order", self.sender), self.text)

    def says(self) -> Mapping[str, Any]:
        return {**told("order", self.sender, self.to), "number": self.number}


KEYS: Keys = (SENDER, TO, TEXT, key("number", Line(), "文号。", "Number of the document."))
