"""Shapes of values: yes and no, numbers, values of facts, dates and lengths of time."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from youbei.engine.plans.durations import NotADuration, format_duration, parse_duration
from youbei.engine.plans.problems import At
from youbei.engine.plans.shapes import BAD, Defs, Schema, read_string
from youbei.engine.text import Text

# The largest integer that every JSON reader keeps exactly. Source: RFC 8259, section 6.
LARGEST_INTEGER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def read(self, value: Any, at: At) -> Any:
        if isinstance(value, bool):
            return value
        at.expected(value, zh="true 或 false", en="true or false", cure_zh="请改写。", cure_en="Write one of them.")
        return BAD

    def write(self, value: bool) -> bool:
        return value

    def schema(self, defs: Defs) -> Schema:
        return {"type": "boolean"}


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def plain_number(value: int | float) -> int | float:
    """Write a whole number without a fraction, so that 4 and 4.0 are the same text."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST_INTEGER:
        return int(value)
    return value


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number in a closed range."""

    low: float = 0
    high: float = LARGEST_INTEGER
    is_whole: bool = False

    def read(self, value: Any, at: At) -> Any:
        kinds = int if self.is_whole else (int, float)
        if is_number(value) and isinstance(value, kinds) and self.low <= value <= self.high:
            return value if self.is_whole else float(value)
        at.expected(
            value,
            zh=f"{'整数' if self.is_whole else '数'}",
            en=f"{'a whole number' if self.is_whole else 'a number'}",
            cure_zh=f"请填写 {self.low} 至 {self.high} 之间的{'整数' if self.is_whole else '数'}。",
            cure_en=f"Give {'a whole number' if self.is_whole else 'a number'} from {self.low} to {self.high}.",
        )
        return BAD

    def write(self, value: float) -> float:
        return plain_number(value)

    def schema(self, defs: Defs) -> Schema:
        return {"type": "integer" if self.is_whole else "number", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class FactValue:
    """The value of a fact: a number, true or false, or a code."""

    def read(self, value: Any, at: At) -> Any:
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return read_string(value, at)
        if (isinstance(value, int) and abs(value) <= LARGEST_INTEGER) or (
            isinstance(value, float) and math.isfinite(value)
        ):
            return value
        at.expected(
            value,
            zh="数、true/false 或文字",
            en="a number, true/false or text",
            cure_zh=f"数的绝对值不得超过 {LARGEST_INTEGER}，不得为 NaN 或无穷。",
            cure_en=f"Numbers are finite and at most {LARGEST_INTEGER} in size.",
        )
        return BAD

    def write(self, value: Any) -> Any:
        return plain_number(value) if is_number(value) else value

    def schema(self, defs: Defs) -> Schema:
        defs["value"] = {"type": ["number", "boolean", "string"]}
        return {"$ref": "#/$defs/value"}


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date; bare in TOML, a string in JSON."""

    def read(self, value: Any, at: At) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        at.expected(value, zh="日期", en="a date", cure_zh="请写作 2026-03-02。", cure_en="Write it like 2026-03-02.")
        return BAD

    def write(self, value: date) -> date:
        return value

    def schema(self, defs: Defs) -> Schema:
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


_DURATION_REASONS = {
    "negative": Text(zh="时长不得为负。", en="a duration cannot be negative."),
    "calendar": Text(zh="年和月长短不一，不能作时长。", en="years and months differ in length and cannot be used."),
    "long": Text(zh="时长不得超过 10 年。", en="a duration is at most ten years."),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, as ISO 8601 writes it."""

    def read(self, value: Any, at: At) -> Any:
        cure = Text(
            zh="请写作 PT30M（30 分钟）、PT1H30M（1 小时 30 分）或 P1D（1 天）。",
            en="Write PT30M (30 minutes), PT1H30M (an hour and a half) or P1D (a day).",
        )
        if isinstance(value, str):
            try:
                return parse_duration(value)
            except NotADuration as refusal:
                if (reason := _DURATION_REASONS.get(refusal.reason)) is not None:
                    at.wrong(reason.zh, reason.en, cure_zh=cure.zh, cure_en=cure.en)
                    return BAD
        at.expected(value, zh="时长", en="a duration", cure_zh=cure.zh, cure_en=cure.en)
        return BAD

    def write(self, value: timedelta) -> str:
        return format_duration(value)

    def schema(self, defs: Defs) -> Schema:
        defs["duration"] = {
            "type": "string",
            "description": "ISO 8601 时长，如 PT30M。 A duration such as PT30M; no years, no months.",
            "pattern": r"^P(?!$)(\d+W|(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d{1,6})?S)?)?)$",
        }
        return {"$ref": "#/$defs/duration"}
