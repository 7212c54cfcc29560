"""Published doubles for tests: a fixed journey, a small plan and world, and strategies that generate plans and scripts.

Needs hypothesis. Nothing here is used by Youbei when it runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from youbei.engine.clock import Mode
from youbei.engine.conditions import (
    PLAN_QUANTITIES,
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Count,
    Elapsed,
    Not,
    Op,
)
from youbei.engine.errors import Refused
from youbei.engine.events import Actor, Event, iso, parse_iso
from youbei.engine.log import canonical
from youbei.engine.places import Point
from youbei.engine.plans.model import (
    Climb,
    ClimbTo,
    Deadline,
    Done,
    Duration,
    DurationShape,
    End,
    Holder,
    HolderKind,
    Level,
    LevelNumber,
    Link,
    Need,
    Phase,
    Plan,
    PlanKind,
    Post,
    PostRole,
    ReportUp,
    Start,
    Step,
    Tell,
)
from youbei.engine.resources import Stock, Team, World
from youbei.engine.run import ALL, Run, act, advance
from youbei.engine.run.commands import (
    Activate,
    AddFact,
    Arrive,
    Assess,
    Assign,
    Command,
    Depart,
    Deviate,
    EndResponse,
    FinishStep,
    HandOver,
    LowerLevel,
    RaiseLevel,
    Release,
    ReopenStep,
    SetClock,
    SkipStep,
    StartStep,
)
from youbei.engine.run.index import Autoplay
from youbei.engine.text import Text

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
COMMANDER = Actor("user:1", "总指挥", frozenset({"commander"}))
OFFICER = Actor("user:2", "值班员")


@dataclass(frozen=True, slots=True)
class FixedTravel:
    """Let every journey take the same time."""

    takes: timedelta = timedelta(minutes=10)

    def __call__(self, origin: Point, destination: Point) -> timedelta:
        return self.takes


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def words(text: str) -> Text:
    """Return a text that says the same in both languages."""
    return Text(text, text)


def small_step(step_id: str, **changes: object) -> Step:
    """Return a step of the operations group that takes five minutes, changed as asked."""
    step = Step(step_id, words(step_id), "operations", takes=Duration(likely=minutes(5)))
    return replace(step, **changes)  # type: ignore[arg-type]


def small_plan(*steps: Step, **changes: object) -> Plan:
    """Return a plan with a commander, who has two deputies, and an operations group; no levels unless given."""
    office = HolderKind.OFFICE
    plan = Plan(
        id="small",
        version="1",
        kind=PlanKind.SPECIAL,
        title=words("small"),
        organisation="town",
        superior="city",
        posts=(
            Post("commander", words("commander"), PostRole.COMMANDER, Holder(office, "town/mayor")),
            Post(
                "operations",
                words("operations"),
                PostRole.GROUP,
                Holder(office, "town/fire-chief"),
                deputies=(Holder(office, "town/fire-deputy"), Holder(HolderKind.AGENCY, "county-fire")),
            ),
        ),
        steps=steps,
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def small_world(teams: int = 2, foam: float = 5.0) -> World:
    """Return fire teams that need 2 minutes to turn out, foam in one store, and ten minutes to get anywhere."""
    return World(
        teams=tuple(
            Team(f"team:{number}", f"Team {number}", frozenset({"fire"}), Point(30.0, 120.0 + number / 100), minutes(2))
            for number in range(1, teams + 1)
        ),
        stock=(Stock("lot:1", "foam", foam, Point(30.0, 120.0), minutes(1)),),
        sites={"incident": Point(30.1, 120.1)},
        travel=FixedTravel(),
    )


def as_recorded(events: Iterable[Event]) -> list[Event]:
    """Write events as the log does, and read them back: everything that JSON does not keep is lost."""
    return [
        replace(event, at=parse_iso(iso(event.at)), data=json.loads(canonical(event.data)), by=Actor(event.by.id))
        for event in events
    ]


# --- generated plans -------------------------------------------------------------------------------------------------

FACTS = ("injured", "missing", "leaking")
STEP_IDS = ("s0", "s1", "s2", "s3", "s4")
POST_IDS = ("commander", "operations", "medical")
HOLDERS = ("", "town/mayor", "town/fire-chief", "town/fire-deputy", "person:7")

# Whole minutes, and few of them, so that several things often fall on one instant.
SPANS = st.sampled_from([minutes(number) for number in (0, 1, 2, 3, 5, 8, 12)])
VALUES = st.sampled_from([0, 1, 2, 3, 4, True, False, "yes"])
LEVELS = st.sampled_from(LevelNumber)
STEP_MOMENTS = tuple(f"step:{step}:{what}" for step in STEP_IDS[:3] for what in ("opened", "finished"))
MOMENT_NAMES = st.sampled_from(
    ("activation", "known", "occurred", "level", "ended", "level:2", "level:III", *STEP_MOMENTS)
)
AMONG = st.sampled_from([(), (), ("s0",), ("s0", "s1"), ("s2", "s3", "s4")])
ORDERINGS = st.sampled_from([Op.GTE, Op.GTE, Op.LT, Op.EQ])
OPS = st.sampled_from([Op.EQ, Op.NE, Op.GT, Op.GTE, Op.GTE, Op.LT, Op.LTE])

LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Compare, st.sampled_from(FACTS), OPS, VALUES),
    st.builds(Compare, st.sampled_from(FACTS), st.just(Op.IN), st.sampled_from([(1, 2), (True, "yes", 3)])),
    st.builds(Elapsed, MOMENT_NAMES, SPANS),
    st.builds(Count, st.sampled_from(PLAN_QUANTITIES), ORDERINGS, st.integers(0, 3), AMONG),
    st.just(Always()),
)
PARTS = st.lists(LEAVES, min_size=1, max_size=3).map(tuple)
# Conditions of every kind, two levels deep at most.
CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    LEAVES,
    st.builds(AllOf, PARTS),
    st.builds(AnyOf, PARTS),
    st.builds(Not, st.one_of(LEAVES, st.builds(AllOf, PARTS))),
)

NEEDS = st.sampled_from(
    [
        (),
        (),
        (Need("crew", capability="fire", count=1),),
        (Need("crew", capability="fire", count=2, within=minutes(5)),),
        (Need("foam", item="foam", quantity=2.0),),
        (Need("crew", capability="fire", count=1), Need("foam", item="foam", quantity=0.5)),
    ]
)
DURATIONS = st.one_of(
    SPANS.map(lambda likely: Duration(likely=likely)),
    st.just(Duration(DurationShape.TRIANGULAR, minutes(3), minutes(1), minutes(9))),
)
DEADLINES = st.builds(Deadline, SPANS, st.one_of(st.just("opened"), st.just("activation"), MOMENT_NAMES))
CLIMBS = st.lists(st.builds(Climb, SPANS, st.sampled_from(ClimbTo)), max_size=3).map(tuple)
TELLS = st.sampled_from([(), (Tell("commander", words("begin")), Tell("public", words("beware")))])
REPORTS = st.sampled_from([(), (ReportUp("agency:city", words("done"), "rule"),)])
DECIDED_BY = st.sampled_from([(), ("commander",), ("operations",)])
TIMES_IN_TEN = st.integers(0, 9)


def sometimes(draw: st.DrawFn, times_in_ten: int) -> bool:
    return draw(TIMES_IN_TEN) >= 10 - times_in_ten


@st.composite
def steps(draw: st.DrawFn, position: int) -> Step:
    """Generate the step at a position; it depends on earlier steps only, but its conditions may look anywhere."""
    done = draw(st.sampled_from(Done))
    earlier = st.sampled_from([(), *((name,) for name in STEP_IDS[:position]), STEP_IDS[:position]])
    return Step(
        id=STEP_IDS[position],
        title=words(STEP_IDS[position]),
        owner=draw(st.sampled_from(POST_IDS)),
        from_level=draw(LEVELS) if sometimes(draw, 4) else LevelNumber.IV,
        start=Start(
            after=draw(earlier) if sometimes(draw, 3) else (),
            after_any=draw(earlier) if sometimes(draw, 2) else (),
            when=draw(CONDITIONS) if sometimes(draw, 4) else None,
            since=draw(MOMENT_NAMES) if sometimes(draw, 4) else "activation",
            delay=draw(SPANS) if sometimes(draw, 4) else timedelta(0),
        ),
        within=draw(DEADLINES) if sometimes(draw, 6) else None,
        takes=draw(DURATIONS),
        needs=draw(NEEDS),
        tells=draw(TELLS),
        reports=draw(REPORTS),
        done=done,
        done_when=draw(CONDITIONS) if done is Done.CONDITION else None,
        late=draw(CLIMBS),
        phase=Phase.RECOVERY if sometimes(draw, 3) else Phase.RESPONSE,
    )


STEPS = tuple(steps(position) for position in range(len(STEP_IDS)))
LEVEL_NUMBERS = st.lists(LEVELS, min_size=1, max_size=4, unique=True)
LINKS = st.one_of(st.just(()), st.builds(Link, st.just("other"), st.just("superior"), CONDITIONS).map(lambda x: (x,)))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Generate a plan with levels, posts, steps, end and links of every kind. It need not make sense."""
    deputies = (Holder(HolderKind.OFFICE, "town/fire-deputy"),)
    roles = (PostRole.DEPUTY if sometimes(draw, 2) else PostRole.COMMANDER, PostRole.GROUP, PostRole.GROUP)
    return Plan(
        id="generated",
        version="1",
        kind=PlanKind.SPECIAL,
        title=words("generated"),
        organisation="town",
        superior=draw(st.sampled_from(["", "city"])),
        levels=tuple(
            Level(number, draw(CONDITIONS), draw(st.booleans()), draw(DECIDED_BY), draw(DECIDED_BY))
            for number in draw(LEVEL_NUMBERS)
        ),
        posts=tuple(
            Post(post, words(post), role, Holder(HolderKind.OFFICE, f"town/{post}"), deputies)
            for post, role in zip(POST_IDS, roles, strict=True)
        ),
        steps=tuple(draw(step) for step in STEPS[: draw(st.integers(2, len(STEPS)))]),
        end=End(draw(CONDITIONS), draw(DECIDED_BY)),
        links=draw(LINKS),
    )


