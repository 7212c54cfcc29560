"""What other systems ask of us: the inbox, one request, and the two answers to it."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from youbei.actions import clock
from youbei.actions.exchange.answering import answer_question, decline_request, take_request
from youbei.engine.access import Permission
from youbei.engine.aid import STATE_NAMES as AID_STATES
from youbei.engine.aid import State as AidState
from youbei.engine.exchange.rm_ask import INFORMATION, QUOTE
from youbei.records.log import head
from youbei.records.models import Incident, OutsideRequest, User
from youbei.records.reports.asked import LINES, request_page, requests_seen
from youbei.records.reports.incident import visible_incident
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, one_of, reads
from youbei.web.forms.asked import NEW, TakeForm
from youbei.web.lists import query_without_cursor
from youbei.web.sheet import sheet

OFFERED = 50
State = OutsideRequest.State
STATES = {
    State.WAITING.value: gettext_lazy("waits for an answer"),
    State.TAKEN.value: gettext_lazy("taken on"),
    State.ANSWERED.value: pgettext_lazy("request", "answered"),
    State.DECLINED.value: pgettext_lazy("request", "declined"),
    State.WITHDRAWN.value: gettext_lazy("recalled by the asker"),
}


KINDS = {
    INFORMATION: gettext_lazy("asks for information"),
    QUOTE: gettext_lazy("asks for prices"),
}


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Answer in words"),
        max_length=2000,
        help_text=gettext_lazy("The asker reads it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        help_text=gettext_lazy("The asker reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@access(Permission.ASSIGN_RESOURCE)
@reads(state=one_of(("all", *STATES)), cursor=WORDS)
def inbox(request: HttpRequest) -> HttpResponse:
    """List what other systems ask of one's units: what waits, the longest waiting first; or what was answered."""
    state = request.GET.get("state", State.WAITING.value)
    state = state if state in STATES else ""
    page = request_page(user_of(request), state=state, cursor=request.GET.get("cursor") or None)
    context = {
        "page": page,
        "rows": [shown(row) for row in page.rows],
        "state": state,
        "states": list(STATES.items()),
        "query": query_without_cursor(request),
        "position": head().position,
    }
    return render(request, "asked/list.html", context)


def shown(row: OutsideRequest) -> dict[str, Any]:
    """Return a request as pages show it."""
    lines = list(row.lines.all())
    first = min((line.needed_by for line in lines if line.needed_by is not None), default=None)
    return {
        "row": row,
        "lines": lines,
        "needed_by": first,
        "kind": KINDS.get(row.kind, ""),
        "is_question": row.kind == INFORMATION,
        "is_late": first is not None and first <= clock.now() and row.state == State.WAITING,
        "is_waiting": row.state == State.WAITING,
        "state": STATES[row.state],
        "is_exercise": row.mode == "exercise",
    }


@access(Permission.ASSIGN_RESOURCE)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is asked, what must be done, and what became of it."""
    user = user_of(request)
    row = request_for(user, pk)
    aids = [(line, getattr(line, "aid", None)) for line in row.lines.all()]
    context = shown(row) | {
        "given": [(line, aid, AID_STATES[AidState(aid.state)] if aid else None) for line, aid in aids],
        "sees_incident": row.incident is not None and user.may(Permission.SEE, row.incident.org_path),
        "may_answer": user.may(Permission.ASSIGN_RESOURCE, row.org_path),
        "is_answered": row.state in (State.TAKEN, State.ANSWERED, State.DECLINED),
        "position": head().position,
    }
    return render(request, "asked/one.html", context)


def request_for(user: User, pk: int) -> OutsideRequest:
    row = requests_seen(user).prefetch_related(LINES).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def incidents_for(user: User, row: OutsideRequest) -> list[Incident]:
    """Return the incidents that a request may go into, the newest first."""
    rows = Incident.objects.newest_visible_to(user, Permission.ASSIGN_RESOURCE)
    rows = rows.filter(mode=row.mode, status=Incident.Status.OPEN)
    return list(rows.order_by("-reported_at", "-id")[:OFFERED])


@access(Permission.ASSIGN_RESOURCE)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request into an incident, and say what is given."""
    by = user_of(request)
    row = request_for(by, pk)
    form = functools.partial(TakeForm, row=row, incidents=incidents_for(by, row))

    def do(data: dict[str, Any]) -> OutsideRequest:
        told: dict[str, Any] = {}
        if data["incident"] == NEW:
            told["report"] = {
                "kind": data["kind"],
                "title": data["title"],
                "description": row.words,
                "place": next((line.place for line in row.lines.all() if line.place), ""),
            }
        else:
            told["incident"] = visible_incident(int(data["incident"]), by)
        offers = TakeForm.offers(form(), data)
        return take_request(by=by, now=clock.now(), request=row, offers=offers, reason=data["reason"], **told)

    back = reverse("outside_request", args=[pk])
    return sheet(
        request,
        form=form,
        do=do,
        title=_("Take into an incident"),
        submit=_("Take on and answer"),
        back=back,
        done=_("The request is taken on; the answer is ready for the asker."),
        after=lambda _row: back,
        context={"is_exercise": row.mode == "exercise"},
    )


@access(Permission.ASSIGN_RESOURCE)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer in words what another system wants to know."""
    by = user_of(request)
    row = request_for(by, pk)
    back = reverse("outside_request", args=[pk])
    return sheet(
        request,
        form=AnswerForm,
        do=lambda data: answer_question(by=by, now=clock.now(), request=row, **data),
        title=_("Answer in words"),
        submit=_("Keep the answer"),
        back=back,
        done=_("The answer is ready for the asker."),
        after=lambda _row: back,
        context={"is_exercise": row.mode == "exercise"},
    )


@access(Permission.ASSIGN_RESOURCE)
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline a request with a reason."""
    by = user_of(request)
    row = request_for(by, pk)
    back = reverse("outside_request", args=[pk])
    return sheet(
        request,
        form=DeclineForm,
        do=lambda data: decline_request(by=by, now=clock.now(), request=row, **data),
        title=_("Decline the request"),
        submit=_("Decline and answer"),
        back=back,
        done=_("The request is declined; the answer is ready for the asker."),
        after=lambda _row: back,
        context={"is_exercise": row.mode == "exercise"},
    )


urlpatterns = [
    path("requests/", inbox, name="outside_requests"),
    path("requests/<int:pk>/", one, name="outside_request"),
    path("requests/<int:pk>/take/", take, name="outside_request_take"),
    path("requests/<int:pk>/answer/", answer, name="outside_request_answer"),
    path("requests/<int:pk>/decline/", decline, name="outside_request_decline"),
]
