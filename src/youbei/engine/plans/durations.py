"""Lengths of time as ISO 8601 writes them: `PT30M`, `P1DT12H`, `PT2.5S`.

Years and months are not read, because nobody can say how long one is; weeks, days, hours, minutes and seconds are.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

# Assumption: nothing that a plan times lasts longer than ten years; the limit keeps date arithmetic in range.
LONGEST = timedelta(days=3650)

_PATTERN = re.compile(
    r"P(?:(?P<weeks>\d{1,9})W|(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9}(?:[.,]\d{1,6})?)S)?)?)"
)
_CALENDAR = re.compile(r"P(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T.*)?")


class NotADuration(ValueError):
    """Say that a text is no duration; `reason` is `negative`, `calendar`, `long` or `form`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_duration(text: str) -> timedelta:
    """Return the length that an ISO 8601 duration names, 0 to ten years; raise NotADuration otherwise."""
    if text.startswith("-"):
        raise NotADuration("negative")
    match = _PATTERN.fullmatch(text)
    if match is None or text in ("P", "PT") or text.endswith("T"):
        raise NotADuration("calendar" if text != "P" and _CALENDAR.fullmatch(text) and len(text) > 1 else "form")
    parts = {name: Decimal((found or "0").replace(",", ".")) for name, found in match.groupdict().items()}
    whole = (parts["weeks"] * 7 + parts["days"]) * 86400 + parts["hours"] * 3600 + parts["minutes"] * 60
    microseconds = int((whole + parts["seconds"]) * 1_000_000)
    if microseconds > LONGEST // timedelta(microseconds=1):
        raise NotADuration("long")
    return timedelta(microseconds=microseconds)


def format_duration(length: timedelta) -> str:
    """Write a length in ISO 8601, in the one way that this project writes it; zero is `PT0S`."""
    sign, length = ("-", -length) if length < timedelta(0) else ("", length)
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    if length.microseconds:
        clock += f"{seconds}.{length.microseconds:06d}".rstrip("0") + "S"
    elif seconds:
        clock += f"{seconds}S"
    text = (f"{length.days}D" if length.days else "") + (f"T{clock}" if clock else "")
    return f"{sign}P{text}" if text else "PT0S"
