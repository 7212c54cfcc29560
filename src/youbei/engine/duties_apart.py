"""Duties that one person may not do on the same object: who keeps does not count, who rectifies does not review.

The caller says what has been done on the object so far, as (duty, person) pairs, and who wants to do what now. A person
is any stable id, such as `user:4`; the same human must be given the same one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from youbei.engine.access import Role
from youbei.engine.errors import Refused
from youbei.engine.text import Text


class Duty(StrEnum):
    """One part in handling an object: a lot of stock, a hidden danger, a request, a piece of equipment, a plan."""

    KEEP = "keep"
    MOVE = "move"
    COUNT = "count"
    STATE = "state"
    VERIFY = "verify"
    RECTIFY = "rectify"
    REVIEW = "review"
    REQUEST = "request"
    APPROVE = "approve"
    TEST = "test"
    ACCEPT = "accept"
    DRAFT = "draft"
    EXAMINE = "examine"
    GIVE_RIGHTS = "give_rights"
    AUDIT_RIGHTS = "audit_rights"


DUTY_NAMES: Mapping[Duty, Text] = {
    Duty.KEEP: Text("保管", "keep the store"),
    Duty.MOVE: Text("收发", "receive or issue"),
    Duty.COUNT: Text("盘点", "count"),
    Duty.STATE: Text("报数", "state the quantity"),
    Duty.VERIFY: Text("核实报数", "confirm or reject it"),
    Duty.RECTIFY: Text("整改", "rectify"),
    Duty.REVIEW: Text("复查", "review the rectification"),
    Duty.REQUEST: Text("申请", "request"),
    Duty.APPROVE: Text("审批", "approve"),
    Duty.TEST: Text("检测", "test"),
    Duty.ACCEPT: Text("验收", "accept"),
    Duty.DRAFT: Text("编制", "draft"),
    Duty.EXAMINE: Text("评审", "examine the draft"),
    Duty.GIVE_RIGHTS: Text("授权", "give rights"),
    Duty.AUDIT_RIGHTS: Text("督查授权", "audit who was given rights"),
}


@dataclass(frozen=True, slots=True)
class Apart:
    """Two duties that are kept apart on one object, and why."""

    one: Duty
    other: Duty
    why: Text

    def opposite(self, duty: Duty) -> Duty | None:
        """Return the duty that excludes this one, or None where the pair says nothing about it."""
        return {self.one: self.other, self.other: self.one}.get(duty)


# Source: 行政事业单位内部控制规范（试行）, 财会〔2012〕21号, art. 12 (1): posts that do not go together are separated.
# Assumption: the pairs themselves are the field's usual ones; the article asks each unit to name its own.
PAIRS: tuple[Apart, ...] = (
    Apart(
        Duty.KEEP,
        Duty.COUNT,
        Text("保管人自行盘点，短少无从发现", "a keeper who counts alone can hide what is missing"),
    ),
    Apart(
        Duty.MOVE,
        Duty.COUNT,
        Text("经手收发的人自行盘点，差错无从发现", "whoever moved the stock last would count their own mistakes"),
    ),
    Apart(
        Duty.STATE, Duty.VERIFY, Text("自己报的数须由他人核实", "nobody verifies the quantity they stated themselves")
    ),
    Apart(Duty.RECTIFY, Duty.REVIEW, Text("整改的人不能证明自己已整改到位", "nobody confirms their own rectification")),
    Apart(Duty.REQUEST, Duty.APPROVE, Text("申请的人不能审批自己的申请", "nobody approves their own request")),
    Apart(Duty.TEST, Duty.ACCEPT, Text("检测的人不能验收自己的检测结果", "nobody accepts what they tested themselves")),
    Apart(Duty.DRAFT, Duty.EXAMINE, Text("编制的人不能评审自己的文本", "nobody examines their own draft")),
    Apart(
        Duty.GIVE_RIGHTS,
        Duty.AUDIT_RIGHTS,
        Text("授权的人不能督查自己的授权", "whoever gives rights does not audit the giving"),
    ),
)

# Which duties a role is there for. Roles of which one holds the opposite of the other's duty are given together only
# with a reason: the single acts are still refused by `refuse_same`.
ROLE_DUTIES: Mapping[Role, frozenset[Duty]] = {
    Role.RESOURCE_KEEPER: frozenset({Duty.KEEP, Duty.MOVE, Duty.REQUEST, Duty.TEST}),
    Role.PLANNER: frozenset({Duty.DRAFT}),
    Role.COMMANDER: frozenset({Duty.APPROVE}),
    Role.INSPECTOR: frozenset({Duty.COUNT, Duty.REVIEW, Duty.ACCEPT, Duty.EXAMINE, Duty.AUDIT_RIGHTS}),
    Role.ADMINISTRATOR: frozenset({Duty.GIVE_RIGHTS}),
}


class SamePerson(Refused):
    """Refuse a duty to a person who has done, or stands in for someone who has done, its opposite on the object."""


def refuse_same(duty: Duty, done: Sequence[tuple[Duty, str]], person: str, *, acting_for: Collection[str] = ()) -> None:
    """Raise `SamePerson` where `person`, or one they act for, has done on this object what excludes `duty`.

    `done` are the duties done or held on the object, as (duty, id of the person); its order does not matter.
    """
    found = conflict(duty, done, {person, *acting_for})
    if found is None:
        return
    pair, before = found
    now, then = DUTY_NAMES[duty], DUTY_NAMES[before]
    raise SamePerson(
        zh=f"同一对象的“{now.zh}”与“{then.zh}”不能由同一人办理：{pair.why.zh}。请由其他人员办理“{now.zh}”。",
        en=f"The same person may not {now.en} and {then.en} on one object: {pair.why.en}. "
        f"Let somebody else {now.en} here.",
    )


def conflict(duty: Duty, done: Sequence[tuple[Duty, str]], persons: Collection[str]) -> tuple[Apart, Duty] | None:
    """Return the first pair that forbids these persons the duty, with the duty done before; None where none does."""
    for pair in PAIRS:
        opposite = pair.opposite(duty)
        if opposite is not None and any(one is opposite and who in persons for one, who in done):
            return pair, opposite
    return None


def roles_in_conflict(held: Collection[Role], new: Role) -> list[tuple[Role, Apart]]:
    """Return the roles held that do not go with a new one on the same subtree, each with the pair that says so."""
    found = []
    for role in sorted(set(held)):
        pair = first_pair(ROLE_DUTIES.get(role, frozenset()), ROLE_DUTIES.get(new, frozenset()))
        if pair is not None:
            found.append((role, pair))
    return found


def first_pair(ones: frozenset[Duty], others: frozenset[Duty]) -> Apart | None:
    for pair in PAIRS:
        if (pair.one in ones and pair.other in others) or (pair.one in others and pair.other in ones):
            return pair
    return None
