"""Locks on signing in, one-time codes, recovery codes, accounts out of use: in the log, and who may do them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.actions.town import Town
from youbei.actions import access, accounts, factors, keys, lockouts
from youbei.actions.sessions import begin_session
from youbei.actions.stewards import BeyondYou
from youbei.engine.access import Permission, Role
from youbei.engine.errors import NotFound
from youbei.engine.one_time import code_of, step_at
from youbei.records.log import export_lines, read_stream
from youbei.records.models import FailedSignIn, OneTimeDevice, RecoveryCode, User
from youbei.records.reports.accounts import AccountFilter, account_page, has_factor, what_it_may

SECRET = b"a-secret-of-20-bytes"
ADDRESS = "10.1.2.3"


def kinds_of(user: User) -> list[str]:
    return [event.kind for event in read_stream(f"register:user:{user.pk}")]


def fail(name: str, now: datetime, times: int, address: str = ADDRESS) -> None:
    for _ in range(times):
        lockouts.note_failure(username=name, address=address, now=now)


def test_the_eighth_failure_locks_the_name_for_this_address_alone(town: Town, now: datetime) -> None:
    fail("Director ", now, 7)
    lockouts.refuse_locked(username="director", address=ADDRESS, now=now)
    fail("director", now, 1)
    with pytest.raises(lockouts.SignInLocked) as refused:
        lockouts.refuse_locked(username="DIRECTOR", address=ADDRESS, now=now + timedelta(minutes=4))
    assert "还有 11 分钟" in refused.value.text.zh
    assert "ask an administrator" in refused.value.text.en
    lockouts.refuse_locked(username="director", address="10.9.9.9", now=now)
    lockouts.refuse_locked(username="director", address=ADDRESS, now=now + lockouts.LOCKED_FOR)


def test_a_lock_stands_in_the_log_once_and_without_the_address(town: Town, now: datetime) -> None:
    fail("director", now, 12)
    assert kinds_of(town.users["director"]).count("account.locked") == 1
    assert ADDRESS not in str(list(export_lines()))


def test_after_a_lock_has_run_out_one_counts_anew(town: Town, now: datetime) -> None:
    fail("director", now, 8)
    later = now + lockouts.LOCKED_FOR
    fail("director", later, 7)
    lockouts.refuse_locked(username="director", address=ADDRESS, now=later)


def test_failures_for_names_that_are_no_accounts_lock_too_and_are_forgotten(town: Town, now: datetime) -> None:
    fail("no-such-name", now, 8)
    with pytest.raises(lockouts.SignInLocked):
        lockouts.refuse_locked(username="no-such-name", address=ADDRESS, now=now)
    fail("other", now + timedelta(days=2), 1)
    assert list(FailedSignIn.objects.values_list("username", flat=True)) == ["other"]


def test_an_administrator_of_all_its_units_lifts_a_lock(town: Town, now: datetime) -> None:
    fail("director", now, 8)
    with pytest.raises(NotFound):
        lockouts.lift_lock(by=town.users["stranger"], now=now, user=town.users["director"])
    assert lockouts.lift_lock(by=town.users["admin"], now=now, user=town.users["director"]) == 1
    lockouts.refuse_locked(username="director", address=ADDRESS, now=now)
    assert kinds_of(town.users["director"])[-1] == "account.unlocked"


def come_in(name: str, now: datetime, town: Town, address: str) -> None:
    begin_session(
        user=town.users[name], session_key=f"{name}{address}", address=address, agent="", method="password", now=now
    )


def test_one_password_for_many_names_is_stopped_without_keeping_out_who_is_at_home_there(
    town: Town, now: datetime
) -> None:
    come_in("director", now - timedelta(days=30), town, ADDRESS)
    for number in range(lockouts.FROM_ONE_ADDRESS - 1):
        fail(f"name{number}", now, 1)
    lockouts.refuse_locked(username="admin", address=ADDRESS, now=now)
    fail("one-more", now, 1)
    with pytest.raises(lockouts.ManyFailures) as refused:
        lockouts.refuse_locked(username="admin", address=ADDRESS, now=now)
    assert refused.value.status == 429
    lockouts.refuse_locked(username=" Director", address=ADDRESS, now=now)
    lockouts.refuse_locked(username="admin", address="10.9.9.9", now=now)
    lockouts.refuse_locked(username="admin", address=ADDRESS, now=now + lockouts.LOCKED_FOR)


def test_one_name_from_many_addresses_is_stopped_except_where_its_holder_signs_in(town: Town, now: datetime) -> None:
    come_in("director", now - timedelta(days=30), town, "10.8.8.8")
    come_in("admin", now - timedelta(days=200), town, "10.7.7.7")
    for number in range(lockouts.FOR_ONE_NAME // 5):
        fail("director", now, 5, address=f"192.0.2.{number}")
        fail("admin", now, 5, address=f"192.0.2.{number}")
    for name, address in (("director", "10.9.9.9"), ("admin", "10.7.7.7")):
        with pytest.raises(lockouts.ManyFailures):
            lockouts.refuse_locked(username=name, address=address, now=now)
    lockouts.refuse_locked(username="director", address="10.8.8.8", now=now)
    lockouts.refuse_locked(username="stranger", address="10.9.9.9", now=now)
    lockouts.lift_lock(by=town.users["admin"], now=now, user=town.users["director"])
    lockouts.refuse_locked(username="director", address="10.9.9.9", now=now)


def app_of(user: User, now: datetime) -> list[str]:
    return factors.add_app(by=user, now=now, secret=SECRET, code=code_of(SECRET, step_at(now)))


def test_an_app_is_taken_into_use_only_with_a_right_code_and_its_secret_is_not_readable(
    town: Town, now: datetime
) -> None:
    user = town.users["officer"]
    with pytest.raises(factors.FactorRefused, match="does not match"):
        factors.add_app(by=user, now=now, secret=SECRET, code="000000")
    codes = app_of(user, now)
    assert len(set(codes)) == 10
    kept = str(OneTimeDevice.objects.values().get(user=user)) + str(list(RecoveryCode.objects.values()))
    assert SECRET.decode() not in kept
    assert not any(code.replace("-", "") in kept for code in codes)
    assert kinds_of(user)[-2:] == ["factor.added", "factor.added"]


def test_a_code_of_the_app_counts_once(town: Town, now: datetime) -> None:
    user = town.users["officer"]
    app_of(user, now)
    assert factors.use_code(user=user, code=code_of(SECRET, step_at(now)), now=now) is None
    later = now + timedelta(seconds=30)
    code = code_of(SECRET, step_at(later))
    assert factors.use_code(user=user, code=f" {code[:3]} {code[3:]} ", now=later) == "app"
    assert factors.use_code(user=user, code=code, now=later) is None
    assert factors.use_code(user=town.users["director"], code=code, now=later) is None


def test_who_knows_the_password_does_not_guess_the_code_in_the_end(town: Town, now: datetime) -> None:
    """At 160 tries an hour a code of six digits would have been met in some months; a hundred a day end it."""
    user = town.users["director"]
    codes = factors.add_app(by=user, now=now, secret=SECRET, code=code_of(SECRET, step_at(now)))
    at = now
    for _ in range(lockouts.CODES_A_DAY):
        at += timedelta(minutes=1)
        assert factors.use_code(user=user, code=wrong_code(at), now=at) is None
    right = code_of(SECRET, step_at(at + timedelta(minutes=1)))
    with pytest.raises(lockouts.CodesGuessedAt, match="recovery code"):
        factors.use_code(user=user, code=right, now=at + timedelta(minutes=1))
    assert kinds_of(user).count("account.locked") == 1
    assert factors.use_code(user=user, code=codes[0], now=at) == "recovery"
    lockouts.lift_lock(by=town.users["admin"], now=at, user=user)
    assert factors.use_code(user=user, code=right, now=at + timedelta(minutes=1)) == "app"


def test_a_right_code_and_a_day_let_wrong_ones_be_forgotten(town: Town, now: datetime) -> None:
    user = town.users["director"]
    factors.add_app(by=user, now=now, secret=SECRET, code=code_of(SECRET, step_at(now)))
    for turn in range(2):
        at = now + timedelta(hours=1 + turn)
        for _ in range(lockouts.CODES_A_DAY - 1):
            factors.use_code(user=user, code=wrong_code(at), now=at)
        assert factors.use_code(user=user, code=code_of(SECRET, step_at(at)), now=at) == "app"
    for _ in range(lockouts.CODES_A_DAY):
        factors.use_code(user=user, code=wrong_code(at), now=at)
    tomorrow = at + lockouts.FORGOTTEN_AFTER
    assert factors.use_code(user=user, code=code_of(SECRET, step_at(tomorrow)), now=tomorrow) == "app"


def wrong_code(at: datetime) -> str:
    right = {code_of(SECRET, step_at(at) + drift) for drift in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)


def test_one_who_holds_a_network_of_addresses_is_one(town: Town, now: datetime) -> None:
    """Every subscriber of IPv6 has 2^64 of them; an address of the old sort in its new dress is the old one."""
    for number in range(lockouts.FAILURES):
        fail("director", now, 1, address=f"2001:db8:0:1::{number:x}")
    with pytest.raises(lockouts.SignInLocked):
        lockouts.refuse_locked(username="director", address="2001:db8:0:1:ffff::1", now=now)
    lockouts.refuse_locked(username="director", address="2001:db8:0:2::1", now=now)
    fail("officer", now, lockouts.FAILURES, address="::ffff:10.1.2.3")
    with pytest.raises(lockouts.SignInLocked):
        lockouts.refuse_locked(username="officer", address="10.1.2.3", now=now)


def test_a_recovery_code_counts_once_however_it_is_typed(town: Town, now: datetime) -> None:
    user = town.users["officer"]
    first, second, *_ = app_of(user, now)
    assert factors.use_code(user=town.users["director"], code=first, now=now) is None
    assert factors.use_code(user=user, code=first.lower().replace("0", "o").replace("1", "l"), now=now) == "recovery"
    assert factors.use_code(user=user, code=first, now=now) is None
    factors.renew_recovery_codes(by=user, now=now)
    assert factors.use_code(user=user, code=second, now=now) is None
    recovered = [event.data for event in read_stream(f"register:user:{user.pk}") if event.kind == "factor.recovered"]
    assert recovered == [{"user": f"user:{user.pk}", "left": 9}]


def test_who_must_have_a_factor_does_not_remove_the_last_one(town: Town, now: datetime) -> None:
    user = town.users["officer"]
    app_of(user, now)
    rule = factors.ask_for_factor(by=town.users["admin"], now=now, organisation=town.city, role=Role.DUTY_OFFICER)
    with pytest.raises(factors.FactorRefused, match="Add another one first"):
        factors.remove_app(by=user, now=now)
    factors.ask_no_more(by=town.users["admin"], now=now, rule=rule)
    factors.remove_app(by=user, now=now)
    assert not has_factor(user)
    assert not RecoveryCode.objects.filter(user=user).exists()


def test_a_lesser_administrator_neither_resets_nor_takes_over_a_greater_one(town: Town, now: datetime) -> None:
    local = access.create_user(by=None, now=now, username="local", grants=((Role.ADMINISTRATOR, town.fire),))
    access.give_grant(
        by=None, now=now, user=town.users["director"], role=Role.OBSERVER, organisation=town.fire
    )  # so that the local administrator sees the account at all
    for act in (
        lambda: factors.reset_factors(by=local, now=now, user=town.users["director"]),
        lambda: accounts.make_password_link(by=local, now=now, user=town.users["director"]),
        lambda: access.set_password(by=local, now=now, user=town.users["director"], password="mine-from-now-on"),
        lambda: accounts.deactivate(by=local, now=now, user=town.users["director"], reason="x"),
    ):
        with pytest.raises(BeyondYou):
            act()


def test_a_link_for_a_password_is_good_once_and_dies_with_the_account(town: Town, now: datetime) -> None:
    user = town.users["officer"]
    number, token = accounts.make_password_link(by=town.users["admin"], now=now, user=user)
    assert accounts.user_of_link(number, token) == user
    assert accounts.user_of_link(number, token[:-1] + "x") is None
    assert accounts.user_of_link("!!!", token) is None
    accounts.deactivate(by=town.users["admin"], now=now, user=user, reason="x")
    assert accounts.user_of_link(number, token) is None
    accounts.reactivate(by=town.users["admin"], now=now, user=user)
    access.set_password(by=user, now=now, user=user, password="a-sentence-of-my-own")
    assert accounts.user_of_link(number, token) is None


def test_an_account_out_of_use_opens_nothing(town: Town, now: datetime) -> None:
    user = town.users["officer"]
    _, plain = keys.create_token(by=None, now=now, user=user, label="x")
    accounts.deactivate(by=town.users["admin"], now=now, user=user, reason="退休")
    assert keys.user_for_token(plain, now) is None
    assert not User.objects.get(pk=user.pk).may(Permission.SEE, town.bureau.path)
    assert what_it_may(User.objects.get(pk=user.pk), now) == []
    with pytest.raises(accounts.OwnAccount):
        accounts.deactivate(by=town.users["admin"], now=now, user=town.users["admin"], reason="x")


def test_a_role_that_does_not_go_with_one_held_needs_a_reason(town: Town, now: datetime) -> None:
    admin, keeper = town.users["admin"], town.users["keeper"]
    given = {"by": admin, "now": now, "user": keeper, "role": Role.INSPECTOR, "organisation": town.fire}
    with pytest.raises(access.RolesInConflict, match="Resource keeper"):
        access.give_grant(**given)
    grant = access.give_grant(**given, reason="只有一人在岗")
    assert grant.reason == "只有一人在岗"
    assert list(read_stream(f"register:user:{keeper.pk}"))[-1].data["reason"] == "只有一人在岗"


def test_lists_of_accounts_show_ones_own_subtree_and_what_is_wrong_there(town: Town, now: datetime) -> None:
    def names(by: str, **narrow: str) -> set[str]:
        page = account_page(town.users[by], filters=AccountFilter(**narrow), now=now, cursor=None)
        return {line.user.username for line in page.rows}

    assert names("stranger") == {"stranger"}
    assert names("director") == set()
    assert names("admin") == set(town.users)
    app_of(town.users["officer"], now)
    assert names("admin", which="weak") == set(town.users) - {"officer"}
    assert names("admin", role="commander") == {"director"}
    User.objects.update(date_joined=now - timedelta(days=91))
    User.objects.filter(username="keeper").update(last_login=now)
    User.objects.filter(username="planner").update(date_joined=now)
    assert names("admin", which="away") == set(town.users) - {"keeper", "planner"}
    assert names("admin", text="nobody") == set()
    assert names("admin", text="周正") == {"officer"}


def test_a_limited_key_allows_neither_more_nor_elsewhere(town: Town, now: datetime) -> None:
    user = town.users["admin"]
    _, plain = keys.create_token(
        by=user, now=now, user=user, label="x", permissions=[Permission.SEE], organisation=town.park
    )
    program = keys.user_for_token(plain, now)
    assert program is not None
    assert program.may(Permission.SEE, town.plant.path)
    assert not program.may(Permission.SEE, town.city.path)
    assert not program.may(Permission.EDIT_RESOURCE, town.plant.path)
    assert program.paths_with(Permission.SEE) == [town.park.path]
    with pytest.raises(keys.KeyTooNarrow):
        keys.create_token(by=program, now=now, user=program, label="wider")
    with pytest.raises(keys.KeyRefused, match="at least one permission"):
        keys.create_token(by=user, now=now, user=user, label="none", permissions=[])
