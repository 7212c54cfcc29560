"""Claims about the picture of the day as it may be: what is plainly worse, and where calls are served late."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from youbei.engine.demand import Demand, Stream
from youbei.engine.places import Point
from youbei.engine.plans.model import Deadline, Duration, Need, Scenario
from youbei.engine.resources import Team, World
from youbei.engine.simulation.ensemble import set_up, simulate_many
from youbei.engine.simulation.service import FEWEST_RUNS
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
    page = render_to_string("plans/_stress_day.html", {"heat": picture, "worse": rows, "found": data})
    assert "夜间" in page
    assert page.count('class="heat-3"') == sum(cell.heat == 3 for row in picture.rows for cell in row.cells) > 0


def test_every_figure_of_the_calls_stands_with_its_interval() -> None:
    data = found()
    picture = heat(data)
    assert picture is not None
    for row in picture.rows:
        halves = (row.per_day_half, row.in_time_half, row.unserved_half)
        assert all(half is not None and half > 0 for half in halves)
        assert row.mean_half
        assert row.p90_between is not None
        assert row.p90_between[0] <= (row.p90 or timedelta()) <= row.p90_between[1]
    assert all(half for _, _, half in picture.hours)
    cells = [cell for row in picture.rows for cell in row.cells]
    known = {"places": 0, "few": 0}
    for cell in cells:
        assert cell.runs is not None
        known["places" if cell.half is not None else "few"] += 1
        assert (cell.half is None) == (cell.runs < FEWEST_RUNS)
    assert known["few"] == len(cells), "ninety runs of four calls a day tell no hour of a place"
    with override("en"):
        page = render_to_string("plans/_stress_day.html", {"heat": picture, "worse": (), "found": data})
    assert page.count("too few for an interval") == 3 * len(cells)
    assert "Nobody to send" in page


def test_an_hour_with_many_runs_says_its_interval_and_how_many() -> None:
    data = found()
    data["service"]["cells"] = [
        {"place": "far", "hour": 8, "calls": 90, "mean": 738.0, "low": 690.0, "high": 786.0, "runs": 64},
        {"place": "far", "hour": 9, "calls": 3, "mean": None, "low": None, "high": None, "runs": 0},
        # As a test of before kept it.
        {"place": "far", "hour": 10, "calls": 9, "mean": 60.0},
    ]
    with override("en"):
        page = render_to_string("plans/_stress_day.html", {"heat": heat(data), "worse": (), "found": data})
    assert re.search(r"<title>8–9: 12 min 18 s ± 48 s, 64 runs</title>", page)
    assert "<title>9–10: nobody went</title>" in page
    assert re.search(r"<title>10–11: 1 min</title>", page)


def test_without_calls_and_troubles_there_is_no_picture() -> None:
    assert heat({"runs": 3}) is None
    assert heat({"runs": 3, "service": None}) is None
    assert worse({"runs": 3}) == ()
    assert render_to_string("plans/_stress_day.html", {"heat": None, "worse": ()}).strip() == ""
