"""Text taken apart for searching: one form of every character, Chinese runs and words."""

from __future__ import annotations

import re
import unicodedata

# Ideographs: extension A, the main block, compatibility forms, the supplementary planes, and 〇.
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
HAN_RUN = re.compile(f"[{HAN}]+")
PART = re.compile(f"[{HAN}]+|[^\\W_{HAN}]+")
DIGITS = re.compile(r"[0-9]{3,}")
# What has no accents that could be taken off.
WITHOUT_ACCENTS = re.compile(f"[\x00-\x7f{HAN}]*")


def plain(text: str) -> str:
    """Return a text in the one form that is compared: full width made half, capitals small, accents off Latin."""
    text = unicodedata.normalize("NFKC", text).lower()
    if WITHOUT_ACCENTS.fullmatch(text):
        return text
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in apart if not unicodedata.combining(one)))


def parts(text: str) -> list[str]:
    """Return the Chinese runs and the words of a plain text, in order."""
    return PART.findall(text)


def compact(text: str) -> str:
    """Return a plain text without spaces and punctuation."""
    if text.isalnum():
        return text
    return "".join(parts(text))


def is_han(part: str) -> bool:
    return HAN_RUN.match(part) is not None


def han_runs(text: str) -> list[str]:
    """Return the Chinese runs of a plain text; brackets and dots do not part them."""
    return HAN_RUN.findall(compact(text))


def words(text: str) -> list[str]:
    """Return the words of a plain text that are not Chinese, and the longer numbers inside them."""
    found = [part for part in parts(text) if not is_han(part)]
    return found + [number for word in found for number in DIGITS.findall(word) if number != word]
