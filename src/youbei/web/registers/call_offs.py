"""Calling off under an agreement: the sheet that asks, the page of a request, and the page of its link."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import call_offs, clock
from youbei.actions.call_off_goods import left_under
from youbei.actions.call_off_messages import call_off_behind, link_of, mandate_of, said_of
from youbei.engine.access import Permission
from youbei.engine.call_offs import STATE_NAMES, CallOffRefused, CallOffState
from youbei.engine.text import Text
from youbei.records.models import Agreement, CallOff, Incident, Item
from youbei.records.registers.pages import visible_row
from youbei.records.registers.tables import register_called
from youbei.records.reports.call_offs import (
    USED,
    agreements_for,
    call_off_page,
    estimate_of,
    items_under,
    open_incidents,
    statement_of,
    visible_call_off,
)
from youbei.records.reports.incident import visible_incident
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, one_of, reads
from youbei.web.forms.facts import say
from youbei.web.lists import query_without_cursor
from youbei.web.registers.call_off_steps import ANSWERS, act, offered
from youbei.web.sheet import sheet

P = Permission
OF_GOODS = ("call_off", "supply", "capacity")
Choices = Sequence[tuple[str, str]]
LINK_STEPS = ("en_route", "delivered", "returned")


class Written(forms.Select):
    """Offer what users have written, in whatever language: it is not to be translated."""

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        option["attrs"] |= {"translate": "no"} if value else {}
        return option


class AskForm(forms.Form):
    """Ask for teams, or for a quantity of an item: one the agreement names, or another of the catalogue."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=60)
    chosen = forms.ChoiceField(label=gettext_lazy("Asked for"), required=False)
    item = forms.CharField(
        label=gettext_lazy("Another item"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Code or name of an item of the catalogue, if it is not in the list."),
    )
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3
    )
    what = forms.CharField(
        label=gettext_lazy("In words"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Which teams, with what; what the goods must be like."),
    )
    place = forms.CharField(label=gettext_lazy("To be brought to"), required=False, max_length=200)
    incident = forms.ChoiceField(label=gettext_lazy("For the incident"), required=False, widget=Written)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=400)

    def __init__(self, *args: Any, items: Choices, incidents: Choices, **options: Any) -> None:
        options["initial"] = {"once": uuid4().hex, "quantity": 1, **options.get("initial", {})}
        super().__init__(*args, **options)
        offer(self.fields["chosen"], [("", _("Teams")), *items])
        offer(self.fields["incident"], [("", _("No incident")), *incidents])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        word = (data.get("item") or "").strip() or data.get("chosen") or ""
        data["wanted"] = item_called(word) if word else None
        if word and data["wanted"] is None:
            self.add_error("item", _("There is no such item in the catalogue. Use its code or its name."))
        return data


