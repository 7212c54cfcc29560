"""Order teams to move up where a dispatch leaves cover lacking, as it was advised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from youbei.actions.actors import actor_for
from youbei.actions.directory import PERSON, Directory
from youbei.actions.dispatch.deciding import LONGEST_REASON, DecisionEmpty, ProposalChanged
from youbei.actions.dispatch.proposing import District, Proposal, demand_solvers, proposed_now
from youbei.actions.dispatch.supposing import NOTHING
from youbei.actions.moves_up import MoveUpRefused, exercise_named, mode_of, note, place_in_index
from youbei.actions.outbox import post_message
from youbei.actions.permit import require
from youbei.actions.ways import route_between
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.alerts.route import Outgoing
from youbei.engine.text import Text
from youbei.records.models import HomeCover, MoveUp, Team, User
from youbei.records.reports.dispatch.covers import going_on
from youbei.records.reports.dispatch.forces import Force
from youbei.records.reports.written_to import address_of

if TYPE_CHECKING:
    from youbei.engine.dispatch.coverage import MoveUp as MoveUpAdvice


@transaction.atomic
def order_moves_up(
    *,
    by: User | None,
    now: datetime,
    chosen: Sequence[tuple[int, int]],
    reason: str = "",
    exercise: int | None = None,
    known: Proposal | None = None,
) -> tuple[MoveUp, ...]:
    """Order teams to move up: pairs of a team and the cover it moves up for, as the proposal of now advises them.

    All of them or none. The team is told; the proposal reckons with where it stands from now on. `known` is the
    proposal where it was worked out elsewhere from what is true now; without it that is done here.

    Raises:
        ProposalChanged: one of them is not advised any more.
    """
    demand_solvers()
    if by is None or not chosen:
        raise DecisionEmpty(
            zh="没有选择任何一支，什么也没有下令。请至少选一支。", en="Nobody was chosen, and nothing was ordered."
        )
    proposal = known or proposed_now(by, now=now, exercise=exercise, suppose=NOTHING)
    advised = {(force.pk, one.wanted.pk): (one, force, move.seconds) for one, force, move in advice(proposal.districts)}
    if any(pair not in advised for pair in chosen):
        raise ProposalChanged(
            zh="前移建议已经变化，什么也没有下令。请按最新建议重新决定。",
            en="The advice to move up is another one by now. Nothing was ordered; decide on the new one.",
        )
    wanted = Team.objects.select_for_update(no_key=True).filter(pk__in=[team for team, _ in chosen]).order_by("pk")
    teams = {team.pk: team for team in wanted}
    for team in teams.values():
        require(by, Permission.ASSIGN_RESOURCE, team.org_path)
        refuse_taken(team, exercise)
    words = clean(reason, limit=LONGEST_REASON).strip()
    made = []
    for pk, cover in sorted(set(chosen)):
        district, force, seconds = advised[pk, cover]
        row = entered(
            teams[pk],
            district,
            force,
            seconds,
            there=proposal.facts.there,
            exercise=exercise,
            reason=words,
            by_label=actor_for(by, now).label,
        )
        note(row, "move_up.ordered", {"reason": words}, by=by, now=now)
        tell(row, now)
        made.append(row)
    return tuple(made)


def advice(districts: Sequence[District]) -> Iterator[tuple[District, Force, MoveUpAdvice]]:
    for one in districts:
        for move, force in one.moves_up:
            yield one, force, move


def refuse_taken(team: Team, exercise: int | None) -> None:
    """Refuse a team that somebody else has sent or moved meanwhile."""
    is_busy = exercise is None and team.status != Team.Status.AVAILABLE
    if is_busy or going_on(exercise).filter(team=team).exists():
        raise MoveUpRefused(
            zh=f"{team.name_zh}刚刚另有任务，什么也没有下令。请按最新建议重新决定。",
            en=f"{team.name_en or team.name_zh} has got another order just now. Nothing was ordered; decide anew.",
        )


def entered(
    team: Team,
    district: District,
    force: Force,
    seconds: int,
    *,
    there: datetime,
    exercise: int | None,
    reason: str,
    by_label: str,
) -> MoveUp:
    target = district.wanted.at
    row = MoveUp.objects.create(
        team=team,
        cover=HomeCover.objects.get(pk=district.wanted.pk),
        incident=exercise_named(exercise),
        lat=target.lat,
        lon=target.lon,
        reason=reason,
        ordered_at=there,
        ordered_by=by_label,
        leaves_at=there + timedelta(seconds=force.turn_out_s),
        expected_at=there + timedelta(seconds=seconds),
        route=route_between(force.at, target, with_exercises=exercise is not None),
    )
    if exercise is None:
        place_in_index(team, target)
    return row


def tell(row: MoveUp, now: datetime) -> None:
    """Put the order into the outbox: to the leader of the team, else to its unit."""
    team, cover = row.team, row.cover
    at = f"{timezone.localtime(row.expected_at):%H:%M}"
    said = Outgoing(
        Text(f"前移命令：{team.name_zh}", f"Move up: {team.name_en or team.name_zh}"),
        Text(
            f"请前移至“{cover.name_zh}”（{row.lat:.4f}, {row.lon:.4f}）待命，预计 {at} 到位。{row.reason}",
            f"Move up to {cover.name_en or cover.name_zh} ({row.lat:.4f}, {row.lon:.4f}) and stand by there; expected "
            f"at {at}. {row.reason}",
        ),
    )
    recipient, address = f"agency:{team.organisation.code}", ""
    if team.leader is not None:
        code = PERSON + team.leader.code
        found = [one for one in Directory((code,), now).contacts(code) if one.address]
        recipient, address = (found[0].recipient, found[0].address) if found else (recipient, "")
    address = address or address_of(team.organisation)
    post_message(
        key=f"move_up:{row.pk}",
        org_path=team.org_path,
        recipient=recipient,
        address=address,
        said=said,
        now=now,
        mode=mode_of(row),
    )
