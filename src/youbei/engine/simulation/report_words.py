"""Words of a report in both languages, of which the page shows one."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from youbei.engine.spans import word_span
from youbei.engine.text import Text

NAME = '<th style="width:35%">'


def both(text: Text) -> str:
    """Return a text in both languages, of which the page shows one."""
    zh, en = escape(text.in_language("zh")), escape(text.in_language("en"))
    return f'<span class="zh" lang="zh-Hans">{zh}</span><span class="en" lang="en">{en}</span>'


def say(zh: str, en: str) -> str:
    return both(Text(zh, en))


def paragraph(zh: str, en: str, kind: str = "") -> str:
    return f"<p{f' class={kind}' if kind else ''}>{say(zh, en)}</p>\n"


def section(zh: str, en: str) -> str:
    return f"<h2>{say(zh, en)}</h2>\n"


def cell(content: str) -> str:
    return f"<td class=number>{content}</td>"


def span(seconds: float | None) -> Text:
    return Text("–", "–") if seconds is None else word_span(timedelta(seconds=round(seconds)))


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
