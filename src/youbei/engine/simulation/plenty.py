"""A world in which nothing is lacking, for a plan that is simulated where no register is at hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from youbei.engine.places import Point
from youbei.engine.plans.model import Plan, Scenario
from youbei.engine.resources import Stock, Team, World

# Without a place, any will do: everything stands at the same one.
NOWHERE = Point(0.0, 0.0)


def plenty(plan: Plan, scenario: Scenario) -> World:
    """Return a world with all that the plan's needs ask for together, on the spot and ready at once."""
    place = scenario.place or NOWHERE
    teams: dict[str, int] = defaultdict(int)
    stock: dict[str, float] = defaultdict(float)
    places = {"incident": place}
    for step in plan.steps:
        for need in step.needs:
            places.setdefault(need.place, place)
            if need.capability:
                teams[need.capability] += need.count
            else:
                stock[need.item] += need.quantity
    return World(
        teams=tuple(
            Team(f"{name}-{number}", name, frozenset({name}), place, timedelta(0))
            for name, count in teams.items()
            for number in range(1, count + 1)
        ),
        stock=tuple(Stock(name, name, quantity, place) for name, quantity in stock.items()),
        sites=places,
    )
