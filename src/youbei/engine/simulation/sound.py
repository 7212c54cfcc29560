"""Refuse worlds in which a simulation never comes to rest, or asks what nothing can answer."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from youbei.engine.demand import Stream
from youbei.engine.places import Point
from youbei.engine.plans.model import Plan
from youbei.engine.resources import Candidate, World, ranked, stock_candidates, team_candidates
from youbei.engine.simulation.luck import asked_of
from youbei.engine.simulation.simulate import BadSimulation
from youbei.engine.text import Text

DAY = timedelta(days=1)
# Assumption: nothing that takes longer to come is meant seriously.
LONGEST = timedelta(days=365)


class Overloaded(BadSimulation):
    """Refuse a day that asks for more teams of one capability than there are."""

    def __init__(self, capability: str, busy: float, teams: int) -> None:
        said = overload(Text(capability, capability), busy, teams)
        super().__init__(zh=said.zh, en=said.en)
        self.capability, self.busy, self.teams = capability, busy, teams


def demand_rest(world: World) -> None:
    """Refuse calls of every day that keep more teams busy than there are: those that wait would grow without end.

    Ways are not counted, so a line may still grow in a day that is barely served; it ends with the calls.
    """
    teams: dict[str, int] = defaultdict(int)
    for team in world.teams:
        for capability in team.capabilities:
            teams[capability] += team.is_available
    asked: dict[str, float] = defaultdict(float)
    for stream in world.demand.streams:
        demand_numbers(stream)
        asked[stream.capability] += busy_teams(stream)
    for capability, busy in asked.items():
        if teams[capability] and busy >= teams[capability]:
            raise Overloaded(capability, busy, teams[capability])


def overload(name: Text, busy: float, teams: int) -> Text:
    """Say by how much a day asks for more than the teams of one capability can do, and what to do about it."""
    said = too_much(name, busy, teams)
    return Text(
        f"{said.zh}请增加队伍，或减少警情（per_day）、缩短现场时间（on_scene）。",
        f"{said.en} Add teams, or lower the calls (per_day) or their time on scene (on_scene).",
    )


def too_much(name: Text, busy: float, teams: int) -> Text:
    """Say by how much a day asks for more than the teams of one capability can do."""
    load = busy / teams
    zh, en = name.in_language("zh"), name.in_language("en")
    return Text(
        f"这样的一天超出队伍所能承担：日常警情让“{zh}”队伍平均 {busy:.1f} 支在外，而只有 {teams} 支，负荷 {load:.1f}，"
        "等候会无限增长。",
        f"The day asks for more than the teams can do: calls of every day keep {busy:.1f} teams for {en} out on the "
        f"average, and there are {teams}, a load of {load:.1f}; waits would grow without end.",
    )


def demand_lengths(plan: Plan, world: World) -> None:
    """Refuse times that no journey takes: a world need not come from a file, nor its roads from a map."""
    for what, code, place in asked_of(plan, world):
        for one in candidates_of(world, what, code, place):
            if not timedelta(0) <= one.turn_out <= LONGEST or not timedelta(0) <= one.travel <= LONGEST:
                raise BadSimulation(
                    zh=f"“{one.named.zh}”的出动或路程时间为负或超过一年。请检查其位置、出动时间和道路。",
                    en=f"The turn-out or the way of {one.named.en} takes less than nothing or more than "
                    "a year. Check where it stands, its turn-out time, and the roads.",
                )


def candidates_of(world: World, what: str, code: str, place: Point | None) -> Iterable[Candidate]:
    try:
        return ranked(world, what, code, place).candidates
    except OverflowError:
        # Who takes longer than can be counted cannot be put in order.
        find = team_candidates if what == "capability" else stock_candidates
        return find(world, code, place)


def busy_teams(stream: Stream) -> float:
    """Return how many teams a stream keeps on scene on the average."""
    mean = stream.on_scene * math.exp(math.log(stream.spread) ** 2 / 2)
    return stream.per_day * stream.count * (mean / DAY)


def demand_numbers(stream: Stream) -> None:
    """Refuse rates and weights that are no numbers; a world need not come from a file."""
    numbers = (stream.per_day, stream.spread, *stream.hours, *stream.months)
    is_sound = all(math.isfinite(one) and one >= 0 for one in numbers) and stream.spread >= 1 and stream.count >= 1
    if not is_sound or len(stream.hours) != 24 or len(stream.months) != 12 or stream.on_scene < timedelta(0):
        raise BadSimulation(
            zh=f"日常警情“{stream.id[:80]}”的数字不成立。per_day、hours、months 不能为负，spread 和 count 至少为 1。",
            en=f"The numbers of the calls {stream.id[:80]!r} make no sense: per_day, hours and months must not be "
            "below zero, spread and count at least 1.",
        )
