"""A plan laid out for checking: looked-up once, asked by every family of checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from youbei.engine.conditions import Compare, Condition, Count, Elapsed, leaves
from youbei.engine.plans.check.finding import Code, Finding
from youbei.engine.plans.check.known import Known
from youbei.engine.plans.check.solve import Budget
from youbei.engine.plans.graph import Case, StepTimes, blocked_steps, times
from youbei.engine.plans.model import Level, Phase, Plan, Post, Scenario, Step
from youbei.engine.plans.problems import meant, nearest
from youbei.engine.text import Text

# Names are listed as a cure where there are no more than this.
LISTED = 12


@dataclass(frozen=True)
class Study:
    """Hold the plan, what is known besides, and what is derived from both."""

    plan: Plan
    known: Known = field(default_factory=Known)
    budget: Budget = field(default_factory=Budget)

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        return {step.id: step for step in self.plan.steps}

    @cached_property
    def posts(self) -> Mapping[str, Post]:
        return {post.id: post for post in self.plan.posts}

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels from the most severe to the mildest."""
        return tuple(sorted(self.plan.levels, key=lambda level: level.number))

    @cached_property
    def response(self) -> tuple[Step, ...]:
        return tuple(step for step in self.plan.steps if step.phase is Phase.RESPONSE)

    @cached_property
    def recovery(self) -> tuple[Step, ...]:
        return tuple(step for step in self.plan.steps if step.phase is Phase.RECOVERY)

    @cached_property
    def blocked(self) -> frozenset[str]:
        return blocked_steps(self.plan)

    @cached_property
    def best(self) -> Mapping[str, StepTimes]:
        return times(self.plan, Case.BEST)

    @cached_property
    def likely(self) -> Mapping[str, StepTimes]:
        return times(self.plan, Case.LIKELY)

    def named(self, steps: Iterable[str]) -> Text:
        """List steps by their titles."""
        names = [called(self.steps[step]) if step in self.steps else Text(step, step) for step in steps]
        return Text(zh="、".join(f"“{name.zh}”" for name in names), en=", ".join(f'"{name.en}"' for name in names))

    def way(self, steps: Iterable[str]) -> Text:
        """Write a chain of steps by their titles: `报警 → 关阀`."""
        names = [called(self.steps[step]) if step in self.steps else Text(step, step) for step in steps]
        return Text(zh=" → ".join(name.zh for name in names), en=" → ".join(name.en for name in names))

    @cached_property
    def conditions(self) -> tuple[tuple[str, Condition], ...]:
        """Return every condition of the plan with its place."""
        return tuple(_conditions(self.plan))

    @cached_property
    def leaves(self) -> tuple[tuple[str, Compare | Elapsed | Count], ...]:
        """Return every comparison, time and count of the plan's conditions with the place of its condition."""
        return tuple(
            (place, leaf)
            for place, condition in self.conditions
            for leaf in leaves(condition)
            if isinstance(leaf, (Compare, Elapsed, Count))
        )

    @cached_property
    def moments(self) -> tuple[tuple[str, str, Step | None], ...]:
        """Return every named moment: its place, its name, and the step that waits for it, if a step does."""
        return tuple(_moments(self))


def _conditions(plan: Plan) -> Iterator[tuple[str, Condition]]:
    for level in plan.levels:
        yield f"levels.{level.number.name}.when", level.when
    for step in plan.steps:
        if step.start.when is not None:
            yield f"steps.{step.id}.start.when", step.start.when
        if step.done_when is not None:
            yield f"steps.{step.id}.done", step.done_when
    yield "end.when", plan.end.when
    for link in plan.links:
        yield f"links.{link.plan}.when", link.when


def _moments(study: Study) -> Iterator[tuple[str, str, Step | None]]:
    for place, leaf in study.leaves:
        if isinstance(leaf, Elapsed):
            parts = place.split(".")
            is_start = parts[0] == "steps" and place.endswith(".start.when")
            yield place, leaf.since, study.steps.get(place[len("steps.") : -len(".start.when")]) if is_start else None
    for step in study.plan.steps:
        yield f"steps.{step.id}.start.since", step.start.since, step
        if step.within is not None and step.within.since != "opened":
            yield f"steps.{step.id}.within.since", step.within.since, None


def called(entry: Step | Post | Scenario) -> Text:
    """Return what people call an entry: its title, or its identifier where it has none."""
    title = entry.title
    return Text(zh=title.zh or title.en or entry.id, en=title.en or title.zh or entry.id)


def found(code: Code, place: str, zh: str, en: str, cure: Text | None = None) -> Finding:
    """Make a finding; without a cure of its own it has the cure of its code."""
    return Finding(code.code, code.severity, place, Text(zh=zh, en=en), cure or code.cure)


def unknown_name(code: Code, place: str, what: Text, name: str, known: Iterable[str]) -> Finding:
    """Say that a name leads nowhere, and which known name is nearest."""
    sentence = (f"没有名为“{name}”的{what.zh}。", f'There is no {what.en} "{name}".')
    return found(code, place, *sentence, suggestion(name, tuple(sorted(known))))


@lru_cache(maxsize=512)
def suggestion(name: str, words: tuple[str, ...]) -> Text | None:
    """Return the nearest word as a cure, or all words where they are few; None leaves it to the code's own cure."""
    return meant(name, words) if words and (len(words) <= LISTED or nearest(name, words)) else None


def quoted(names: Iterable[str]) -> Text:
    """Join names for a sentence."""
    listed = list(names)
    return Text(zh="、".join(f"“{name}”" for name in listed), en=", ".join(f'"{name}"' for name in listed))
