"""How Chinese characters are read: toneless pinyin, with all readings within a bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice, product

# Assumption: the third reading of a character and those after it are rare; where one is not, `content/words` says so.
KEPT_READINGS = 2
# How many ways of reading a few characters are followed at most.
WAYS = 8
MOST_SPLITS = 8


class Readings:
    """Know the readings of characters (`look_up`, most frequent first), those always kept, and all syllables."""

    def __init__(
        self, look_up: Callable[[str], tuple[str, ...]], always: dict[str, tuple[str, ...]], syllables: Iterable[str]
    ) -> None:
        self.look_up = look_up
        self.always = always
        self.syllables = frozenset(syllables)
        self.beginnings = frozenset(one[:end] for one in self.syllables for end in range(1, len(one)))
        self.longest = max(map(len, self.syllables))
        self.known: dict[str, tuple[str, ...]] = {}
        self.firsts: dict[str, frozenset[str]] = {}

    def of(self, character: str) -> tuple[str, ...]:
        """Return the readings of a character by which it is found; none for one that is not in the table."""
        found = self.known.get(character)
        if found is None:
            kept = (*self.look_up(character)[:KEPT_READINGS], *self.always.get(character, ()))
            found = self.known[character] = tuple(dict.fromkeys(kept))
        return found

    def begins(self, letter: str, character: str) -> bool:
        """Say whether a reading of a character begins with a letter."""
        firsts = self.firsts.get(character)
        if firsts is None:
            firsts = self.firsts[character] = frozenset(reading[:1] for reading in self.of(character))
        return letter in firsts

    def ways(self, characters: str) -> list[tuple[str, ...]]:
        """Return the ways in which a few characters may be read together, the usual one first."""
        return list(islice(product(*map(self.of, characters)), WAYS))

    def split(self, letters: str) -> list[tuple[tuple[str, ...], str]]:
        """Return the ways to read letters as syllables, each with the beginning of one more that is not complete."""
        found: list[tuple[tuple[str, ...], str]] = []
        self.go_on(letters, (), found)
        return found

    def go_on(self, rest: str, so_far: tuple[str, ...], found: list[tuple[tuple[str, ...], str]]) -> None:
        if len(found) >= MOST_SPLITS:
            return
        if not rest:
            found.append((so_far, ""))
            return
        for length in range(min(self.longest, len(rest)), 0, -1):
            if rest[:length] in self.syllables:
                self.go_on(rest[length:], (*so_far, rest[:length]), found)
        if so_far and rest in self.beginnings:
            found.append((so_far, rest))

    def spells(self, letters: str, characters: str) -> bool:
        """Say whether letters spell characters from their beginning; the last syllable may be unfinished."""
        if not letters:
            return True
        if not characters:
            return False
        for reading in self.of(characters[0]):
            if letters.startswith(reading):
                if self.spells(letters[len(reading) :], characters[1:]):
                    return True
            elif reading.startswith(letters):
                return True
        return False

    def initials(self, letters: str, characters: str) -> bool:
        """Say whether letters are the first letters of the first characters."""
        if len(letters) > len(characters):
            return False
        return all(self.begins(letter, character) for letter, character in zip(letters, characters, strict=False))

    def sounds_like(self, one: str, other: str) -> bool:
        """Say whether two texts of the same length may be read alike, character by character."""
        return len(one) == len(other) and all(
            a == b or not set(self.of(a)).isdisjoint(self.of(b)) for a, b in zip(one, other, strict=True)
        )


def typings(letters: str) -> tuple[str, ...]:
    """Return letters as they may be meant: `lyu` and `nyu` are typed as well as `lv` and `nv`."""
    return tuple(dict.fromkeys((letters, letters.replace("lyu", "lv").replace("nyu", "nv"))))
