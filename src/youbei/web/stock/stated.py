"""Quantities that were stated for lots: what waits for a second person, and to confirm or reject it in one tap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.actors import actor_for, ids_of
from youbei.actions.stock.deciding import decide_next, decide_these
from youbei.actions.stock.verifying import confirm_stated, reject_stated
from youbei.engine.access import Permission
from youbei.records.models import Site, StatedQuantity, User
from youbei.records.models.scope import Registered
from youbei.records.reports.stated import Which, how_many_wait, waiting_page
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, WORDS, reads
from youbei.web.lists import query_without_cursor
from youbei.web.stock.lots import told

VERBS = ("confirm", "reject")


def deciding(user: User) -> dict[str, Any]:
    """Return what the rows of statements ask about who looks: where they may count, and which ids are theirs."""
    return {"may_count": user.paths_with(Permission.COUNT_STOCK), "own_ids": ids_of(user)}


@access(Permission.SEE)
@reads(import_=NUMBER, site=WORDS, before=NUMBER, cursor=WORDS)
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits for a second person, the newest first, of all, of one import or of one store."""
    user, which = user_of(request), which_of(request.GET)
    page = waiting_page(user, which=which, cursor=request.GET.get("cursor") or None)
    context = {
        "page": page,
        **scope(user, which),
        "query": query_without_cursor(request),
        "may_decide": bool(user.paths_with(Permission.COUNT_STOCK)),
        "waits": 0 if which.is_all else how_many_wait(user, which),
        **deciding(user),
    }
    return render(request, "stock/stated.html", context)


def which_of(asked: QueryDict) -> Which:
    """Read which statements an address or a form asks for; what is no number counts as nothing."""
    return Which(number=number_in(asked, "import"), site=asked.get("site", "")[:80], before=number_in(asked, "before"))


def number_in(asked: QueryDict, name: str) -> int:
    text = asked.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def scope(user: User, which: Which) -> dict[str, Any]:
    """Return what names the import and the store on the page; a store that one may not see is named by its code."""
    site = Site.objects.visible_to(user).filter(code=which.site).first() if which.site else None
    return {"number": which.number, "site": which.site, "store": site}


@access(Permission.SEE)
def decide_several(request: HttpRequest) -> HttpResponse:
    """Confirm or reject those that were ticked, or the next of all of one import or store; say what became of them."""
    by, verb, which = user_of(request), request.POST.get("verb", ""), which_of(request.POST)
    if request.method != "POST":
        return redirect("stock_stated")
    if verb not in VERBS:
        raise Http404
    answer = request.POST.get("answer", "")
    picked = [int(one) for one in request.POST.getlist("pick") if one.isascii() and one.isdecimal() and len(one) < 16]
    if "all" in request.POST and not which.is_all:
        made = decide_next(by=by, now=clock.now(), verb=verb, which=which, answer=answer)
    elif not picked:
        messages.warning(request, _("Nothing was ticked, so nothing was decided."))
        return redirect("stock_stated")
    else:
        made = decide_these(by=by, now=clock.now(), verb=verb, statements=picked, answer=answer)
    context = {
        "verb": verb,
        "answer": answer,
        "made": made,
        "done": number_in(request.POST, "done") + len(made.done),
        "kept": number_in(request.POST, "kept") + len(made.refused),
        "left": how_many_wait(by, replace(which, before=made.before)) if made.before is not None else 0,
        **scope(by, which),
    }
    return render(request, "stock/stated_decided.html", context)


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
    path("stock/stated/several/", decide_several, name="stock_stated_several"),
    path("stock/stated/<int:pk>/<slug:verb>/", decide, name="stock_stated_decide"),
]
