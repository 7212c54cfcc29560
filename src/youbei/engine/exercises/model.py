"""An exercise as data: scenario, objectives, injects, expected actions and played roles, before anyone runs it.

All of it is frozen and compares by value, as a plan does. The words are those of HSEEP and, in Chinese, of
AQ/T 9007 and AQ/T 9009.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from youbei.engine.conditions import Condition, Value
from youbei.engine.plans.model import Duration
from youbei.engine.run.commands import Command
from youbei.engine.run.script import Effect, Learn, Say
from youbei.engine.text import Text


class ExerciseType(StrEnum):
    """Source: FEMA, Homeland Security Exercise and Evaluation Program (HSEEP), January 2020, chapter 2."""

    SEMINAR = "seminar"
    WORKSHOP = "workshop"
    TABLETOP = "tabletop"
    GAME = "game"
    DRILL = "drill"
    FUNCTIONAL = "functional"
    FULL_SCALE = "full_scale"


class InjectType(StrEnum):
    """What an inject is for. Source: HSEEP 2020, chapter 4 (MSEL): contextual, expected action, contingency."""

    INFORMATIONAL = "informational"
    EXPECTED = "expected"
    CONTINGENCY = "contingency"


@dataclass(frozen=True, slots=True)
class CriticalTask:
    """Name what an objective needs done; `step` is the step of the plan under test, or empty."""

    id: str
    title: Text
    step: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """State what is to be reached: a measure (see `evaluate.MEASURES`) within a time."""

    measure: str
    within: timedelta
    title: Text = Text()


@dataclass(frozen=True, slots=True)
class Objective:
    """State what the exercise is to show of one capability."""

    id: str
    title: Text
    capability: Text = Text()
    weight: float = 1.0
    targets: tuple[Target, ...] = ()
    tasks: tuple[CriticalTask, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownFact:
    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Beginning:
    """Say how things stand at StartEx: what the clock of the scenario shows (`HH:MM`), what is known, and the story."""

    clock: str = "09:00"
    facts: tuple[KnownFact, ...] = ()
    story: Text = Text()


@dataclass(frozen=True, slots=True)
class Ending:
    """Say when the exercise ends: once a condition holds, and at the latest after `at_most`."""

    when: Condition | None = None
    at_most: timedelta = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Timing:
    """Say when an inject comes. With a `clock` (`HH:MM`) that is its time; else `delay` after `since`.

    Besides, all of `after` must have fired and `when` must hold. Where `unless` holds first, it is skipped.
    """

    clock: str = ""
    since: str = "startex"
    delay: timedelta = timedelta(0)
    after: tuple[str, ...] = ()
    when: Condition | None = None
    unless: Condition | None = None


@dataclass(frozen=True, slots=True)
class ExpectedAction:
    """Say what is to be done about an inject: by which post, within what, and how one sees that it was done.

    `step`: the step of the plan whose completion shows it; `done`: a condition; neither: an evaluator says so.
    """

    id: str
    title: Text
    within: timedelta
    who: str = ""
    step: str = ""
    done: Condition | None = None
    objective: str = ""


class Content(Protocol):
    """What one kind of inject brings; a frozen dataclass, see `injects`."""

    def fire(self, title: Text) -> tuple[Effect, ...]:
        """Return what it does to the run."""

    def says(self) -> Mapping[str, Any]:
        """Return what the log says of it: `method`, `from` and `to`."""


@dataclass(frozen=True, slots=True)
class Inject:
    """One line of the master scenario events list."""

    id: str
    kind: str
    title: Text
    content: Content
    type: InjectType = InjectType.EXPECTED
    at: Timing = Timing()
    objective: str = ""
    expects: tuple[ExpectedAction, ...] = ()
    controller: Text = Text()
    notes: Text = Text()


@dataclass(frozen=True, slots=True)
class RoleReaction:
    """Let a played role do things, once, `delay` after a condition becomes true."""

    id: str
    when: Condition
    does: tuple[Command | Learn | Say, ...]
    delay: Duration = Duration()


@dataclass(frozen=True, slots=True)
class Role:
    """An agency or person that the engine plays: posts of the plan, how fast they begin, and what else it does."""

    id: str
    title: Text
    plays: tuple[str, ...] = ()
    begins_in: Duration = Duration()
    reactions: tuple[RoleReaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Interlock:
    """Hold the exercise back while a condition over facts is true: weather, examinations, real incidents.

    What nobody has stated counts as not so for the server, which names it; at the command line it holds back as well.
    """

    id: str
    title: Text
    when: Condition


class BreaksOn(StrEnum):
    """What real suspends an exercise: a report from an enrolled unit, or only a plan that is activated."""

    REPORT = "report"
    ACTIVATION = "activation"


@dataclass(frozen=True, slots=True)
class Safety:
    """The safety plan: its words, and what real suspends the exercise at once.

    Any activation of a plan at `level` or a more severe one does that calls an enrolled unit, person or team; with
    `breaks_on` report, any real report from an enrolled unit does it, too.
    """

    text: Text = Text()
    breaks_on: BreaksOn = BreaksOn.ACTIVATION
    level: int = 4


@dataclass(frozen=True, slots=True)
class Exercise:
    """A whole exercise. `plan` is the id of the plan under test, `sponsor` the code of the unit that holds it."""

    id: str
    version: str
    type: ExerciseType
    title: Text
    plan: str
    sponsor: str
    purpose: Text = Text()
    scope: Text = Text()
    start: Beginning = field(default_factory=Beginning)
    end: Ending = field(default_factory=Ending)
    objectives: tuple[Objective, ...] = ()
    injects: tuple[Inject, ...] = ()
    roles: tuple[Role, ...] = ()
    interlocks: tuple[Interlock, ...] = ()
    safety: Safety = field(default_factory=Safety)

    def inject(self, inject_id: str) -> Inject:
        """Return an inject by id; raise KeyError where there is none of that id."""
        for inject in self.injects:
            if inject.id == inject_id:
                return inject
        raise KeyError(inject_id)

    @property
    def actions(self) -> tuple[tuple[Inject, ExpectedAction], ...]:
        """Return all expected actions with their injects, in order."""
        return tuple((inject, action) for inject in self.injects for action in inject.expects)
