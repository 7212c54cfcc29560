"""The draws of `engine/draws.py` for compiled loops: the same words, the same numbers, bit by bit.

A loop is given the *key* of a kind of draw, `key(seed, replication, purpose, indices...)`, and completes the name of a
draw by one further word: `uniform(key, i)` is `Draws(seed, replication).uniform(purpose, indices..., i)`. Words must be
unsigned: a loop takes them from `loops.words`, or counts with `range` between two of them.
"""

from __future__ import annotations

import math

from youbei.engine.draws import GOLDEN_GAMMA, MASK, MIX_1, MIX_2
from youbei.engine.draws import mix as mixed
from youbei.engine.simulation.loops import loop


def key(seed: int, replication: int, purpose: int, *indices: int) -> int:
    """Return the state of a draw's name before its last word."""
    state = mixed(seed & MASK)
    for word in (replication, purpose, *indices):
        state = mixed(state ^ (word & MASK))
    return state


@loop
def mix(word: int) -> int:
    word = (word + GOLDEN_GAMMA) & MASK
    word = ((word ^ (word >> 30)) * MIX_1) & MASK
    word = ((word ^ (word >> 27)) * MIX_2) & MASK
    return word ^ (word >> 31)


@loop
def uniform(state: int, index: int) -> float:
    """Return a number strictly between 0 and 1."""
    return ((mix(state ^ index) >> 12) + 0.5) * 2.0**-52


@loop
def exponential(state: int, index: int) -> float:
    """Return an exponential length of mean 1: the inverse of the distribution function at 1 - u."""
    return -math.log(uniform(state, index))
