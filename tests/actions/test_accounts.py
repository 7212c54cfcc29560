"""Accounts, grants, keys and the registers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.actions.town import Town
from youbei.actions import access, keys, stores
from youbei.actions.permit import require
from youbei.actions.registers import people as registers
from youbei.actions.stock import verbs
from youbei.engine.access import Permission, Role
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.places import Point
from youbei.engine.stock.ledger import NotEnough
from youbei.records.log import export_lines, read_stream, verify_log
from youbei.records.models import Grant, Organisation, PostHolding, Team, TeamCapability, User


def test_a_stranger_is_told_there_is_nothing_and_an_observer_that_it_is_not_allowed(town: Town) -> None:
    with pytest.raises(NotFound):
        require(town.users["stranger"], Permission.SEE, town.bureau.path)
    with pytest.raises(NotAllowed):
        require(town.users["observer"], Permission.REPORT_INCIDENT, town.bureau.path)
    require(town.users["observer"], Permission.SEE, town.plant.path)


def test_a_unit_lies_below_its_parent_in_the_tree(town: Town) -> None:
    assert town.plant.path == f"{town.park.path}{town.plant.pk}/"
    assert set(Organisation.objects.under(town.park.path)) == {town.park, town.plant}


def test_everything_entered_stands_in_the_log_without_personal_data(town: Town) -> None:
    lines = list(export_lines())
    assert not list(verify_log())
    text = str(lines)
    assert "town-plant" in text
    for personal in ("吴大有", "wu@example.org", "Wu"):
        assert personal not in text
    assert [event.kind for event in read_stream(f"register:team:{town.teams[0].pk}")] == ["record.created"]


def test_a_code_is_registered_once(town: Town, now: datetime) -> None:
    with pytest.raises(registers.RegisterRefused, match="already registered"):
        registers.create_organisation(
            by=town.users["admin"], now=now, code="town-park", kind="park", name_zh="又一个", parent=town.city
        )
    with pytest.raises(registers.RegisterRefused, match="lower-case"):
        registers.create_organisation(
            by=town.users["admin"], now=now, code="Town Park", kind="park", name_zh="又一个", parent=town.city
        )


def test_a_new_holder_takes_the_post_from_the_old_one(town: Town, now: datetime) -> None:
    registers.hold_post(by=town.users["admin"], now=now, post=town.director_post, person=town.officer, starts_at=now)
    open_ended = PostHolding.objects.get(post=town.director_post, ends_at__isnull=True)
    assert open_ended.person == town.officer
    assert PostHolding.objects.get(post=town.director_post, person=town.director).ends_at == now


def test_an_office_takes_no_shifts(town: Town, now: datetime) -> None:
    with pytest.raises(registers.RegisterRefused, match="not a duty post"):
        registers.create_shift(
            by=None,
            now=now,
            post=town.director_post,
            person=town.officer,
            starts_at=now,
            ends_at=now + timedelta(hours=8),
        )


def test_a_keeper_keeps_resources_and_not_people(town: Town, now: datetime) -> None:
    keeper = town.users["keeper"]
    stores.set_team_status(by=keeper, now=now, team=town.teams[0], status="out_of_service", note="检修")
    assert not TeamCapability.objects.get(team=town.teams[0]).is_available
    with pytest.raises(NotAllowed):
        registers.create_person(by=keeper, now=now, organisation=town.bureau, code="new", name_zh="新人")
    with pytest.raises(registers.RegisterRefused, match="follows from the response"):
        stores.set_team_status(by=keeper, now=now, team=town.teams[1], status=Team.Status.ASSIGNED)


def test_a_position_off_the_earth_is_refused(town: Town, now: datetime) -> None:
    with pytest.raises(registers.RegisterRefused, match="not on Earth"):
        stores.create_site(
            by=None, now=now, organisation=town.city, code="x", kind="store", name_zh="库", point=Point(121.4, 37.5)
        )


def test_a_count_below_what_is_promised_is_refused(town: Town, now: datetime) -> None:
    lot = town.lots[0].pk
    verbs.reserve(by=None, now=now, lot=lot, quantity=Decimal(4), holder="run:1/a1")
    with pytest.raises(NotEnough):
        verbs.count(by=town.users["keeper"], now=now, lot=lot, counted=Decimal(3))
    verbs.count(by=town.users["keeper"], now=now, lot=lot, counted=Decimal(4))
    town.lots[0].refresh_from_db()
    assert town.lots[0].quantity == 4


def test_a_grant_ends_and_is_logged(town: Town, now: datetime) -> None:
    admin, user = town.users["admin"], town.users["observer"]
    grant = access.give_grant(by=admin, now=now, user=user, role=Role.PLANNER, organisation=town.park)
    assert user.may(Permission.EDIT_PLAN, town.plant.path)
    access.end_grant(by=admin, now=now, grant=grant)
    access.end_grant(by=admin, now=now + timedelta(hours=1), grant=grant)
    assert not User.objects.get(pk=user.pk).may(Permission.EDIT_PLAN, town.plant.path)
    kinds = [event.kind for event in read_stream(f"register:user:{user.pk}")]
    assert kinds == ["record.created", "grant.given", "grant.given", "grant.ended"]


def test_nobody_gives_more_than_they_have(town: Town, now: datetime) -> None:
    with pytest.raises(NotFound):
        access.give_grant(
            by=town.users["stranger"],
            now=now,
            user=town.users["stranger"],
            role=Role.ADMINISTRATOR,
            organisation=town.city,
        )
    with pytest.raises(NotAllowed):
        access.give_grant(
            by=town.users["director"],
            now=now,
            user=town.users["director"],
            role=Role.ADMINISTRATOR,
            organisation=town.city,
        )
    assert Grant.objects.filter(role=Role.ADMINISTRATOR.value, org_path=town.city.path).count() == 1


def test_an_account_needs_a_name_of_its_own_and_a_decent_password(town: Town, now: datetime) -> None:
    with pytest.raises(access.AccountRefused, match="taken"):
        access.create_user(by=None, now=now, username="Director")
    with pytest.raises(access.AccountRefused, match="cannot be used"):
        access.create_user(by=None, now=now, username="王 五")
    with pytest.raises(access.AccountRefused, match="too short"):
        access.create_user(by=None, now=now, username="li", password="12345")
    user = access.create_user(by=None, now=now, username="li", password="a-long-sentence-of-mine")
    assert user.check_password("a-long-sentence-of-mine")
    access.set_password(by=user, now=now, user=user, password="another-long-sentence")
    with pytest.raises(NotFound):
        access.set_password(by=town.users["stranger"], now=now, user=town.users["director"], password="i-take-over-now")


def test_a_key_opens_until_it_expires_and_is_kept_only_as_a_digest(town: Town, now: datetime) -> None:
    user = town.users["officer"]
    token, plain = keys.create_token(by=user, now=now, user=user, label="值班大屏", expires_at=now + timedelta(days=1))
    assert plain not in str(vars(token))
    assert keys.user_for_token(plain, now) == user
    assert keys.user_for_token(plain + "x", now) is None
    assert keys.user_for_token(plain, now + timedelta(days=1)) is None
    token.refresh_from_db()
    assert token.last_used_at == now
    with pytest.raises(NotFound):
        keys.create_token(by=town.users["admin"], now=now, user=user, label="not mine")
    keys.remove_token(by=user, now=now, token=token)
    assert keys.user_for_token(plain, now) is None
