"""Evaluate an exercise from its log: what was done in time, by objective, with the ratings that people gave apart.

Three judgements stand side by side and are never mixed: what the log shows (`automatic`), what evaluators rated
(`official`), and how the players see themselves (`own`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from youbei.engine.events import Event
from youbei.engine.exercises.measures import MEASURES, Measure, StepTime, Verdict, measure, step_times
from youbei.engine.exercises.model import Exercise, ExpectedAction, Inject, Objective
from youbei.engine.exercises.msel import OPENING
from youbei.engine.plans.model import Plan
from youbei.engine.text import Text


class Rating(StrEnum):
    """Source: HSEEP, January 2020, chapter 5, table of ratings."""

    P = "P"
    S = "S"
    M = "M"
    U = "U"


RATING_NAMES: Mapping[Rating, Text] = {
    Rating.P: Text("无困难完成", "Performed without challenges"),
    Rating.S: Text("有困难但完成", "Performed with some challenges"),
    Rating.M: Text("困难较大", "Performed with major challenges"),
    Rating.U: Text("未能完成", "Unable to be performed"),
}
# Assumption: the middle of each band of the percentage scale, for a rating in letters.
PERCENT: Mapping[Rating, float] = {Rating.P: 95.0, Rating.S: 80.0, Rating.M: 60.0, Rating.U: 30.0}
# Assumption: what was done late is worth half; HSEEP leaves weights to the evaluators.
WORTH: Mapping[Verdict, float] = {Verdict.MET: 1.0, Verdict.DONE: 1.0, Verdict.LATE: 0.5, Verdict.MISSED: 0.0}


class InjectOutcome(StrEnum):
    FIRED = "fired"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class InjectResult:
    """What became of an inject. SKIPPED: not brought, on purpose or since it was not needed; FAILED: not received."""

    inject: str
    title: Text
    kind: str
    outcome: InjectOutcome
    at: datetime | None
    reason: str = ""
    is_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What became of an expected action; NOT_TESTED where its inject was skipped, failed, or never came."""

    action: str
    inject: str
    title: Text
    who: str
    objective: str
    within: timedelta
    fired_at: datetime | None
    met_at: datetime | None
    verdict: Verdict
    by: str = ""
    note: str = ""

    @property
    def took(self) -> timedelta | None:
        return None if self.fired_at is None or self.met_at is None else self.met_at - self.fired_at


@dataclass(frozen=True, slots=True)
class Observation:
    """What somebody saw; `seq` is its line in the log, the evidence."""

    seq: int
    at: datetime
    subject: str
    text: str
    rating: str
    source: str
    by: str


