"""Rules of single registers that a description cannot say: what a change may not do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from youbei.engine.errors import Refused
from youbei.engine.opening import spans_of_day
from youbei.engine.registers.register import Register
from youbei.engine.teams.reviews import refuse_own
from youbei.records.models import StockLot, Team, TeamMember, TeamReview
from youbei.records.models.scope import Registered
from youbei.records.registers.values import Values


class GuardRefused(Refused):
    """Refuse a change that another part of the system decides, or that would contradict it."""


def guard(register: Register, row: Registered, before: Values, after: Values) -> None:
    """Raise GuardRefused where this register does not allow the change; `before` is empty for a new record."""
    check = GUARDS.get(register.name)
    if check is not None:
        check(row, before, after)
    check_period(before, after)


def check_period(before: Values, after: Values) -> None:
    """Refuse a period that ends before it begins, under whichever names a register has one."""
    for first, last in (("valid_from", "valid_until"), ("starts_at", "ends_at"), ("issued_on", "expires_on")):
        start, end = after.get(first), after.get(last)
        if start is None or end is None:
            continue
        # A day that ends a period belongs to it; a moment does not.
        if end < start or (isinstance(end, datetime) and end == start):
            raise GuardRefused(
                zh=f"结束（{end}）须晚于开始（{start}）。请改正。",
                en=f"The end ({end}) must come after the start ({start}). Correct that.",
            )


def check_organisation(row: Registered, before: Values, after: Values) -> None:
    if before and before["parent"] != after["parent"]:
        raise GuardRefused(
            zh="上级单位不能在这里更改：请用“调整隶属”，它会一并处理下属单位和授权。",
            en="The superior is not changed here: use “Move”, which takes care of the units below and the grants.",
        )


def check_team(row: Registered, before: Values, after: Values) -> None:
    was, now = before.get("status", Team.Status.AVAILABLE), after["status"]
    if was != now and Team.Status.ASSIGNED in (was, now):
        raise GuardRefused(
            zh="队伍是否出动由调派决定：请先在处置中派出或归队。",
            en="Whether a team is assigned follows from the response: assign or release it there.",
        )


def check_lot(row: Registered, before: Values, after: Values) -> None:
    if isinstance(row, StockLot) and row.quantity < row.reserved:
        raise GuardRefused(
            zh=f"数量 {row.quantity} 少于已调拨的 {row.reserved}。请先在处置中归还。",
            en=f"The quantity {row.quantity} is less than the {row.reserved} promised to responses.",
        )


def check_contact_way(row: Registered, before: Values, after: Values) -> None:
    if after["person"] is None and after["post"] is None:
        raise GuardRefused(
            zh="联系方式要属于某个人员或岗位。请填写其中一项。",
            en="A contact way belongs to a person or a post. Name one of them.",
        )


def check_team_review(row: Registered, before: Values, after: Values) -> None:
    if isinstance(row, TeamReview):
        members = TeamMember.objects.filter(team=row.team_id, left_on__isnull=True, retired_at__isnull=True)
        refuse_own(row.reviewer_id, row.team.leader_id, list(members.values_list("person", flat=True)))


def check_opening_exception(row: Registered, before: Values, after: Values) -> None:
    spans_of_day(after["hours"] or "")
    if after["last_on"] is not None and after["last_on"] < after["first_on"]:
        raise GuardRefused(
            zh=f"截止日（{after['last_on']}）早于起始日（{after['first_on']}）。请改正，只有一天时截止日留空。",
            en=f"The last day ({after['last_on']}) comes before the first ({after['first_on']}). Correct that; leave "
            "it empty for one day.",
        )


def check_beds(row: Registered, before: Values, after: Values) -> None:
    if after["free"] is not None and after["free"] > after["beds"]:
        raise GuardRefused(
            zh=f"空床 {after['free']} 多于床位 {after['beds']}。请核对后改正。",
            en=f"There cannot be {after['free']} free of {after['beds']} beds. Check the figures and correct them.",
        )
    if after["free"] is not None and after["free_at"] is None:
        raise GuardRefused(
            zh="请写明空床是什么时间的情况：没有时间的空床数谁也不能相信。",
            en="Say as of when so many beds are free: nobody can rely on a figure without its time.",
        )


GUARDS: Mapping[str, Callable[[Registered, Values, Values], None]] = {
    "organisation": check_organisation,
    "team": check_team,
    "lot": check_lot,
    "contact_way": check_contact_way,
    "team_review": check_team_review,
    "opening_exception": check_opening_exception,
    "bed_capacity": check_beds,
}
