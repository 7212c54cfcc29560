"""Lending grants while on leave: never longer, wider or further than one's own."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.town import Town, report_leak
from youbei.actions import access, accounts, incidents
from youbei.actions.actors import ids_of, label_of
from youbei.actions.delegations import DelegationRefused, delegate, end_delegation
from youbei.actions.permit import require
from youbei.engine.access import Permission, Role
from youbei.engine.duties_apart import Duty, SamePerson, refuse_same
from youbei.engine.errors import NotFound
from youbei.records.log import read_stream, verify_log
from youbei.records.models import Grant, LogEntry, User
from youbei.records.reports.accounts import borrowed_by, grants_of, lent_by

WEEK = timedelta(days=7)


def lend(town: Town, now: datetime, *, of: str = "director", to: str = "planner", **more: object) -> Grant:
    own = Grant.objects.get(user=town.users[of], delegated_from=None)
    given: dict[str, object] = {"starts_at": now, "ends_at": now + WEEK, "reason": "年休假"}
    return delegate(by=town.users[of], now=now, grant=own, to=town.users[to], **(given | more))  # type: ignore[arg-type]


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_stand_in_may_what_was_lent_and_the_holder_keeps_it(town: Town, now: datetime) -> None:
    assert not town.users["planner"].may(Permission.COMMAND_RUN, town.fire.path)
    lent = lend(town, now)
    assert fresh(town.users["planner"]).may(Permission.COMMAND_RUN, town.fire.path)
    assert fresh(town.users["director"]).may(Permission.COMMAND_RUN, town.fire.path)
    assert lent_by(town.users["director"], now) == borrowed_by(town.users["planner"], now) == [lent]
    kinds = [event.kind for event in read_stream(f"register:user:{town.users['planner'].pk}")]
    assert kinds[-1] == "grant.delegated"


def test_only_a_part_of_the_subtree_is_lent(town: Town, now: datetime) -> None:
    lend(town, now, organisation=town.park)
    stand_in = fresh(town.users["planner"])
    assert stand_in.may(Permission.COMMAND_RUN, town.plant.path)
    assert not stand_in.may(Permission.COMMAND_RUN, town.fire.path)


def test_nothing_is_lent_wider_or_longer_than_ones_own(town: Town, now: datetime) -> None:
    with pytest.raises(DelegationRefused, match="outside your grant"):
        lend(town, now, of="stranger", to="stranger", organisation=town.city)
    own = Grant.objects.get(user=town.users["director"])
    own.ends_at = now + timedelta(days=365)
    own.save()
    with pytest.raises(DelegationRefused, match="longer than your own"):
        lend(town, now, ends_at=now + timedelta(days=366))
    with pytest.raises(DelegationRefused, match="at most 92 days"):
        lend(town, now, ends_at=now + timedelta(days=93))
    with pytest.raises(DelegationRefused, match="end after it begins"):
        lend(town, now, ends_at=now)
    lend(town, now, ends_at=now + timedelta(days=92))


def test_what_was_lent_is_not_lent_on_and_carries_no_right_to_give_rights(town: Town, now: datetime) -> None:
    lent = lend(town, now, of="admin")
    stand_in = fresh(town.users["planner"])
    assert stand_in.may(Permission.COMMAND_RUN, town.city.path)
    assert not stand_in.may(Permission.MANAGE_ACCESS, town.city.path)
    with pytest.raises(DelegationRefused, match="lent on"):
        delegate(
            by=stand_in, now=now, grant=lent, to=town.users["officer"], starts_at=now, ends_at=now + WEEK, reason="x"
        )


def test_another_ones_grant_is_not_there(town: Town, now: datetime) -> None:
    own = Grant.objects.get(user=town.users["director"])
    with pytest.raises(NotFound):
        delegate(
            by=town.users["officer"],
            now=now,
            grant=own,
            to=town.users["planner"],
            starts_at=now,
            ends_at=now + WEEK,
            reason="x",
        )


def test_nobody_lends_to_an_account_that_they_may_not_know_of(town: Town, now: datetime) -> None:
    with pytest.raises(DelegationRefused, match="another account in use"):
        lend(town, now, of="stranger", to="planner")


def test_duties_are_kept_apart_when_lending(town: Town, now: datetime) -> None:
    inspector = access.create_user(by=None, now=now, username="wei", grants=((Role.INSPECTOR, town.bureau),))
    town.users["wei"] = inspector
    with pytest.raises(DelegationRefused, match="count"):
        lend(town, now, of="keeper", to="wei")


@pytest.mark.parametrize("who", ["director", "planner", "admin"])
def test_either_side_and_the_administrator_end_it_early(town: Town, now: datetime, who: str) -> None:
    lent = lend(town, now)
    later = now + timedelta(hours=1)
    end_delegation(by=town.users[who], now=later, grant=lent)
    lent.refresh_from_db()
    assert lent.ends_at == later
    assert not borrowed_by(town.users["planner"], later)
    with pytest.raises(NotFound):
        end_delegation(by=town.users["officer"], now=later, grant=lent)


def test_it_ends_with_the_grant_it_was_lent_from(town: Town, now: datetime) -> None:
    lent = lend(town, now)
    own = Grant.objects.get(user=town.users["director"], delegated_from=None)
    access.end_grant(by=town.users["admin"], now=now + timedelta(hours=1), grant=own)
    lent.refresh_from_db()
    assert lent.ends_at == now + timedelta(hours=1)


def test_it_rests_when_the_source_is_over_however_that_came_about(town: Town, now: datetime) -> None:
    lend(town, now)
    Grant.objects.filter(user=town.users["director"]).update(ends_at=now + timedelta(microseconds=1))
    stand_in = fresh(town.users["planner"])
    assert not stand_in.may(Permission.COMMAND_RUN, town.fire.path)
    assert {held.state for held in grants_of(stand_in, now + timedelta(hours=1))} == {"now", "asleep"}


def test_it_ends_when_the_holder_leaves_for_good(town: Town, now: datetime) -> None:
    lend(town, now)
    accounts.deactivate(
        by=town.users["admin"], now=now + timedelta(hours=1), user=town.users["director"], reason="调离"
    )
    assert not fresh(town.users["planner"]).may(Permission.COMMAND_RUN, town.fire.path)
    ended = [event for event in read_stream(f"register:user:{town.users['planner'].pk}") if event.kind == "grant.ended"]
    assert len(ended) == 1


def test_acts_of_a_stand_in_say_for_whom(town: Town, now: datetime) -> None:
    lend(town, now, of="officer")
    stand_in = fresh(town.users["planner"])
    leak = report_leak(town, now, by=stand_in)
    entry = LogEntry.objects.get(stream=leak.stream, seq=1)
    assert entry.by_id == f"user:{stand_in.pk}"
    assert entry.by_label == "预案编制员（代值班员） / Planner for Duty officer"
    incidents.close_incident(by=town.users["officer"], now=now, incident=leak, reason="误报")
    assert "（代" not in LogEntry.objects.filter(stream=leak.stream).latest("position").by_label
    assert not list(verify_log())


def test_what_one_may_oneself_is_not_done_for_another(town: Town, now: datetime) -> None:
    lend(town, now, of="director", to="officer")
    officer = fresh(town.users["officer"])
    require(officer, Permission.REPORT_INCIDENT, town.bureau.path)
    assert "代" not in label_of(officer, now)
    require(officer, Permission.COMMAND_RUN, town.bureau.path)
    assert "（代局长） / Duty officer for Director" in label_of(officer, now)


def test_a_stand_in_of_the_keeper_counts_as_the_keeper(town: Town, now: datetime) -> None:
    lend(town, now, of="keeper")
    stand_in = fresh(town.users["planner"])
    kept = [(Duty.KEEP, f"user:{town.users['keeper'].pk}")]
    with pytest.raises(SamePerson):
        refuse_same(Duty.COUNT, kept, f"user:{stand_in.pk}", acting_for=ids_of(stand_in))
    refuse_same(Duty.COUNT, kept, f"user:{town.users['officer'].pk}", acting_for=ids_of(town.users["officer"]))


@given(
    own=st.tuples(st.integers(0, 40), st.integers(1, 40)),
    asked=st.tuples(st.integers(-10, 60), st.integers(-10, 90)),
    look=st.integers(0, 90),
)
def test_whatever_is_asked_a_loan_never_holds_when_its_source_does_not(
    own: tuple[int, int], asked: tuple[int, int], look: int
) -> None:
    """The law of the periods alone, on the functions that refuse and say the state: no database is asked."""
    from youbei.actions.delegations import refuse_longer
    from youbei.records.reports.accounts import state_of

    start = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
    day = timedelta(days=1)
    giver = User(is_active=True)
    source = Grant(user=giver, starts_at=start + own[0] * day, ends_at=start + (own[0] + own[1]) * day)
    begins_at = max(start, start + asked[0] * day, source.starts_at)
    try:
        refuse_longer(source, begins_at, start + asked[1] * day)
    except DelegationRefused:
        return
    lent = Grant(delegated_from=source, delegated_by=giver, starts_at=begins_at, ends_at=start + asked[1] * day)
    now = start + look * day
    if state_of(lent, now) == "now":
        assert state_of(source, now) == "now"
