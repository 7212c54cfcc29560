"""The demo city behind the real command: its server with its worker, its accounts, and its command line."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from django.utils.crypto import salted_hmac
from playwright.sync_api import StorageState

from server.process import ServerProcess, youbei


@dataclass
class City:
    """A running demo city.

    The tests give the server its secret key, and the demo passwords follow from the key: `password` says what the
    server prints at its start.
    """

    server: ServerProcess
    sessions: dict[tuple[str, str], StorageState] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.server.address

    @property
    def folder(self) -> Path:
        return self.server.folder

    def password(self, username: str) -> str:
        key = os.environ["YOUBEI_SECRET_KEY"]
        word = salted_hmac("youbei.demo", username, secret=key, algorithm="sha256").hexdigest()
        return f"{word[:4]}-{word[4:8]}-{word[8:12]}"

    def command(self, *words: str) -> CompletedProcess[str]:
        """Run `youbei ...` on the city's folder, as its operator would."""
        return youbei(self.folder, *words)

    def session(self, username: str, language: str) -> StorageState:
        """Return the cookies of an account that has signed in and chosen its language; each is made once."""
        if (username, language) not in self.sessions:
            self.sessions[username, language] = self.sign_in(username, language)
        return self.sessions[username, language]

    def sign_in(self, username: str, language: str) -> StorageState:
        jar = CookieJar()
        opener = build_opener(HTTPCookieProcessor(jar))
        self.post(opener, "/sign-in/", username=username, password=self.password(username))
        self.post(opener, "/language/", language=language, next="/shortcuts/")
        cookies = [
            {"name": cookie.name, "value": cookie.value or "", "url": self.address, "sameSite": "Lax"} for cookie in jar
        ]
        assert any(cookie["name"] == "sessionid" for cookie in cookies), f"{username} could not sign in"
        return {"cookies": [self.stored(cookie) for cookie in cookies], "origins": []}  # type: ignore[typeddict-item]

    def stored(self, cookie: dict[str, str]) -> dict[str, object]:
        """Return a cookie the way a browser stores it."""
        kept = {name: value for name, value in cookie.items() if name != "url"}
        return {**kept, "domain": "127.0.0.1", "path": "/", "expires": -1, "httpOnly": False, "secure": False}

    def post(self, opener: OpenerDirector, path: str, **data: str) -> None:
        with opener.open(self.address + "/sign-in/" if path == "/sign-in/" else self.address + "/shortcuts/") as page:
            mark = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
        assert mark is not None
        body = urlencode({"csrfmiddlewaretoken": mark[1], **data}).encode()
        opener.open(Request(self.address + path, data=body, headers={"Referer": self.address})).close()
