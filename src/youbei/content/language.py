"""What searching must know of the Chinese language: how characters are read, and what means the same."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

from youbei.content import table
from youbei.engine.words.query import Lexicon
from youbei.engine.words.readings import Readings

# Only the library's table is read: importing it loads its 47,000 phrases too, at ten times the time and memory.
LIBRARY, READINGS_FILE = "pypinyin", "pypinyin/pinyin_dict.json"
MARKS = "\u0300\u0301\u0302\u0304\u030c"
WITHOUT_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm", MARKS)


@cache
def lexicon() -> Lexicon:
    """Return the readings of characters and the groups of synonyms; read once, when first asked for."""
    groups = table("words/synonyms.toml")["groups"]
    return Lexicon(readings(), tuple(tuple(group) for group in groups))


def readings() -> Readings:
    written = json.loads(Path(str(distribution(LIBRARY).locate_file(READINGS_FILE))).read_text(encoding="utf-8"))
    ours = table("words/readings.toml")
    always: dict[str, dict[str, None]] = defaultdict(dict)
    for word, said in ours["words"]:
        for character, reading in zip(word, said.split(), strict=True):
            always[character][reading] = None

    def look_up(character: str) -> tuple[str, ...]:
        tonal = written.get(str(ord(character)), "")
        return tuple(dict.fromkeys(tonal.translate(WITHOUT_TONES).split(","))) if tonal else ()

    return Readings(look_up, {one: tuple(kept) for one, kept in always.items()}, ours["syllables"].split())
