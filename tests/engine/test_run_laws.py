"""The laws of a run, over generated plans, worlds and scripts, in all three modes."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.laws import END, assert_alike, from_due_to_due, log_of

from youbei.engine.clock import Mode
from youbei.engine.draws import Draws
from youbei.engine.errors import Refused
from youbei.engine.plans.model import Phase, Plan
from youbei.engine.resources import World
from youbei.engine.run import Run, act, advance, fold, new_run
from youbei.engine.run.index import ANYTHING, Autoplay, Index
from youbei.testing import START, Deed, as_recorded, autoplays, deeds, minutes, perform, plans, scripts, worlds

CUTS = st.lists(st.integers(0, 240).map(lambda half: START + half * timedelta(seconds=30)), max_size=12)
LAW = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Case:
    """One generated case: everything that a run is made of, and what is done to it."""

    plan: Plan
    mode: Mode
    world: World
    autoplay: Autoplay
    draws: Draws | None
    script: tuple[Deed, ...]

    def run(self) -> Run:
        return new_run(self.plan, **self.circumstances())

    def circumstances(self) -> dict:
        return {
            "stream": "run:1",
            "mode": self.mode,
            "world": self.world,
            "autoplay": self.autoplay,
            "draws": self.draws,
            "known_at": START - minutes(7),
            "occurred_at": START - minutes(11),
        }

    def fold(self, events) -> Run:
        return fold(self.plan, events, **self.circumstances())


@st.composite
def cases(draw: st.DrawFn) -> Case:
    mode = draw(st.sampled_from(Mode))
    draws = draw(st.none() | st.builds(Draws, st.integers(0, 99)))
    plan = draw(PLANS)
    return Case(plan, mode, draw(worlds()), draw(autoplays(mode)), draws, draw(scripts(plan)))


PLANS = plans()


@LAW
@given(case=cases(), cuts=CUTS)
def test_however_time_is_cut_into_ticks_the_log_is_the_same(case: Case, cuts):
    assert_alike(perform(case.run(), case.script, cuts=cuts), perform(case.run(), case.script))


@LAW
@given(case=cases())
def test_advancing_from_due_to_due_gives_the_same_log(case: Case):
    assert_alike(from_due_to_due(perform(case.run(), case.script)), perform(case.run(), case.script))


@LAW
@given(case=cases(), cut=st.integers(0, 14), rest=st.integers(0, 30).map(minutes))
def test_folding_the_log_rebuilds_the_state_and_its_future(case: Case, cut: int, rest: timedelta):
    before, after = case.script[:cut], case.script[cut:]
    run = perform(case.run(), before)
    if run.now is not None:
        run = advance(run, run.now + rest)
    folded = case.fold(as_recorded(run.log))
    assert folded.seq == run.seq
    assert folded.now is None or all(at >= folded.now for at in folded.state.pending.values())
    if run.now is not None:
        folded = advance(folded, run.now)
        # Nothing comes to light by folding, and what time will bring is known again.
        assert folded.log == ()
        assert folded.state == run.state
        start = run.now
    else:
        start = START
    future = advance(perform(run, after, start=start), END)
    again = advance(perform(folded, after, start=start), END)
    assert log_of(again) == log_of(future)[run.seq :]
    assert again.state == future.state


@LAW
@given(case=cases())
def test_a_log_that_is_folded_anew_before_every_act_is_the_same(case: Case):
    whole = perform(case.run(), case.script)
    run, events, at = case.run(), [], START
    for deed in case.script:
        at += deed.after
        step = perform(case.fold(as_recorded(events)), [replace(deed, after=timedelta(0))], start=at)
        events = [*events, *step.log]
    assert [event.comparable() for event in events] == log_of(whole)
    assert run.seq == 0


@LAW
@given(case=cases(), last=deeds())
def test_a_refused_command_changes_nothing(case: Case, last: Deed):
    run = perform(case.run(), case.script)
    before, at = replace(run, state=run.state.copy()), (run.now or START) + last.after
    with contextlib.suppress(Refused):
        act(run, last.command, at=at, by=last.by)
    assert run == before


class Everyone(Mapping):
    """Answer every question about who must look again with: everyone."""

    def __init__(self, index: Index) -> None:
        self.everyone = index.watching[ANYTHING]

    def __getitem__(self, key):
        return self.everyone

    def __iter__(self):
        return iter(())

    def __len__(self) -> int:
        return 1


@settings(LAW, max_examples=400)
@given(case=cases())
def test_asking_only_whom_the_index_names_gives_the_same_as_asking_everyone(case: Case):
    run = case.run()
    everyone = Everyone(run.index)
    brute = replace(run, index=replace(run.index, watching=everyone, at_threshold=everyone))
    indexed = advance(perform(run, case.script), END)
    assert log_of(advance(perform(brute, case.script), END)) == log_of(indexed)


@LAW
@given(case=cases())
def test_what_a_log_tells_is_in_order(case: Case):
    run = advance(perform(case.run(), case.script), END)
    opened: Counter[str] = Counter()
    phases = {step.id: step.phase for step in case.plan.steps}
    is_ended, last = False, START
    for number, event in enumerate(run.log, start=1):
        assert (event.seq, event.mode, event.stream) == (number, case.mode, "run:1")
        assert event.at >= last
        last = event.at
        step = event.data.get("step") or event.data.get("need", "").partition("/")[0]
        if event.kind == "step.opened":
            opened[step] += 1
            assert opened[step] == 1, "a step opens once; after that it is reopened"
        if event.kind == "response.ended":
            is_ended = True
        elif is_ended and event.kind.startswith(("step.", "need.")):
            assert phases[step] is Phase.RECOVERY, "after the end nothing happens but recovery"
        assert is_ended or event.kind != "step.opened" or phases[step] is Phase.RESPONSE
