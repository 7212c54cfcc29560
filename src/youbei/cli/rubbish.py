"""Look seldom for circles of dead objects: starting makes half a million objects that live as long as the process."""

from __future__ import annotations

import gc

# So many objects more than died, before the young are looked through; ten times as many before those that survived.
# Python's own 700 costs a start a seventh of its time.
YOUNG, MIDDLE, OLD = 20_000, 10, 10


def look_seldom() -> None:
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def pass_over_what_is_loaded() -> None:
    """Never again look through what is there now: for a process that has loaded all it needs and runs on for days."""
    gc.collect()
    gc.freeze()
