"""Claims about the picture of the day as it may be: what is plainly worse, and where calls are served late."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string

from youbei.engine.demand import Demand, Stream
from youbei.engine.places import Point
from youbei.engine.plans.model import Deadline, Duration, Need, Scenario
from youbei.engine.resources import Team, World
from youbei.engine.simulation.ensemble import set_up, simulate_many
from youbei.engine.troubles import OffHours, Troubles
from youbei.testing import minutes, small_plan, small_step, words
from youbei.web.stress_day import heat, worse

HERE, FAR = Point(30.0, 120.0), Point(30.3, 120.0)


def found() -> dict[str, Any]:
    crew = Need("crew", capability="fire", count=1)
    step = small_step("hold", takes=Duration(likely=minutes(1)), needs=(crew,), within=Deadline(minutes(30)))
    near = Stream("fire", "centre", HERE, "fire", 2.0, minutes(10))
    world = World(
        (Team("t", "T", frozenset({"fire"}), HERE, minutes(5)),),
        sites={"incident": HERE},
        troubles=Troubles(night=OffHours(slower=8.0)),
        demand=Demand((near, replace(near, place="far", point=FAR))),
    )
    ensemble = simulate_many(set_up(small_plan(step), world, Scenario("q", words("q")), seed=1), runs=90)
    data: dict[str, Any] = json.loads(json.dumps(ensemble.as_data()))
    return data


def test_it_says_where_calls_wait_longest_and_when_the_plan_does_worse() -> None:
    data = found()
    picture, rows = heat(data), worse(data)
    assert picture is not None
    assert [row.place for row in picture.rows] == ["far", "centre"]
    assert picture.within == timedelta(minutes=15)
    assert all(0 <= cell.heat <= 3 and cell.x == 15 * cell.hour for row in picture.rows for cell in row.cells)
    assert rows[0].label.en == "at night"
    late, otherwise, short, _ = rows[0].shares
    assert late is not None
    assert otherwise is not None
    assert late[0] > otherwise[0]
    assert short is not None
    page = render_to_string("plans/_stress_day.html", {"heat": picture, "worse": rows, "found": found})
    assert "夜间" in page
    assert page.count('class="heat-3"') == sum(cell.heat == 3 for row in picture.rows for cell in row.cells) > 0


def test_without_calls_and_troubles_there_is_no_picture() -> None:
    assert heat({"runs": 3}) is None
    assert heat({"runs": 3, "service": None}) is None
    assert worse({"runs": 3}) == ()
    assert render_to_string("plans/_stress_day.html", {"heat": None, "worse": ()}).strip() == ""
