"""A field for a length of time, as people write one: `10` minutes, `1h30`, `45s`, `2d`, or ISO 8601."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.engine.plans.durations import NotADuration, parse_duration

WRITTEN = re.compile(
    r"(?:(\d{1,5})\s*(?:d|天|日))?\s*(?:(\d{1,6})\s*(?:h|小时|时))?\s*"
    r"(?:(\d{1,7})\s*(?:min|m|分钟|分|$))?\s*(?:(\d{1,8})\s*(?:s|秒))?"
)
HELP = gettext_lazy("Minutes, or such as 45s, 1h30, 2d.")


def read_span(text: str) -> timedelta | None:
    """Return the length that a text names, or None where it names none."""
    text = text.strip()
    try:
        return parse_duration(text.upper())
    except NotADuration:
        pass
    found = WRITTEN.fullmatch(text.lower()) if text else None
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return span if span <= timedelta(days=3650) else None


def write_span(span: timedelta) -> str:
    """Write a length so that it is read the same again: `10`, `1h30`, `2d`."""
    total = round(span.total_seconds())
    days, rest = divmod(total, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    if not seconds and not days and not hours:
        return str(minutes)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount)


class SpanField(forms.CharField):
    """A length of time; an empty field is None."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "class": "number"}))
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        span = read_span(text)
        if span is None:
            raise ValidationError(
                _("“%(text)s” is no length of time. Write minutes, or such as 45s, 1h30, 2d; at most ten years.")
                % {"text": text}
            )
        return span

    def prepare_value(self, value: Any) -> Any:
        return write_span(value) if isinstance(value, timedelta) else value
