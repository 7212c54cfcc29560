"""Commands: what a person or a device can do to a run. Each is data; `act` turns it into events or refuses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from youbei.engine.conditions import Value
from youbei.engine.plans.model import LevelNumber
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Activate:
    """Start the run: at which level, who fills each post (post id -> register code, empty where nobody), why."""

    level: LevelNumber
    posts: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AddFact:
    """State, correct or withdraw (`value` None) what is known; `known_at` is when it was learnt, not typed."""

    key: str
    value: Value | None
    source: str
    known_at: datetime


@dataclass(frozen=True, slots=True)
class RaiseLevel:
    level: LevelNumber
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LowerLevel:
    """Lower the level; only a post named in the present level's `may_lower` may."""

    level: LevelNumber
    reason: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Pass a post to another holder (a register code), with what the next one must know."""

    post: str
    holder: str
    briefing: str = ""


@dataclass(frozen=True, slots=True)
class StartStep:
    step: str


@dataclass(frozen=True, slots=True)
class FinishStep:
    step: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SkipStep:
    """Leave a step out, with the reason; its followers go on as if it were finished."""

    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReopenStep:
    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assign:
    """Send a resource to a need. `assignment` is the caller's id for it; `arrives_in` counts from now.

    `vehicle` fetches it, `carrier` is what that is called; empty where it comes by itself.
    """

    assignment: str
    need: str
    resource: str
    label: str
    quantity: float
    arrives_in: timedelta
    reason: str = ""
    vehicle: str = ""
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class Depart:
    """Say that what was sent has set out: the time since it was sent is its turn-out."""

    assignment: str


@dataclass(frozen=True, slots=True)
class Arrive:
    assignment: str


@dataclass(frozen=True, slots=True)
class Release:
    assignment: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deviate:
    """Record that something is done otherwise than the plan says; `subject` is a step, post, need or clause."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class EndResponse:
    """End the response; only a post named in the plan's `end.by` or the level's `may_end` may."""

    reason: str


@dataclass(frozen=True, slots=True)
class Assess:
    """Close the run with an assessment: a rating P, S, M or U, and the text."""

    rating: str
    text: str


@dataclass(frozen=True, slots=True)
class SetClock:
    """Set an exercise clock anew: `wall` is when, `scenario` what it shows then, and how it goes on."""

    wall: datetime
    scenario: datetime
    speed: float
    is_paused: bool


@dataclass(frozen=True, slots=True)
class StartExercise:
    """StartEx: from now on the script runs."""


@dataclass(frozen=True, slots=True)
class EndExercise:
    """EndEx: nothing more is brought or expected, and time brings nothing more to the run."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class SuspendExercise:
    """Stop the exercise where it stands, for something real: nobody does anything in it until it goes on or ends.

    `wall` is when; `incident` the number of what is real, empty where it has none yet; `why` says what it touches.
    """

    wall: datetime
    incident: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ResumeExercise:
    """Let a suspended exercise go on from where it stood, with the reason."""

    wall: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class FireInject:
    """Bring an inject now, by hand."""

    inject: str


@dataclass(frozen=True, slots=True)
class SkipInject:
    """Leave an inject out, with the reason; what follows only after it is skipped too."""

    inject: str
    reason: str


@dataclass(frozen=True, slots=True)
class HoldInject:
    """Keep an inject back until it is released or fired by hand."""

    inject: str


@dataclass(frozen=True, slots=True)
class ReleaseInject:
    inject: str


@dataclass(frozen=True, slots=True)
class FailInject:
    """Say that a fired inject did not reach the players; nothing is expected after it."""

    inject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Improvise:
    """Bring what the script does not hold: facts and messages, as a controller words them."""

    title: str
    facts: Mapping[str, Value] = field(default_factory=dict)
    to: str = ""
    subject: Text = Text()
    body: Text = Text()


@dataclass(frozen=True, slots=True)
class ConfirmAction:
    """Say as an evaluator that an expected action was seen to be done."""

    action: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Observe:
    """Record what an evaluator saw, on an objective or a critical task, with or without a rating.

    `source` is `official` for evaluators and `own` for the players' own judgement.
    """

    subject: str
    text: str
    rating: str = ""
    source: str = "official"


Command = (
    Activate
    | AddFact
    | RaiseLevel
    | LowerLevel
    | HandOver
    | StartStep
    | FinishStep
    | SkipStep
    | ReopenStep
    | Assign
    | Depart
    | Arrive
    | Release
    | Deviate
    | EndResponse
    | Assess
    | SetClock
    | StartExercise
    | EndExercise
    | SuspendExercise
    | ResumeExercise
    | FireInject
    | SkipInject
    | HoldInject
    | ReleaseInject
    | FailInject
    | Improvise
    | ConfirmAction
    | Observe
)