def worlds() -> st.SearchStrategy[World]:
    return st.sampled_from([small_world(teams, foam) for teams, foam in ((0, 0.0), (1, 3.0), (2, 10.0), (4, 2.0))])


def autoplays(mode: Mode) -> st.SearchStrategy[Autoplay]:
    some: tuple[Autoplay, ...] = (frozenset(), frozenset({"operations"}), frozenset({"commander", "medical"}))
    if mode is Mode.REAL:
        return st.just(some[0])
    return st.sampled_from([*some, *((ALL, ALL, ALL) if mode is Mode.SIMULATED else ())])


# --- generated scripts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deed:
    """Someone does something `after` the deed before it."""

    after: timedelta
    command: Command
    by: Actor


SUBJECTS = st.sampled_from([*STEP_IDS, *STEP_IDS, "nowhere"])
REASONS = st.sampled_from(["because", "because", ""])
NEED_NAMES = st.sampled_from([f"{step}/{need}" for step in STEP_IDS for need in ("crew", "foam")])
ASSIGNMENTS = st.sampled_from(["a1", "a2", "s0/crew/1", "s1/foam/1"])
FACT_CHANGES = st.one_of(
    st.builds(AddFact, st.sampled_from(FACTS), VALUES, st.just("phone"), st.just(START)),
    st.builds(AddFact, st.sampled_from(FACTS), st.one_of(st.none(), VALUES), st.just("radio"), st.just(START)),
)
STEP_COMMANDS = st.one_of(
    st.builds(StartStep, SUBJECTS),
    st.builds(FinishStep, SUBJECTS, REASONS),
    st.builds(FinishStep, SUBJECTS),
    st.builds(SkipStep, SUBJECTS, REASONS),
    st.builds(ReopenStep, SUBJECTS, REASONS),
)
RESOURCE_COMMANDS = st.one_of(
    st.builds(
        Assign,
        ASSIGNMENTS,
        NEED_NAMES,
        st.sampled_from(["team:1", "team:2", "lot:1"]),
        st.just("it"),
        st.sampled_from([1.0, 2.0, 0.0]),
        SPANS,
    ),
    st.builds(Depart, ASSIGNMENTS),
    st.builds(Arrive, ASSIGNMENTS),
    st.builds(Release, ASSIGNMENTS, REASONS),
)
LEVEL_COMMANDS = st.one_of(st.builds(RaiseLevel, LEVELS, REASONS), st.builds(LowerLevel, LEVELS, REASONS))
OTHER_COMMANDS = st.one_of(
    st.builds(HandOver, st.sampled_from(POST_IDS), st.sampled_from(HOLDERS), REASONS),
    st.builds(Deviate, SUBJECTS, REASONS),
    st.builds(SetClock, st.just(START), st.just(START + minutes(300)), st.sampled_from([1.0, 60.0]), st.booleans()),
)
CLOSING_COMMANDS = st.one_of(
    st.builds(EndResponse, REASONS), st.builds(Assess, st.sampled_from(["P", "U", "?"]), st.just("text"))
)
# In these proportions, out of twelve.
COMMANDS: tuple[st.SearchStrategy[Command], ...] = (
    *(FACT_CHANGES,) * 3,
    *(STEP_COMMANDS,) * 3,
    *(RESOURCE_COMMANDS,) * 2,
    *(LEVEL_COMMANDS,) * 2,
    OTHER_COMMANDS,
    CLOSING_COMMANDS,
)
COMMAND_SORTS = st.integers(0, len(COMMANDS) - 1)
EVERYONE = Actor("user:3", "全权", frozenset(POST_IDS))
ACTORS = st.sampled_from([EVERYONE, EVERYONE, EVERYONE, COMMANDER, OFFICER])


