"""The list of findings, narrowed by what stands in the address, and the same as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language

from youbei.actions import clock
from youbei.actions.findings.exporting import export_findings
from youbei.engine.access import Permission
from youbei.engine.findings.kinds import ELEMENT_NAMES, SEVERITY_NAMES, SOURCE_NAMES
from youbei.engine.findings.life import STATE_NAMES
from youbei.engine.text import Text
from youbei.records.models import Organisation, Plan, User
from youbei.records.reports.findings import (
    CHOICES,
    COUNTED,
    FindingFilters,
    finding_counts,
    finding_page,
    read_finding_filters,
)
from youbei.web.access import access, user_of
from youbei.web.asked import LANGUAGE, NUMBER, UNIT, WORDS, one_of, reads
from youbei.web.lists import query_without_cursor

# What the address of the list, and of the file of it, may hold.
ASKED = {
    **{name: one_of(words) for name, words in CHOICES.items()},
    "plan": NUMBER,
    "run": NUMBER,
    "unit": UNIT,
    "text": WORDS,
}


@access(Permission.SEE)
@reads(ASKED, cursor=WORDS)
def show(request: HttpRequest) -> HttpResponse:
    """Show what is wrong, newest first; what is late, the latest first."""
    user, today = user_of(request), timezone.localdate(clock.now())
    filters = read_finding_filters(request.GET.dict())
    context = {
        **names(),
        **named_filters(user, filters),
        "page": finding_page(user, today=today, filters=filters, cursor=request.GET.get("cursor")),
        "counts": finding_counts(user, today=today, filters=filters),
        "counted": COUNTED,
        "filters": filters,
        "query": query_without_cursor(request),
        "may_record": bool(user.paths_with(Permission.RECORD_FINDING)),
        "may_export": bool(user.paths_with(Permission.EXPORT_REGISTER) or user.paths_with(Permission.ACCEPT_FINDING)),
    }
    return render(request, "findings/list.html", context)


def names() -> dict[str, Any]:
    found: dict[str, Mapping[Any, Text]] = {
        "sources": SOURCE_NAMES,
        "severities": SEVERITY_NAMES,
        "elements": ELEMENT_NAMES,
        "states": STATE_NAMES,
    }
    return {key: [(one.value, text) for one, text in named.items()] for key, named in found.items()}


def named_filters(user: User, filters: FindingFilters) -> dict[str, Any]:
    """Name the unit and the plan that narrow the list, where the user may see them."""
    units, plans = Organisation.objects.visible_to(user), Plan.objects.visible_to(user)
    return {
        "unit": units.filter(code=filters.unit).first() if filters.unit else None,
        "plan": plans.filter(pk=int(filters.plan)).first() if filters.plan else None,
        "is_narrowed": filters != FindingFilters(),
    }


@access(Permission.SEE)
@reads(ASKED, refuses=True, format=WORDS, language=LANGUAGE)
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the findings, narrowed as the address says, as a file."""
    made = export_findings(
        by=user_of(request),
        now=clock.now(),
        form=request.GET.get("format", "xlsx"),
        language=request.GET.get("language", "") or get_language() or "en",
        filters=read_finding_filters(request.GET.dict()),
    )
    response = StreamingHttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


urlpatterns = [
    path("findings/", show, name="findings"),
    path("findings/export/", export, name="findings_export"),
]