@dataclass(frozen=True, slots=True)
class ObjectiveResult:
    """How an objective went. `percent` is None where nothing of it was tested; `evidence` are lines of the log."""

    objective: str
    title: Text
    capability: Text
    weight: float
    actions: tuple[ActionResult, ...]
    targets: tuple[Measure, ...]
    tasks: tuple[tuple[Text, Verdict], ...]
    observations: tuple[Observation, ...]
    percent: float | None
    automatic: Rating | None
    official: str
    own: str

    @property
    def evidence(self) -> tuple[int, ...]:
        return tuple(one.seq for one in self.observations)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that the log of an exercise shows. `percent` is the mean of the objectives by weight, None without any."""

    exercise: str
    started_at: datetime | None
    ended_at: datetime | None
    is_complete: bool
    measures: tuple[Measure, ...]
    steps: tuple[StepTime, ...]
    injects: tuple[InjectResult, ...]
    actions: tuple[ActionResult, ...]
    objectives: tuple[ObjectiveResult, ...]
    observations: tuple[Observation, ...]
    percent: float | None
    automatic: Rating | None
    official_percent: float | None
    own_percent: float | None

    def count(self, verdict: Verdict) -> int:
        """Return how many expected actions went so."""
        return sum(action.verdict is verdict for action in self.actions)


def evaluate(exercise: Exercise, plan: Plan, events: Sequence[Event]) -> Evaluation:
    """Evaluate the run of an exercise from its log, finished or not."""
    injects = inject_results(exercise, events)
    actions = action_results(exercise, events)
    observations = observed(events)
    steps = step_times(plan, events)
    objectives = tuple(
        objective_result(one, exercise, plan, events, actions, steps, observations) for one in exercise.objectives
    )
    percent = weighted((one.percent, one.weight) for one in objectives) if objectives else share(actions, ())
    return Evaluation(
        exercise=exercise.id,
        started_at=moment(events, "exercise.started"),
        ended_at=moment(events, "exercise.ended"),
        is_complete=moment(events, "exercise.ended") is not None,
        measures=tuple(measure(name, plan, events) for name in MEASURES),
        steps=steps,
        injects=injects,
        actions=actions,
        objectives=objectives,
        observations=observations,
        percent=percent,
        automatic=rating_of(percent, actions),
        official_percent=weighted((in_percent(one.official), one.weight) for one in objectives),
        own_percent=weighted((in_percent(one.own), one.weight) for one in objectives),
    )


def moment(events: Sequence[Event], kind: str) -> datetime | None:
    return next((event.at for event in events if event.kind == kind), None)


def inject_results(exercise: Exercise, events: Sequence[Event]) -> tuple[InjectResult, ...]:
    last = {e.data["inject"]: e for e in events if e.kind in ("inject.fired", "inject.skipped", "inject.failed")}
    planned = [inject_result(inject.id, inject.title, inject.kind, last.get(inject.id)) for inject in exercise.injects]
    known = {inject.id for inject in exercise.injects} | {OPENING}
    improvised = [
        inject_result(name, Text(event.data.get("title", name), event.data.get("title", name)), "improvised", event)
        for name, event in last.items()
        if name not in known
    ]
    return (*planned, *improvised)


def inject_result(inject: str, title: Text, kind: str, event: Event | None) -> InjectResult:
    if event is None:
        return InjectResult(inject, title, kind, InjectOutcome.NOT_REACHED, None)
    outcome = InjectOutcome(event.kind.removeprefix("inject."))
    by_hand = bool(event.data.get("is_by_hand", False))
    return InjectResult(inject, title, kind, outcome, event.at, event.data.get("reason", ""), by_hand)


def action_results(exercise: Exercise, events: Sequence[Event]) -> tuple[ActionResult, ...]:
    fired = {e.data["inject"]: e.at for e in events if e.kind == "inject.fired"}
    failed = {e.data["inject"] for e in events if e.kind == "inject.failed"}
    last = {e.data["action"]: e for e in events if e.kind.startswith("action.")}
    return tuple(
        action_result(inject, action, fired, failed, last.get(action.id)) for inject, action in exercise.actions
    )


def action_result(
    inject: Inject, action: ExpectedAction, fired: Mapping[str, datetime], failed: set[str], event: Event | None
) -> ActionResult:
    verdict, met_at = Verdict.NOT_TESTED, None
    if event is not None and event.kind == "action.met":
        verdict, met_at = Verdict.LATE if event.data["is_late"] else Verdict.MET, event.at
    elif event is not None and inject.id not in failed:
        verdict = Verdict.MISSED
    return ActionResult(
        action=action.id,
        inject=inject.id,
        title=action.title,
        who=action.who,
        objective=action.objective or inject.objective,
        within=action.within,
        fired_at=fired.get(inject.id),
        met_at=met_at,
        verdict=verdict,
        by="" if event is None or met_at is None else event.by.label,
        note="" if event is None else event.data.get("note", ""),
    )


def observed(events: Sequence[Event]) -> tuple[Observation, ...]:
    return tuple(
        Observation(e.seq, e.at, e.data["subject"], e.data["text"], e.data["rating"], e.data["source"], e.by.label)
        for e in events
        if e.kind == "observation.recorded"
    )


def objective_result(
    objective: Objective,
    exercise: Exercise,
    plan: Plan,
    events: Sequence[Event],
    actions: Sequence[ActionResult],
    steps: Sequence[StepTime],
    observations: Sequence[Observation],
) -> ObjectiveResult:
    own_actions = tuple(action for action in actions if action.objective == objective.id)
    targets = tuple(measure(target.measure, plan, events, target.within) for target in objective.targets)
    verdicts = {step.step: step.verdict for step in steps}
    about = {objective.id, *(task.id for task in objective.tasks)}
    seen = tuple(one for one in observations if one.subject in about)
    percent = share(own_actions, targets)
    return ObjectiveResult(
        objective=objective.id,
        title=objective.title,
        capability=objective.capability,
        weight=objective.weight,
        actions=own_actions,
        targets=targets,
        tasks=tuple((task.title, verdicts.get(task.step, Verdict.NOT_TESTED)) for task in objective.tasks),
        observations=seen,
        percent=percent,
        automatic=rating_of(percent, own_actions),
        official=last_rating(seen, objective.id, "official"),
        own=last_rating(seen, objective.id, "own"),
    )


def last_rating(observations: Sequence[Observation], subject: str, source: str) -> str:
    given = [one.rating for one in observations if one.subject == subject and one.source == source and one.rating]
    return given[-1] if given else ""


def share(actions: Sequence[ActionResult], targets: Sequence[Measure]) -> float | None:
    """Return what part of all that was tested was done, in per cent, the late counting half; None for nothing."""
    every = [*(action.verdict for action in actions), *(target.verdict for target in targets)]
    verdicts = [verdict for verdict in every if verdict is not Verdict.NOT_TESTED]
    return round(100 * sum(WORTH[verdict] for verdict in verdicts) / len(verdicts), 1) if verdicts else None


def rating_of(percent: float | None, actions: Sequence[ActionResult]) -> Rating | None:
    """Return the rating that the log suggests; people decide.

    Assumption: everything in time is P; everything done is S from 75 per cent on; below 50 per cent is U.
    """
    if percent is None:
        return None
    if percent == 100:
        return Rating.P
    is_all_done = all(action.verdict is not Verdict.MISSED for action in actions)
    if is_all_done and percent >= 75:
        return Rating.S
    return Rating.M if percent >= 50 else Rating.U


def in_percent(rating: str) -> float | None:
    """Read a rating of either scale as a percentage; None for none."""
    if rating in Rating.__members__:
        return PERCENT[Rating(rating)]
    return float(rating) if rating else None


def weighted(parts: Iterable[tuple[float | None, float]]) -> float | None:
    """Return the mean by weight of the parts that have a value."""
    known = [(value, weight) for value, weight in parts if value is not None and weight > 0]
    total = sum(weight for _, weight in known)
    return round(sum(value * weight for value, weight in known) / total, 1) if total else None
