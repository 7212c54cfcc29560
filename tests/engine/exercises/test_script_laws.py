"""The laws of a run that follows the script of an exercise: generated scripts on generated plans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from youbei.engine.clock import Mode
from youbei.engine.conditions import AllOf, Condition, Count, Elapsed, Not, Op, Quantity
from youbei.engine.draws import Draws
from youbei.engine.plans.model import Duration, LevelNumber, Plan
from youbei.engine.resources import World
from youbei.engine.run import Run, advance, fold, new_run, next_due
from youbei.engine.run.commands import (
    Activate,
    ConfirmAction,
    EndExercise,
    EndResponse,
    FailInject,
    FinishStep,
    FireInject,
    HoldInject,
    Improvise,
    Observe,
    ReleaseInject,
    SkipInject,
    StartExercise,
)
from youbei.engine.run.index import Autoplay
from youbei.engine.run.script import Cue, Delay, Expectation, Fail, Learn, Reaction, Say, Script
from youbei.testing import (
    CONDITIONS,
    DEEDS,
    FACTS,
    OFFICER,
    POST_IDS,
    SPANS,
    START,
    STEP_IDS,
    VALUES,
    Deed,
    as_recorded,
    autoplays,
    minutes,
    perform,
    plans,
    sometimes,
    words,
    worlds,
)

END = START + timedelta(hours=5)
LAW = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
CUTS = st.lists(st.integers(0, 240).map(lambda half: START + half * timedelta(seconds=30)), max_size=12)
CUES = ("i0", "i1", "i2", "i3")
ACTIONS = ("a0", "a1", "a2")
MOMENTS = st.sampled_from(
    ("startex", "acted", "activation", "inject:i0:fired", "inject:i1:skipped", "action:a0:met", "action:a0:late")
)
OF_SCRIPT = st.sampled_from([of for of in Quantity if of.value.startswith(("injects", "actions"))])
OWN: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Elapsed, MOMENTS, SPANS),
    st.builds(
        Count,
        OF_SCRIPT,
        st.sampled_from([Op.GTE, Op.EQ]),
        st.integers(0, 2),
        st.sampled_from([(), ("i0",), ("i0", "i1"), ("a0",)]),
    ),
)
WHEN = st.one_of(
    OWN,
    CONDITIONS,
    st.builds(Not, OWN),
    st.lists(st.one_of(OWN, CONDITIONS), min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
)
EFFECTS = st.one_of(
    st.builds(Learn, st.sampled_from(FACTS), st.one_of(st.none(), VALUES), st.just("call")),
    st.just(Say("operations", words("call"), words("come"))),
    st.just(Fail("team:1")),
    st.just(Fail(capability="fire", count=2)),
    st.builds(Delay, st.just("road"), SPANS),
)
DELAYS = st.one_of(SPANS.map(lambda likely: Duration(likely=likely)))
PLAYED = st.one_of(
    st.just(Activate(LevelNumber.IV)),
    st.builds(FinishStep, st.sampled_from(STEP_IDS)),
    st.builds(Learn, st.sampled_from(FACTS), VALUES, st.just("role")),
    st.just(EndResponse("played")),
    st.just(EndExercise("played")),
)


@st.composite
def stories(draw: st.DrawFn) -> Script:
    """Generate a script: injects by time and condition, what is expected after them, and roles that react."""
    cues = tuple(
        Cue(
            id=name,
            kind="call",
            since=draw(MOMENTS) if sometimes(draw, 3) else "startex",
            delay=draw(SPANS),
            after=CUES[:position][-1:] if sometimes(draw, 3) else (),
            when=draw(WHEN) if sometimes(draw, 4) else None,
            unless=draw(WHEN) if sometimes(draw, 2) else None,
            is_contingency=sometimes(draw, 1),
            effects=tuple(draw(st.lists(EFFECTS, max_size=2))),
        )
        for position, name in enumerate(CUES)
    )
    expectations = tuple(
        Expectation(name, draw(st.sampled_from(CUES)), "operations", draw(SPANS), draw(st.one_of(st.none(), WHEN)))
        for name in ACTIONS
    )
    reactions = tuple(
        Reaction(
            f"r{number}",
            "role",
            draw(WHEN),
            draw(DELAYS),
            tuple(draw(st.lists(PLAYED, max_size=2))),
            frozenset(POST_IDS),
        )
        for number in range(draw(st.integers(0, 3)))
    )
    reacts = {"operations": draw(DELAYS)} if sometimes(draw, 4) else {}
    return Script("story", cues=cues, expectations=expectations, reactions=reactions, reacts_in=reacts)


LED = st.one_of(
    st.just(StartExercise()),
    st.builds(FireInject, st.sampled_from([*CUES, "nothing"])),
    st.builds(SkipInject, st.sampled_from(CUES), st.sampled_from(["why", ""])),
    st.builds(HoldInject, st.sampled_from(CUES)),
    st.builds(ReleaseInject, st.sampled_from(CUES)),
    st.builds(FailInject, st.sampled_from(CUES), st.just("no line")),
    st.builds(ConfirmAction, st.sampled_from(ACTIONS)),
    st.builds(Observe, st.just("o1"), st.just("seen"), st.sampled_from(["", "P", "70", "?"])),
    st.just(Improvise("more", {"injured": 2}, "operations", words("call"), words("come"))),
    st.just(EndExercise("enough")),
)
LEADING = st.builds(Deed, SPANS, LED, st.just(OFFICER))


@dataclass(frozen=True)
class Case:
    """One generated exercise, and what is done in it."""

    plan: Plan
    mode: Mode
    world: World
    autoplay: Autoplay
    draws: Draws | None
    story: Script
    deeds: tuple[Deed, ...]

    def circumstances(self) -> dict:
        return {
            "stream": "run:1",
            "mode": self.mode,
            "world": self.world,
            "autoplay": self.autoplay,
            "draws": self.draws,
            "script": self.story,
        }

    def run(self) -> Run:
        return new_run(self.plan, **self.circumstances())

    def fold(self, events) -> Run:
        return fold(self.plan, events, **self.circumstances())


@st.composite
def cases(draw: st.DrawFn) -> Case:
    mode = draw(st.sampled_from([Mode.EXERCISE, Mode.SIMULATED]))
    level = st.sampled_from(LevelNumber)
    others = draw(st.lists(st.one_of(DEEDS, DEEDS, LEADING), min_size=2, max_size=10))
    activation = Deed(draw(SPANS), Activate(draw(level)), OFFICER)
    deeds = [Deed(draw(SPANS), StartExercise(), OFFICER), activation, *others]
    return Case(
        plan=draw(plans()),
        mode=mode,
        world=draw(worlds()),
        autoplay=draw(autoplays(mode)),
        draws=draw(st.none() | st.builds(Draws, st.integers(0, 99))),
        story=draw(stories()),
        deeds=tuple(deeds if sometimes(draw, 7) else [deeds[0], *others]),
    )


def log_of(run: Run) -> list[tuple]:
    return [event.comparable() for event in run.log]


@LAW
@given(case=cases(), cuts=CUTS)
def test_however_time_is_cut_into_ticks_an_exercise_writes_the_same_log(case: Case, cuts):
    whole = advance(perform(case.run(), case.deeds), END)
    ticked = advance(perform(case.run(), case.deeds, cuts=cuts), END)
    assert log_of(ticked) == log_of(whole)
    assert ticked.state == whole.state


@LAW
@given(case=cases())
def test_an_exercise_that_goes_from_due_to_due_writes_the_same_log(case: Case):
    whole = advance(perform(case.run(), case.deeds), END)
    stepped = perform(case.run(), case.deeds)
    while stepped.now is not None and (due := next_due(stepped)) is not None and due <= END:
        stepped = advance(stepped, due)
    assert log_of(stepped) == log_of(whole)


@LAW
@given(case=cases(), cut=st.integers(0, 12), rest=st.integers(0, 30).map(minutes))
def test_folding_the_log_of_an_exercise_rebuilds_its_state_and_its_future(case: Case, cut: int, rest: timedelta):
    before, after = case.deeds[:cut], case.deeds[cut:]
    run = perform(case.run(), before)
    if run.now is not None:
        run = advance(run, run.now + rest)
    folded = case.fold(as_recorded(run.log))
    if run.now is not None:
        folded = advance(folded, run.now)
        assert folded.log == ()
        assert folded.state == run.state
    start = run.now or START
    future = advance(perform(run, after, start=start), END)
    again = advance(perform(folded, after, start=start), END)
    assert log_of(again) == log_of(future)[run.seq :]
    assert again.state == future.state


@LAW
@given(case=cases())
def test_nothing_is_brought_or_expected_after_endex(case: Case):
    run = advance(perform(case.run(), case.deeds), END)
    kinds = [event.kind for event in run.log]
    if "exercise.ended" in kinds:
        after = kinds[kinds.index("exercise.ended") + 1 :]
        assert not [kind for kind in after if kind.startswith(("inject.", "action.", "role.noticed", "step.late"))]


@LAW
@given(case=cases())
def test_an_inject_fires_once_and_an_action_is_met_once(case: Case):
    run = advance(perform(case.run(), case.deeds), END)
    fired = [event.data["inject"] for event in run.log if event.kind == "inject.fired"]
    met = [event.data["action"] for event in run.log if event.kind == "action.met"]
    assert len(set(fired)) == len(fired)
    assert len(set(met)) == len(met)
    assert {event.data["action"] for event in run.log if event.kind == "action.missed"}.isdisjoint(met)


@LAW
@given(case=cases())
def test_a_script_leaves_a_run_without_startex_alone(case: Case):
    deeds = tuple(deed for deed in case.deeds if not isinstance(deed.command, StartExercise))
    with_script = advance(perform(case.run(), deeds), END)
    plain = replace(case, story=replace(case.story, cues=(), expectations=(), reactions=()))
    assert log_of(with_script) == log_of(advance(perform(plain.run(), deeds), END))
