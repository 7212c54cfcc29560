"""Lengths of time in words, for sentences."""

from __future__ import annotations

from datetime import timedelta

from youbei.engine.text import Text


def spoken(length: timedelta) -> Text:
    """Return a length in words, rounded up to minutes from an hour on: `1 小时 20 分`, `1 h 20 min`."""
    seconds = round(length.total_seconds())
    if seconds >= 3600:
        seconds = -(-seconds // 60) * 60
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(days, "天", "d"), (hours, "小时", "h"), (minutes, "分", "min"), (seconds, "秒", "s")]
    shown = [(amount, zh, en) for amount, zh, en in parts if amount] or [(0, "分", "min")]
    return Text(
        zh=" ".join(f"{amount} {zh}" for amount, zh, _ in shown),
        en=" ".join(f"{amount} {en}" for amount, _, en in shown),
    )
