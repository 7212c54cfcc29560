"""A team, vehicle or store that goes out of order: by its id, or so many teams of a capability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.exercises.injects.parts import TEXT_MAYBE, TO_MAYBE, Keys, said, told
from youbei.engine.plans.shapes import key
from youbei.engine.plans.values import Number
from youbei.engine.plans.words import Line
from youbei.engine.run.script import Effect, Fail
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class ResourceFailure:
    """A team, vehicle or store that goes out of order: by its id, or so many teams of a capability."""

    resource: str = ""
    capability: str = ""
    count: int = 1
    to: str = ""
    text: Text = Text()

    def fire(self, title: Text) -> tuple[Effect, ...]:
        return (Fail(self.resource, self.capability, self.count), *said(self.to, title, self.text))

    def says(self) -> Mapping[str, Any]:
        return told("scene", None, self.to)


KEYS: Keys = (
    key("resource", Line(), "登记册中的资源代码。", "Code of the resource in the register."),
    key("capability", Line(), "或：具备此能力的队伍。", "Or: teams of this capability."),
    key("count", Number(1, 1000, is_whole=True), "几支队伍。", "How many teams."),
    TO_MAYBE,
    TEXT_MAYBE,
)
