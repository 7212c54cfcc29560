"""Guess what was meant by a name that is not known, and quote it in a sentence."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

# A name that is asked for is quoted no longer than this.
QUOTED = 60
# Assumption: half of the letters in their order; `stauts` and `state` are both taken for `status`.
LIKENESS = 0.5


def nearest(name: str, known: Sequence[str]) -> str | None:
    """Return the known name that was probably meant, or None."""
    asked = name[:QUOTED].lower()
    found = difflib.get_close_matches(asked, known, n=3, cutoff=LIKENESS)
    # Letters that changed places are the commonest slip: `stie` is `site`, not `size`, which is as like it.
    same = [one for one in found if sorted(one) == sorted(asked)]
    return next(iter(same or found), None)


def quoted(name: str, *, most: int = QUOTED) -> str:
    """Return a name as it may stand in a sentence: short, and without what cannot be printed."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name[:most])
    return f"{shown}…" if len(name) > most else shown
