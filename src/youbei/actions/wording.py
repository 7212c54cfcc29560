"""Take texts as people send them: without control characters, of a length that can be kept."""

from __future__ import annotations

import re

from youbei.engine.errors import Refused

# What no database and no hash takes: control characters (but for tab and line feed) and halves of surrogate pairs.
UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
LONG = 20_000


class TextRefused(Refused):
    """Refuse a text that is missing or too long."""

    status = 422


def clean(text: str, *, limit: int = LONG) -> str:
    """Return a text without blanks at its ends and without control characters; refuse one that is too long."""
    cleaned = UNWANTED.sub("", text.replace("\r\n", "\n")).strip()
    if len(cleaned) > limit:
        raise TextRefused(
            zh=f"“{cleaned[:20]}……”太长：最多 {limit} 个字，现有 {len(cleaned)} 个。请缩短。",
            en=f'"{cleaned[:20]}..." is too long: {len(cleaned)} characters, at most {limit}. Shorten it.',
        )
    return cleaned
