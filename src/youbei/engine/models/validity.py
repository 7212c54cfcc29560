"""The one refusal of all models: what was asked lies where the equations do not hold."""

from __future__ import annotations

import math

from youbei.engine.errors import Refused
from youbei.engine.text import Text


class OutsideValidity(Refused):
    """Refuse to calculate what the model cannot say, with the reason."""

    status = 422


def need_range(value: float, low: float, high: float, name: Text, unit: str) -> None:
    """Refuse a number outside the closed range in which a model holds."""
    if not (math.isfinite(value) and low <= value <= high):
        raise OutsideValidity(
            zh=f"{name.zh}须在 {low:g} 至 {high:g} {unit}之间，收到的是 {value:g}。请核对，或改用别的方法。",
            en=f"{name.en} must be {low:g} to {high:g} {unit}, not {value:g}. Check it, or use another method.",
        )
