"""Who is reminded when, and to whom it climbs: the same whichever way time is cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.campaigns import NoticeKind, Schedule, UnitState, next_notice_at, notices, notices_due, state_of

OPENS = datetime(2026, 11, 1, tzinfo=UTC)
SCHEDULE = Schedule(OPENS, OPENS + timedelta(days=14))


def test_a_unit_is_invited_reminded_and_then_it_climbs_level_by_level() -> None:
    found = notices(SCHEDULE, 2)
    assert [(notice.kind.value, notice.level, (notice.at - OPENS).days) for notice in found] == [
        ("invite", 0, 0),
        ("remind", 0, 7),
        ("remind", 0, 13),
        ("remind", 0, 15),
        ("climb", 1, 16),
        ("climb", 2, 18),
    ]


def test_a_short_campaign_reminds_of_nothing_before_it_opens() -> None:
    short = Schedule(OPENS, OPENS + timedelta(days=2))
    assert [notice.kind for notice in notices(short, 0)] == [NoticeKind.INVITE, NoticeKind.REMIND, NoticeKind.REMIND]


@given(st.lists(st.integers(0, 40 * 24), max_size=30), st.integers(0, 4))
def test_however_time_is_cut_the_same_notices_go_out(hours: list[int], levels: int) -> None:
    end = OPENS + timedelta(days=41)
    sent: list[str] = []
    for hour in sorted(hours):
        due = notices_due(SCHEDULE, levels, sent=sent, now=OPENS + timedelta(hours=hour))
        sent += [notice.key for notice in due]
        following = next_notice_at(SCHEDULE, levels, sent=sent)
        assert following is None or following > OPENS + timedelta(hours=hour)
    sent += [notice.key for notice in notices_due(SCHEDULE, levels, sent=sent, now=end)]
    assert sent == [notice.key for notice in notices(SCHEDULE, levels)]


def test_a_unit_stands_where_it_stands() -> None:
    def state(*, opened: bool = False, done: bool = False, answered: int = 0, late: bool = False) -> UnitState:
        at = OPENS if opened else None
        now = SCHEDULE.due_at if late else OPENS
        return state_of(
            opened_at=at,
            done_at=OPENS if done else None,
            answered=answered,
            is_revoked=False,
            due_at=SCHEDULE.due_at,
            now=now,
        )

    assert state() is UnitState.NOT_OPENED
    assert state(opened=True) is UnitState.OPENED
    assert state(opened=True, answered=1) is UnitState.IN_PART
    assert state(opened=True, answered=1, late=True) is UnitState.OVERDUE
    assert state(done=True, late=True) is UnitState.DONE
