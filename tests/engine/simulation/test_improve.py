"""Claims about improvements: each takes a cause away, is measured on common luck, and luck in sifting is no gain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from tests.engine.simulation.test_ensemble import HERE, QUIET, tight, tight_world

from youbei.engine.plans.model import Deadline, Duration, Holder, HolderKind, Need, Start
from youbei.engine.resources import Stock, Team, World
from youbei.engine.simulation.broken import broken_in
from youbei.engine.simulation.changes import change_of, changed
from youbei.engine.simulation.compare import compare_setups
from youbei.engine.simulation.ensemble import Setup, set_up, simulate_many
from youbei.engine.simulation.improve import (
    MOST_KEPT,
    Gain,
    Outcome,
    Search,
    Size,
    bad_and_typical,
    searching,
    with_measure,
)
from youbei.engine.simulation.improvements import Improvement, ImprovementKind, improvements
from youbei.engine.simulation.replicate import replicate
from youbei.engine.text import Text
from youbei.engine.troubles import Troubles, Unreachable
from youbei.testing import minutes, small_plan, small_step

SIZE = Size(runs=120, sift=40, block=25)


@cache
def tried() -> tuple[Setup, tuple[Improvement, ...]]:
    setup = tight()
    return setup, improvements(setup, simulate_many(setup, runs=200))


def searched() -> Search:
    setup, measures = tried()
    *_, search = searching(setup, measures, size=SIZE)
    return search


def gain_of(search: Search, kind: ImprovementKind) -> Gain:
    return next(gain for gain in search.gains if gain.improvement.kind is kind)


def test_measures_are_made_against_what_breaks_promises() -> None:
    _, measures = tried()
    said = {one.key: one.text.en for one in measures}
    assert said["team:fire:incident:2"] == "2 more × fire at the place of the incident"
    assert said["stock:foam:incident:2"] == "Store 2 more × foam at the place of the incident"
    assert said["lot:lot:incident"].startswith("Keep the 3 × foam")
    assert said["turn_out:team-2"] == "“Team 2” turns out in 1 min instead of 2"
    assert {one.kind for one in measures} == set(ImprovementKind) - {ImprovementKind.DEPUTY, ImprovementKind.REACH}


def test_teams_and_stores_are_called_by_their_names_in_both_languages() -> None:
    setup = tight()
    teams = tuple(replace(team, label=f"{team.id}队", label_en=f"Brigade {team.id}") for team in setup.world.teams)
    stock = tuple(replace(lot, label="东库", label_en="East Store") for lot in setup.world.stock)
    called = set_up(setup.plan, replace(setup.world, teams=teams, stock=stock), QUIET, seed=1)
    found = simulate_many(called, runs=200)
    said = {one.key: one.text for one in improvements(called, found)}
    assert said["turn_out:team-2"] == Text(
        "“team-2队”的出动时间由 2 分钟减到 1 分钟", "“Brigade team-2” turns out in 1 min instead of 2"
    )
    assert "“东库”" in said["lot:lot:incident"].zh
    assert "“East Store”" in said["lot:lot:incident"].en
    assert {(one.label, one.label_en) for one in found.busy} <= {(team.label, team.label_en) for team in teams}
    moved = next(one for one in improvements(called, found) if one.key == "lot:lot:incident")
    _, again = changed(setup.plan, called.world, change_of(called.world, moved))
    assert {lot.label_en for lot in again.stock} == {"East Store"}


def test_a_place_is_called_by_its_name() -> None:
    setup = tight()
    steps = tuple(
        replace(step, needs=tuple(replace(need, place="gate") for need in step.needs)) for step in setup.plan.steps
    )
    world = replace(setup.world, sites={**setup.world.sites, "gate": setup.world.sites["incident"]})
    there = set_up(replace(setup.plan, steps=steps), world, QUIET, seed=1)
    names = {"site:gate": Text("北门", "North Gate")}
    said = {one.key: one.text for one in improvements(there, simulate_many(there, runs=200), names)}
    assert said["stock:foam:gate:2"] == Text("“北门”增储“foam”×2", "Store 2 more × foam at “North Gate”")


@pytest.mark.parametrize("deputies", [(), (Holder(HolderKind.OFFICE, "town/deputy"),)])
def test_a_post_that_is_often_out_of_reach_gets_a_deputy_or_is_always_reached(deputies: tuple[Holder, ...]) -> None:
    away = Unreachable("operations", 0.5, timedelta(0), timedelta(minutes=30))
    away = replace(away, deputy_after=timedelta(minutes=30)) if deputies else away
    step = small_step(
        "decide", owner="operations", takes=Duration(likely=minutes(1)), within=Deadline(timedelta(minutes=5))
    )
    plan = small_plan(step)
    plan = replace(plan, posts=tuple(replace(post, deputies=deputies) for post in plan.posts))
    setup = set_up(plan, World(troubles=Troubles(unreachable=(away,))), QUIET, seed=1)
    measures = improvements(setup, simulate_many(setup, runs=200))
    reach = next(one for one in measures if one.kind in (ImprovementKind.DEPUTY, ImprovementKind.REACH))
    assert reach.kind is (ImprovementKind.REACH if deputies else ImprovementKind.DEPUTY)
    *_, search = searching(setup, measures, size=SIZE)
    best = search.gains[0]
    assert best.improvement.key == reach.key
    assert (best.change.second, round(best.change.first, 1)) == (0.0, 0.5)
    assert changed(plan, setup.world, change_of(setup.world, reach)) == (reach.plan, reach.world)


def test_nothing_is_proposed_where_every_promise_holds() -> None:
    setup = tight()
    teams = tuple(Team(f"more-{n}", "", frozenset({"fire"}), HERE, tight_world().teams[0].turn_out) for n in range(9))
    world = replace(tight_world(), teams=teams, stock=(Stock("lot", "foam", 50.0, HERE),))
    plan = replace(setup.plan, steps=tuple(replace(step, within=None) for step in setup.plan.steps))
    kept = set_up(plan, world, QUIET, seed=1)
    assert improvements(kept, simulate_many(kept, runs=100)) == ()


def test_a_gain_is_the_paired_difference_of_broken_promises() -> None:
    setup, _ = tried()
    search = searched()
    best = search.gains[0]
    assert best.improvement.kind is ImprovementKind.TEAM
    better = with_measure(setup, best.improvement)
    differences = []
    for number in range(SIZE.runs):
        one, other = (
            broken_in(of.plan, replicate(of.plan, of.world, QUIET, seed=1, number=number, level=of.level))
            for of in (setup, better)
        )
        differences.append(other - one)
    assert best.change.runs == SIZE.runs
    assert abs(best.change.difference - sum(differences) / SIZE.runs) < 1e-9
    assert best.change.low <= best.change.difference <= best.change.high < 0
    late = compare_setups(setup, better, runs=SIZE.runs).differences
    assert next(one for one in late if one.measure == "rescue/late").difference < 0


def test_measures_are_ranked_by_what_they_gain() -> None:
    search = searched()
    gains = [gain.change.difference for gain in search.gains]
    assert gains == sorted(gains)
    assert len(gains) <= MOST_KEPT
    assert "fewer are broken" in search.gains[0].sentence.en
    assert "少失约" in search.gains[0].sentence.zh
    assert (
        gain_of(search, ImprovementKind.STOCK).change.first - 1 <= gain_of(search, ImprovementKind.STOCK).change.second
    )


def test_what_takes_no_cause_away_is_said_to_make_no_difference() -> None:
    lot = gain_of(searched(), ImprovementKind.LOT_MOVED)
    assert not lot.change.is_plain
    assert "no difference can be told" in lot.sentence.en
    assert "看不出差别" in lot.sentence.zh


def test_threads_and_blocks_do_not_show() -> None:
    setup, measures = tried()
    with ThreadPoolExecutor(3) as pool:
        *_, other = searching(setup, measures, size=replace(SIZE, block=7), spread=pool.map)
    assert other == searched()


def test_the_work_ahead_is_known_from_the_start() -> None:
    setup, measures = tried()
    steps = [search.done / search.total for search in searching(setup, measures, size=SIZE)]
    assert steps[-1] == 1.0
    assert steps == sorted(steps)
    *_, alone = searching(setup, (), size=SIZE)
    assert (alone.done, alone.total, alone.gains) == (SIZE.runs, SIZE.runs, ())


def test_a_bad_run_is_worse_than_nineteen_of_twenty() -> None:
    outcomes = [Outcome(number, broken=number // 10, ended=number) for number in reversed(range(200))]
    assert bad_and_typical(outcomes) == (189, 99)
    assert bad_and_typical(outcomes[:1]) == (199, 199)


def test_a_step_that_is_never_reached_breaks_its_promise() -> None:
    """Nobody can serve the first step, so neither of those behind it begins; one of them has a deadline."""
    plan = small_plan(
        small_step("hold", needs=(Need("crew", capability="fire", count=1),)),
        small_step("search", start=Start(after=("hold",))),
        small_step("report", start=Start(after=("search",)), within=Deadline(minutes(10))),
        small_step("tell", within=Deadline(minutes(10))),
    )
    found = replicate(plan, World(), QUIET, seed=1, number=0)
    assert (sum(found.late), len(found.short), broken_in(plan, found)) == (0, 1, 2)
