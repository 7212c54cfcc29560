"""Quantities that were stated for lots: what waits for a second person, and to confirm or reject it in one tap."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.actors import actor_for, ids_of
from youbei.actions.stock.verifying import confirm_stated, reject_stated
from youbei.engine.access import Permission
from youbei.records.models import StatedQuantity, User
from youbei.records.models.scope import Registered
from youbei.records.reports.stated import waiting_page
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, WORDS, reads
from youbei.web.lists import query_without_cursor
from youbei.web.stock.lots import told

VERBS = ("confirm", "reject")


def deciding(user: User) -> dict[str, Any]:
    """Return what the rows of statements ask about who looks: where they may count, and which ids are theirs."""
    return {"may_count": user.paths_with(Permission.COUNT_STOCK), "own_ids": ids_of(user)}


@access(Permission.SEE)
@reads(import_=NUMBER, cursor=WORDS)
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits for a second person, the newest first, of all or of one import."""
    user, asked = user_of(request), request.GET.get("import", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    page = waiting_page(user, number=number, cursor=request.GET.get("cursor") or None)
    context = {"page": page, "number": number, "query": query_without_cursor(request), **deciding(user)}
    return render(request, "stock/stated.html", context)


@access(Permission.SEE)
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Confirm or reject what somebody else has stated; whoever stated it takes it back."""
    by = user_of(request)
    found = StatedQuantity.objects.visible_to(by).filter(pk=pk).first()
    if found is None or verb not in VERBS:
        raise Http404
    if request.method == "POST":
        act, done = {
            "confirm": (confirm_stated, _("Confirmed: the ledger has the difference as a count.")),
            "reject": (reject_stated, _("The lot stays as its ledger says.")),
        }[verb]
        answer = request.POST.get("answer", "")
        told(request, lambda: act(by=by, now=clock.now(), statement=pk, answer=answer), done)
    if request.POST.get("back") == "lot":
        return redirect("record", "lot", found.lot_id)
    return redirect("stock_due" if request.POST.get("back") == "due" else "stock_stated")


def tell_what_waits(request: HttpRequest, row: Registered, by: User) -> None:
    """Say after a lot was saved that another quantity waits, so that nobody takes it for done."""
    waits = StatedQuantity.objects.filter(
        lot=row.pk, actor=actor_for(by, clock.now()).id, state=StatedQuantity.State.WAITING
    )
    if waits.exists():
        messages.warning(
            request,
            _(
                "The quantity stays as the ledger has it: another waits until somebody who has not handled the lot "
                "confirms it."
            ),
        )


urlpatterns = [
    path("stock/stated/", waiting, name="stock_stated"),
    path("stock/stated/<int:pk>/<slug:verb>/", decide, name="stock_stated_decide"),
]