def offer(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    if not isinstance(field, forms.ChoiceField):
        raise TypeError("Only a field of choices offers some")
    field.choices = choices


def item_called(word: str) -> Item | None:
    """Find an item by its code or its name in either language."""
    named = Q(code=word.lower()) | Q(name_zh=word) | Q(name_en__iexact=word)
    return Item.objects.filter(named, retired_at__isnull=True).order_by("pk").first()


def items_of(agreement: Agreement) -> Choices:
    """Offer what is held under an agreement, with what is left of it, and what it has a price for."""
    found = []
    for item in items_under(agreement):
        left, unit = left_under(agreement, item), say(Text(item.unit_zh, item.unit_en))
        name = say(Text(item.name_zh, item.name_en))
        has = "" if left is None else _(" ({amount} {unit} left)").format(amount=f"{left.normalize():f}", unit=unit)
        found.append((item.code, f"{name}{has}"))
    return found


def incidents_for(request: HttpRequest) -> Choices:
    return [(one.number, f"{one.number} {say(one.named)}") for one in open_incidents(user_of(request))]


def agreement_for(request: HttpRequest, pk: int) -> Agreement:
    found = visible_row(register_called("agreement"), pk, user_of(request))
    if not isinstance(found, Agreement):
        raise TypeError("The register of agreements holds agreements")
    return found


@access(P.EDIT_RESOURCE)
@reads(incident=WORDS)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the other side of an agreement for teams or a quantity."""
    by, agreement = user_of(request), agreement_for(request, pk)
    number = request.GET.get("incident", "")[:40]

    items, incidents = items_of(agreement), incidents_for(request)
    first = items[0][0] if items and agreement.kind in OF_GOODS else ""

    def form(*args: Any) -> AskForm:
        return AskForm(*args, initial={"incident": number, "chosen": first}, items=items, incidents=incidents)

    def do(data: dict[str, Any]) -> CallOff:
        wanted = call_offs.Wanted(data["quantity"], data["wanted"], data["what"], data["place"], data["note"])
        incident = incident_called(data["incident"].strip(), request)
        return call_offs.ask(
            agreement=agreement, wanted=wanted, once=data["once"], by=by, now=clock.now(), incident=incident
        )

    return sheet(
        request,
        form=form,
        do=do,
        title=_("Call off under the agreement"),
        submit=_("Send the request"),
        back=reverse("record", args=["agreement", pk]),
        done=_("Asked. The answer comes by the link that was sent."),
        after=lambda row: reverse("call_off", args=[row.pk]),
    )


def incident_called(number: str, request: HttpRequest) -> Incident | None:
    if not number:
        return None
    found = Incident.objects.visible_to(user_of(request)).filter(number=number).first()
    if found is None:
        raise CallOffRefused(
            zh=f"没有编号为“{number}”的事件，或您无权查看。请核对编号，或留空。",
            en=f"There is no incident {number} that you may see. Check the number, or leave it empty.",
        )
    return found


@access(P.SEE)
@reads(state=one_of(STATE_NAMES), cursor=WORDS)
def list_call_offs(request: HttpRequest) -> HttpResponse:
    """Show what was called off, newest first."""
    page = call_off_page(user_of(request), state=request.GET.get("state", ""), cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": [(row, said_of(row), STATE_NAMES[CallOffState(row.state)]) for row in page.rows],
        "states": [(state.value, name) for state, name in STATE_NAMES.items()],
        "chosen": request.GET.get("state", ""),
        "query": query_without_cursor(request),
        "now": clock.now(),
    }
    return render(request, "call_offs/list.html", context)


@access(P.EDIT_RESOURCE)
def choose(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Show under which agreements something can be called off for an incident."""
    user = user_of(request)
    incident = visible_incident(incident_id, user)
    context = {"incident": incident, "agreements": agreements_for(user, clock.now())}
    return render(request, "call_offs/choose.html", context)


def found_for(request: HttpRequest, pk: int) -> CallOff:
    row = visible_call_off(pk, user_of(request))
    if row is None:
        raise Http404
    return row


@access(P.SEE)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request with its clock, its answer, what it will cost, and what can be done next."""
    return request_page(request, found_for(request, pk))


def request_page(
    request: HttpRequest, row: CallOff, *, wrong: forms.Form | None = None, verb: str = ""
) -> HttpResponse:
    user = user_of(request)
    may_ask = user.may(P.EDIT_RESOURCE, row.org_path)
    is_theirs = row.asked_of is not None and user.may(P.EDIT_RESOURCE, row.asked_of.path)
    may_answer = may_ask or is_theirs
    context = {
        **shown(row),
        "link": link_of(row) if may_ask else "",
        "may_ask": may_ask,
        "may_answer": may_answer,
        "offered": offered(row, may_ask=may_ask, wrong=wrong, verb=verb) if may_answer else None,
        "sees_incident": row.incident is not None and user.may(P.SEE, row.incident.org_path),
        "statement": statement_of(row),
        "may_settle": may_ask and row.incident is not None and row.state in USED,
    }
    return render(request, "call_offs/page.html", context, status=422 if wrong is not None else 200)


def shown(row: CallOff) -> dict[str, Any]:
    state = CallOffState(row.state)
    return {
        "row": row,
        "what": said_of(row),
        "state": STATE_NAMES[state],
        "is_late": state is CallOffState.ASKED and clock.now() >= row.due_at,
        "is_exercise": row.mode == "exercise",
        "estimate": estimate_of(row),
    }


@access(P.EDIT_RESOURCE)
def step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Answer a request, or take it one step on, as somebody with an account."""
    row = found_for(request, pk)
    if request.method == "POST" and (wrong := act(request, row, verb, user_of(request))) is not None:
        return request_page(request, found_for(request, pk), wrong=wrong, verb=verb)
    return redirect("call_off", pk)


@access("public")
def link_page(request: HttpRequest, word: str) -> HttpResponse:
    """Show a request to whoever holds its link, and take the answer and the steps that follow."""
    row = call_off_behind(word, clock.now())
    verb, wrong = request.POST.get("step", ""), None
    if request.method == "POST":
        if verb not in (*ANSWERS, *LINK_STEPS):
            raise Http404
        wrong = act(request, row, verb, mandate_of(row))
        if wrong is None:
            return redirect("call_off_link", word)
        row = call_off_behind(word, clock.now())
    context = {**shown(row), "word": word, "offered": offered(row, may_ask=False, wrong=wrong, verb=verb)}
    return render(request, "call_offs/link.html", context, status=422 if wrong is not None else 200)


urlpatterns = [
    path("registers/agreement/<int:pk>/call-off/", ask, name="call_off_ask"),
    path("incidents/<int:incident_id>/call-off/", choose, name="incident_call_off"),
    path("call-offs/", list_call_offs, name="call_offs"),
    path("call-offs/<int:pk>/", show, name="call_off"),
    path("call-offs/<int:pk>/<slug:verb>/", step, name="call_off_step"),
    path("a/<str:word>/", link_page, name="call_off_link"),
]
