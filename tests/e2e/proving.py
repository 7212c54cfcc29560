"""Each plan of the demo from StartEx to a verified finding, by the forms of its pages, without a browser.

The engine plays the roles of a library exercise and the clock jumps; what a person sends is sent here.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from e2e.city import City

MOST_HOURS = 12
WRONG = {"element": "planning", "cause": "时限过紧 the limit is too tight"}
CURE = {
    "measures": "放宽时限 more time",
    "responsible": "预案科 planning",
    "funds": "-",
    "due_on": "2099-01-01",
    "interim_plan": "-",
}


@dataclass(frozen=True, slots=True)
class Proved:
    """The addresses of what a plan's exercise came to."""

    exercise: str
    run: str
    finding: str
    draft: str


class Sender:
    """Somebody who has signed in and sends forms."""

    def __init__(self, city: City, username: str) -> None:
        self.city = city
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        city.post(self.opener, "/sign-in/", username=username, password=city.password(username))
        self.mark = city.mark(self.opener, "/shortcuts/")

    def page(self, path: str) -> str:
        with self.opener.open(self.city.address + path) as answer:
            return unescape(answer.read().decode())

    def send(self, path: str, **data: str) -> str:
        """Send a form; return where it led. A refusal is an error."""
        body = urlencode({"csrfmiddlewaretoken": self.mark, **data}).encode()
        request = Request(self.city.address + path, data=body, headers={"Referer": self.city.address})
        with self.opener.open(request) as answer:
            return urlsplit(answer.geturl()).path


def first(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found is not None, pattern
    return found[1]


def held(leader: Sender, code: str) -> tuple[str, str]:
    """Plan an exercise of the library, begin it, let its clock jump until it is over; return it and its run."""
    here = leader.send(f"/exercises/library/{code}/", is_announced="on")
    leader.send(f"{here}posts/")
    leader.send(f"{here}start/")
    run = first(r'href="(/runs/\d+/)"', leader.page(here))
    for _ in range(MOST_HOURS):
        if f"{here}close/" in leader.page(here):
            return here, run
        leader.send(f"{run}clock/jump/", minutes="60")
    raise AssertionError(f"{code} is not over after {MOST_HOURS} hours")


def recorded(leader: Sender, run: str) -> str:
    """Record the first thing that the log shows of a step as a finding on the plan."""
    for address in re.findall(r'href="([^"]*/findings/new/[^"]*)"', leader.page(f"{run}findings/")):
        form = leader.page(address)
        finding = leader.send(address, **{**filled(form), **WRONG})
        if "steps." in leader.page(finding):
            return finding
    raise AssertionError("nothing that went wrong belongs to a step")


def filled(form: str) -> dict[str, str]:
    """Return what a form holds already, as a browser would send it."""
    main = form[form.index("<main") :]
    found = {}
    for tag in re.findall(r"<input [^>]*>", main):
        name, kind = attribute(tag, "name"), attribute(tag, "type")
        if name and name != "csrfmiddlewaretoken" and (kind not in ("radio", "checkbox") or " checked" in tag):
            found[name] = attribute(tag, "value")
    for tag, text in re.findall(r"<textarea ([^>]*)>(.*?)</textarea>", main, re.DOTALL):
        found[attribute(tag, "name")] = text.strip()
    for tag, options in re.findall(r"<select ([^>]*)>(.*?)</select>", main, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        default = re.search(r'<option value="([^"]*)"', options)
        if one := chosen or default:
            found[attribute(tag, "name")] = one[1]
    return found


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def changed(leader: Sender, finding: str, minutes: str) -> str:
    """Settle the cure, give the step more time in a draft, report the cure; return the draft."""
    leader.send(f"{finding}settle/", **{**filled(leader.page(f"{finding}settle/")), **CURE})
    draft = leader.send(first(r'action="([^"]*/draft/)"', leader.page(finding)))
    step = first(r'<a href="([^"]*/steps/[^"]*)"[^>]*class="strong"', leader.page(draft))
    leader.send(step, **{**filled(leader.page(step)), "limit": minutes})
    leader.send(f"{finding}rectify/", note="已写入草案 drafted")
    return draft


def adopted(judge: Sender, draft: str, finding: str) -> None:
    """Adopt the draft as somebody else, and begin the retest that it schedules."""
    judge.send(f"{draft}adopt/", **{**filled(judge.page(f"{draft}adopt/")), "note": "已核对 checked"})
    retest = first(r'href="([^"]*/retests/[^"]*)"', judge.page(finding))
    judge.send(retest, **filled(judge.page(retest)))


def is_verified(judge: Sender, finding: str, *, within: float = 60.0) -> bool:
    """Wait until the retest has passed and the finding is verified."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if "chip-good" in judge.page(finding):
            return True
        time.sleep(0.2)
    return False
