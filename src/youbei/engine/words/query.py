"""What a typed text asks for, from the strictest understanding of it to the widest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from youbei.engine.words.characters import compact, is_han, parts, plain
from youbei.engine.words.expression import AllOf, Expression, Term, all_of, any_of, terms
from youbei.engine.words.readings import Readings, typings
from youbei.engine.words.slips import han_slips, pinyin_slips, word_slips
from youbei.engine.words.tokens import anchor, pair_ways, pairs, whole

LONGEST_QUERY = 100
MOST_PARTS = 6
LONGEST_PART = 24
MOST_VARIANTS = 4
LEAST_INITIALS = 2


class Stage(IntEnum):
    """How a text is understood. A later stage is asked only where the earlier ones have found too little."""

    WHOLE = 1  # it is a code or a name
    START = 2  # names begin with it
    INSIDE = 3  # all its parts are there: characters, words, pinyin, initials, synonyms
    SOUND = 4  # it sounds like what is there
    SLIP = 5  # one slip of the fingers


@dataclass(frozen=True, slots=True)
class Query:
    """A typed text, taken apart. `variants` gives for each part what else is called so."""

    text: str
    parts: tuple[str, ...]
    variants: tuple[tuple[str, ...], ...]

    @property
    def joined(self) -> str:
        return "".join(self.parts)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What one must know of the language: readings, and groups of words that mean the same."""

    readings: Readings
    synonyms: tuple[tuple[str, ...], ...] = ()


def read_query(typed: str, lexicon: Lexicon) -> Query | None:
    """Take apart what was typed; None where there is nothing to search for."""
    text = plain(typed[:LONGEST_QUERY])
    found = tuple(part[:LONGEST_PART] for part in parts(text)[:MOST_PARTS])
    if not found:
        return None
    return Query(compact(text), found, tuple(synonyms_of(part, lexicon.synonyms) for part in found))


def synonyms_of(part: str, groups: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return a part said otherwise: with one of its words put in other words."""
    found: dict[str, None] = {}
    for group in groups:
        said = max((word for word in group if word in part), key=len, default="")
        for other in group if said else ():
            if other != said and other not in part:
                found[part.replace(said, other)] = None
    return tuple(found)[:MOST_VARIANTS]


def ask(query: Query, stage: Stage, lexicon: Lexicon) -> Expression | None:
    """Return what to ask the index at a stage; None where the text cannot be understood so."""
    if stage is Stage.WHOLE:
        return Term(whole(query.text))
    if stage is Stage.START:
        return at_start(query, lexicon)
    if stage is Stage.INSIDE:
        return joined([inside(part, others, lexicon) for part, others in zip(query.parts, query.variants, strict=True)])
    if stage is Stage.SOUND:
        return by_sound(query, lexicon)
    return with_slip(query, lexicon)


def joined(expressions: Sequence[Expression | None]) -> Expression | None:
    return None if None in expressions else all_of(one for one in expressions if one is not None)


def at_start(query: Query, lexicon: Lexicon) -> Expression | None:
    first = query.parts[0]
    if not is_han(first):
        return None
    rest = [inside(part, (), lexicon) for part in query.parts[1:]]
    return joined([terms([f"^{first[:2]}", *pairs(first)]), *rest])


def inside(part: str, variants: Sequence[str], lexicon: Lexicon) -> Expression | None:
    if not is_han(part):
        return any_of([Term(anchor(part)), *spelled(part, lexicon.readings)])
    return any_of([han_tokens(part), *map(han_tokens, variants)])


def han_tokens(part: str) -> Expression | None:
    return terms(pairs(part) if len(part) > 1 else [part])


def spelled(word: str, readings: Readings) -> list[Expression | None]:
    """Return what a word asks for if it is pinyin, or the first letters of one."""
    if not (word.isascii() and word.isalpha()):
        return []
    asked = [syllables(*split) for letters in typings(word) for split in readings.split(letters)]
    if len(word) >= LEAST_INITIALS:
        asked.append(first_letters(word))
    return asked


def syllables(split: tuple[str, ...], rest: str) -> Expression | None:
    heard = [f"{a}.{b}" for a, b in pairwise(split)]
    if rest:
        heard.append(f"{split[-1]}.{rest[0]}")
    return terms(heard) or Term(f"{split[0]}.")


def first_letters(word: str) -> Expression | None:
    if len(word) <= 4:
        return Term(f"_{word}")
    return terms(f"_{word[start : start + 4]}" for start in range(len(word) - 3))


def by_sound(query: Query, lexicon: Lexicon) -> Expression | None:
    """Ask for names that are read like the text."""
    if not any(is_han(part) and len(part) > 1 for part in query.parts):
        return None
    return joined([sound(part, lexicon) for part in query.parts])


def sound(part: str, lexicon: Lexicon) -> Expression | None:
    if not is_han(part) or len(part) == 1:
        return inside(part, (), lexicon)
    heard = [
        any_of(Term(f"{a}.{b}") for a, b in pair_ways(part[start : start + 2], lexicon.readings))
        for start in range(len(part) - 1)
    ]
    return joined(heard)


def with_slip(query: Query, lexicon: Lexicon) -> Expression | None:
    """Ask for names that are there but for one slip in one of the parts."""
    asked: list[Expression | None] = []
    for slipped, part in enumerate(query.parts):
        mistaken = slips(part, lexicon)
        if mistaken is not None:
            rest = [inside(other, (), lexicon) for at, other in enumerate(query.parts) if at != slipped]
            asked.append(joined([mistaken, *rest]))
    return any_of(asked)


def slips(part: str, lexicon: Lexicon) -> Expression | None:
    if is_han(part):
        return any_of(terms(tokens) for tokens in han_slips(part))
    words = [Term(anchor(word)) for word in word_slips(part)]
    return any_of([*words, *read_alike(pinyin_slips(part, lexicon.readings))])


def read_alike(splits: Sequence[tuple[str, ...]]) -> Iterator[Expression | None]:
    """Ask for any of these syllables, those that begin alike together: many single questions cost far more."""
    groups: dict[str, list[Expression | None]] = {}
    for split in splits:
        first, *rest = (f"{a}.{b}" for a, b in pairwise(split))
        groups.setdefault(first, []).append(terms(rest))
    for first, rests in groups.items():
        others = None if None in rests else any_of(rests)
        yield Term(first) if others is None else AllOf((Term(first), others))
