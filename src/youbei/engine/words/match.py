"""Why a record was found, seen in its names, and how good a match it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from youbei.engine.words.characters import compact, han_runs, is_han, plain, words
from youbei.engine.words.query import Lexicon, Query
from youbei.engine.words.readings import Readings, typings
from youbei.engine.words.slips import begins_with_slip, holds_with_slip, is_varied
from youbei.engine.words.tokens import LONGEST_TEXT, Words


class Reason(IntEnum):
    """Why a record was found, the best first."""

    CODE = 1
    NAME = 2
    START = 3
    INSIDE = 4
    OTHER = 5
    SYNONYM = 6
    PINYIN = 7
    INITIALS = 8
    SOUND = 9
    SLIP = 10


@dataclass(frozen=True, slots=True)
class Match:
    """A match; lower `order` first. `part` is what was typed for the reason given."""

    reason: Reason
    length: int

    @property
    def order(self) -> tuple[int, int]:
        return (self.reason, self.length)


class Seen:
    """A record's texts in the form that is compared; each is taken apart when it is first asked for."""

    def __init__(self, found_by: Words) -> None:
        self.found_by = found_by
        self.plain_names = [plain(name) for name in found_by.names if name]
        self.names = [compact(name) for name in self.plain_names]
        self.code = compact(plain(found_by.code))

    @cached_property
    def runs(self) -> list[str]:
        return [run for name in self.plain_names for run in han_runs(name)]

    @cached_property
    def plain_others(self) -> list[str]:
        return [plain(other[:LONGEST_TEXT]) for other in self.found_by.others]

    @cached_property
    def others(self) -> list[str]:
        return [compact(other) for other in self.plain_others if other]

    @cached_property
    def words(self) -> list[str]:
        texts = [plain(self.found_by.code), *self.plain_names, *self.plain_others]
        return [word for text in texts for word in words(text)]


def match(query: Query, found_by: Words, lexicon: Lexicon) -> Match | None:
    """Say how a record fits; None where it does not, whatever the index said."""
    seen = Seen(found_by)
    length = min(map(len, seen.names), default=len(seen.code))
    reason = as_a_whole(query.text, seen)
    if reason is None:
        found = [
            part_reason(part, variants, seen, lexicon.readings)
            for part, variants in zip(query.parts, query.variants, strict=True)
        ]
        if None in found or sum(one is Reason.SLIP for one in found) > 1:
            return None
        reason = max(one for one in found if one is not None)
    return Match(reason, length)


def as_a_whole(text: str, seen: Seen) -> Reason | None:
    if text == seen.code:
        return Reason.CODE
    if text in seen.names:
        return Reason.NAME
    if any(name.startswith(text) for name in seen.names) or seen.code.startswith(text):
        return Reason.START
    return None


def part_reason(part: str, variants: tuple[str, ...], seen: Seen, readings: Readings) -> Reason | None:
    return han_reason(part, variants, seen, readings) if is_han(part) else word_reason(part, seen, readings)


def han_reason(part: str, variants: tuple[str, ...], seen: Seen, readings: Readings) -> Reason | None:
    if any(part in name for name in seen.names):
        return Reason.INSIDE
    if any(part in other for other in seen.others):
        return Reason.OTHER
    if any(other in text for other in variants for text in (*seen.names, *seen.others)):
        return Reason.SYNONYM
    if len(part) > 1 and any(heard_in(part, run, readings) for run in seen.runs):
        return Reason.SOUND
    if any(holds_with_slip(part, name) for name in seen.names):
        return Reason.SLIP
    return None


def heard_in(part: str, run: str, readings: Readings) -> bool:
    return any(readings.sounds_like(part, run[at : at + len(part)]) for at in range(len(run) - len(part) + 1))


def word_reason(part: str, seen: Seen, readings: Readings) -> Reason | None:
    if any(word.startswith(part) for word in seen.words):
        return Reason.INSIDE
    if not (part.isascii() and part.isalpha()):
        return None
    ends = [run[at:] for run in seen.runs for at in range(len(run))]
    likely = [end for end in ends if readings.begins(part[0], end[0])]
    if any(readings.spells(letters, end) for letters in typings(part) for end in likely):
        return Reason.PINYIN
    if len(part) > 1 and any(readings.initials(part, end) for end in likely):
        return Reason.INITIALS
    if is_varied(part):
        if any(begins_with_slip(part, word) for word in seen.words if len(word) >= len(part) - 1):
            return Reason.SLIP
        if any(slip_spells(part, end, readings) for end in ends):
            return Reason.SLIP
    return None


def slip_spells(letters: str, characters: str, readings: Readings) -> bool:
    """Say whether letters spell characters but for one slip, by their usual readings."""
    spelled = "".join(readings.of(one)[0] for one in characters[: len(letters)] if readings.of(one))
    return len(spelled) >= len(letters) - 1 and begins_with_slip(letters, spelled)
