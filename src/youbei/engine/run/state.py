"""The state of a run: everything that folding its log gives, and nothing that it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from youbei.engine.clock import Clock
from youbei.engine.conditions import Value
from youbei.engine.plans.model import LevelNumber


class RunPhase(StrEnum):
    NEW = "new"
    ACTIVE = "active"
    ENDED = "ended"
    ASSESSED = "assessed"


class StepStatus(StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    STARTED = "started"
    FINISHED = "finished"
    SKIPPED = "skipped"


DONE = frozenset({StepStatus.FINISHED, StepStatus.SKIPPED})
WORKABLE = frozenset({StepStatus.OPEN, StepStatus.STARTED})


@dataclass(slots=True)
class StepState:
    """`due_at` is the deadline, `late_at` when it was missed, `climbs` how often it climbed since."""

    status: StepStatus = StepStatus.WAITING
    opened_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    due_at: datetime | None = None
    late_at: datetime | None = None
    climbs: int = 0
    times_opened: int = 0

    @property
    def is_done(self) -> bool:
        return self.status in DONE

    @property
    def is_open(self) -> bool:
        return self.status in WORKABLE

    def copy(self) -> StepState:
        return StepState(
            self.status,
            self.opened_at,
            self.started_at,
            self.finished_at,
            self.due_at,
            self.late_at,
            self.climbs,
            self.times_opened,
        )


# Quantities are sums of decimals held as floats: a thousandth of any unit is far above their rounding.
TOLERANCE = 1e-6


@dataclass(slots=True)
class NeedState:
    """Keyed `<step>/<need>`; `assigned` and `arrived` count teams, or quantity for an item, that are not released.

    `missing` is what could not be found when the need was last short. A need is closed once its step is done.
    `sent` names its assignments, in their order.
    """

    step: str
    opened_at: datetime
    due_at: datetime | None = None
    asked: float = 0.0
    assigned: float = 0.0
    arrived: float = 0.0
    is_met: bool = False
    is_short: bool = False
    missing: float = 0.0
    is_closed: bool = False
    sent: list[str] = field(default_factory=list)

    @property
    def has_arrived(self) -> bool:
        return self.arrived >= self.asked - TOLERANCE

    @property
    def lacking(self) -> float:
        """Return how much is still to be assigned."""
        return 0.0 if self.assigned >= self.asked - TOLERANCE else self.asked - self.assigned

    def copy(self) -> NeedState:
        return NeedState(
            self.step,
            self.opened_at,
            self.due_at,
            self.asked,
            self.assigned,
            self.arrived,
            self.is_met,
            self.is_short,
            self.missing,
            self.is_closed,
            list(self.sent),
        )


@dataclass(slots=True)
class AssignmentState:
    need: str
    resource: str
    quantity: float
    assigned_at: datetime
    expected_at: datetime
    is_team: bool = True
    arrived_at: datetime | None = None
    released_at: datetime | None = None
    departed_at: datetime | None = None

    def copy(self) -> AssignmentState:
        return AssignmentState(
            self.need,
            self.resource,
            self.quantity,
            self.assigned_at,
            self.expected_at,
            self.is_team,
            self.arrived_at,
            self.released_at,
            self.departed_at,
        )


@dataclass(frozen=True, slots=True)
class FactState:
    value: Value
    source: str
    known_at: datetime


class CueStatus(StrEnum):
    """How an inject stands. Skipped: not brought, on purpose. Failed: brought, and did not reach the players."""

    WAITING = "waiting"
    HELD = "held"
    FIRED = "fired"
    SKIPPED = "skipped"
    FAILED = "failed"


class ActionStatus(StrEnum):
    """How an expected action stands; LATE is still to be done, `is_late` on MET says that it was done late."""

    WAITING = "waiting"
    OPEN = "open"
    LATE = "late"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class CueState:
    status: CueStatus = CueStatus.WAITING
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActionState:
    """`opened_at` is when its inject fired, `due_at` the deadline, `late_at` when it was missed, `met_at` when done."""

    status: ActionStatus = ActionStatus.WAITING
    opened_at: datetime | None = None
    due_at: datetime | None = None
    late_at: datetime | None = None
    met_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Return whether it is still to be done."""
        return self.status in (ActionStatus.OPEN, ActionStatus.LATE)


@dataclass(slots=True)
class ScriptState:
    """How the script of an exercise stands. `reactions` names those under way or done.

    `failed` names resources that are out of order, `delay` is added to every journey, `is_over` says that EndEx was,
    `is_suspended` that something real has stopped it.
    """

    cues: dict[str, CueState] = field(default_factory=dict)
    actions: dict[str, ActionState] = field(default_factory=dict)
    reactions: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    delay: timedelta = timedelta(0)
    is_over: bool = False
    is_suspended: bool = False

    def copy(self) -> ScriptState:
        return ScriptState(
            dict(self.cues),
            dict(self.actions),
            set(self.reactions),
            set(self.failed),
            self.delay,
            self.is_over,
            self.is_suspended,
        )


class DueKey(NamedTuple):
    """Name one thing that time will bring: the order of the fields is the order at one instant.

    `rank` is given by the kind (see `agenda.py`), `order` is the place of the subject in the plan.
    """

    rank: int
    order: int
    kind: str
    subject: str
    nth: int = 0


@dataclass(slots=True)
class State:
    """Hold a run's state. `pending` maps what time will bring to when; it is part of what the log rebuilds.

    `moments` are named as in `conditions.MOMENTS`. `agenda` is `pending` as a heap, with entries that no longer count
    left in it; `wanting` names the open needs that lack something, `in_use` sums up what of each resource is not free.
    These three are derived and take no part in comparison.
    """

    phase: RunPhase = RunPhase.NEW
    level: LevelNumber | None = None
    proposed_level: LevelNumber | None = None
    is_end_proposed: bool = False
    is_recovered: bool = False
    clock: Clock | None = None
    moments: dict[str, datetime] = field(default_factory=dict)
    facts: dict[str, FactState] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    steps: dict[str, StepState] = field(default_factory=dict)
    needs: dict[str, NeedState] = field(default_factory=dict)
    assignments: dict[str, AssignmentState] = field(default_factory=dict)
    plans_proposed: set[str] = field(default_factory=set)
    messages: int = 0
    script: ScriptState = field(default_factory=ScriptState)
    pending: dict[DueKey, datetime] = field(default_factory=dict)
    agenda: list[tuple[datetime, DueKey]] = field(default_factory=list, compare=False, repr=False)
    wanting: set[str] = field(default_factory=set, compare=False, repr=False)
    in_use: dict[str, float] = field(default_factory=dict, compare=False, repr=False)

    def copy(self) -> State:
        """Return a copy that can be changed without changing this one."""
        return State(
            self.phase,
            self.level,
            self.proposed_level,
            self.is_end_proposed,
            self.is_recovered,
            self.clock,
            dict(self.moments),
            dict(self.facts),
            dict(self.posts),
            {name: step.copy() for name, step in self.steps.items()},
            {name: need.copy() for name, need in self.needs.items()},
            {name: assignment.copy() for name, assignment in self.assignments.items()},
            set(self.plans_proposed),
            self.messages,
            self.script.copy(),
            dict(self.pending),
            list(self.agenda),
            set(self.wanting),
            dict(self.in_use),
        )
