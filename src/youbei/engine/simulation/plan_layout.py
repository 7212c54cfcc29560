"""Lay tables out in the flat arrays of the kernel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate

from youbei.engine.simulation import plan_memory as at

MICROSECOND = timedelta(microseconds=1)


def whole(length: timedelta) -> int:
    return length // MICROSECOND


@dataclass(slots=True)
class Memory:
    """Lay tables out, one after the other; `m` begins with where each lies."""

    m: list[int] = field(default_factory=lambda: [0] * at.HEADER)
    g: list[float] = field(default_factory=list)

    def number(self, name: int, value: int) -> None:
        self.m[name] = int(value)

    def table(self, name: int, values: Iterable[int]) -> None:
        self.m[name] = len(self.m)
        self.m.extend(int(value) for value in values)

    def lists(self, first: int, name: int, values: Sequence[Sequence[int]]) -> None:
        """Lay out lists end to end, with where each begins, and where the last ends."""
        self.table(first, (0, *accumulate(len(one) for one in values)))
        self.table(name, (value for one in values for value in one))

    def floats(self, name: int, values: Iterable[float]) -> None:
        self.m[name] = len(self.g)
        self.g.extend(values)

    def room(self, count: int, *names: int, filled: int = 0) -> None:
        for name in names:
            self.table(name, (filled for _ in range(count)))

    def sums(self, count: int, *names: int) -> None:
        for name in names:
            self.floats(name, (0.0 for _ in range(count)))
