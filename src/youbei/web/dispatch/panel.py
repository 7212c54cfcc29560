"""The panel of a board: what the optimiser proposes for this response, and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from youbei.actions import clock
from youbei.actions.dispatch.proposing import SolversMissing
from youbei.actions.dispatch.working import Waiting, Worked, worked_out
from youbei.engine.access import Permission
from youbei.web.access import access, user_of
from youbei.web.dispatch.page import is_nothing_new, said, shown, since_in
from youbei.web.runs.here import run_for


@access(Permission.SEE)
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the part of the proposal that concerns one response; all responses were weighed together.

    A part of the board; who opens its address alone is led to the page of all responses.
    """
    by, run = user_of(request), run_for(request, pk)
    exercise = run.incident_id if run.mode == "exercise" else None
    address = reverse("dispatch") + (f"?exercise={exercise}" if exercise else "")
    if not request.headers.get("HX-Request"):
        return redirect(address)
    context: dict[str, Any] = {"address": address}
    try:
        found = worked_out(by, now=clock.now(), exercise=exercise, since=since_in(request))
    except SolversMissing as refusal:
        return render(request, "dispatch/_panel.html", context | {"missing": said(refusal)})
    if is_nothing_new(request, found):
        return HttpResponse(status=204)
    if not (isinstance(found, Worked) and found.is_final):
        first = "&first=1" if isinstance(found, Worked) else ""
        context["again"] = f"?since={int(found.began_at.timestamp() * 1000)}{first}"
    if isinstance(found, Waiting):
        return render(request, "dispatch/_panel.html", context | {"is_waiting": True})
    proposal = found.proposal
    context |= shown(proposal)
    context["runs"] = [one for one in context["runs"] if one.run.pk == run.pk and one.needs]
    context["others"] = len([one for one in proposal.facts.runs if one.pk != run.pk and one.needs])
    return render(request, "dispatch/_panel.html", context)


urlpatterns = [path("runs/<int:pk>/dispatch/", panel, name="run_dispatch")]
