"""Orders to move up, given on the page of the proposal: order what is advised, note arrival, send home."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.dispatch.deciding import LONGEST_REASON
from youbei.actions.dispatch.moving_up import order_moves_up
from youbei.actions.dispatch.working import settled
from youbei.actions.moves_up import arrive_moved_up, send_home
from youbei.engine.errors import Refused
from youbei.records.models import MoveUp, User
from youbei.web.dispatch.asking import Asked
from youbei.web.query import LONGEST_KEY

MOST = 200


def moved_up(request: HttpRequest, by: User, question: Asked, context: dict[str, Any]) -> HttpResponse | None:
    """Order the moves that were ticked, or say in the context why not."""
    context["move_why"] = request.POST.get("move_why", "")[:LONGEST_REASON]
    context["moves_chosen"] = request.POST.getlist("move")[:MOST]
    pairs = [one.partition("|") for one in context["moves_chosen"]]
    chosen = [(int(team), int(cover)) for team, _bar, cover in pairs if is_key(team) and is_key(cover)]
    now, exercise, why = clock.now(), question.exercise_pk, context["move_why"]
    try:
        known = settled(by, now=now, exercise=exercise).proposal if chosen else None
        order_moves_up(by=by, now=now, chosen=chosen, reason=why, exercise=exercise, known=known)
    except Refused as refusal:
        refused(refusal, context)
        return None
    messages.success(request, _("The orders to move up are given."))
    return redirect(question.address)


def moved_on(request: HttpRequest, by: User, question: Asked, context: dict[str, Any]) -> HttpResponse | None:
    """Note that a team stands where it moved to, or let it go home."""
    named = request.POST.get("move_up", "")
    row = MoveUp.objects.filter(pk=int(named), incident=question.exercise).first() if is_key(named) else None
    if row is None:
        raise Http404
    does = arrive_moved_up if request.POST["do"] == "moved_up" else send_home
    try:
        does(by=by, now=clock.now(), move_up=row)
    except Refused as refusal:
        refused(refusal, context)
        return None
    messages.success(request, _("Noted."))
    return redirect(question.address)


def is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY


def refused(refusal: Refused, context: dict[str, Any]) -> None:
    if refusal.status == 404:
        raise refusal
    context |= {"refusal": refusal.text.in_language(get_language() or "en"), "status": refusal.status}
