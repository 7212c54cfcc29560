"""Pages of webhooks: how each stands, what was sent last, and everything that can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from youbei.actions import clock
from youbei.actions.webhooks import keeping
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.records.log import head
from youbei.records.models import Organisation, Webhook
from youbei.records.reports.webhooks import webhook_line, webhook_page
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, reads
from youbei.web.lists import query_without_cursor
from youbei.web.me.confirm import confirmed
from youbei.web.sheet import sheet
from youbei.web.webhooks.forms import AgainForm, NewForm, TermsForm

SHOWN = 50
Act = Callable[..., object]
ACTS: Mapping[str, tuple[Act, str | Promise]] = {
    "test": (keeping.try_out, gettext_lazy("A test is on its way.")),
    "pause": (
        keeping.pause_webhook,
        gettext_lazy("Nothing is sent until it is resumed; what happens meanwhile waits."),
    ),
    "resume": (keeping.resume_webhook, gettext_lazy("It goes on where it was left.")),
}


def webhook_for(request: HttpRequest, pk: int) -> Webhook:
    rows = Webhook.objects.visible_to(user_of(request), Permission.MANAGE_ACCESS)
    return get_object_or_404(rows.select_related("organisation", "by"), pk=pk)


@access(Permission.MANAGE_ACCESS)
@reads(cursor=WORDS)
def webhooks(request: HttpRequest) -> HttpResponse:
    page = webhook_page(user_of(request), cursor=request.GET.get("cursor"))
    return render(request, "webhooks/list.html", {"page": page, "query": query_without_cursor(request)})


@access(Permission.MANAGE_ACCESS)
@never_cache
@confirmed
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Make a webhook and show its secret, this once."""
    by = user_of(request)
    form = NewForm(request.POST if request.method == "POST" else None, by=by)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            unit = form.cleaned_data["organisation"]
            try:
                row, secret = keeping.create_webhook(by=by, now=clock.now(), organisation=unit, terms=form.terms())
            except Refused as refusal:
                form.add_error(None, refusal.text.in_language(get_language() or "en"))
                status = refusal.status
            else:
                return render(request, "webhooks/secret.html", {"webhook": row, "secret": secret, "is_new": True})
    units = Organisation.objects.visible_to(by, Permission.MANAGE_ACCESS).order_by("path")[:300]
    context = {"form": form, "units": units, "back": reverse("webhooks"), "webhook": None}
    return render(request, "webhooks/terms.html", context, status=status)


@access(Permission.MANAGE_ACCESS)
def webhook_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = webhook_for(request, pk)
    form = TermsForm(request.POST if request.method == "POST" else None, kept=row)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                keeping.change_webhook(by=user_of(request), now=clock.now(), webhook=row, terms=form.terms())
            except Refused as refusal:
                form.add_error(None, refusal.text.in_language(get_language() or "en"))
                status = refusal.status
            else:
                messages.success(request, _("The webhook is changed."))
                return redirect("webhook", pk)
    context = {"form": form, "back": reverse("webhook", args=[pk]), "webhook": row}
    return render(request, "webhooks/terms.html", context, status=status)


@access(Permission.MANAGE_ACCESS)
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    row = webhook_for(request, pk)
    last = head().position
    context = {
        "line": webhook_line(row, last),
        "webhook": row,
        "sendings": row.sendings.all()[:SHOWN],
        "is_working": (row.state == Webhook.State.ACTIVE and row.lease != "") or row.trial_asked_at is not None,
        "last": last,
    }
    return render(request, "webhooks/page.html", context)


@access(Permission.MANAGE_ACCESS)
@require_POST
def webhook_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Test, pause or resume."""
    row = webhook_for(request, pk)
    if verb not in ACTS:
        raise Http404
    act, done = ACTS[verb]
    act(by=user_of(request), now=clock.now(), webhook=row)
    messages.success(request, str(done))
    return redirect("webhook", pk)


@access(Permission.MANAGE_ACCESS)
def webhook_again(request: HttpRequest, pk: int) -> HttpResponse:
    row = webhook_for(request, pk)
    by, last = user_of(request), head().position

    def form(*args: Any) -> AgainForm:
        return AgainForm(*args, initial={"position": min(row.position + 1, last + 1)}, last=last)

    def send(given: dict[str, Any]) -> Webhook:
        return keeping.send_again(by=by, now=clock.now(), webhook=row, position=given["position"])

    return sheet(
        request,
        form=form,
        do=send,
        title=_("Send again, or skip: %(title)s") % {"title": row.title},
        submit=_("Send from there on"),
        back=reverse("webhook", args=[pk]),
        done=_("It is sent from there on."),
        after=lambda _result: reverse("webhook", args=[pk]),
    )


@access(Permission.MANAGE_ACCESS)
@never_cache
@confirmed
def webhook_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a new secret is meant, then make it and show it, this once."""
    row = webhook_for(request, pk)
    if request.method != "POST":
        return render(request, "webhooks/renew.html", {"webhook": row})
    row, secret = keeping.renew_secret(by=user_of(request), now=clock.now(), webhook=row)
    return render(request, "webhooks/secret.html", {"webhook": row, "secret": secret, "is_new": False})


@access(Permission.MANAGE_ACCESS)
def webhook_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether it is meant, then remove the webhook."""
    row = webhook_for(request, pk)
    if request.method != "POST":
        return render(request, "webhooks/remove.html", {"webhook": row})
    keeping.remove_webhook(by=user_of(request), now=clock.now(), webhook=row)
    messages.success(request, _("The webhook is removed; nothing more is sent there."))
    return redirect("webhooks")


urlpatterns = [
    path("webhooks/", webhooks, name="webhooks"),
    path("webhooks/new/", webhook_new, name="webhook_new"),
    path("webhooks/<int:pk>/", webhook, name="webhook"),
    path("webhooks/<int:pk>/change/", webhook_change, name="webhook_change"),
    path("webhooks/<int:pk>/again/", webhook_again, name="webhook_again"),
    path("webhooks/<int:pk>/secret/", webhook_secret, name="webhook_secret"),
    path("webhooks/<int:pk>/remove/", webhook_remove, name="webhook_remove"),
    path("webhooks/<int:pk>/<slug:verb>/", webhook_act, name="webhook_act"),
]
