"""What a rehearsal shows: each inject with what it would send and whether its actions are met, and what never comes.

A rehearsal is a simulated run in which every post is played: nothing leaves, and nothing of a register is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from youbei.engine.conditions import Value
from youbei.engine.events import Event
from youbei.engine.exercises.evaluate import ActionResult, InjectOutcome, InjectResult, evaluate
from youbei.engine.exercises.measures import Verdict
from youbei.engine.exercises.model import Exercise, Inject, InjectType
from youbei.engine.exercises.msel import shown_clock
from youbei.engine.exercises.rehearse import lone_inject, rehearse
from youbei.engine.plans.model import Plan
from youbei.engine.resources import World
from youbei.engine.run.script import Delay, Fail, Learn, Say
from youbei.engine.text import Text

# A fixed day, so that the same script gives the same log.
BEGINS = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sent:
    """What would be told to a post, a register code or the public."""

    to: str
    to_title: Text
    subject: Text
    body: Text


@dataclass(frozen=True, slots=True)
class RehearsedInject:
    """One inject; `after` is when it came after StartEx, None where it never did, and `why` then says why."""

    id: str
    kind: str
    title: Text
    after: timedelta | None
    clock: str
    sent: tuple[Sent, ...]
    facts: tuple[tuple[str, Value | None], ...]
    fails: str
    delays: tuple[str, timedelta] | None
    actions: tuple[ActionResult, ...]
    why: Text


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`came` in order of time, `never` in that of the script; `lasted` until the exercise ended."""

    came: tuple[RehearsedInject, ...]
    never: tuple[RehearsedInject, ...]
    lasted: timedelta
    activated_after: timedelta | None
    steps_finished: int
    steps_late: int

    def count(self, *verdicts: str) -> int:
        return sum(action.verdict in verdicts for one in (*self.came, *self.never) for action in one.actions)

    @property
    def met(self) -> int:
        return self.count(Verdict.MET, Verdict.DONE)

    @property
    def late(self) -> int:
        return self.count(Verdict.LATE)

    @property
    def missed(self) -> int:
        return self.count(Verdict.MISSED)

    @property
    def not_tested(self) -> int:
        return self.count(Verdict.NOT_TESTED)


def rehearsed(exercise: Exercise, plan: Plan, *, world: World, inject: str = "", seed: int | None = None) -> Rehearsal:
    """Rehearse the whole exercise, or one inject alone; raise KeyError where there is none of that id.

    Without a seed everything takes its usual time. `world` is what the posts may draw on.
    """
    script = lone_inject(exercise, inject) if inject else exercise
    run = rehearse(script, plan, at=BEGINS, world=world, seed=seed)
    found = evaluate(script, plan, run.log)
    outcomes = {one.inject: one for one in found.injects}
    actions: dict[str, list[ActionResult]] = {}
    for action in found.actions:
        actions.setdefault(action.inject, []).append(action)
    lines = [line_of(one, script, plan, outcomes.get(one.id), tuple(actions.get(one.id, ()))) for one in script.injects]
    came = sorted((line for line in lines if line.after is not None), key=lambda line: line.after or timedelta(0))
    return Rehearsal(
        came=tuple(came),
        never=tuple(line for line in lines if line.after is None),
        lasted=run.log[-1].at - BEGINS,
        activated_after=first_after(run.log, "plan.activated"),
        steps_finished=sum(event.kind == "step.finished" for event in run.log),
        steps_late=sum(event.kind == "step.late" for event in run.log),
    )


def first_after(log: tuple[Event, ...], kind: str) -> timedelta | None:
    return next((event.at - BEGINS for event in log if event.kind == kind), None)


def line_of(
    inject: Inject, script: Exercise, plan: Plan, outcome: InjectResult | None, actions: tuple[ActionResult, ...]
) -> RehearsedInject:
    effects = inject.content.fire(inject.title)
    has_come = outcome is not None and outcome.outcome is InjectOutcome.FIRED and outcome.at is not None
    at = outcome.at if outcome is not None and has_come else None
    titles = {post.id: post.title for post in plan.posts}
    failed = next((one for one in effects if isinstance(one, Fail)), None)
    return RehearsedInject(
        id=inject.id,
        kind=inject.kind,
        title=inject.title,
        after=None if at is None else at - BEGINS,
        clock="" if at is None else shown_clock(script, BEGINS, at)[:5],
        sent=tuple(sent_by(one, titles) for one in effects if isinstance(one, Say)),
        facts=tuple((one.key, one.value) for one in effects if isinstance(one, Learn)),
        fails="" if failed is None else failed.resource or f"{failed.count} × {failed.capability}",
        delays=next(((one.road, one.by) for one in effects if isinstance(one, Delay)), None),
        actions=actions,
        why=Text() if has_come else why_never(inject, outcome),
    )


def sent_by(effect: Say, titles: Mapping[str, Text]) -> Sent:
    return Sent(effect.to, titles.get(effect.to, Text(effect.to, effect.to)), effect.subject, effect.body)


def why_never(inject: Inject, outcome: InjectResult | None) -> Text:
    """Say why an inject did not come though everybody was played."""
    if inject.type is InjectType.CONTINGENCY and inject.at.when is None:
        return Text("备用注入，由导调员手动触发。", "A contingency: a controller fires it by hand.")
    if outcome is not None and outcome.outcome is InjectOutcome.SKIPPED and outcome.reason not in ("endex", ""):
        return Text(f"跳过：{outcome.reason}", f"Left out: {outcome.reason}")
    if outcome is not None and outcome.outcome is InjectOutcome.SKIPPED and inject.at.unless is not None:
        return Text(
            "演练结束前未触发，或“跳过”条件先成立。", "Its branch was not taken, or the exercise ended before its time."
        )
    if inject.at.when is not None or inject.at.after:
        return Text(
            "演练结束前条件没有成立。请核对条件，或确认它只在参演者出错时才该触发。",
            "Its conditions did not hold before the exercise ended. Check them, or see that it is meant to come only "
            "where players fail.",
        )
    return Text(
        "演练在它的时间之前就结束了。请提前它，或推迟结束。",
        "The exercise ended before its time. Let it come earlier, or let the exercise last longer.",
    )
