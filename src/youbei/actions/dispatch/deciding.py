"""What people decide of a proposal: all of it, part of it, or otherwise with a reason; carried out at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.dispatch.proposing import HAS_SOLVERS, Proposal, Proposed, demand_solvers, plan_with, propose
from youbei.actions.dispatch.supposing import NOTHING, Suppose
from youbei.actions.journal import record
from youbei.actions.permit import not_allowed
from youbei.actions.resources import assign_resource
from youbei.actions.running import locked
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.clock import Mode
from youbei.engine.dispatch.plan import Plan
from youbei.engine.errors import Refused
from youbei.records.models import Assignment, CapacityLine, Incident, MarketOffer, Run, StockLot, Team, User, Vehicle

if HAS_SOLVERS:
    from youbei.engine.dispatch.replan import Difference, difference

LONGEST_REASON = 2000


class ProposalChanged(Refused):
    """Refuse to carry out what is no longer proposed: something has changed since the page was made."""


class DecisionEmpty(Refused):
    """Refuse a decision that sends nobody."""


class OnlySupposed(Refused):
    """Refuse to carry out what follows from needs or roads that are only supposed."""


class WhyOtherwise(Refused):
    """Refuse to send others than proposed without a reason."""


class DecisionBroken(Refused):
    """Refuse a choice that cannot be carried out, with all that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided and carried out. `overridden` counts decisions in which another resource was chosen."""

    assignments: tuple[Assignment, ...]
    offered: int
    overridden: int
    difference: Difference


def compare(proposal: Proposal, chosen: Mapping[str, str]) -> tuple[Plan, Difference]:
    """Return the plan that people chose, and what it costs against the proposal; dropped decisions count as unmet."""
    known = {pick.key for pick in proposal.picks}
    gone = sorted(key for key in chosen if key not in known)
    if gone:
        raise ProposalChanged(
            zh="建议已经变化：有的需求已满足，或有的资源已另派。什么也没有派出，请按最新建议重新决定。",
            en="The proposal has changed: a need is met, or a resource is gone. Nothing was sent; decide anew.",
        )
    plan = plan_with(proposal, chosen)
    return plan, difference(proposal.problem, plan, proposal.answer.plan)


def decide(
    *,
    by: User,
    now: datetime,
    chosen: Mapping[str, str],
    reason: str = "",
    exercise: int | None = None,
    suppose: Suppose = NOTHING,
    known: Callable[[], Proposal] | None = None,
) -> Decided:
    """Carry out what was chosen of today's proposal: key of the decision -> resource, the proposed one or another.

    All of it or nothing, through the assignments of the runs. Choosing another than proposed takes a reason.
    `known` hands over the proposal where it was worked out elsewhere; without it that is done here.

    Raises:
        ProposalChanged: the proposal is not what it was when the choice was made.
        DecisionBroken: the choice breaks a constraint, such as one team for two needs.
    """
    demand_solvers()
    if not by.paths_with(Permission.ASSIGN_RESOURCE) and by.person_id is None:
        raise not_allowed(Permission.ASSIGN_RESOURCE)
    if not chosen:
        raise DecisionEmpty(
            zh="没有选择任何一项，什么也没有派出。请至少选一项。",
            en="Nothing was chosen, and nothing was sent. Choose at least one.",
        )
    if not suppose.can_be_sent:
        raise OnlySupposed(
            zh="这是假设的情形，不能据此派出。请回到实际情形再决定。",
            en="This is a supposition: nothing is sent from it. Go back to what is, and decide there.",
        )
    proposal = known() if known is not None else propose(by, now=now, exercise=exercise, suppose=suppose)
    _, cost = compare(proposal, chosen)
    if cost.broken:
        raise DecisionBroken(
            zh=f"这样派不行：{cost.text.zh}请改选后再派，什么也没有派出。",
            en=f"It cannot be done so: {cost.text.en} Choose otherwise; nothing was sent.",
        )
    taken = [pick for pick in proposal.picks if pick.key in chosen]
    overridden = [pick for pick in taken if chosen[pick.key] != pick.choice]
    why = clean(reason, limit=LONGEST_REASON).strip()
    if overridden and not why:
        raise WhyOtherwise(
            zh=f"有 {len(overridden)} 项没有按建议派：请写明理由。{cost.text.zh}",
            en=f"{len(overridden)} are sent otherwise than proposed: say why. {cost.text.en}",
        )
    return carry_out(proposal, taken, chosen, cost, why, by=by, now=now)


@transaction.atomic
def carry_out(
    proposal: Proposal,
    taken: Sequence[Proposed],
    chosen: Mapping[str, str],
    cost: Difference,
    why: str,
    *,
    by: User,
    now: datetime,
) -> Decided:
    runs = lock_all({pick.run.pk for pick in taken}, list(chosen.values()))
    sent: dict[int, list[Proposed]] = defaultdict(list)
    made = []
    for pick in taken:
        resource = chosen[pick.key]
        made.append(
            assign_resource(
                by=by,
                now=now,
                run=runs[pick.run.pk],
                need=pick.need.key,
                resource=bare(resource),
                vehicle=resource.partition("@")[2],
                quantity=pick.quantity,
                reason=reason_for(pick, resource, why),
            )
        )
        sent[pick.run.incident_pk].append(pick)
    note(proposal, sent, chosen, cost, why, by=by, now=now)
    overridden = sum(chosen[pick.key] != pick.choice for pick in taken)
    return Decided(tuple(made), len(proposal.picks), overridden, cost)


def lock_all(keys: Iterable[int], resources: Sequence[str]) -> dict[int, Run]:
    """Lock runs, then teams, lots, offers, lines and vehicles in the order of their keys, before the log is written to.

    Two who decide at once would otherwise wait for each other.
    """
    runs = {pk: locked(Run(pk=pk)) for pk in sorted(set(keys))}
    models: tuple[tuple[str, Any], ...] = (
        ("team", Team),
        ("lot", StockLot),
        ("offer", MarketOffer),
        ("line", CapacityLine),
        ("vehicle", Vehicle),
    )
    for kind, model in models:
        named = [one.partition(":") for chosen in resources for one in (bare(chosen), chosen.partition("@")[2])]
        pks = sorted({int(key) for name, _, key in named if name == kind and key.isdecimal()})
        if pks:
            list(model.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))
    return runs


def bare(choice: str) -> str:
    """Return the resource of a choice, without its consignment and without who fetches it."""
    return choice.partition("@")[0].partition("/")[0]


def reason_for(pick: Proposed, resource: str, why: str) -> str:
    if resource == pick.choice:
        said = (pick.reason, pick.carriage) if pick.carriage else (pick.reason,)
        return " ".join(("".join(one.zh for one in said), *(one.en for one in said)))
    return why


def note(
    proposal: Proposal,
    sent: Mapping[int, Sequence[Proposed]],
    chosen: Mapping[str, str],
    cost: Difference,
    why: str,
    *,
    by: User,
    now: datetime,
) -> None:
    """Put the decision into the log of each incident: what was proposed, what was taken, and what it costs."""
    answer = proposal.answer
    incidents = {one.pk: one for one in Incident.objects.filter(pk__in=list(sent)).order_by("pk")}
    for pk, picks in sorted(sent.items()):
        incident = incidents[pk]
        otherwise = sum(chosen[pick.key] != pick.choice for pick in picks)
        data = {
            "offered": sum(pick.run.incident_pk == pk for pick in proposal.picks),
            "sent": len(picks),
            "otherwise": otherwise,
            "is_proven": answer.is_proven,
            "level": answer.solution.decisive.level,
            "lower": answer.lower,
            "upper": answer.upper,
            "costs": cost.as_data()["levels"],
            "reason": why if otherwise else "",
        }
        record(
            incident.stream,
            [("dispatch.decided", data)],
            by=actor_for(by, now),
            now=now,
            org_path=incident.org_path,
            mode=Mode(incident.mode),
        )
