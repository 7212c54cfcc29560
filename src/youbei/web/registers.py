"""Teams, stock and sites as lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from youbei import content
from youbei.actions import clock
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Site, Team
from youbei.records.reports.resources import ResourceFilter, site_page, stock_page, team_page
from youbei.web.access import access, user_of
from youbei.web.lists import query_without_cursor


def filters_of(request: HttpRequest) -> ResourceFilter:
    given = request.GET
    return ResourceFilter(kind=given.get("kind", ""), status=given.get("status", ""), text=given.get("text", ""))


def context_of(request: HttpRequest, page: Any, kinds: Mapping[str, Text], **more: Any) -> dict[str, Any]:
    return {
        "page": page,
        "filters": filters_of(request),
        "kinds": kinds,
        "query": query_without_cursor(request),
        **more,
    }


@access(Permission.SEE)
def teams(request: HttpRequest) -> HttpResponse:
    page = team_page(user_of(request), filters=filters_of(request), cursor=request.GET.get("cursor"))
    kinds = {code: kind.name for code, kind in content.capabilities().items()}
    return render(request, "resources/teams.html", context_of(request, page, kinds, statuses=Team.Status.values))


@access(Permission.SEE)
def stock(request: HttpRequest) -> HttpResponse:
    page = stock_page(user_of(request), filters=filters_of(request), cursor=request.GET.get("cursor"))
    kinds = {code: item.name for code, item in content.items().items()}
    return render(request, "resources/stock.html", context_of(request, page, kinds, today=clock.now().date()))


@access(Permission.SEE)
def sites(request: HttpRequest) -> HttpResponse:
    page = site_page(user_of(request), filters=filters_of(request), cursor=request.GET.get("cursor"))
    return render(request, "resources/sites.html", context_of(request, page, {}, uses=Site.Kind.values))


urlpatterns = [
    path("resources/", teams, name="resources"),
    path("resources/stock/", stock, name="stock"),
    path("resources/sites/", sites, name="sites"),
]
