"""Whoever may open a page finds a way to it: from the duty desk, by links alone."""

from __future__ import annotations

import re
from collections import deque
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.walk.planted import Planted
from tests.walk.steps import closed_pages

pytestmark = pytest.mark.django_db
REGISTER = "/registers/<slug:name>/"
WAY = re.compile(r'<(?:a\b[^>]*\bhref|form\b[^>]*\baction)="([^"#]+)')
# Offered where there is something to see or to do there: stale records that plans rest on, a password asked again.
ON_OCCASION = {"/registers/freshness/plans/", "/me/confirm/"}


def route_of(address: str) -> str:
    try:
        return f"/{resolve(urlsplit(address).path).route}"
    except Resolver404:
        return ""


def is_page(answer: Any) -> bool:
    """Say whether an answer is a whole page, neither data nor a part of one."""
    is_html = answer.status_code == 200 and "html" in answer["Content-Type"]
    return is_html and b"<main" in answer.content


def test_every_page_without_a_row_is_reached_by_links(planted: Planted) -> None:
    owner = planted.browser("owner")
    wanted = {route for route, _ in closed_pages() if "<" not in route}
    wanted = {route for route in wanted - ON_OCCASION if is_page(owner.get(route))}
    seen, ahead = {"/"}, deque(["/"])
    while ahead:
        address = ahead.popleft()
        answer = owner.get(address)
        if not is_page(answer):
            continue
        for found in WAY.findall(answer.content.decode()):
            there = urljoin(address, unescape(found))
            route = route_of(there)
            # Registers have one route and differ in what they offer.
            key = urlsplit(there).path if route == REGISTER else route
            if route and key not in seen:
                seen |= {route, key}
                ahead.append(there)
    missed = sorted(wanted - seen)
    assert not missed, "\n".join(missed)
