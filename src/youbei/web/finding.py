"""One search box over all registers: the page of what was found, and what is proposed while one types."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.words.match import Reason
from youbei.records.models import User
from youbei.records.search.find import Found, find, searched_registers
from youbei.records.search.groups import find_grouped, units_of
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, one_of, reads

SHOWN = 6
SHOWN_OF_ONE = 200
PROPOSED = 8
LONGEST = 100


@access(Permission.SEE)
@reads(q=WORDS, in_=one_of(content.registers))
def search(request: HttpRequest) -> HttpResponse:
    """Show what a text finds: a few of each register, or all of one that the address names."""
    user, text = user_of(request), asked(request)
    name = request.GET.get("in", "")
    register = next((one for one in searched_registers(user) if one.name == name), None)
    context: dict[str, Any] = {"text": text, "in_register": register, "reasons": Reason, "searched": []}
    if not text:
        context["searched"] = searched_registers(user)
    elif register is not None:
        found = find(user, text, registers=[register.name])
        context |= {"found": found, "units": units_of(found.hits), "groups": []}
    else:
        groups = find_grouped(user, text, shown=SHOWN)
        context |= {"groups": groups, "units": units_of([hit for group in groups for hit in group.hits])}
    return render(request, "finding/page.html", context)


@access(Permission.SEE)
@reads(q=WORDS)
def propose(request: HttpRequest) -> HttpResponse:
    """Give the best few of what a text finds, for the list under the search box."""
    user, text = user_of(request), asked(request)
    found = proposals(user, text) if text else Found()
    context = {"text": text, "hits": found.hits[:PROPOSED], "units": units_of(found.hits[:PROPOSED]), "found": found}
    return render(request, "finding/_proposals.html", context)


def proposals(user: User, text: str) -> Found:
    return find(user, text, most=PROPOSED * 5)


def asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST]


urlpatterns = [
    path("search/", search, name="search"),
    path("search/proposals/", propose, name="search_proposals"),
]
