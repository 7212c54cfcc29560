"""The state of a run: everything that folding its log gives, and nothing that it does not."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

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


@dataclass(slots=True)
class NeedState:
    """Keyed `<step>/<need>`; `assigned` and `arrived` count teams, or quantity for an item."""

    step: str
    opened_at: datetime
    due_at: datetime | None = None
    asked: float = 0.0
    assigned: float = 0.0
    arrived: float = 0.0
    is_met: bool = False
    is_short: bool = False


@dataclass(slots=True)
class AssignmentState:
    need: str
    resource: str
    quantity: float
    assigned_at: datetime
    expected_at: datetime
    arrived_at: datetime | None = None
    released_at: datetime | None = None


@dataclass(slots=True)
class FactState:
    value: Value
    source: str
    known_at: datetime


@dataclass(frozen=True, slots=True, order=True)
class DueKey:
    """Name one thing that time will bring: the order of the fields is the order at one instant."""

    rank: int
    kind: str
    subject: str
    index: int = 0


@dataclass(slots=True)
class State:
    """Hold a run's state. `pending` maps what time will bring to when; it is part of what the log rebuilds."""

    phase: RunPhase = RunPhase.NEW
    level: LevelNumber | None = None
    proposed_level: LevelNumber | None = None
    is_end_proposed: bool = False
    clock: Clock | None = None
    moments: dict[str, datetime] = field(default_factory=dict)
    facts: dict[str, FactState] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    steps: dict[str, StepState] = field(default_factory=dict)
    needs: dict[str, NeedState] = field(default_factory=dict)
    assignments: dict[str, AssignmentState] = field(default_factory=dict)
    plans_proposed: set[str] = field(default_factory=set)
    messages: int = 0
    pending: dict[DueKey, datetime] = field(default_factory=dict)

    def copy(self) -> State:
        return copy.deepcopy(self)
