"""Every page says what of its address it does not understand, and understands what it offers itself.

A page that is added is walked without a change here: its forms are read, its links are followed.
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest
from django.test import Client

from tests.shape.test_doors import pages
from tests.walk.places import addresses
from tests.walk.planted import Planted
from tests.walk.steps import Opened
from tests.walk.test_ways import route_of

pytestmark = pytest.mark.django_db
MISSPELT, IMPOSSIBLE = "mispelt_zq", "zq-impossible"
LINK = re.compile(r'\b(?:href|hx-get)="([^"#]*\?[^"#]+)')
SAYS = 'id="strange"'


class Offered(HTMLParser):
    """Collect what the asking forms of a page send: each name with a value, and which names are no free text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str], set[str]]] = []
        self.is_in, self.select = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_in = given.get("method", "get").lower() == "get"
            if self.is_in:
                self.forms.append((given.get("action", ""), {}, set()))
        if not self.is_in or not self.forms:
            return
        _action, sent, bound = self.forms[-1]
        name = given.get("name", "")
        if tag == "select" and name:
            self.select = name
            bound.add(name)
        elif tag == "option" and self.select and given.get("value") and not sent.get(self.select):
            sent[self.select] = given["value"]
        elif tag in ("input", "textarea", "button") and name:
            sent.setdefault(name, given.get("value") or "")
            if given.get("type") in ("date", "checkbox", "radio"):
                bound.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_in = False
        elif tag == "select":
            self.select = ""


def is_whole(one: Opened) -> bool:
    return one.status == 200 and "<main" in one.page


def test_every_page_names_what_it_does_not_know(planted: Planted, opened: list[Opened]) -> None:
    owner, silent, seen = planted.browser("owner"), [], 0
    for one in opened:
        if is_whole(one):
            page = owner.get(f"{one.address}?{MISSPELT}=zq1").content.decode()
            seen += 1
            if SAYS not in page or f"{MISSPELT}=zq1" not in page:
                silent.append(one.address)
    assert not silent, "\n".join(silent)
    assert seen > 150


def test_every_list_names_a_value_that_cannot_be(planted: Planted, opened: list[Opened]) -> None:
    """Choices and days of the form of a page: what is none of them narrows nothing, and is named."""
    owner, silent, tried = planted.browser("owner"), [], set()
    for one in opened:
        for action, _sent, bound in offered(one.page) if is_whole(one) else []:
            there = urljoin(one.address, action)
            for name in sorted(bound):
                # Registers have one route; each field is tried in the first of them that has it.
                if (route_of(there), name) in tried:
                    continue
                tried.add((route_of(there), name))
                page = owner.get(f"{there}?{urlencode({name: IMPOSSIBLE})}").content.decode()
                # Where a form is shown again, it says itself what is wrong with a field.
                if f"{name}={IMPOSSIBLE}" not in page and "errorlist" not in page and "field-error" not in page:
                    silent.append(f"{there}?{name}")
    assert not silent, "\n".join(sorted(set(silent)))
    assert len(tried) > 60


def test_every_page_understands_its_own_forms_and_links(planted: Planted, opened: list[Opened]) -> None:
    owner, wrong, seen = planted.browser("owner"), {}, set()
    for one in opened:
        for there in asked_from(one) if is_whole(one) else ():
            parts = urlsplit(there)
            key = (route_of(there), tuple(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})))
            if key in seen or not parts.path.startswith("/") or parts.netloc or parts.path.startswith("/api/"):
                continue
            seen.add(key)
            answer: Any = owner.get(there)
            page = "" if answer.streaming else answer.content.decode(errors="replace")
            if SAYS in page or answer.status_code == 422:
                wrong[there] = one.address
    assert not wrong, "\n".join(f"{there} on {page}" for there, page in wrong.items())
    assert len(seen) > 60


def asked_from(one: Opened) -> list[str]:
    """Return the addresses with a query to which a page leads, by its links and by its asking forms as they stand."""
    links = [urljoin(one.address, unescape(found)) for found in LINK.findall(one.page)]
    forms = [(urljoin(one.address, action), sent) for action, sent, _ in offered(one.page)]
    return links + [f"{there.partition('?')[0]}?{urlencode(sent)}" for there, sent in forms if sent]


def offered(page: str) -> list[tuple[str, dict[str, str], set[str]]]:
    reader = Offered()
    reader.feed(page)
    return reader.forms


def test_a_file_is_not_made_of_what_is_only_half_understood(planted: Planted) -> None:
    owner, made = planted.browser("owner"), []
    refusing = [(route, entry) for route, entry in pages() if getattr(entry.callback, "reads", None)]
    refusing = [(route, entry) for route, entry in refusing if entry.callback.reads.refuses]  # type: ignore[union-attr]
    for route, _ in refusing:
        for address in addresses(route, planted):
            answer: Any = owner.get(f"{address}?{MISSPELT}=zq1")
            if answer.status_code != 422 or MISSPELT not in answer.content.decode():
                made.append((address, answer.status_code))
    assert not made
    assert len(refusing) >= 5


def test_a_stranger_who_is_sent_to_sign_in_is_told_nothing_strange(planted: Planted) -> None:
    answer = Client(headers={"accept-language": "en"}).get("/incidents/?status=open", follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain
    assert 'name="password"' in page
    assert SAYS not in page
    assert SAYS in Client().get("/sign-in/?nxet=/incidents/").content.decode()
