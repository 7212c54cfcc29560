"""A reading of an instrument, which becomes a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.conditions import Value
from youbei.engine.exercises.injects.parts import TEXT_MAYBE, TO_MAYBE, Keys, headed, said, told
from youbei.engine.plans.shapes import key
from youbei.engine.plans.values import FactValue
from youbei.engine.plans.words import Bilingual, Slug
from youbei.engine.run.script import Effect, Learn
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class SensorValue:
    """A reading of an instrument, which becomes a fact."""

    sensor: Text
    key: str
    value: Value
    to: str = ""
    text: Text = Text()

    def fire(self, title: Text) -> tuple[Effect, ...]:
        told_of = said(self.to, headed("监测", "Sensor", self.sensor), self.text)
        return (Learn(self.key, self.value, "sensor"), *told_of)

    def says(self) -> Mapping[str, Any]:
        return told("sensor", self.sensor, self.to)


KEYS: Keys = (
    key("sensor", Bilingual(), "仪器。", "Which instrument.", required=True),
    key("key", Slug(), "读数是哪项情况。", "Which fact it reads.", required=True),
    key("value", FactValue(), "读数。", "What it reads.", required=True),
    TO_MAYBE,
    TEXT_MAYBE,
)
