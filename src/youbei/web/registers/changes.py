"""The history of all registers: who changed what and when, narrowed by what stands in the address, and as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language

from youbei import content
from youbei.actions import clock
from youbei.actions.sheets.changes import export_changes
from youbei.engine.access import Permission
from youbei.records.models import Organisation, RecordChange, User
from youbei.records.registers.called import names_in
from youbei.records.registers.changes import SOURCES, ChangeFilters, change_page, read_change_filters
from youbei.web.access import access, user_of
from youbei.web.asked import DAY, NUMBER, UNIT, WORDS, one_of, reads
from youbei.web.lists import query_without_cursor

# What the address of the list, and of the file of it, may hold.
ASKED = {
    "register": one_of(content.registers),
    "record": NUMBER,
    "unit": UNIT,
    "who": WORDS,
    "kind": one_of(RecordChange.Kind),
    "source": one_of(SOURCES),
    "from": DAY,
    "until": DAY,
}


@access(Permission.SEE)
@reads(ASKED, cursor=WORDS)
def list_changes(request: HttpRequest) -> HttpResponse:
    """Show what was changed in the registers, newest first."""
    user = user_of(request)
    filters = read_change_filters(request.GET)
    page = change_page(user, filters, now=clock.now(), cursor=request.GET.get("cursor"))
    context = {**filter_context(user, filters), "page": page, "query": query_without_cursor(request)}
    context["names"] = names_in(one.change for one in page.rows)
    return render(request, "registers/changes.html", context)


def filter_context(user: User, filters: ChangeFilters) -> dict[str, Any]:
    unit = Organisation.objects.visible_to(user).filter(code=filters.unit).first() if filters.unit else None
    return {
        "filters": filters,
        "unit": unit,
        "registers": [one for one in content.registers().values() if user.paths_with(one.see)],
        "kinds": list(RecordChange.Kind),
        "sources": list(SOURCES),
        "is_narrowed": filters != ChangeFilters(),
        "may_export": bool(user.paths_with(Permission.EXPORT_REGISTER)),
    }


@access(Permission.EXPORT_REGISTER)
@reads(ASKED, refuses=True)
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the history, narrowed as the address says, as text."""
    made = export_changes(
        filters=read_change_filters(request.GET), by=user_of(request), now=clock.now(), language=get_language() or "en"
    )
    response = StreamingHttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


urlpatterns = [
    path("registers/changes/", list_changes, name="changes"),
    path("registers/changes/export/", export, name="changes_export"),
]
