"""The picture of what would help most: a bar for each measure, the longest first, with its interval, on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from youbei.engine.text import Text

WIDTH, HEIGHT = 360, 18


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: its bar from `zero`, its interval from `low` to `high`, in the units of the picture.

    key: as findings name it. gain: promises fewer in a run; half: half its 95 % interval.
    """

    key: str
    said: Text
    gain: float
    half: float
    x: float
    width: float
    low: float
    high: float
    zero: float
    size: tuple[int, int] = (WIDTH, HEIGHT)


@dataclass(frozen=True, slots=True)
class Tornado:
    """What helps, and what was tried without a difference that can be told. `before`: promises broken in a run, with
    half its 95 % interval where that is known.
    """

    rows: tuple[Row, ...]
    others: tuple[Text, ...]
    runs: int
    before: float
    before_half: float | None


def tornado(found: Mapping[str, Any]) -> Tornado | None:
    """Return the picture; None where nothing was tried."""
    tried = found.get("improvements") or []
    if not tried:
        return None
    helping = [one for one in tried if one["is_plain"] and one["gain"] > 0]
    left, scale = scale_of(helping)
    rows = tuple(row(one, left, scale) for one in helping)
    others = tuple(what_of(one) for one in tried if one not in helping)
    return Tornado(rows, others, tried[0]["runs"], tried[0]["before"], tried[0].get("before_half"))


def scale_of(tried: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Return where the picture begins, and how many units of it a promise is."""
    left = min([0.0, *(one["low"] for one in tried)])
    right = max([0.0, *(one["high"] for one in tried)])
    return left, (WIDTH - 2) / ((right - left) or 1.0)


def row(one: Mapping[str, Any], left: float, scale: float) -> Row:
    def place(value: float) -> float:
        return round(1 + (value - left) * scale, 2)

    zero, end = place(0.0), place(one["gain"])
    return Row(
        key=one["key"],
        said=Text(one["zh"], one["en"]),
        gain=one["gain"],
        half=(one["high"] - one["low"]) / 2,
        x=min(zero, end),
        width=round(abs(end - zero), 2),
        low=place(one["low"]),
        high=place(one["high"]),
        zero=zero,
    )


def what_of(one: Mapping[str, Any]) -> Text:
    return Text(one["what"]["zh"], one["what"]["en"])
