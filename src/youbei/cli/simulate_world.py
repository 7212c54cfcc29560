"""What a simulation is carried out with: the plan of a file, and the resources that the options name."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from youbei.cli.options import read_input
from youbei.cli.simulate import choose_scenario, find_world
from youbei.engine.text import Text

if TYPE_CHECKING:
    from youbei.engine.plans.model import Plan, Scenario
    from youbei.engine.resources import World
    from youbei.engine.simulation.ensemble import Setup


def prepared(options: argparse.Namespace, file: str, world: str | None) -> tuple[Setup, Text]:
    from youbei import content
    from youbei.engine.plans.read import read_plan
    from youbei.engine.simulation.ensemble import set_up
    from youbei.engine.troubles import NO_TROUBLES

    plan = read_plan(read_input(file))
    scenario = choose_scenario(plan, options.scenario)
    resources, source = world_of(options, plan, scenario, world)
    if options.any_day and resources.troubles == NO_TROUBLES:
        resources = replace(resources, troubles=content.usual_troubles(plan))
    return set_up(plan, resources, scenario, seed=options.seed), source


def world_of(options: argparse.Namespace, plan: Plan, scenario: Scenario, world: str | None) -> tuple[World, Text]:
    from youbei.engine.simulation.plenty import plenty
    from youbei.engine.simulation.world_file import read_world

    if world is None:
        return find_world(options, plan, scenario)
    if world == "plenty":
        return plenty(plan, scenario), Text("假设现场资源充足", "enough of everything on the spot")
    if world == "demo":
        return demo_world(options, plan, scenario), Text(
            "演示城市的队伍；物资视为充足", "the teams of the demo city; materials are taken to be plenty"
        )
    return read_world(read_input(world)), Text(f"文件 {Path(world).name}", f"the file {Path(world).name}")


def demo_world(options: argparse.Namespace, plan: Plan, scenario: Scenario) -> World:
    """Return the teams and sites of the demo city, with all the materials that the plan asks for on the spot."""
    from datetime import timedelta

    from youbei import content
    from youbei.cli.data import set_up

    set_up(options.data)
    from youbei.demo.city import point
    from youbei.engine.resources import Team
    from youbei.engine.simulation.plenty import plenty

    enough = plenty(plan, scenario)
    sites = {row["code"]: point(*row["at"]) for row in content.demo_table("sites")["sites"]}
    teams = tuple(
        Team(row["code"], row["zh"], frozenset(row["can"]), point(*row["at"]), timedelta(seconds=row["turn_out"]))
        for row in content.demo_table("teams")["teams"]
    )
    # Assumption: without a place of its own a scenario plays at the command centre.
    place = scenario.place or sites["haizhou-command-centre"]
    stock = tuple(replace(lot, base=place) for lot in enough.stock)
    return replace(enough, teams=teams, stock=stock, sites={**enough.sites, **sites, "incident": place})
