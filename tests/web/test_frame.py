"""The frame of every page: signing in, language, theme, and what is said when something is wrong."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver

from tests.web.conftest import PASSWORD, client_of
from youbei.engine.errors import Refused
from youbei.records.models import User
from youbei.urls import urlpatterns
from youbei.web import errors

pytestmark = pytest.mark.django_db


def test_an_anonymous_visitor_is_sent_to_the_sign_in_page_and_back(officer: User) -> None:
    client = Client()
    answer = client.get("/design/")
    assert answer["Location"] == "/sign-in/?next=/design/"
    answer = client.post(
        "/sign-in/",
        {"username": "officer", "password": PASSWORD, "next": "/design/"},
        headers={"accept-language": "zh-CN"},
    )
    assert answer["Location"] == "/design/"
    assert client.session["language"] == "en"


def test_a_wrong_password_is_refused_without_saying_which_part_was_wrong(officer: User) -> None:
    answer = Client().post("/sign-in/", {"username": "officer", "password": "wrong"}, headers={"accept-language": "en"})
    assert "Name and password do not match" in answer.content.decode()
    assert 'value="officer"' in answer.content.decode()


def test_too_many_wrong_passwords_lock_name_and_address_and_say_for_how_long(officer: User) -> None:
    client = Client()
    for _attempt in range(8):
        answer = client.post(
            "/sign-in/", {"username": "officer", "password": "wrong"}, headers={"accept-language": "en"}
        )
    assert answer.status_code == 429
    assert "15 more minutes" in answer.content.decode()
    other_address = client.post("/sign-in/", {"username": "officer", "password": PASSWORD}, REMOTE_ADDR="10.0.0.9")
    assert other_address.status_code == 302


def test_the_language_switch_is_kept_on_the_account(browser: Client, officer: User) -> None:
    assert "Style page" in browser.get("/design/").content.decode()
    answer = browser.post("/language/", {"language": "zh-hans", "next": "/design/"})
    assert answer["Location"] == "/design/"
    officer.refresh_from_db()
    assert officer.language == "zh-hans"
    page = browser.get("/design/").content.decode()
    assert '<html lang="zh-hans"' in page
    assert "样式页" in page


def test_the_switches_never_send_to_another_site(browser: Client) -> None:
    answer = browser.post("/language/", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_the_theme_is_kept_on_the_account_and_loads_the_night_sheet(browser: Client, officer: User) -> None:
    browser.post("/theme/", {"theme": "light", "next": "/"})
    assert "dark.css" not in browser.get("/design/").content.decode()
    browser.post("/theme/", {"theme": "dark", "next": "/"})
    officer.refresh_from_db()
    assert officer.theme == "dark"
    assert 'media="screen"' in browser.get("/design/").content.decode()


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "There is nothing here for you"), ("zh-hans", "这里没有您可以查看的内容")]
)
def test_an_unknown_address_is_answered_in_the_users_language(browser: Client, language: str, sentence: str) -> None:
    browser.post("/language/", {"language": language})
    answer = browser.get("/nowhere/")
    assert answer.status_code == 404
    assert sentence in answer.content.decode()


def test_a_refusal_that_no_form_took_care_of_becomes_a_page(rf: RequestFactory, browser: Client) -> None:
    request = browser.get("/design/").wsgi_request
    answer = errors.RefusedMiddleware(lambda _request: None).process_exception(  # type: ignore[arg-type]
        request, Refused(zh="不行。", en="That cannot be. Do the other thing.")
    )
    assert answer is not None
    assert answer.status_code == 409
    assert "Do the other thing." in answer.content.decode() or "不行。" in answer.content.decode()


def test_our_own_fault_shows_no_trace_and_needs_nothing_that_could_fail(rf: RequestFactory) -> None:
    answer = errors.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Traceback" not in answer.content.decode()
    assert "系统出现故障" in answer.content.decode()


def test_no_page_carries_inline_scripts_or_event_handlers(browser: Client) -> None:
    page = browser.get("/design/").content.decode()
    assert "<script>" not in page
    assert " onclick=" not in page
    assert "script-src 'self'" in browser.get("/design/")["Content-Security-Policy"]


def test_every_page_names_who_may_open_it() -> None:
    get_resolver()
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern) and "youbei.web" in getattr(pattern.callback, "__module__", ""):
            assert hasattr(pattern.callback, "access"), pattern


def test_a_signed_in_user_without_any_grant_sees_an_empty_menu(stranger: User) -> None:
    page = client_of(stranger).get("/design/")
    assert page.status_code == 200
    assert 'class="menu"' not in page.content.decode()
