"""The script of an exercise: what it brings to a run, and what it expects to be done about it.

A *cue* is one entry: an inject, or the reaction of a role that the engine plays. A run knows cues and expectations
only in this form; how they are written by people is the matter of `engine.exercises`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from youbei.engine.conditions import Condition, Value
from youbei.engine.plans.model import Duration
from youbei.engine.run.commands import Command
from youbei.engine.text import Text

# Who brings the injects, as the log names them.
CONTROLLER = "controller"


@dataclass(frozen=True, slots=True)
class Learn:
    """Let a fact become known; None withdraws it."""

    key: str
    value: Value | None
    source: str


@dataclass(frozen=True, slots=True)
class Say:
    """Tell a post or a register code something."""

    to: str
    subject: Text
    body: Text


@dataclass(frozen=True, slots=True)
class Fail:
    """Take a resource away: one by its id, or the first `count` teams of a capability, those that are out first."""

    resource: str = ""
    capability: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Delay:
    """Let everything on the road, and all that is sent later, take longer by `by`."""

    road: str
    by: timedelta


Effect = Learn | Say | Fail | Delay


@dataclass(frozen=True, slots=True)
class Cue:
    """One inject. It fires once `delay` has passed since `since`, all of `after` have fired and `when` is true.

    unless: where this is true before it fires, it is skipped. is_contingency: only a controller fires it.
    says: what `inject.fired` states of it.
    """

    id: str
    kind: str
    since: str = "startex"
    delay: timedelta = timedelta(0)
    after: tuple[str, ...] = ()
    when: Condition | None = None
    unless: Condition | None = None
    is_contingency: bool = False
    effects: tuple[Effect, ...] = ()
    says: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expectation:
    """Expect something within a time after an inject; `done` None means that an evaluator says so."""

    id: str
    cue: str
    owner: str
    within: timedelta
    done: Condition | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """Let a played role do something `delay` after a condition becomes true: the deeds, as the posts, once.

    `label` is what the log calls the role, in both languages; without it its code.
    """

    id: str
    role: str
    when: Condition
    delay: Duration
    deeds: tuple[Command | Learn | Say, ...]
    posts: frozenset[str] = frozenset()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """All that an exercise brings to a run. `reacts_in`: how long a played post takes to begin a step."""

    id: str
    version: str = ""
    digest: str = ""
    cues: tuple[Cue, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    reacts_in: Mapping[str, Duration] = field(default_factory=dict)


NO_SCRIPT = Script("")
