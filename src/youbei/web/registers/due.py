"""What falls due in the registers, the longest overdue first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from youbei import content
from youbei.actions import clock
from youbei.actions.registers.erasing import ERASABLE
from youbei.engine.access import Permission
from youbei.records.models import Organisation
from youbei.records.registers.tables import register_called
from youbei.records.reports.due import DueFilters, due_counts, due_page
from youbei.records.reports.erasures import waiting_erasures
from youbei.web.access import access, user_of
from youbei.web.asked import UNIT, WORDS, one_of, reads
from youbei.web.lists import query_without_cursor

STATES = ("late", "soon")


@access(Permission.SEE)
@reads(kind=one_of(content.due_kinds), state=one_of(STATES), unit=UNIT, cursor=WORDS)
def show(request: HttpRequest) -> HttpResponse:
    """Show reviews, certificates, insurance, agreements and tests that are late or fall due, with who was told.

    Above them stand the erasures that wait for a second person.
    """
    user, now = user_of(request), clock.now()
    filters = read_due_filters(request)
    today = timezone.localdate(now)
    unit = Organisation.objects.visible_to(user).filter(code=filters.unit).first() if filters.unit else None
    context = {
        "page": due_page(user, today=today, now=now, filters=filters, cursor=request.GET.get("cursor")),
        "counts": due_counts(user, today=today, filters=filters),
        "filters": filters,
        "kinds": list(content.due_kinds().values()),
        "kind": content.due_kinds().get(filters.kind),
        "unit": unit,
        "erasures": waiting_erasures(user, [register_called(name) for name in ERASABLE]),
        "is_narrowed": filters != DueFilters(),
        "query": query_without_cursor(request),
    }
    return render(request, "registers/due.html", context)


def read_due_filters(request: HttpRequest) -> DueFilters:
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    return DueFilters(
        kind=kind if kind in content.due_kinds() else "",
        unit=request.GET.get("unit", "").strip()[:100],
        state=state if state in STATES else "",
    )


urlpatterns = [path("registers/due/", show, name="due")]
