"""The tokens by which a record is found.

| token | stands for |
|---|---|
| `危`, `危化` | a character, two neighbours |
| `^危`, `^危化` | how a name begins |
| `=海州港` | a whole name or code |
| `emer` | the beginning of a word, of the lengths in `ANCHORS` |
| `hai.zhou`, `hai.z` | two neighbours as they are read, and the second only begun; `hai.` the first of a name |
| `_hzs` | first letters of three or four neighbours; of two at the beginning of a name |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2s
from itertools import pairwise

from youbei.engine.words.characters import compact, han_runs, plain, words
from youbei.engine.words.readings import Readings

ANCHORS = (1, 2, 3, 4, 5, 6, 8, 11, 15, 20)
LONGEST_WHOLE = 24
LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True)
class Words:
    """What a record can be found by: its code, what it is called, and other texts that are searched."""

    code: str = ""
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def tokens_of(found_by: Words, readings: Readings) -> frozenset[str]:
    """Return all tokens of a record."""
    kept: set[str] = set()
    if code := plain(found_by.code):
        kept.add(whole(code))
        kept.update(word_tokens(code))
    for name in map(plain, found_by.names):
        if name:
            kept.update(tokens_of_name(name, readings))
    for other in found_by.others:
        kept.update(text_tokens(plain(other[:LONGEST_TEXT])))
    return frozenset(kept)


# Many records are called alike: posts, persons, what a register has a number of.
@lru_cache(maxsize=1 << 12)
def tokens_of_name(name: str, readings: Readings) -> tuple[str, ...]:
    return tuple({whole(name), *text_tokens(name), *name_tokens(name, readings)})


def whole(text: str) -> str:
    """Return the token of a whole plain text; a long one is shortened to a digest."""
    joined = compact(text)
    if len(joined) > LONGEST_WHOLE:
        joined = blake2s(joined.encode(), digest_size=8).hexdigest()
    return f"={joined}"


def text_tokens(text: str) -> Iterator[str]:
    for run in han_runs(text):
        yield from run
        yield from pairs(run)
    yield from word_tokens(text)


def pairs(run: str) -> Iterable[str]:
    return (a + b for a, b in pairwise(run))


def word_tokens(text: str) -> Iterator[str]:
    for word in words(text):
        yield from (word[:length] for length in ANCHORS if length <= len(word))


def anchor(word: str) -> str:
    """Return the longest beginning of a word that is kept as a token."""
    return word[: max((length for length in ANCHORS if length <= len(word)), default=0)]


def name_tokens(name: str, readings: Readings) -> Iterator[str]:
    """Yield what only names have: how they begin, and how they are read."""
    runs = han_runs(name)
    if not runs:
        return
    first = runs[0]
    yield from (f"^{first[0]}", f"^{first[:2]}")
    yield from (f"{reading}." for reading in readings.of(first[0]))
    yield from (f"_{a[0]}{b[0]}" for a, b in pair_ways(first[:2], readings))
    for run in runs:
        for start in range(len(run) - 1):
            yield from pair_tokens(run[start : start + 2], readings)
            for end in (start + 3, start + 4):
                if end <= len(run):
                    yield from initial_tokens(run[start:end], readings)


# Names share most of their parts: in a register each is worked out once.
@lru_cache(maxsize=1 << 16)
def pair_tokens(two: str, readings: Readings) -> tuple[str, ...]:
    return tuple(token for a, b in pair_ways(two, readings) for token in (f"{a}.{b}", f"{a}.{b[0]}"))


@lru_cache(maxsize=1 << 16)
def initial_tokens(some: str, readings: Readings) -> tuple[str, ...]:
    return tuple({"_" + "".join(one[0] for one in way) for way in readings.ways(some)})


def pair_ways(two: str, readings: Readings) -> Iterator[tuple[str, str]]:
    if len(two) == 2:
        yield from ((way[0], way[1]) for way in readings.ways(two))