@st.composite
def deeds(draw: st.DrawFn) -> Deed:
    return Deed(draw(SPANS), draw(COMMANDS[draw(COMMAND_SORTS)]), draw(ACTORS))


DEEDS = deeds()
SOME_DEEDS = st.lists(DEEDS, min_size=3, max_size=14)


@st.composite
def scripts(draw: st.DrawFn, plan: Plan) -> tuple[Deed, ...]:
    """Generate a script for a plan: perhaps a deed too early, the activation, and then anything, sensible or not."""
    before = (draw(DEEDS),) if sometimes(draw, 3) else ()
    level = draw(st.sampled_from([max(level.number for level in plan.levels), plan.levels[0].number]))
    posts = draw(st.sampled_from([{}, {"operations": ""}, {"medical": "person:7"}]))
    return (*before, Deed(draw(SPANS), Activate(level, posts), OFFICER), *draw(SOME_DEEDS))


def perform(run: Run, script: Iterable[Deed], *, start: datetime = START, cuts: Iterable[datetime] = ()) -> Run:
    """Perform a script, with further ticks at `cuts`; a refused deed leaves the run as it was."""
    at, waiting = start, sorted(cuts)
    for deed in script:
        at += deed.after
        while waiting and waiting[0] <= at:
            run = advance(run, waiting.pop(0))
        try:
            run = act(run, deed.command, at=at, by=deed.by)
        except Refused:
            continue
    for cut in waiting:
        run = advance(run, cut)
    return run
