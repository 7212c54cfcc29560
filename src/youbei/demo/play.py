"""Play people: let an incident's runs be worked on at given times through the real actions, as in its day."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from django.db.models import QuerySet

from youbei.actions.advance import advance_run
from youbei.actions.resources import arrive_resource, assign_resource, propose_resources
from youbei.actions.runs import finish_step, start_step
from youbei.engine.draws import Draws, Purpose, duration
from youbei.engine.errors import Refused
from youbei.engine.plans.model import Done
from youbei.records.load import load_plan
from youbei.records.models import Incident, Run, RunNeed, RunStep, User

# Assumption: how long a person needs to look at the board before acting; ours, for a board that looks lived in.
REACTION = timedelta(seconds=25)
DISPATCH = timedelta(seconds=70)


@dataclass
class Play:
    """Hold what is still to be done in an incident, in the order of time; chance depends on `seed` alone.

    `says_started`: players also say when they begin, as in a live exercise; else they only say when they are done.
    """

    incident: Incident
    by: User
    seed: int
    slow: Mapping[str, float] = field(default_factory=dict)
    says_started: bool = True
    agenda: list[tuple[datetime, int, Callable[[datetime], object]]] = field(default_factory=list)
    order: count[int] = field(default_factory=count)
    seen: set[tuple[int, str]] = field(default_factory=set)
    due_at: datetime | None = None

    def add(self, at: datetime, act: Callable[[datetime], object]) -> None:
        heapq.heappush(self.agenda, (at, next(self.order), act))

    def next_moment(self) -> datetime | None:
        """Return when something happens next: what a player does, or what time brings in a run."""
        moments = [self.agenda[0][0]] if self.agenda else []
        return min([*moments, *([self.due_at] if self.due_at else [])], default=None)

    def go_on(self, now: datetime) -> None:
        """Do what stands at `now`, the next moment: time in the runs first, else one thing that a player does."""
        if self.due_at is not None and self.due_at <= now:
            for run in self.runs().filter(next_due_at__lte=now):
                advance_run(run.pk, now)
        else:
            act = heapq.heappop(self.agenda)[2]
            act(now)
        self.look()
        self.due_at = self.next_due()

    def next_due(self) -> datetime | None:
        return (
            self.runs()
            .filter(next_due_at__isnull=False)
            .order_by("next_due_at")
            .values_list("next_due_at", flat=True)
            .first()
        )

    def runs(self) -> QuerySet[Run]:
        return Run.objects.filter(incident=self.incident)

    def look(self) -> None:
        """Take up whatever has opened since: work on steps and fill needs."""
        for run in self.runs().filter(phase=Run.Phase.ACTIVE).select_related("plan_version"):
            for step in RunStep.objects.filter(run=run, status="open"):
                if (run.pk, step.step) not in self.seen and step.opened_at is not None:
                    self.seen.add((run.pk, step.step))
                    self.take_up(run, step.step, step.opened_at)
            for need in RunNeed.objects.filter(run=run, is_met=False):
                if (run.pk, need.need) not in self.seen:
                    self.seen.add((run.pk, need.need))
                    self.add(need.opened_at + DISPATCH, self.sender(run, need.need))

    def take_up(self, run: Run, step_id: str, opened_at: datetime) -> None:
        """Start a step soon after it opened and finish it after a drawn time; some finish by themselves."""
        plan = load_plan(run.plan_version)
        step = plan.step(step_id)
        index = [one.id for one in plan.steps].index(step_id)
        drawn = duration(step.takes, Draws(self.seed).uniform(Purpose.STEP_DURATION, index))
        started_at = opened_at + REACTION
        if self.says_started:
            self.add(started_at, tolerant(lambda now: start_step(by=self.by, now=now, run=run, step=step_id)))
        if step.done is Done.CONFIRMED:
            finished_at = opened_at + max(drawn * self.slow.get(step_id, 1.0), REACTION * 1.2)
            self.add(finished_at, tolerant(lambda now: finish_step(by=self.by, now=now, run=run, step=step_id)))

    def sender(self, run: Run, need: str) -> Callable[[datetime], object]:
        """Send the nearest suitable resources to a need, and let them arrive when they are expected."""

        def send(now: datetime) -> None:
            for choice in propose_resources(run, need, now=now):
                assigned = assign_resource(
                    by=self.by,
                    now=now,
                    run=run,
                    need=need,
                    resource=choice.resource,
                    quantity=choice.quantity,
                    reason=f"{choice.reason_zh} {choice.reason_en}",
                )
                self.add(assigned.expected_at, self.arriver(run, assigned.code))

        return tolerant(send)

    def arriver(self, run: Run, code: str) -> Callable[[datetime], object]:
        return tolerant(lambda now: arrive_resource(by=self.by, now=now, run=run, assignment=code))


def tolerant(act: Callable[[datetime], object]) -> Callable[[datetime], object]:
    """Do something unless it is refused because things have moved on: the step is done, the response has ended."""

    def attempt(now: datetime) -> None:
        try:
            act(now)
        except Refused:
            return

    return attempt
