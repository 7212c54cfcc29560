"""Plan again from what is being carried out: which teams that were sent already should go elsewhere now."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.dispatch.deciding import LONGEST_REASON, DecisionEmpty, ProposalChanged, lock_all
from youbei.actions.dispatch.facts import Facts, gather, place_name, problem_of
from youbei.actions.dispatch.proposing import HAS_SOLVERS, demand_solvers
from youbei.actions.dispatch.wording import by_how_much
from youbei.actions.journal import record
from youbei.actions.resources import assign_resource, release_resource
from youbei.actions.wording import clean
from youbei.engine.clock import Mode
from youbei.engine.dispatch.plan import Plan, Send
from youbei.engine.dispatch.problem import Items, Problem
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.models import Assignment, Incident, User
from youbei.records.reports.dispatch.forces import Force
from youbei.records.reports.dispatch.running import OpenNeed, Running

if HAS_SOLVERS:
    from youbei.engine.dispatch.budget import Budget
    from youbei.engine.dispatch.replan import replan

SECONDS = 0.5


class ReasonForTearing(Refused):
    """Refuse to take a team away from where it works without a reason."""


@dataclass(frozen=True, slots=True)
class Order:
    """Where a team is ordered: to a need of a response."""

    run: Running
    need: OpenNeed


@dataclass(frozen=True, slots=True)
class Turned:
    """A team whose orders should change. `before` None: it is free; `after` None: it goes home.

    `is_torn`: it is at work on scene already.
    """

    team: Force
    before: Order | None
    after: Order | None
    is_torn: bool
    text: Text


@dataclass(frozen=True, slots=True)
class Replanning:
    """The change of plan that is worth its trouble, and what is gained by it. Empty where no order should change."""

    turned: tuple[Turned, ...]
    gain: Text

    @property
    def is_any(self) -> bool:
        return any(one.before is not None for one in self.turned)

    @property
    def has_torn(self) -> bool:
        return any(one.is_torn for one in self.turned)


NO_CHANGE = Replanning((), Text())


def plan_again(user: User, *, now: datetime, exercise: int | None = None) -> Replanning:
    """Say which orders should change now: a team has broken down, an incident is new, a road is closed."""
    demand_solvers()
    facts = gather(user, now=now, exercise=exercise, is_anew=True)
    orders = orders_of(facts)
    current = Plan(tuple(Send(f"team:{one.pk}", *orders[one.pk]) for one in facts.forces.teams if one.pk in orders))
    if not current.sends:
        return NO_CHANGE
    problem = of_teams(problem_of(facts, is_anew=True))
    found = replan(problem, current.ordered(), budget=Budget.of_seconds(SECONDS, time.monotonic))
    forces = {f"team:{one.pk}": one for one in facts.forces.teams}
    needs = {(place_name(run, need), need.key): Order(run, need) for run in facts.runs for need in run.needs}
    after = {send.unit: needs[send.incident, send.need] for send in found.plan.sends}
    before = {send.unit: needs[send.incident, send.need] for send in current.sends}
    torn = {change.unit for change in found.torn}
    turned = tuple(
        Turned(
            forces[unit],
            before.get(unit),
            after.get(unit),
            unit in torn,
            said(forces[unit], before.get(unit), after.get(unit), is_torn=unit in torn),
        )
        for unit in sorted(before.keys() | after.keys())
        if before.get(unit) != after.get(unit)
    )
    levels = tuple(one - other for one, other in zip(found.score.as_tuple(), found.kept.as_tuple(), strict=True))
    gain = by_how_much(levels) or Text("总体同样好", "as good as a whole")
    return Replanning(turned, Text(f"与不改相比：{gain.zh}。", f"Against changing nothing: {gain.en}."))


def of_teams(problem: Problem) -> Problem:
    """Return the problem without items: what was taken out of a store stays where it was sent."""
    incidents = tuple(
        replace(one, needs=tuple(need for need in one.needs if not isinstance(need.asks, Items)))
        for one in problem.incidents
    )
    return replace(problem, incidents=incidents, lots=(), reserves=())


def orders_of(facts: Facts) -> dict[int, tuple[str, str]]:
    """Return the incident and the need that each team is assigned to now, where that need is still open."""
    needs = {(run.pk, need.key): place_name(run, need) for run in facts.runs for need in run.needs if need.at}
    return {
        one.pk: (needs[one.serving, one.serving_need], one.serving_need)
        for one in facts.forces.teams
        if one.serving and not one.is_out_of_service and (one.serving, one.serving_need) in needs
    }


def said(team: Force, before: Order | None, after: Order | None, *, is_torn: bool) -> Text:
    if after is None:
        zh, en = f"“{team.name.zh}”收回", f"{team.name.en or team.name.zh} is called back"
    else:
        goal = after.need.name
        zh = f"“{team.name.zh}”派往“{after.run.title.in_language('zh')}”（{goal.zh}）"
        en = f"{team.name.en or team.name.zh} goes to {after.run.title.in_language('en')} ({goal.en or goal.zh})"
    if before is not None:
        left = before.run.title
        zh, en = f"{zh}，不再去“{left.in_language('zh')}”", f"{en}, no longer to {left.in_language('en')}"
    if is_torn:
        zh, en = f"{zh}。该队已在现场作业", f"{en}. It is at work on scene"
    return Text(f"{zh}。", f"{en}.")


@transaction.atomic
def turn(
    *,
    by: User,
    now: datetime,
    teams: list[int],
    reason: str = "",
    exercise: int | None = None,
    known: Replanning | None = None,
) -> tuple[Assignment, ...]:
    """Carry out the change of plan as it was shown: release the teams whose orders change, and assign them anew.

    `known` is the change where it was worked out elsewhere from what is true now; without it that is done here.
    `teams` are those that the page named; if the change is another one by now, nothing is done. Taking a team away
    from where it works takes a reason.
    """
    found = plan_again(by, now=now, exercise=exercise) if known is None else known
    if not found.is_any:
        raise DecisionEmpty(
            zh="目前没有值得改的派遣，什么也没有改。", en="No order is worth changing now. Nothing was changed."
        )
    if sorted(teams) != sorted(one.team.pk for one in found.turned):
        raise ProposalChanged(
            zh="改派建议已经变化，什么也没有改。请按最新建议重新决定。",
            en="The change that was shown is another one by now. Nothing was changed; decide on the new one.",
        )
    why = clean(reason, limit=LONGEST_REASON).strip()
    if found.has_torn and not why:
        raise ReasonForTearing(
            zh="有队伍已在现场作业，调离须写明理由。",
            en="A team is at work on scene. Say why it is taken away.",
        )
    picks = [order for one in found.turned for order in (one.before, one.after) if order is not None]
    runs = lock_all({order.run.pk for order in picks}, [f"team:{one.team.pk}" for one in found.turned])
    words = why or f"{found.gain.zh} {found.gain.en}"
    for one in found.turned:
        if one.before is not None:
            release_resource(by=by, now=now, run=runs[one.before.run.pk], assignment=one.team.assignment, reason=words)
    made = [
        assign_resource(
            by=by,
            now=now,
            run=runs[one.after.run.pk],
            need=one.after.need.key,
            resource=f"team:{one.team.pk}",
            reason=words,
        )
        for one in found.turned
        if one.after is not None
    ]
    note(found, words, by=by, now=now)
    return tuple(made)


def note(found: Replanning, words: str, *, by: User, now: datetime) -> None:
    """Put the change into the log of every incident that gains or loses a team."""
    changed: Mapping[int, dict[str, list[str]]] = defaultdict(lambda: {"gained": [], "lost": []})
    for one in found.turned:
        if one.after is not None:
            changed[one.after.run.incident_pk]["gained"].append(one.team.code)
        if one.before is not None:
            changed[one.before.run.incident_pk]["lost"].append(one.team.code)
    for incident in Incident.objects.filter(pk__in=list(changed)).order_by("pk"):
        data = {**changed[incident.pk], "torn": sum(one.is_torn for one in found.turned), "reason": words}
        record(
            incident.stream,
            [("dispatch.changed", data)],
            by=actor_for(by, now),
            now=now,
            org_path=incident.org_path,
            mode=Mode(incident.mode),
        )
