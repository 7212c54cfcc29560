"""Photograph the main pages in both languages and both themes, with the demo city, into a folder.

`tools/screenshots.py [--out DIR] [--base URL] [--user NAME] [--password WORD] [--only NAME]`. Without `--base` the demo
is made in a temporary folder and served for the time of the photographs. Needs a Chromium (CHROMIUM names it).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LANGUAGES = {"zh": "zh-hans", "en": "en"}
THEMES = ("light", "dark")
DESK, PHONE = {"width": 1600, "height": 1000}, {"width": 390, "height": 844}
# name: address (`{run}` the newest real run, `{exercise}` the newest exercise, `{incident}` its incident)
PAGES = {
    "home": "/",
    "board": "/runs/{run}/",
    "exercise": "/runs/{exercise}/",
    "incident": "/incidents/{incident}/",
    "incidents": "/incidents/",
    "report": "/incidents/new/?kind=ammonia_leak",
    "map": "/map/",
    "plans": "/plans/",
    "resources": "/registers/team/",
    "search": "/search/?q=yingji",
    "reach": "/reach/?point=33.50,122.85&minutes=40&capability=hazmat_response&type=4",
    "log": "/log/",
    "design": "/design/",
}
ON_PHONE = ("report", "home", "board")


@contextlib.contextmanager
def demo_server(user: str) -> Iterator[tuple[str, str]]:
    """Serve the demo city from a temporary folder; yield its address and the password of one of its users."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="youbei-screenshots-") as folder:
        command = [sys.executable, "-m", "youbei", "serve", "--demo", "--port", str(port), "--data", folder]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            password = password_said(server, user)
            wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}", password
        finally:
            server.terminate()
            server.wait(timeout=20)


def password_said(server: subprocess.Popen[str], user: str) -> str:
    """Read the password of a demo account from what the server prints when it starts."""
    for line in server.stdout or ():
        words = line.split()
        if words[:1] == [user] and len(words) > 2:
            return words[1]
    raise SystemExit(f"The server ended, or names no account {user}.")


def wait_for(address: str, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.3)
    raise SystemExit(f"The server did not answer at {address} within {seconds:g} s.")


def sign_in(page: Page, base: str, user: str, password: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.fill("#id_username", user)
    page.fill("#id_password", password)
    page.click("form.form button")
    page.wait_for_url(f"{base}/")


def choose(page: Page, name: str, value: str) -> None:
    """Press the button of a switch in the user menu."""
    page.click("details.user-menu summary")
    page.click(f"details.user-menu button[name={name}][value={value}]")
    page.wait_for_load_state()


def found_addresses(page: Page, base: str) -> dict[str, str]:
    """Look on the home page for a real run, an exercise and an incident to photograph."""
    page.goto(f"{base}/")
    rows = page.locator("table.running tbody tr")
    found: dict[str, str] = {}
    for index in range(rows.count()):
        row = rows.nth(index)
        address = row.locator("a").first.get_attribute("href") or ""
        sort = "exercise" if "row-exercise" in (row.get_attribute("class") or "") else "run"
        found.setdefault(sort, re.sub(r"\D", "", address))
    found.setdefault("run", found.get("exercise", "1"))
    found.setdefault("exercise", found["run"])
    incident = page.locator("#part-incidents a[href^='/incidents/']").nth(1).get_attribute("href") or ""
    found["incident"] = re.sub(r"\D", "", incident) or "1"
    return found


def photograph(browser: Browser, base: str, options: argparse.Namespace) -> None:
    page = browser.new_page(viewport=DESK)
    sign_in(page, base, options.user, options.password)
    numbers = found_addresses(page, base)
    wanted = {name: address for name, address in PAGES.items() if options.only in ("", name)}
    for short, language in LANGUAGES.items():
        choose(page, "language", language)
        for theme in THEMES:
            choose(page, "theme", theme)
            for name, address in wanted.items():
                shoot(page, f"{base}{address.format(**numbers)}", options.out / f"{name}-{short}-{theme}.png", DESK)
            for name in ON_PHONE:
                if name in wanted and theme == "light":
                    address = f"{base}{PAGES[name].format(**numbers)}"
                    shoot(page, address, options.out / f"{name}-{short}-phone.png", PHONE)
            page.set_viewport_size(DESK)
            page.goto(base)


def shoot(page: Page, address: str, path: Path, size: dict[str, int]) -> None:
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        print(f"{path.name}: not there ({answer.status if answer else 'no answer'})")
        return
    page.wait_for_timeout(700)
    page.screenshot(path=str(path), full_page=True)
    print(path.name, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--base", default="")
    parser.add_argument("--user", default="director")
    parser.add_argument("--password", default="")
    parser.add_argument("--only", default="", choices=["", *PAGES])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        base = options.base.rstrip("/")
        if not base:
            base, options.password = stack.enter_context(demo_server(options.user))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        stack.callback(browser.close)
        photograph(browser, base, options)


if __name__ == "__main__":
    main()
