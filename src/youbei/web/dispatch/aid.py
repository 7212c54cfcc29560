"""Help asked of other organisations: the list, a request, its steps."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from youbei import content
from youbei.actions import clock
from youbei.actions.aid import may_take, request_aid, take_aid_step, what_is_asked
from youbei.engine.access import Permission
from youbei.engine.aid import STATE_NAMES, STEPS, State, steps_from
from youbei.engine.text import Text
from youbei.records.models import AidRequest, Incident, Organisation, User
from youbei.records.reports.dispatch.aid import aid_page, aid_seen, waiting_among
from youbei.records.reports.incident import visible_incident
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, one_of, reads
from youbei.web.lists import query_without_cursor
from youbei.web.sheet import sheet


def said(text: Text) -> str:
    return text.in_language(get_language() or "en")


class AidForm(forms.Form):
    """Of whom, what, how much, until when."""

    partner = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=200,
        help_text=gettext_lazy("Its code or its name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "aid-partners"}),
    )
    capability = forms.ChoiceField(label=gettext_lazy("Teams that can"), required=False)
    item = forms.ChoiceField(label=gettext_lazy("or an item"), required=False)
    quantity = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=1_000_000, initial=1)
    needed_by = forms.DateTimeField(
        label=gettext_lazy("There by"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    words = forms.CharField(
        label=gettext_lazy("Task and remarks"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        abilities = [(code, said(one.name)) for code, one in content.capabilities().items()]
        items = [(code, said(one.name)) for code, one in content.items().items()]
        self.fields["capability"].choices = [("", "–"), *abilities]  # type: ignore[attr-defined]
        self.fields["item"].choices = [("", "–"), *items]  # type: ignore[attr-defined]

    def clean_partner(self) -> Organisation:
        entered = self.cleaned_data["partner"].strip()
        rows = Organisation.objects.filter(retired_at__isnull=True)
        found = list(rows.filter(code=entered.lower())[:1]) or list(rows.filter(name_zh=entered)[:2])
        found = found or list(rows.filter(name_en__iexact=entered)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("There is no such organisation, or several. Enter its code."))
        return found[0]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("capability")) is bool(data.get("item")):
            self.add_error(None, _("Choose one: what teams can do, or an item."))
        return data


class StepForm(forms.Form):
    """What is said with a step."""

    quantity = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=1_000_000)
    at = forms.DateTimeField(label=gettext_lazy("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, step: str, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = STEPS[step]
        if not known.takes_quantity:
            del self.fields["quantity"]
        else:
            self.fields["quantity"].initial = most
        if not known.takes_time:
            del self.fields["at"]
        self.fields["reason"].required = known.takes_reason
        if not known.takes_reason:
            del self.fields["reason"]


@access(Permission.SEE)
@reads(state=one_of(STATE_NAMES), cursor=WORDS)
def requests(request: HttpRequest) -> HttpResponse:
    """List requests for help that concern one's units, on either side, the newest first."""
    user, state = user_of(request), request.GET.get("state", "")
    state = state if state in STATE_NAMES else ""
    page = aid_page(user, state=state, cursor=request.GET.get("cursor") or None)
    waiting = waiting_among(page.rows)
    context = {
        "page": page,
        "rows": [shown(row, user) | {"is_waiting": row.pk in waiting} for row in page.rows],
        "state": state,
        "states": [(one.value, name) for one, name in STATE_NAMES.items()],
        "query": query_without_cursor(request),
    }
    return render(request, "aid/list.html", context)


def shown(row: AidRequest, user: User) -> dict[str, Any]:
    """Return a request as pages show it, with the steps that this user may take."""
    state = State(row.state)
    return {
        "row": row,
        "asked": what_is_asked(row),
        "state": STATE_NAMES[state],
        "sees_request": row.outside_id is not None and user.may(Permission.ASSIGN_RESOURCE, row.partner.path),
        "is_good": state in (State.COMMITTED, State.EN_ROUTE, State.ARRIVED, State.RETURNED),
        "steps": [(name, STEPS[name].name) for name in steps_from(state) if may_take(user, row, STEPS[name].side)],
        "sees_incident": user.may(Permission.SEE, row.incident.org_path),
    }


@access(Permission.SEE)
def one_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request, what came of it, and what can follow."""
    user = user_of(request)
    row = aid_for(user, pk)
    mine = shown(row, user)
    settles = row.state in ("released", "returned") and row.agreement is not None
    may_settle = settles and user.may(Permission.EDIT_RESOURCE, row.agreement.org_path if row.agreement else "-")
    sent = row.assignments.select_related("run").order_by("pk") if mine["sees_incident"] else []
    mine["is_waiting"] = bool(waiting_among([row]))
    context = {**mine, "sent": sent, "is_exercise": row.incident.mode == "exercise", "may_settle": may_settle}
    return render(request, "aid/one.html", context)


def aid_for(user: User, pk: int) -> AidRequest:
    row = aid_seen(user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@access(Permission.ASSIGN_RESOURCE)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask another organisation for help with an incident."""
    by = user_of(request)
    incident: Incident = visible_incident(pk, by)
    partners = Organisation.objects.filter(agreements_with_others__organisation__path__startswith="/").distinct()[:50]
    return sheet(
        request,
        form=AidForm,
        do=lambda data: request_aid(by=by, now=clock.now(), incident=incident, **data),
        title=_("Ask another organisation"),
        submit=pgettext("aid", "Ask"),
        back=reverse("incident", args=[pk]),
        done=_("The request is made."),
        after=lambda row: reverse("aid", args=[row.pk]),
        context={"is_exercise": incident.mode == "exercise", "partners": partners},
        template="aid/sheet_new.html",
    )


@access(Permission.ASSIGN_RESOURCE)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take a request one step on."""
    by = user_of(request)
    row = aid_for(by, pk)
    if name not in STEPS:
        raise Http404
    back = reverse("aid", args=[pk])
    return sheet(
        request,
        form=functools.partial(StepForm, step=name, most=row.promised or row.quantity),
        do=lambda data: take_aid_step(by=by, now=clock.now(), aid=row, step=name, **data),
        title=said(STEPS[name].name),
        submit=said(STEPS[name].name),
        back=back,
        done=_("Noted."),
        after=lambda _row: back,
        context={"is_exercise": row.incident.mode == "exercise"},
    )


urlpatterns = [
    path("aid/", requests, name="aid_list"),
    path("aid/<int:pk>/", one_request, name="aid"),
    path("aid/<int:pk>/<slug:name>/", step, name="aid_step"),
    path("incidents/<int:pk>/aid/new/", new, name="aid_new"),
]
