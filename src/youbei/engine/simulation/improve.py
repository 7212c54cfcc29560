"""Which measures are worth most: each is carried out with the same luck as the plan of today, and compared run by run.

What is measured is how many promises a run breaks: steps that miss their deadline or are never reached, and needs for
which not enough was free. Measures are sifted on few runs and the best measured again on others, so that luck in
sifting is not counted as gain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from youbei.engine.simulation.broken import BROKEN, broken_in
from youbei.engine.simulation.changes import change_of
from youbei.engine.simulation.compare import Difference, Pair
from youbei.engine.simulation.ensemble import BLOCK, Setup, replications, set_up
from youbei.engine.simulation.improvements import Improvement
from youbei.engine.simulation.plan_rows import run_rows
from youbei.engine.simulation.simulate import plain
from youbei.engine.text import Text

# How many measures are tried at all, and how many are measured again.
MOST_TRIED = 40
MOST_KEPT = 10
TODAY = -1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run came to: how many promises it broke, and when it came to rest, in milliseconds."""

    number: int
    broken: int
    ended: int


@dataclass(frozen=True, slots=True)
class Gain:
    """What a measure changes: promises broken in a run, with it (`second`) less without it (`first`).

    made: what it changes in the world and the plan, as `changes.changed` applies it.
    """

    improvement: Improvement
    change: Difference
    made: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> Text:
        one, half = self.change, (self.change.high - self.change.low) / 2
        said = f"{abs(one.difference):.2f} ± {max(half, 0.005):.2f}"
        numbers = one.numbers
        zh, en = self.improvement.text.zh, self.improvement.text.en
        if not one.is_plain:
            return Text(f"{zh}：看不出差别（{numbers}）。", f"{en}: no difference can be told ({numbers}).")
        if one.difference > 0:
            return Text(
                f"{zh}：每次推演多失约 {said} 项（{numbers}）。",
                f"{en}: {said} promises more are broken in a run ({numbers}).",
            )
        return Text(
            f"{zh}：每次推演少失约 {said} 项（{numbers}）。",
            f"{en}: {said} promises fewer are broken in a run ({numbers}).",
        )

    def as_data(self) -> dict[str, Any]:
        one = self.change
        return {
            "key": self.improvement.key,
            "kind": self.improvement.kind.value,
            "subject": self.improvement.subject,
            "what": self.improvement.text.as_data(),
            **self.sentence.as_data(),
            "runs": one.runs,
            "before": one.first,
            "before_half": plain(one.first_half),
            "after": one.second,
            "after_half": plain(one.second_half),
            "gain": -one.difference,
            "low": plain(-one.high),
            "high": plain(-one.low),
            "is_plain": one.is_plain,
            "change": dict(self.made),
        }


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of work: the plan of today (`place` is TODAY) or with the measure at a place, for a range of runs."""

    place: int
    setup: Setup
    numbers: range


Made = tuple[int, tuple[Outcome, ...]]


class Spread(Protocol):
    """Do the same for each of many units, in any way that keeps their order: `map`, or a pool's."""

    def __call__(self, work: Callable[[Unit], Made], units: Iterable[Unit], /) -> Iterable[Made]: ...


@dataclass(frozen=True, slots=True)
class Size:
    """How many runs the search makes: `runs` of what is measured, `sift` others of what is sifted, in such blocks."""

    runs: int
    sift: int
    block: int

    def total(self, measures: int) -> int:
        tried = min(measures, MOST_TRIED)
        return self.runs + (self.sift * (1 + tried) + self.runs * min(tried, MOST_KEPT) if tried else 0)


# Assumption: a thousand runs tell a gain of a twentieth of a promise; the reference is a hundred times slower.
COMPILED, PLAIN = Size(1000, 200, BLOCK), Size(100, 20, 10)


def size_of(setup: Setup, runs: int) -> Size:
    """Return how large a search may be for a plan that was carried out `runs` times."""
    most = PLAIN if setup.program is None else COMPILED
    return Size(min(runs, most.runs), min(runs, most.sift), most.block)


@dataclass(slots=True)
class Search:
    """What was found so far. `done` counts runs; `outcomes` are those of today's plan; `gains` come at the end.

    own: the runs on which gains are measured. others: those on which measures are sifted.
    """

    total: int
    done: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    gains: tuple[Gain, ...] = ()
    own: range = range(0)
    others: range = range(0)
    broken: dict[tuple[int, int], int] = field(default_factory=dict)

    def pair(self, place: int, numbers: range) -> Pair:
        """Set what a measure breaks against what is broken today, run by run."""
        pair = Pair()
        for number in numbers:
            pair.add(self.broken[TODAY, number], self.broken[place, number])
        return pair


def searching(base: Setup, measures: tuple[Improvement, ...], *, size: Size, spread: Spread = map) -> Iterator[Search]:
    """Look for the best measures; yield the same search after each unit of work, so that it may be left at any."""
    tried = measures[:MOST_TRIED]
    search = Search(size.total(len(tried)))
    search.own, search.others = range(size.runs), range(size.runs, size.runs + size.sift)
    yield from carried_out(search, units({TODAY: base}, search.own, size.block), spread)
    if not tried:
        return
    setups = {TODAY: base} | {place: with_measure(base, one) for place, one in enumerate(tried)}
    yield from carried_out(search, units(setups, search.others, size.block), spread)
    first = {place: search.pair(place, search.others) for place in range(len(tried))}
    best = sorted(first, key=lambda place: (first[place].second - first[place].first, place))[:MOST_KEPT]
    yield from carried_out(search, units({place: setups[place] for place in best}, search.own, size.block), spread)
    gains = (
        Gain(tried[place], search.pair(place, search.own).difference(BROKEN), change_of(base.world, tried[place]))
        for place in best
    )
    search.gains = tuple(sorted(gains, key=lambda gain: (gain.change.difference, gain.improvement.key)))
    yield search


def with_measure(base: Setup, one: Improvement) -> Setup:
    return set_up(one.plan, one.world, base.scenario, seed=base.seed, level=base.level)


def units(setups: Mapping[int, Setup], numbers: range, block: int) -> Iterator[Unit]:
    for place, setup in setups.items():
        for first in range(numbers.start, numbers.stop, block):
            yield Unit(place, setup, range(first, min(first + block, numbers.stop)))


def carried_out(search: Search, work: Iterable[Unit], spread: Spread) -> Iterator[Search]:
    """Keep what each unit comes to; all of today's plan, of measures only how many promises they break."""
    for place, outcomes in spread(outcomes_of, work):
        for one in outcomes:
            search.broken[place, one.number] = one.broken
            if place == TODAY and one.number in search.own:
                search.outcomes.append(one)
        search.done += len(outcomes)
        yield search


def outcomes_of(unit: Unit) -> tuple[int, tuple[Outcome, ...]]:
    """Carry a unit out."""
    setup, numbers = unit.setup, unit.numbers
    rows = None if setup.program is None else run_rows(setup.program, numbers, seed=setup.seed)
    found = replications(setup, rows, numbers)
    return unit.place, tuple(Outcome(one.number, broken_in(setup.plan, one), one.ended) for one in found)


def bad_and_typical(outcomes: Iterable[Outcome]) -> tuple[int, int]:
    """Return the numbers of a bad and a typical run: by broken promises, then by length, one in twenty is worse than
    the bad one, and one in two than the typical one.
    """
    ordered = sorted(outcomes, key=lambda one: (one.broken, one.ended, one.number))
    return ordered[(len(ordered) - 1) * 19 // 20].number, ordered[(len(ordered) - 1) // 2].number
