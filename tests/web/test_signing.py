"""Signing in, stage by stage, as a browser meets it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.web.conftest import PASSWORD, user_with
from youbei.actions import clock
from youbei.actions.accounts import make_password_link
from youbei.actions.factors import add_app, ask_for_factor
from youbei.engine.access import Role
from youbei.engine.one_time import code_of, step_at
from youbei.live.viewer import Credentials, find_viewer
from youbei.records.models import FailedSignIn, OneTimeDevice, Organisation, SignIn, User
from youbei.web.signing.stages import PENDING

pytestmark = pytest.mark.django_db
SECRET = b"a-secret-of-20-bytes"
EN = {"accept-language": "en"}


def with_app(user: User) -> list[str]:
    now = clock.now() - timedelta(minutes=5)
    return add_app(by=user, now=now, secret=SECRET, code=code_of(SECRET, step_at(now)))


def by_password(browser: Client, name: str = "officer", goal: str = "") -> str:
    answer = browser.post("/sign-in/", {"username": name, "password": PASSWORD, "next": goal}, headers=EN)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def present_code() -> str:
    return code_of(SECRET, step_at(clock.now()))


def is_in(browser: Client) -> bool:
    return browser.get("/me/").status_code == 200


def test_the_password_alone_is_not_enough_where_there_is_an_app(officer: User) -> None:
    with_app(officer)
    browser = Client()
    assert by_password(browser, goal="/design/") == "/sign-in/code/"
    assert not is_in(browser)
    assert browser.get("/api/me").status_code == 401
    wrong = browser.post("/sign-in/code/", {"code": "000000"}, headers=EN)
    assert "not right, or was used already" in wrong.content.decode()
    right = browser.post("/sign-in/code/", {"code": present_code()})
    assert right["Location"] == "/design/"
    assert is_in(browser)
    assert SignIn.objects.get().method == "password+app"
    assert not FailedSignIn.objects.exists()


def test_a_recovery_code_opens_in_place_of_the_app(officer: User) -> None:
    code, *_ = with_app(officer)
    browser = Client()
    by_password(browser)
    browser.post("/sign-in/code/", {"code": code})
    assert is_in(browser)
    assert SignIn.objects.get().method == "password+recovery"


def test_wrong_codes_lock_like_wrong_passwords(officer: User) -> None:
    with_app(officer)
    browser = Client()
    by_password(browser)
    for _ in range(8):
        answer = browser.post("/sign-in/code/", {"code": "000000"}, headers=EN)
    assert answer.status_code == 429
    assert browser.post("/sign-in/code/", {"code": present_code()}).status_code == 429
    assert not is_in(browser)
    other = Client()
    assert other.post("/sign-in/", {"username": "officer", "password": PASSWORD}).status_code == 429


def test_the_second_stage_is_over_after_ten_minutes_and_with_the_password(officer: User) -> None:
    with_app(officer)
    browser = Client()
    by_password(browser)
    session = browser.session
    session[PENDING] = {**session[PENDING], "until": clock.now().isoformat()}
    session.save()
    assert browser.post("/sign-in/code/", {"code": present_code()})["Location"] == "/sign-in/"
    by_password(browser)
    officer.set_password("changed-in-the-meantime")
    officer.save()
    assert browser.get("/sign-in/code/")["Location"] == "/sign-in/"


def test_nobody_comes_to_the_second_stage_without_the_first(officer: User) -> None:
    with_app(officer)
    browser = Client()
    for address in ("/sign-in/code/", "/sign-in/code/passkey/"):
        assert browser.post(address, {"code": present_code(), "answer": "{}"})["Location"] == "/sign-in/"


@pytest.mark.parametrize("answer", ["", "{", "[]", "{}", '{"id": "x", "rawId": "eA", "response": {}}'])
def test_what_is_no_passkey_opens_nothing(officer: User, answer: str) -> None:
    browser = Client()
    assert browser.post("/sign-in/passkey/", {"answer": answer}).status_code == 409
    assert browser.post("/sign-in/passkey/options/").json()["publicKey"]["userVerification"] == "required"
    assert browser.post("/sign-in/passkey/", {"answer": answer}).status_code == 409
    assert not is_in(browser)


def test_the_lock_page_says_what_how_long_and_what_to_do_in_both_languages(officer: User) -> None:
    for language, words in (("en", "until"), ("zh-CN", "请管理员解除锁定")):
        browser = Client()
        for _ in range(8):
            answer = browser.post(
                "/sign-in/", {"username": "officer", "password": "wrong"}, headers={"accept-language": language}
            )
        assert answer.status_code == 429
        assert words in answer.content.decode()


def test_an_unknown_name_and_a_wrong_password_are_answered_alike(officer: User) -> None:
    answers = [
        Client().post("/sign-in/", {"username": name, "password": "wrong"}, headers=EN).content.decode()
        for name in ("officer", "nobody1")
    ]
    assert answers[0].replace("officer", "nobody1").count("do not match") == answers[1].count("do not match") == 1


def test_who_must_have_a_factor_opens_nothing_else_until_it_is_added(officer: User, town: Organisation) -> None:
    ask_for_factor(by=officer, now=clock.now(), organisation=town, role=Role.ADMINISTRATOR)
    browser = Client()
    by_password(browser)
    for address in ("/", "/accounts/", "/me/", "/me/keys/new/"):
        assert browser.get(address)["Location"] == "/me/factors/", address
    assert browser.get("/api/me").status_code == 403
    page = browser.get("/me/factors/").content.decode()
    assert "requires a second factor" in page
    assert 'href="/accounts/"' not in page
    browser.get("/me/factors/app/")
    from youbei.actions.cipher import decipher

    secret = decipher(browser.session["new_app_secret"])
    assert secret is not None
    done = browser.post("/me/factors/app/", {"code": code_of(secret, step_at(clock.now()))})
    assert done.content.decode().count('class="secret"') == 10
    assert is_in(browser)
    assert OneTimeDevice.objects.filter(user=officer).exists()


def test_a_rule_on_another_unit_asks_nothing(officer: User, town: Organisation) -> None:
    ask_for_factor(by=officer, now=clock.now(), organisation=town, role=Role.INSPECTOR)
    browser = Client()
    assert by_password(browser) == "/"
    assert is_in(browser)


def test_the_link_lets_its_holder_choose_a_password_once(officer: User, town: Organisation) -> None:
    user = user_with(Role.OBSERVER, town, name="new")
    user.set_unusable_password()
    user.save()
    number, token = make_password_link(by=officer, now=clock.now(), user=user)
    address = f"/set-password/{number}/{token}/"
    browser = Client()
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"password": "short", "again": "short"}).status_code == 422
    assert browser.post(address, {"password": "a-long-sentence", "again": "another-one"}).status_code == 422
    assert browser.post(address, {"password": "a-long-sentence", "again": "a-long-sentence"}).status_code == 302
    assert is_in(browser)
    assert Client().get(address).status_code == 404


def test_a_next_address_on_another_site_is_not_followed(officer: User) -> None:
    assert by_password(Client(), goal="https://elsewhere.example/") == "/"
    assert by_password(Client(), goal="//elsewhere.example/") == "/"


def test_signing_out_ends_the_session_and_says_so(officer: User) -> None:
    browser = Client()
    by_password(browser)
    browser.post("/sign-out/")
    assert not is_in(browser)
    assert SignIn.objects.get().end == SignIn.End.SIGNED_OUT


def test_the_live_stream_too_waits_for_the_factor(officer: User, town: Organisation) -> None:
    ask_for_factor(by=officer, now=clock.now(), organisation=town, role=Role.ADMINISTRATOR)
    browser = Client()
    by_password(browser)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    assert find_viewer(Credentials(host="testserver", cookie=cookie)) is None
    with_app(officer)
    again = Client()
    by_password(again)
    again.post("/sign-in/code/", {"code": present_code()})
    cookie = f"sessionid={again.cookies['sessionid'].value}"
    assert find_viewer(Credentials(host="testserver", cookie=cookie)) is not None
