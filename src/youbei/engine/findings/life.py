"""The life of a finding as data: which act leads from which state to which, and who may not do it.

Laws, held by property tests: a finding is `verified` only by a retest that passed; whoever cured, or stands in for one
who did, never accepts; what is closed stays closed until it is reopened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from youbei.engine.duties_apart import Duty, refuse_same
from youbei.engine.errors import Refused
from youbei.engine.text import Text


class State(StrEnum):
    """Where a finding stands. `accepted` of one that must be retested is not the end: only `verified` is."""

    OPEN = "open"
    SETTLED = "settled"
    RECTIFIED = "rectified"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    TOLERATED = "tolerated"
    VERIFIED = "verified"
    DROPPED = "dropped"


class Act(StrEnum):
    SETTLE = "settle"
    EXPLAIN = "explain"
    STAGE = "stage"
    RECTIFY = "rectify"
    ACCEPT = "accept"
    SEND_BACK = "send_back"
    PASS_RETEST = "pass_retest"  # noqa: S105 - an act, no password
    FAIL_RETEST = "fail_retest"
    DROP = "drop"
    REOPEN = "reopen"


MOVES: Mapping[tuple[State, Act], State] = {
    (State.OPEN, Act.SETTLE): State.SETTLED,
    (State.SETTLED, Act.SETTLE): State.SETTLED,
    (State.OPEN, Act.EXPLAIN): State.EXPLAINED,
    (State.SETTLED, Act.EXPLAIN): State.EXPLAINED,
    (State.SETTLED, Act.STAGE): State.SETTLED,
    (State.SETTLED, Act.RECTIFY): State.RECTIFIED,
    (State.RECTIFIED, Act.ACCEPT): State.ACCEPTED,
    (State.RECTIFIED, Act.SEND_BACK): State.SETTLED,
    (State.EXPLAINED, Act.ACCEPT): State.TOLERATED,
    (State.EXPLAINED, Act.SEND_BACK): State.OPEN,
    (State.ACCEPTED, Act.PASS_RETEST): State.VERIFIED,
    (State.ACCEPTED, Act.FAIL_RETEST): State.OPEN,
    (State.OPEN, Act.DROP): State.DROPPED,
    (State.SETTLED, Act.DROP): State.DROPPED,
    (State.ACCEPTED, Act.REOPEN): State.OPEN,
    (State.VERIFIED, Act.REOPEN): State.OPEN,
    (State.TOLERATED, Act.REOPEN): State.OPEN,
    (State.DROPPED, Act.REOPEN): State.OPEN,
}
STATE_NAMES: Mapping[State, Text] = {
    State.OPEN: Text("待落实整改", "open"),
    State.SETTLED: Text("整改中", "being cured"),
    State.RECTIFIED: Text("待验收", "waiting for acceptance"),
    State.EXPLAINED: Text("说明待认可", "explanation to be judged"),
    State.ACCEPTED: Text("已验收", "accepted"),
    State.TOLERATED: Text("列管（暂不整改）", "tolerated for now"),
    State.VERIFIED: Text("已复验核销", "verified"),
    State.DROPPED: Text("已撤销", "withdrawn"),
}
ACT_NAMES: Mapping[Act, Text] = {
    Act.SETTLE: Text("落实整改", "settle the cure"),
    Act.EXPLAIN: Text("说明暂不能整改", "explain why not now"),
    Act.STAGE: Text("报阶段完成", "report a stage"),
    Act.RECTIFY: Text("报整改完成", "report the cure"),
    Act.ACCEPT: Text("验收通过", "accept"),
    Act.SEND_BACK: Text("退回", "send back"),
    Act.PASS_RETEST: Text("复验通过", "pass the retest"),
    Act.FAIL_RETEST: Text("复验未通过", "fail the retest"),
    Act.DROP: Text("撤销", "withdraw"),
    Act.REOPEN: Text("重新打开", "reopen"),
}
# The acts by which somebody becomes a doer, and those that a doer may not do.
DOING = frozenset({Act.SETTLE, Act.EXPLAIN, Act.STAGE, Act.RECTIFY})
JUDGING = frozenset({Act.ACCEPT, Act.SEND_BACK, Act.PASS_RETEST, Act.FAIL_RETEST, Act.DROP})


class NoSuchMove(Refused):
    """Refuse an act that does not belong to the state in which a finding is."""


@dataclass(frozen=True, slots=True)
class Course:
    """How far a finding has come, and the ids of those who had a hand in its cure since it was last open."""

    state: State = State.OPEN
    needs_retest: bool = False
    doers: frozenset[str] = frozenset()

    @property
    def is_closed(self) -> bool:
        """Say whether nothing more is to be done; what is tolerated is looked at again on its day."""
        if self.state is State.ACCEPTED:
            return not self.needs_retest
        return self.state in (State.VERIFIED, State.TOLERATED, State.DROPPED)

    @property
    def acts(self) -> frozenset[Act]:
        """Return what can be done in this state."""
        found = {act for state, act in MOVES if state is self.state}
        return frozenset(found if self.needs_retest else found - {Act.PASS_RETEST, Act.FAIL_RETEST})


def move(course: Course, act: Act, *, by: str, acting_for: Collection[str] = ()) -> Course:
    """Return the course after an act of `by`; `acting_for` are the ids that the act may also carry.

    Raises:
        NoSuchMove: the act does not belong to this state.
        SamePerson: somebody would judge what they, or whom they stand in for, did.
    """
    if act not in course.acts:
        present, said = STATE_NAMES[course.state], ACT_NAMES[act]
        raise NoSuchMove(
            zh=f"该问题现为“{present.zh}”，不能“{said.zh}”。请刷新页面，按现状办理。",
            en=f"This finding is {present.en}: one cannot {said.en} now. Reload the page and go on from there.",
        )
    if act in JUDGING:
        refuse_same(Duty.REVIEW, [(Duty.RECTIFY, one) for one in sorted(course.doers)], by, acting_for=acting_for)
    state = MOVES[course.state, act]
    doers = course.doers
    if act in DOING:
        doers = doers | {by, *acting_for}
    elif state is State.OPEN:
        doers = frozenset()
    return replace(course, state=state, doers=doers)
