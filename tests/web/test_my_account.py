"""My account: sessions, factors, keys, lending. And the accounts as an administrator sees them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.web.conftest import PASSWORD, client_of, user_with
from tests.web.test_signing import SECRET, by_password, is_in
from youbei.actions import clock
from youbei.actions.factors import add_app, remove_app, reset_factors
from youbei.actions.keys import user_for_token
from youbei.actions.sessions import SEEN
from youbei.engine.access import Permission, Role
from youbei.engine.one_time import code_of, step_at
from youbei.records.models import ApiToken, FactorRule, Grant, Organisation, SignIn, User

pytestmark = pytest.mark.django_db


def signed_in(agent: str = "Firefox on Linux", address: str = "10.0.0.1") -> Client:
    browser = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    by_password(browser)
    return browser


def test_each_session_is_shown_with_device_and_address_and_the_present_one_is_marked(officer: User) -> None:
    here, there = signed_in(), signed_in("Mozilla Chrome Safari Windows", "10.0.0.2")
    page = here.get("/me/").content.decode()
    assert page.index("Firefox · Linux") < page.index("Chrome · Windows")
    assert page.count("this one") == 1
    assert "10.0.0.2" in page
    assert is_in(there)


def test_one_session_or_all_others_are_ended(officer: User) -> None:
    here, there, third = signed_in(), signed_in(), signed_in()
    row = SignIn.objects.get(session_key=there.session.session_key)
    here.post(f"/me/sessions/{row.pk}/end/")
    assert (is_in(here), is_in(there), is_in(third)) == (True, False, True)
    here.post("/me/sessions/end-others/")
    assert (is_in(here), is_in(third)) == (True, False)
    assert set(SignIn.objects.exclude(ended_at=None).values_list("end", flat=True)) == {"ended_here"}


def test_nobody_ends_the_session_of_another(officer: User, stranger: User) -> None:
    here = signed_in()
    row = SignIn.objects.get()
    assert client_of(stranger).post(f"/me/sessions/{row.pk}/end/").status_code == 404
    assert is_in(here)


def test_a_session_is_noted_as_seen_at_most_once_a_minute(officer: User) -> None:
    here = signed_in()
    SEEN.clear()
    SignIn.objects.update(last_seen_at=clock.now() - timedelta(hours=1))
    here.get("/me/")
    first = SignIn.objects.get().last_seen_at
    assert clock.now() - first < timedelta(minutes=1)
    here.get("/me/")
    assert SignIn.objects.get().last_seen_at == first


def test_a_changed_password_ends_every_other_session(officer: User) -> None:
    here, there = signed_in(), signed_in()
    new = "another-long-sentence"
    assert here.post("/me/password/", {"password": new, "again": new}).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert "this one" in here.get("/me/").content.decode()


def test_a_changed_factor_ends_every_other_session_and_a_reset_one_all(officer: User, town: Organisation) -> None:
    here, there = signed_in(), signed_in()
    code = code_of(SECRET, step_at(clock.now()))
    add_app(by=officer, now=clock.now(), secret=SECRET, code=code, present=here.session.session_key or "")
    assert is_in(here)
    assert not is_in(there)
    admin = user_with(Role.ADMINISTRATOR, town, name="chief", language="en")
    reset_factors(by=admin, now=clock.now(), user=officer)
    assert not is_in(here)
    assert set(SignIn.objects.filter(user=officer).values_list("end", flat=True)) == {SignIn.End.FACTOR_CHANGED}
    again = signed_in()
    remove_app(by=officer, now=clock.now())
    assert is_in(again), "there was nothing to remove"


def test_what_opens_the_account_is_changed_only_after_showing_who_one_is(officer: User) -> None:
    here = client_of(officer)
    assert here.get("/me/factors/app/")["Location"] == "/me/confirm/?next=%2Fme%2Ffactors%2Fapp%2F"
    assert here.post("/me/confirm/", {"secret": "wrong", "next": "/me/factors/app/"}).status_code == 422
    assert here.get("/me/factors/app/").status_code == 302
    done = here.post("/me/confirm/", {"secret": PASSWORD, "next": "/me/factors/app/"})
    assert done["Location"] == "/me/factors/app/"
    page = here.get("/me/factors/app/").content.decode()
    assert "<svg" in page
    assert re.search(r"[A-Z2-7]{4}( [A-Z2-7]{4}){7}", page)


def test_a_key_is_made_with_a_scope_and_shown_once(officer: User, town: Organisation) -> None:
    here = signed_in()
    given = {"label": "每晚报表", "permissions": ["see"], "organisation": "haizhou", "lasts": "7"}
    made = here.post("/me/keys/new/", given).content.decode()
    plain = re.search(r"yb_[\w-]+", made)
    assert plain is not None
    assert plain.group() not in here.get("/me/").content.decode()
    user = user_for_token(plain.group(), clock.now())
    assert user is not None
    assert user.may(Permission.SEE, town.path)
    assert not user.may(Permission.MANAGE_ACCESS, town.path)
    here.post(f"/me/keys/{ApiToken.objects.get().pk}/remove/")
    assert user_for_token(plain.group(), clock.now()) is None


def test_a_key_is_not_made_for_more_than_one_may(town: Organisation) -> None:
    user_with(Role.OBSERVER, town, name="onlooker")
    browser = Client()
    by_password(browser, "onlooker")
    given = {"label": "x", "permissions": ["see", "edit_plan"], "organisation": "", "lasts": "0"}
    assert browser.post("/me/keys/new/", given).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_role_is_lent_and_both_sides_see_it_and_may_end_it(officer: User, town: Organisation) -> None:
    stand_in = user_with(Role.OBSERVER, town, name="zhao")
    here = client_of(officer)
    now = clock.now()
    given = {
        "grants": [Grant.objects.get(user=officer).pk],
        "to": "zhao",
        "organisation": "",
        "starts_at": (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (now + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"),
        "reason": "年休假",
    }
    assert here.post("/me/lend/", given).status_code == 302
    assert "zhao stands in for me" in here.get("/me/").content.decode()
    there = client_of(stand_in)
    assert "I stand in for officer" in there.get("/me/").content.decode()
    lent = Grant.objects.get(user=stand_in, delegated_by=officer)
    assert there.post(f"/me/lent/{lent.pk}/end/").status_code == 302
    assert "I stand in for officer" not in there.get("/me/").content.decode()


def test_lending_to_an_unknown_account_is_refused_and_what_was_typed_stays(officer: User) -> None:
    now = clock.now()
    given = {
        "grants": [Grant.objects.get(user=officer).pk],
        "to": "nobody",
        "starts_at": now.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (now + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"),
        "reason": "leave of absence",
    }
    answer = client_of(officer).post("/me/lend/", given)
    assert answer.status_code == 409
    assert "leave of absence" in answer.content.decode()


def test_an_administrator_makes_an_account_and_its_holder_comes_in(officer: User, town: Organisation) -> None:
    admin = client_of(officer)
    made = admin.post(
        "/accounts/new/", {"username": "qian", "organisation": "haizhou", "role": "observer", "language": "en"}
    )
    user = User.objects.get(username="qian")
    assert made["Location"] == f"/accounts/{user.pk}/"
    assert not user.has_usable_password()
    page = admin.post(f"/accounts/{user.pk}/link/").content.decode()
    link = re.search(r"http://testserver(/set-password/[^<]+)", page)
    assert link is not None
    assert link.group(1) not in admin.get(f"/accounts/{user.pk}/").content.decode()
    holder = Client()
    holder.post(link.group(1), {"password": "a-long-sentence", "again": "a-long-sentence"})
    assert is_in(holder)
    shown = admin.get(f"/accounts/{user.pk}/").content.decode()
    assert "Observer · Haizhou City" in shown
    admin.post(f"/accounts/{user.pk}/sessions/end/")
    assert not is_in(holder)


def test_a_conflicting_role_is_shown_and_needs_a_reason(officer: User, town: Organisation) -> None:
    keeper = user_with(Role.RESOURCE_KEEPER, town, name="keeper")
    admin, address = client_of(officer), f"/accounts/{keeper.pk}/grants/give/"
    given = {"role": "inspector", "organisation": "haizhou", "reason": ""}
    refused = admin.post(address, given)
    assert refused.status_code == 409
    assert "both keep the store and count" in refused.content.decode()
    assert admin.post(address, {**given, "reason": "only one on the island"}).status_code == 302
    assert "only one on the island" in admin.get(f"/accounts/{keeper.pk}/").content.decode()


def test_an_account_elsewhere_is_not_there(officer: User, town: Organisation) -> None:
    other = Organisation.objects.create(code="other", kind="government", name_zh="别处", path="/999/")
    stranger = user_with(Role.ADMINISTRATOR, other, name="elsewhere")
    User.objects.filter(pk=stranger.pk).update(organisation=other, org_path=other.path)
    admin = client_of(officer)
    assert admin.get(f"/accounts/{stranger.pk}/").status_code == 404
    assert "elsewhere" not in admin.get("/accounts/").content.decode()
    for act in ("link", "unlock", "sessions/end", "deactivate", "factors/reset", "grants/give"):
        assert admin.post(f"/accounts/{stranger.pk}/{act}/").status_code == 404, act


def test_rules_on_second_factors_are_made_and_removed(officer: User) -> None:
    admin = client_of(officer)
    assert admin.post("/accounts/rules/add/", {"role": "administrator", "organisation": "haizhou"}).status_code == 302
    rule = FactorRule.objects.get()
    assert "Administrator" in admin.get("/accounts/rules/").content.decode()
    assert "missing" in admin.get("/accounts/").content.decode()
    admin.post(f"/accounts/rules/{rule.pk}/remove/")
    assert not FactorRule.objects.exists()
