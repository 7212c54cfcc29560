"""An outbreak in a closed population: SEIR with tracing (quarantine of contacts) and isolation of the sick.

    S' = -b S I / N
    E' = (1-q) b S I / N - s E        those who were not traced
    T' = q b S I / N - s T            traced contacts, in quarantine: they infect nobody
    I' = s E - (g + d) I              infectious and at large, until they recover (g) or are isolated (d)
    H' = d I + s T - g H              isolated or in hospital
    R' = g (I + H)

Source of the equations: Kermack, McKendrick: A contribution to the mathematical theory of epidemics, Proc. Royal
Society A 115, 1927; with quarantine as in Lipsitch et al.: Transmission dynamics and control of severe acute
respiratory syndrome, Science 300, 2003. Solved by the classical Runge-Kutta method of fourth order.

Means over many people: chance, age and place are left out. Below a hundred people chance decides, and it refuses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from youbei.engine.models.validity import OutsideValidity, need_range
from youbei.engine.text import Text

# Assumption: below this chance decides about an outbreak rather than means.
LEAST_PEOPLE = 100
STEPS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Disease:
    """What is known of a disease: `reproduction` without measures, mean days of incubation and of infectiousness."""

    reproduction: float
    incubation_days: float
    infectious_days: float

    def __post_init__(self) -> None:
        need_range(self.reproduction, 0, 30, Text("基本再生数", "The reproduction number"), "")
        need_range(self.incubation_days, 0.1, 60, Text("潜伏期", "The incubation period"), "d")
        need_range(self.infectious_days, 0.1, 90, Text("传染期", "The infectious period"), "d")

    @property
    def contact_rate(self) -> float:
        return self.reproduction / self.infectious_days


@dataclass(frozen=True, slots=True)
class Measures:
    """What is done: the share of new contacts traced and quarantined, and the mean days until the sick are isolated.

    `isolation_days` None means that nobody is isolated. They begin on day `from_day`.
    """

    traced_share: float = 0.0
    isolation_days: float | None = None
    from_day: float = 0.0

    def __post_init__(self) -> None:
        need_range(self.traced_share, 0, 1, Text("追踪比例", "The traced share"), "")
        if self.isolation_days is not None:
            need_range(self.isolation_days, 0.05, 90, Text("发病到隔离的时间", "The time to isolation"), "d")
        need_range(self.from_day, 0, 3650, Text("措施开始日", "The day on which measures begin"), "d")

    @property
    def isolation_rate(self) -> float:
        return 0.0 if self.isolation_days is None else 1 / self.isolation_days


NO_MEASURES = Measures()


@dataclass(frozen=True, slots=True)
class Day:
    """How things stand at the end of a day; `ill` is everyone infected so far, `beds` the isolated."""

    day: int
    susceptible: float
    exposed: float
    quarantined: float
    infectious: float
    beds: float
    recovered: float

    @property
    def ill(self) -> float:
        return self.infectious + self.beds + self.recovered


def controlled_reproduction(disease: Disease, measures: Measures) -> float:
    """Return how many a case infects under the measures; below 1 the outbreak dies out."""
    leaving = 1 / disease.infectious_days + measures.isolation_rate
    return (1 - measures.traced_share) * disease.contact_rate / leaving


def course(
    disease: Disease, *, population: int, infected: int, days: int, measures: Measures = NO_MEASURES
) -> tuple[Day, ...]:
    """Return the course of an outbreak, day by day, from `infected` exposed people on day 0."""
    check_people(population, infected)
    need_range(days, 1, 3650, Text("天数", "The number of days"), "d")
    state = (float(population - infected), float(infected), 0.0, 0.0, 0.0, 0.0)
    found = [Day(0, *state)]
    step = 1 / STEPS_PER_DAY
    for day in range(1, days + 1):
        for part in range(STEPS_PER_DAY):
            at = day - 1 + part * step
            state = runge_kutta(state, disease, measures if at >= measures.from_day else NO_MEASURES, population, step)
        found.append(Day(day, *state))
    return tuple(found)


def check_people(population: int, infected: int) -> None:
    if population < LEAST_PEOPLE:
        raise OutsideValidity(
            zh=f"人数 {population} 太少，结果由偶然决定，均值模型不适用（至少 {LEAST_PEOPLE} 人）。"
            "请逐人列举接触关系。",
            en=f"With {population} people chance decides, and a model of means does not hold (at least "
            f"{LEAST_PEOPLE}). List the contacts one by one instead.",
        )
    need_range(infected, 1, population, Text("最初感染人数", "The number infected at first"), "")


State = tuple[float, float, float, float, float, float]


def change(state: State, disease: Disease, measures: Measures, population: int) -> State:
    susceptible, exposed, traced, infectious, isolated, _ = state
    new = disease.contact_rate * susceptible * infectious / population
    sickening, healing = 1 / disease.incubation_days, 1 / disease.infectious_days
    taken = measures.isolation_rate
    return (
        -new,
        (1 - measures.traced_share) * new - sickening * exposed,
        measures.traced_share * new - sickening * traced,
        sickening * exposed - (healing + taken) * infectious,
        taken * infectious + sickening * traced - healing * isolated,
        healing * (infectious + isolated),
    )


def runge_kutta(state: State, disease: Disease, measures: Measures, population: int, step: float) -> State:
    def at(slope: State, part: float) -> State:
        return moved(state, slope, part)

    first = change(state, disease, measures, population)
    second = change(at(first, step / 2), disease, measures, population)
    third = change(at(second, step / 2), disease, measures, population)
    fourth = change(at(third, step), disease, measures, population)
    mean = tuple((a + 2 * b + 2 * c + d) / 6 for a, b, c, d in zip(first, second, third, fourth, strict=True))
    return moved(state, mean, step)  # type: ignore[arg-type]


def moved(state: State, slope: State, step: float) -> State:
    return tuple(value + step * rate for value, rate in zip(state, slope, strict=True))  # type: ignore[return-value]


def final_share(reproduction: float) -> float:
    """Return the share of a large population that is infected in the end: the root of z = 1 - exp(-R z).

    Source: Kermack, McKendrick 1927 (as above); 0 where R is at most 1.
    """
    if reproduction <= 1:
        return 0.0
    low, high = 1e-12, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 - math.exp(-reproduction * middle) > middle else (low, middle)
    return (low + high) / 2
