"""What the step graph promises is what a run does: both are asked for the same plans."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from youbei import testing
from youbei.engine.clock import Mode
from youbei.engine.conditions import Compare, Op
from youbei.engine.events import Actor
from youbei.engine.plans.graph import Case, times
from youbei.engine.plans.model import Duration, End, Level, LevelNumber, Plan, Start, Step
from youbei.engine.run.commands import Activate
from youbei.engine.run.index import ALL
from youbei.engine.run.runs import act, advance, new_run

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
COMMANDER = Actor("user:1", "commander", frozenset({"commander"}))
NEVER = Compare("nothing", Op.EQ, 1)
spans = st.integers(0, 9).map(lambda number: timedelta(minutes=number))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Generate plans whose steps wait for each other, for moments and for delays, in any order and in circles."""
    names = [f"s{number}" for number in range(draw(st.integers(1, 7)))]
    some = st.lists(st.sampled_from(names), max_size=2, unique=True).map(tuple)
    moments = st.sampled_from(
        ["activation", "activation", *(f"step:{n}:{w}" for n in names for w in ("opened", "finished"))]
    )
    steps = tuple(
        Step(
            name,
            testing.words(name),
            "operations",
            start=Start(after=draw(some), after_any=draw(some), since=draw(moments), delay=draw(spans)),
            takes=Duration(likely=draw(spans)),
        )
        for name in names
    )
    return testing.small_plan(*steps, levels=(Level(LevelNumber.IV, NEVER),), end=End(NEVER))


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=200)
@given(plans())
def test_a_run_that_goes_by_the_book_keeps_the_times_of_the_graph(plan: Plan) -> None:
    run = new_run(plan, stream="run:1", mode=Mode.SIMULATED, autoplay=ALL)
    run = act(run, Activate(LevelNumber.IV, {"commander": "", "operations": ""}), at=NOON, by=COMMANDER)
    run = advance(run, NOON + timedelta(days=1))
    done = {
        name: (step.opened_at - NOON, step.finished_at - NOON)
        for name, step in run.state.steps.items()
        if step.opened_at is not None and step.finished_at is not None
    }
    assert done == {name: (one.opens, one.finishes) for name, one in times(plan, Case.LIKELY).items()}
