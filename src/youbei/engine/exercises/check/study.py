"""What the families of the checker look at: an exercise, its plan, and the names in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from youbei.engine.exercises.model import Exercise
from youbei.engine.exercises.msel import OPENING
from youbei.engine.incidents import FactKind
from youbei.engine.plans.model import Plan
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Said:
    """One finding before it is put in words of its code: which code, where, and what about it."""

    code: str
    place: str
    sentence: Text


@dataclass(frozen=True)
class Study:
    exercise: Exercise
    plan: Plan
    facts: Mapping[str, FactKind] | None = None

    @cached_property
    def posts(self) -> frozenset[str]:
        return frozenset(post.id for post in self.plan.posts)

    @cached_property
    def steps(self) -> frozenset[str]:
        return frozenset(step.id for step in self.plan.steps)

    @cached_property
    def injects(self) -> frozenset[str]:
        return frozenset({OPENING, *(inject.id for inject in self.exercise.injects)})

    @cached_property
    def actions(self) -> frozenset[str]:
        return frozenset(action.id for _, action in self.exercise.actions)

    @cached_property
    def objectives(self) -> frozenset[str]:
        return frozenset(objective.id for objective in self.exercise.objectives)
