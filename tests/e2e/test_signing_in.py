"""Second factors at a real screen: a passkey in a device that the browser plays, an app, recovery codes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, expect

from e2e.conftest import PATIENCE_MS
from e2e.desk import Desk
from e2e.test_every_page import judge
from e2e.words import Words
from server.process import ServerProcess, youbei
from youbei.engine.one_time import code_of, step_at

PASSWORD = "a-long-sentence-of-mine"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def house(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("house")) as server:
        server.get("/sign-in/")  # the first page of a server takes longest; no browser has to wait for it
        yield server


@pytest.fixture
def account(house: ServerProcess, request: pytest.FixtureRequest) -> str:
    """Make an account of the test's own; passkeys of several tests must not meet."""
    name = f"user{abs(hash(request.node.name)) % 10**8}"
    words = ("user", "create", name, "--role", "observer", "--password", "-", "--language", "en")
    made = youbei(house.folder, *words, stdin=PASSWORD.encode())
    assert made.returncode == 0, made.stderr
    return name


OpenScreen = Callable[..., Desk]


@pytest.fixture
def screen(chromium: Browser, house: ServerProcess) -> Iterator[OpenScreen]:
    """Open a screen under the name `localhost`: a passkey belongs to a name, never to a number."""
    contexts: list[BrowserContext] = []

    def sit_down(language: str = "en") -> Desk:
        locale = "zh-CN" if language.startswith("zh") else "en-GB"
        context = chromium.new_context(locale=locale, bypass_csp=True, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return Desk(context, f"http://localhost:{house.port}", Words(language))

    yield sit_down
    for context in contexts:
        context.close()


class Device:
    """An authenticator that the browser plays."""

    def __init__(self, desk: Desk) -> None:
        self.link: CDPSession = desk.context.new_cdp_session(desk.page)
        self.link.send("WebAuthn.enable")
        self.id = self.link.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]

    def credential(self) -> dict[str, Any]:
        (found,) = self.link.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        return dict(found)

    def put(self, credential: dict[str, Any]) -> None:
        self.link.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})
        self.link.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def verify(self, is_right: bool) -> None:
        """Let the finger fit, or not."""
        self.link.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": is_right})


def sign_in(desk: Desk, account: str) -> None:
    desk.go("/sign-in/")
    desk.fill("User name", account)
    desk.fill("Password", PASSWORD)
    desk.press("Sign in")


def sign_out(desk: Desk) -> None:
    desk.page.locator(".user-menu summary").click()
    desk.page.get_by_role("button", name=desk.say("Sign out")).click()
    expect(desk.page).to_have_url(re.compile("/sign-in/"))


def add_passkey(desk: Desk) -> None:
    desk.go("/me/factors/passkeys/add/")
    desk.fill("Name", "key on my ring")
    desk.press("Go on")
    desk.sees("I have them")


def test_a_passkey_signs_in_alone_and_as_the_second_factor(account: str, screen: OpenScreen) -> None:
    desk = screen()
    device = Device(desk)
    sign_in(desk, account)
    add_passkey(desk)
    assert device.credential()["isResidentCredential"]
    sign_out(desk)
    desk.press("Sign in with a passkey")
    expect(desk.page).to_have_url(f"{desk.address}/")
    desk.go("/me/")
    desk.sees("this one")
    sign_out(desk)
    sign_in(desk, account)
    expect(desk.page).to_have_url(f"{desk.address}/sign-in/code/")
    desk.press("Use a passkey or security key")
    expect(desk.page).to_have_url(f"{desk.address}/")
    desk.stays_clean()


def test_a_copied_passkey_is_refused(account: str, screen: OpenScreen) -> None:
    desk = screen()
    device = Device(desk)
    sign_in(desk, account)
    add_passkey(desk)
    copy = device.credential()
    sign_out(desk)
    desk.press("Sign in with a passkey")
    expect(desk.page).to_have_url(f"{desk.address}/")
    sign_out(desk)
    device.put({**copy, "signCount": 0})
    desk.expects(409)
    desk.press("Sign in with a passkey")
    expect(desk.page.get_by_role("alert").first).to_contain_text("there may be a copy")
    desk.go("/me/")
    expect(desk.page).to_have_url(re.compile("/sign-in/"))


def test_without_the_right_finger_a_passkey_is_no_sign_in(account: str, screen: OpenScreen) -> None:
    desk = screen()
    device = Device(desk)
    sign_in(desk, account)
    add_passkey(desk)
    sign_out(desk)
    device.verify(False)
    desk.press("Sign in with a passkey")
    desk.sees("The device showed no passkey. Try again, or sign in with your password.")
    expect(desk.page).to_have_url(re.compile("/sign-in/"))


def test_a_passkey_of_another_account_is_no_second_factor(
    account: str, house: ServerProcess, screen: OpenScreen
) -> None:
    other = f"{account}b"
    youbei(house.folder, "user", "create", other, "--role", "observer", "--password", "-", stdin=PASSWORD.encode())
    desk, theirs = screen(), screen()
    mine, their = Device(desk), Device(theirs)
    sign_in(desk, account)
    add_passkey(desk)
    sign_in(theirs, other)
    theirs.page.locator(".user-menu summary").click()
    theirs.page.locator("header button[name=language][value=en]").click()
    add_passkey(theirs)
    sign_out(desk)
    sign_in(desk, account)
    # The device answers under the id of the account's own key, but signs with the other one.
    mine.put({**their.credential(), "credentialId": mine.credential()["credentialId"]})
    desk.expects(409)
    desk.press("Use a passkey or security key")
    expect(desk.page.get_by_role("alert").first).to_contain_text("could not be verified")


def test_an_app_and_its_recovery_codes_open_the_account(account: str, screen: OpenScreen) -> None:
    desk = screen()
    sign_in(desk, account)
    desk.go("/me/factors/app/")
    desk.page.locator("details summary", has_text=desk.say("No camera? Type this secret into the app.")).click()
    secret = base64.b32decode(desk.page.locator("code.secret").inner_text().replace(" ", ""))
    desk.fill("Code", code_of(secret, step_at(datetime.now().astimezone())))
    desk.press("Take it into use")
    codes = desk.page.locator("code.secret").all_inner_texts()
    assert len(codes) == 10
    desk.follow("I have them")
    sign_out(desk)
    sign_in(desk, account)
    desk.fill("Code", codes[0])
    desk.press("Go on")
    desk.go("/me/factors/")
    desk.sees("Recovery codes")
    expect(desk.page.get_by_text("9 codes are left")).to_be_visible()
    desk.stays_clean()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_about_signing_in_are_accessible_and_in_one_language(
    language: str, account: str, house: ServerProcess, screen: OpenScreen
) -> None:
    desk = screen(language)
    Device(desk)
    sign_in(desk, account)
    desk.page.locator(".user-menu summary").click()
    desk.page.locator(f"header button[name=language][value={language}]").click()
    for path in ("/me/password/", "/me/factors/app/", "/me/factors/passkeys/add/", "/me/keys/new/", "/me/confirm/"):
        desk.go(path)
        judge(desk)
    desk.go("/me/factors/passkeys/add/")
    desk.fill("Name", "1")
    desk.press("Go on")
    desk.sees("I have them")
    judge(desk)
    desk.follow("I have them")
    sign_out(desk)
    sign_in(desk, account)
    expect(desk.page).to_have_url(re.compile("/sign-in/code/"))
    judge(desk)
    invited = json.loads(youbei(house.folder, "user", "invite", account, "--json").stdout)["path"]
    desk.go(invited)
    judge(desk)
    desk.expects(404)
    desk.go("/set-password/x/y/")
    judge(desk)
