"""Signing in through an identity provider that really runs: what opens, and every way in which it must not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.test import Client
from pytest_django import Settings

from tests.identity.provider import CLIENT, SECRET, Provider
from tests.web.conftest import user_with
from youbei.actions import clock
from youbei.actions.factors import add_app
from youbei.actions.outside import LinkRefused, link, unlink
from youbei.engine.access import Role
from youbei.engine.one_time import code_of, step_at
from youbei.identity.providers import ProvidersUnreadable, read_providers
from youbei.records.models import Grant, Organisation, OutsideLogin, SignIn, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Settings, tmp_path: Path) -> Iterator[Provider]:
    served = Provider()
    settings.OIDC_FILE = tmp_path / "oidc.toml"
    write(settings.OIDC_FILE, served)
    yield served
    served.close()


def write(path: Path, provider: Provider, extra: str = "") -> None:
    path.write_text(
        f'[[providers]]\nid = "province"\ntitle = {{zh = "省统一认证", en = "Provincial sign-on"}}\n'
        f'issuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
        f'claim = "preferred_username"\nscopes = ["profile"]\n{extra}',
        encoding="utf-8",
    )


@pytest.fixture
def wang(town: Organisation) -> User:
    user = user_with(Role.OBSERVER, town, name="wang")
    link(by=None, now=clock.now(), user=user, provider="province", value="wang.wu")
    return user


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def there_and_back(browser: Client, *, goal: str = "") -> str:
    """Go to the provider as a browser does; return the address of ours to which it sends back."""
    began = browser.get("/sign-in/with/province/", {"next": goal})
    assert began.status_code == 302
    opener = build_opener(Stay)
    try:
        opener.open(began["Location"])
    except Exception as error:  # urllib raises the redirect that it may not follow
        back = urlsplit(error.headers["Location"])  # type: ignore[attr-defined]
    return f"{back.path}?{back.query}"


def is_in(browser: Client) -> bool:
    return browser.get("/me/").status_code == 200


def test_whom_an_administrator_linked_is_let_in_and_goes_where_they_wanted(provider: Provider, wang: User) -> None:
    browser = Client()
    answer = browser.get(there_and_back(browser, goal="/design/"))
    assert (answer.status_code, answer["Location"]) == (302, "/design/")
    assert is_in(browser)
    row = OutsideLogin.objects.get()
    assert (row.subject, row.last_used_at is not None) == ("p-1001", True)
    assert SignIn.objects.get().method == "oidc:province"


def test_the_client_shows_its_secret_in_whichever_way_the_provider_asks(provider: Provider, wang: User) -> None:
    provider.methods = ("client_secret_post",)
    browser = Client()
    browser.get(there_and_back(browser))
    assert is_in(browser)


def test_whom_nobody_linked_gets_no_account_and_is_told_what_to_tell(provider: Provider, town: Organisation) -> None:
    browser = Client()
    answer = browser.get(there_and_back(browser), headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "wang.wu" in answer.content.decode()
    assert not User.objects.exists()
    assert not Grant.objects.exists()
    assert not is_in(browser)


def test_the_lasting_name_counts_once_it_is_known(provider: Provider, wang: User) -> None:
    browser = Client()
    browser.get(there_and_back(browser))
    provider.claims = {"sub": "p-1001", "preferred_username": "wang.renamed"}
    again = Client()
    again.get(there_and_back(again))
    assert is_in(again)
    provider.claims = {"sub": "p-2002", "preferred_username": "wang.wu"}
    successor = Client()
    successor.get(there_and_back(successor))
    assert not is_in(successor)


def test_a_second_factor_is_asked_for_after_the_provider_too(
    provider: Provider, wang: User, settings: Settings
) -> None:
    secret, now = b"a-secret-of-20-bytes", clock.now()
    add_app(by=wang, now=now, secret=secret, code=code_of(secret, step_at(now)))
    browser = Client()
    assert browser.get(there_and_back(browser))["Location"] == "/sign-in/code/"
    assert not is_in(browser)
    write(settings.OIDC_FILE, provider, "has_second_factor = true\n")
    trusted = Client()
    trusted.get(there_and_back(trusted))
    assert is_in(trusted)


def test_an_account_out_of_use_or_unlinked_stays_out(provider: Provider, wang: User) -> None:
    User.objects.update(is_active=False)
    browser = Client()
    browser.get(there_and_back(browser))
    assert not is_in(browser)
    User.objects.update(is_active=True)
    unlink(by=None, now=clock.now(), row=OutsideLogin.objects.get())
    browser.get(there_and_back(browser))
    assert not is_in(browser)


@pytest.mark.parametrize("signing", ["by_another_key", "unsigned", "by_the_secret"])
def test_a_token_that_the_provider_did_not_sign_opens_nothing(provider: Provider, wang: User, signing: str) -> None:
    provider.sign = getattr(provider, signing)
    browser = Client()
    assert browser.get(there_and_back(browser)).status_code == 409
    assert not is_in(browser)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another-site"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"nonce": "of-another-sign-in"},
        {"aud": [CLIENT, "another-site"]},
        {"aud": [CLIENT, "another-site"], "azp": "another-site"},
        {"preferred_username": ""},
        {"iat": 7_000_000_000},
        {"sub": ""},
        {"sub": " "},
        {"sub": "x" * 256},
        {"sub": "a\0b"},
        {"preferred_username": "wang\0.wu"},
        {"sub": 7},
    ],
    ids=str,
)
def test_a_token_for_somebody_else_or_another_time_opens_nothing(
    provider: Provider, wang: User, change: dict[str, object]
) -> None:
    provider.tamper = lambda claims: claims.update(change)
    browser = Client()
    assert browser.get(there_and_back(browser)).status_code in {403, 409}
    assert not is_in(browser)


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_an_address_that_the_provider_has_not_verified_takes_over_no_account(
    provider: Provider, settings: Settings, town: Organisation, verified: object
) -> None:
    user = user_with(Role.OBSERVER, town, name="wang")
    text = settings.OIDC_FILE.read_text(encoding="utf-8").replace("preferred_username", "email")
    settings.OIDC_FILE.write_text(text, encoding="utf-8")
    link(by=None, now=clock.now(), user=user, provider="province", value="wang@haizhou.example")
    provider.claims |= {"email": "wang@haizhou.example", "email_verified": verified}
    browser = Client()
    assert browser.get(there_and_back(browser)).status_code == 409
    assert not is_in(browser)
    provider.claims["email_verified"] = True
    browser.get(there_and_back(browser))
    assert is_in(browser)


def test_an_answer_counts_once_in_the_browser_that_began_and_with_its_own_state(provider: Provider, wang: User) -> None:
    victim, attacker = Client(), Client()
    stolen = there_and_back(attacker)
    assert victim.get(stolen)["Location"] == "/sign-in/"
    there_and_back(victim)
    assert victim.get(stolen).status_code == 409
    assert not is_in(victim)
    back = there_and_back(victim)
    assert victim.get(back).status_code == 302
    assert is_in(victim)
    victim.post("/sign-out/")
    assert victim.get(back)["Location"] == "/sign-in/"
    assert not is_in(victim)


def test_an_answer_in_the_name_of_another_provider_is_refused(provider: Provider, wang: User) -> None:
    browser = Client()
    back = there_and_back(browser)
    forged = back.replace("iss=", "iss=https%3A%2F%2Felsewhere.example&was=")
    assert browser.get(forged).status_code == 409
    assert not is_in(browser)


def test_who_says_no_there_is_not_let_in_here(provider: Provider, wang: User) -> None:
    browser = Client()
    state = parse_qs(urlsplit(there_and_back(browser)).query)["state"][0]
    answer = browser.get(
        "/sign-in/with/province/back/", {"error": "access_denied", "state": state}, headers={"accept-language": "en"}
    )
    assert "not signed in here" in answer.content.decode()


def test_a_provider_that_does_not_answer_is_said_and_passwords_still_open(provider: Provider, wang: User) -> None:
    provider.close()
    answer = Client().get("/sign-in/with/province/", headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "sign in by password" in answer.content.decode()


def test_an_unknown_provider_is_not_there(provider: Provider) -> None:
    assert Client().get("/sign-in/with/other/").status_code == 404
    assert Client().get("/sign-in/with/other/back/").status_code == 404


def test_one_name_is_linked_once(provider: Provider, wang: User, town: Organisation) -> None:
    other = user_with(None, town, name="other")
    with pytest.raises(LinkRefused, match="already"):
        link(by=None, now=clock.now(), user=other, provider="province", value="wang.wu")
    with pytest.raises(LinkRefused, match="No identity provider"):
        link(by=None, now=clock.now(), user=other, provider="nowhere", value="x")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[providers]]\nid = "a"', "issuer is missing"),
        ('[[providers]]\nid = "a"\nissuer = "http://a.example"\nclient_id = "x"\nclient_secret = "y"', "https"),
        ('[[providers]]\nid = "A B"\nissuer = "https://a.example"\nclient_id = "x"\nclient_secret = "y"', "an id has"),
        ('[[providers]]\nid = "a"\nisuer = "https://a.example"', "unknown key isuer"),
        ("[[providers", "oidc.toml"),
    ],
)
def test_a_wrong_file_of_providers_is_explained_and_passwords_still_open(
    settings: Settings, tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "oidc.toml").write_text(text)
    with pytest.raises(ProvidersUnreadable, match=sentence):
        read_providers(tmp_path / "oidc.toml")
    settings.OIDC_FILE = tmp_path / "oidc.toml"
    assert Client().get("/sign-in/").status_code == 200
