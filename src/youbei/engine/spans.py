"""Lengths of time in words."""

from __future__ import annotations

from datetime import timedelta

from youbei.engine.text import Text


def word_span(span: timedelta) -> Text:
    """Word a length in days, hours, minutes and seconds, leaving out what is zero: `1 小时 20 分钟`, `1 h 20 min`."""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "天", "d"), (hours, "小时", "h"), (minutes, "分钟", "min"), (seconds, "秒", "s"))
    shown = [part for part in parts if part[0]] or [(0, "分钟", "min")]
    return Text(
        zh=" ".join(f"{amount} {zh}" for amount, zh, _ in shown),
        en=" ".join(f"{amount} {en}" for amount, _, en in shown),
    )
