"""By when the next thing is to be done about a finding, and to whom it climbs when it is late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from youbei.engine.due import DueKind, Step, steps, steps_due
from youbei.engine.findings.kinds import FindingSeverity
from youbei.engine.findings.life import Course, State
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Patience:
    """How many days are given to settle a cure, to judge one that is reported, and to retest one that is accepted."""

    settle: int
    judge: int
    retest: int


# Source: SAWS Order 16 (2008), art. 23: the authority reviews on site within ten days.
# Assumption: a retest of a plan within 30 days for what is major, 90 otherwise; a cure settled within 3, 10, 30 days.
PATIENCE: Mapping[FindingSeverity, Patience] = {
    FindingSeverity.MAJOR: Patience(settle=3, judge=10, retest=30),
    FindingSeverity.GENERAL: Patience(settle=10, judge=10, retest=90),
    FindingSeverity.ADVICE: Patience(settle=30, judge=30, retest=180),
}
# Assumption: what is major climbs every other day from the first day on, the rest by the week; advice climbs once.
CLOCKS: Mapping[FindingSeverity, DueKind] = {
    FindingSeverity.MAJOR: DueKind("finding", "", "", Text("重大问题整改", "major findings"), (7, 3, 1), 1, (1, 3, 5)),
    FindingSeverity.GENERAL: DueKind("finding", "", "", Text("问题整改", "findings"), (7, 1), 1, (3, 10, 17)),
    FindingSeverity.ADVICE: DueKind("finding", "", "", Text("改进建议", "advice"), (7,), 1, (14,)),
}


def deadline(course: Course, severity: FindingSeverity, *, since: date, next_due_on: date | None) -> date | None:
    """Return the day by which the next act is due, None where none is.

    `since` is the day of the last move, `next_due_on` the next day that the settlement names: that of what is tolerated
    is the day on which it is looked at again.
    """
    patience = PATIENCE[severity]
    if course.state is State.OPEN:
        return since + timedelta(days=patience.settle)
    if course.state in (State.SETTLED, State.TOLERATED):
        return next_due_on
    if course.state in (State.RECTIFIED, State.EXPLAINED):
        return since + timedelta(days=patience.judge)
    if course.state is State.ACCEPTED and course.needs_retest:
        return since + timedelta(days=patience.retest)
    return None


def told_now(severity: FindingSeverity, due_on: date, levels: int, *, taken: Iterable[str], today: date) -> list[Step]:
    """Return the steps to take today about a deadline; those taken before are not taken again."""
    return steps_due(CLOCKS[severity], due_on, levels, taken=taken, today=today)


def next_step_on(severity: FindingSeverity, due_on: date, levels: int, *, taken: Iterable[str]) -> date | None:
    """Return the day of the next step that was not taken yet, None where all were."""
    known = frozenset(taken)
    return next((step.on for step in steps(CLOCKS[severity], due_on, levels) if step.key not in known), None)
