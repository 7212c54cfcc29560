"""Periodic tests of equipment: when the next is due, and what that means for using it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class TestState(StrEnum):
    """How it stands with the test of a lot."""

    __test__ = False

    FAILED = "failed"
    OVERDUE = "overdue"
    DUE = "due"
    FINE = "fine"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Tested:
    """Equipment that is tested every `interval`: its last test and result, or since when it is kept."""

    __test__ = False

    lot: str
    interval: timedelta
    last_on: date | None = None
    passed: bool = True
    since: date | None = None
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Due:
    lot: str
    due_on: date
    state: TestState


def due(tested: Tested, *, on: date, ahead: timedelta = timedelta(days=30)) -> Due:
    """Say when the next test is due: what the last test said, else an interval after it, else after it was received.

    What has never been tested and nobody knows since when it is kept is due at once. What failed stays failed until a
    test is passed.
    """
    if tested.last_on is not None and not tested.passed:
        return Due(tested.lot, tested.last_on, TestState.FAILED)
    start = tested.last_on or tested.since
    if tested.next_on is None and start is None:
        return Due(tested.lot, on, TestState.NEVER)
    due_on = tested.next_on or (start or on) + tested.interval
    if on > due_on:
        return Due(tested.lot, due_on, TestState.OVERDUE)
    return Due(tested.lot, due_on, TestState.DUE if on + ahead >= due_on else TestState.FINE)


def all_due(equipment: Iterable[Tested], *, on: date, ahead: timedelta = timedelta(days=30)) -> list[Due]:
    """Return what is not fine, the longest overdue first."""
    found = (due(tested, on=on, ahead=ahead) for tested in equipment)
    return sorted((one for one in found if one.state is not TestState.FINE), key=lambda one: (one.due_on, one.lot))
