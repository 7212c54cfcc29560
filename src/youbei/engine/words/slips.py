"""One slip of the fingers: a character wrong, missing, too many, or two of them the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import ascii_lowercase

from youbei.engine.words.readings import Readings
from youbei.engine.words.tokens import pairs

LEAST_HAN = 3
LEAST_LETTERS = 4
# Letters beyond these are not varied: what begins alike is found by its beginning.
VARIED = 6
MOST_READ = 80


def swapped(text: str) -> Iterator[str]:
    for at in range(len(text) - 1):
        if text[at] != text[at + 1]:
            yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def han_slips(part: str) -> Iterator[list[str]]:
    """Yield sets of tokens, one of which a run has that differs from `part` by one slip."""
    for text in swapped(part):
        yield list(pairs(text))
    if len(part) < LEAST_HAN:
        return
    for wrong in range(len(part)):
        yield [*piece(part[:wrong]), *piece(part[wrong + 1 :])]


def piece(text: str) -> Iterable[str]:
    return pairs(text) if len(text) > 1 else [text] if text else []


def varied(word: str, until: int) -> Iterator[str]:
    """Yield what a word may have been meant to be, with the slip among its first letters."""
    for at in range(min(len(word), until)):
        yield word[:at] + word[at + 1 :]
        yield from (word[:at] + letter + word[at + 1 :] for letter in ascii_lowercase)
    for at in range(min(len(word) + 1, until)):
        yield from (word[:at] + letter + word[at:] for letter in ascii_lowercase)
    yield from (text for at, text in enumerate(swapped(word)) if at < until)


def is_varied(word: str) -> bool:
    return len(word) >= LEAST_LETTERS and word.isascii() and word.isalpha()


def word_slips(word: str) -> list[str]:
    """Return the beginnings of words that were perhaps meant."""
    return sorted({text[:VARIED] for text in varied(word, VARIED)} | {word[:VARIED]}) if is_varied(word) else []


def pinyin_slips(word: str, readings: Readings) -> list[tuple[str, ...]]:
    """Return the syllables that were perhaps meant, two at least."""
    if not is_varied(word):
        return []
    found: dict[tuple[str, ...], None] = {}
    for text in sorted(set(varied(word, len(word) + 1))):
        for split, rest in readings.split(text):
            if not rest and len(split) > 1:
                found[split] = None
    shortest_first = sorted(found, key=lambda split: (len(split), split))
    return shortest_first[:MOST_READ]


def begins_with_slip(part: str, text: str) -> bool:
    """Say whether a text begins with `part`, but for at most one slip."""
    at = 0
    while at < len(part) and at < len(text) and part[at] == text[at]:
        at += 1
    if at >= len(part) - 1:
        return True
    rest, meant = part[at:], text[at:]
    return (
        meant[1:].startswith(rest[1:])
        or meant[1:].startswith(rest)
        or meant.startswith(rest[1:])
        or (len(meant) > 1 and rest[:2] == meant[1::-1] and meant[2:].startswith(rest[2:]))
    )


def holds_with_slip(part: str, text: str) -> bool:
    """Say whether `part` stands in a text, but for at most one slip. Half of it is then without one, or two swapped."""
    if any(other in text for other in swapped(part)):
        return True
    if len(part) < LEAST_HAN:
        return False
    half = len(part) // 2
    backwards, other_way = part[::-1], text[::-1]
    return any(begins_with_slip(part[half:], text[at + half :]) for at in places(part[:half], text)) or any(
        begins_with_slip(backwards[len(part) - half :], other_way[at + len(part) - half :])
        for at in places(backwards[: len(part) - half], other_way)
    )


def places(piece: str, text: str) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        yield at
        at = text.find(piece, at + 1)
