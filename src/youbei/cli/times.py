"""Read times that are given as arguments."""

from __future__ import annotations

from datetime import datetime

from youbei.engine.errors import Refused


class TimeUnreadable(Refused):
    """Refuse what is no time."""


def read_time(text: str) -> datetime:
    """Return an aware time; one without offset is in the time zone of the settings."""
    from django.utils import timezone

    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else timezone.make_aware(moment)
    except (ValueError, OverflowError):
        raise TimeUnreadable(
            zh=f"“{text}”不是 ISO 8601 时间，例如 2026-11-22T08:30。",
            en=f"{text!r} is not an ISO 8601 time, such as 2026-11-22T08:30.",
        ) from None
