"""Take texts as people send them: without control characters, of a length that can be kept."""

from __future__ import annotations

import re
import unicodedata

from youbei.engine.errors import Refused

# What no database and no hash takes: control characters (but for tab and line feed) and halves of surrogate pairs.
# Nor what turns the reading direction of everything after it, on the page and in the log (Unicode TR 9, 2.1 to 2.5).
UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LONG = 20_000


class TextRefused(Refused):
    """Refuse a text that is missing or too long."""

    status = 422


def is_visible(character: str) -> bool:
    """Return whether a character shows; those of private use are rare Han on the machine that sent them."""
    category = unicodedata.category(character)
    return category == "Co" or category[0] not in "CZ"


def clean(text: str, *, limit: int = LONG) -> str:
    """Return a text without blanks at its ends and without control characters; refuse one that is too long.

    A text of which nothing can be seen (zero-width characters alone) is an empty one.
    """
    cleaned = UNWANTED.sub("", text.replace("\r\n", "\n")).strip()
    if not any(is_visible(character) for character in cleaned):
        return ""
    if len(cleaned) > limit:
        raise TextRefused(
            zh=f"“{cleaned[:20]}……”太长：最多 {limit} 个字，现有 {len(cleaned)} 个。请缩短。",
            en=f'"{cleaned[:20]}..." is too long: {len(cleaned)} characters, at most {limit}. Shorten it.',
        )
    return cleaned
