"""The master scenario events list of an exercise, with what has become of each inject so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from youbei.engine.conditions import Condition
from youbei.engine.events import Event
from youbei.engine.exercises.evaluate import Evaluation, evaluate
from youbei.engine.exercises.model import Exercise, ExpectedAction, Inject, InjectType
from youbei.engine.exercises.msel import clock_offset, done_when, shown_clock
from youbei.engine.exercises.rehearsal import Rehearsal, rehearsed
from youbei.engine.exercises.rehearse import rehearse
from youbei.engine.plans.model import Plan, Scenario
from youbei.engine.resources import World
from youbei.engine.run import Run as EngineRun
from youbei.engine.run.state import ActionStatus, CueStatus
from youbei.engine.simulation.plenty import plenty
from youbei.engine.text import Text
from youbei.records.casting import exercise_of
from youbei.records.load import load_plan, load_run
from youbei.records.log import read_stream
from youbei.records.models import Exercise as ExerciseRow

BEGINS = datetime(2000, 1, 1, tzinfo=UTC)
# A rehearsal depends on what the exercise and the plan say alone.
REHEARSED: dict[tuple[str, str], Mapping[str, timedelta]] = {}
REHEARSED_KEPT = 64


@dataclass(frozen=True, slots=True)
class MselAction:
    """An expected action; `status` is waiting, open, met, late or missed."""

    id: str
    title: Text
    who: str
    who_title: Text
    within: timedelta
    status: str
    due_at: datetime | None
    met_at: datetime | None
    is_seen_by_log: bool


@dataclass(frozen=True, slots=True)
class MselLine:
    """One inject. `offset` is when it comes after StartEx if known, `is_rehearsed` where only a rehearsal tells.

    `status` is waiting, held, fired, skipped or failed; `fired_at` what the run's clock showed.
    """

    id: str
    kind: str
    type: str
    title: Text
    sender: Text
    to: str
    to_title: Text
    text: Text
    objective: str
    offset: timedelta | None
    is_rehearsed: bool
    clock: str
    after: tuple[str, ...]
    when: Condition | None
    unless: Condition | None
    status: str
    reason: str
    fired_at: datetime | None
    actions: tuple[MselAction, ...]
    controller: Text
    notes: Text
    is_by_hand_only: bool


@dataclass(frozen=True, slots=True)
class Msel:
    """A script with its plan, what has happened (`run` is None before StartEx), and the lines in order of time."""

    exercise: Exercise
    plan: Plan
    run: EngineRun | None
    lines: tuple[MselLine, ...]

    @property
    def startex(self) -> datetime | None:
        return None if self.run is None else self.run.state.moments.get("startex")


def msel_of(row: ExerciseRow) -> Msel | None:
    """Return the list of an exercise with a script, else None."""
    if row.data is None or row.plan_version is None:
        return None
    exercise, plan = exercise_of(row.data), load_plan(row.plan_version)
    run = None if row.run is None else load_run(row.run)
    return Msel(exercise, plan, run, lines_of(row, exercise, plan, run))


def lines_of(row: ExerciseRow, exercise: Exercise, plan: Plan, run: EngineRun | None) -> tuple[MselLine, ...]:
    rehearsed = rehearsed_offsets(row.digest, exercise, plan)
    reasons = {} if row.run is None else reasons_in(read_stream(row.run.stream))
    lines = [line_of(one, exercise, plan, run, rehearsed, reasons) for one in exercise.injects]
    last = timedelta.max
    return tuple(sorted(lines, key=lambda line: last if line.offset is None else line.offset))


def rehearsed_offsets(digest: str, exercise: Exercise, plan: Plan) -> Mapping[str, timedelta]:
    """Return when each inject comes if everybody is played and takes the usual time, after StartEx."""
    key = (digest, plan.id + plan.version)
    if key not in REHEARSED:
        if len(REHEARSED) >= REHEARSED_KEPT:
            REHEARSED.pop(next(iter(REHEARSED)))
        run = rehearse(exercise, plan, at=BEGINS, world=enough(plan))
        REHEARSED[key] = {event.data["inject"]: event.at - BEGINS for event in run.log if event.kind == "inject.fired"}
    return REHEARSED[key]


def rehearsal_of(msel: Msel, *, inject: str = "", seed: int | None = None) -> Rehearsal:
    """Rehearse a script, or one inject of it, in a world that has enough of everything; nothing is kept."""
    return rehearsed(msel.exercise, msel.plan, world=enough(msel.plan), inject=inject, seed=seed)


def enough(plan: Plan) -> World:
    return plenty(plan, plan.scenarios[0] if plan.scenarios else Scenario("", Text()))


def reasons_in(events: Any) -> dict[str, str]:
    return {
        event.data["inject"]: str(event.data.get("reason", ""))
        for event in events
        if event.kind in ("inject.skipped", "inject.failed")
    }


def line_of(
    inject: Inject,
    exercise: Exercise,
    plan: Plan,
    run: EngineRun | None,
    rehearsed: Mapping[str, timedelta],
    reasons: Mapping[str, str],
) -> MselLine:
    says = inject.content.says()
    offset, is_rehearsed = planned_offset(inject, exercise, rehearsed)
    status, fired_at = "waiting", None
    if run is not None:
        state = run.state.script.cues[inject.id]
        status, fired_at = state.status.value, state.at if state.status is CueStatus.FIRED else None
        startex = run.state.moments.get("startex")
        if fired_at is not None and startex is not None:
            offset, is_rehearsed = fired_at - startex, False
    to = str(says.get("to", ""))
    return MselLine(
        id=inject.id,
        kind=inject.kind,
        type=inject.type.value,
        title=inject.title,
        sender=Text.from_data(says.get("from") or {}),
        to=to,
        to_title=title_of_post(to, plan),
        text=getattr(inject.content, "text", Text()),
        objective=inject.objective,
        offset=offset,
        is_rehearsed=is_rehearsed,
        clock=shown_clock(exercise, BEGINS, BEGINS + offset)[:5] if offset is not None else "",
        after=inject.at.after,
        when=inject.at.when,
        unless=inject.at.unless,
        status=status,
        reason=reasons.get(inject.id, ""),
        fired_at=fired_at,
        actions=tuple(action_of(action, plan, run) for action in inject.expects),
        controller=inject.controller,
        notes=inject.notes,
        is_by_hand_only=inject.type is InjectType.CONTINGENCY and inject.at.when is None,
    )


def planned_offset(
    inject: Inject, exercise: Exercise, rehearsed: Mapping[str, timedelta]
) -> tuple[timedelta | None, bool]:
    """Return when an inject comes after StartEx, and whether only the rehearsal says so; None where nothing does."""
    at = inject.at
    is_fixed = at.since == "startex" and not at.after and at.when is None
    if at.clock and is_fixed:
        return clock_offset(exercise.start.clock, at.clock), False
    if is_fixed and inject.type is not InjectType.CONTINGENCY:
        return at.delay, False
    found = rehearsed.get(inject.id)
    return found, found is not None


def title_of_post(code: str, plan: Plan) -> Text:
    return next((post.title for post in plan.posts if post.id == code), Text(code, code))


def action_of(action: ExpectedAction, plan: Plan, run: EngineRun | None) -> MselAction:
    state = None if run is None else run.state.script.actions[action.id]
    return MselAction(
        id=action.id,
        title=action.title,
        who=action.who,
        who_title=title_of_post(action.who, plan),
        within=action.within,
        status=ActionStatus.WAITING.value if state is None else state.status.value,
        due_at=None if state is None else state.due_at,
        met_at=None if state is None else state.met_at,
        is_seen_by_log=done_when(action) is not None,
    )


def evaluation_of(row: ExerciseRow, msel: Msel) -> Evaluation | None:
    """Return what the log of an exercise shows so far; None before StartEx."""
    if row.run is None:
        return None
    events: Sequence[Event] = list(read_stream(row.run.stream))
    return evaluate(msel.exercise, msel.plan, events)


@dataclass(frozen=True, slots=True)
class MediaPost:
    """One post of the media wall; `is_statement` where the players themselves told the public."""

    at: datetime
    outlet: Text
    title: Text
    text: Text
    reach: int
    is_statement: bool


MEDIA = frozenset({"media_post", "false_rumour"})


def media_of(row: ExerciseRow, msel: Msel | None) -> tuple[MediaPost, ...]:
    """Return what stands on the media wall, the newest first: what injects brought, and what players told the public.

    Whether a rumour is false is not said.
    """
    if row.run is None or msel is None:
        return ()
    injects = {inject.id: inject for inject in msel.exercise.injects if inject.kind in MEDIA}
    found = []
    for event in read_stream(row.run.stream):
        if event.kind == "inject.fired" and event.data["inject"] in injects:
            inject = injects[event.data["inject"]]
            content: Any = inject.content
            reach = int(getattr(content, "reach", 0) or 0)
            found.append(MediaPost(event.at, content.outlet, inject.title, content.text, reach, False))
        elif event.kind == "message.queued" and event.data["to"] == "public":
            subject, body = Text.from_data(event.data["subject"]), Text.from_data(event.data["body"])
            found.append(MediaPost(event.at, Text(), subject, body, 0, True))
    return tuple(reversed(found))
