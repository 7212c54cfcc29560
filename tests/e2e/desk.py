"""A person at a screen: a page, the words of its language, and a note of everything that went wrong on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from e2e.words import Words

DESKTOP = {"width": 1440, "height": 900}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
# Leaving a page ends its live stream and what it was just fetching: that is no failure.
LEFT = "net::ERR_ABORTED"


class Desk:
    """Drive one page by what is written on it."""

    def __init__(self, context: BrowserContext, address: str, words: Words) -> None:
        self.context = context
        self.address = address
        self.words = words
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.allowed: set[int] = set()
        self.is_cut_off = False
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("requestfailed", self.miss)
        self.page.on("response", self.answer)

    def hear(self, message: ConsoleMessage) -> None:
        # What could not be loaded is noted by `answer` and `miss`, with its status.
        is_of_cut = self.is_cut_off and message.text.startswith("htmx:")
        if message.type in {"error", "warning"} and not is_of_cut and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def miss(self, request: Request) -> None:
        if request.failure != LEFT and not self.is_cut_off:
            self.faults.append(f"no answer: {request.url}: {request.failure}")

    def answer(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")

    def expects(self, *statuses: int) -> None:
        """Let these refusals pass as what the test is about."""
        self.allowed |= set(statuses)

    def stays_clean(self) -> None:
        """Fail where the page complained about anything since the last call."""
        faults, self.faults = self.faults, []
        assert not faults, "\n".join(faults)

    def say(self, english: str, **values: object) -> str:
        return self.words(english, **values)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sees(self, english: str, **values: object) -> None:
        expect(self.page.get_by_text(self.say(english, **values)).first).to_be_visible()

    def press(self, english: str, *, inside: str = "main") -> None:
        """Press the button of that name."""
        self.page.locator(inside).get_by_role("button", name=self.say(english), exact=True).first.click()

    def follow(self, english: str, *, inside: str = "body") -> None:
        """Follow the link of that name; some links look like buttons."""
        named = re.compile(rf"^\s*{re.escape(self.say(english))}\s*…?\s*$")
        self.page.locator(inside).get_by_role("link", name=named).first.click()

    def fill(self, english: str, value: str, *, inside: str = "main") -> None:
        self.field(english, inside=inside).fill(value)

    def field(self, english: str, *, inside: str = "main") -> Locator:
        """Find a field by its label; some labels go on with a unit or `optional`."""
        return self.page.locator(inside).get_by_label(re.compile(rf"^\s*{re.escape(self.say(english))}")).first

    @property
    def sheet(self) -> Locator:
        return self.page.locator("#sheet")

    def submit(self) -> None:
        """Send the form in the sheet, or on a page of its own."""
        self.page.locator("#sheet button.button-main, .sheet-page button.button-main").first.click()

    def sheet_closes(self) -> None:
        expect(self.sheet).to_be_empty()

    def until(self, condition: Callable[[], bool], *, seconds: float = 10) -> None:
        """Wait for something that no locator can express."""
        for _ in range(int(seconds * 10)):
            if condition():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("it did not come about")
