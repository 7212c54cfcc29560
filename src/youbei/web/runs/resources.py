"""Send resources to the needs of a run, note their arrival, release them."""

from __future__ import annotations

import functools
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions import resources as actions
from youbei.actions.loads import Offer, vehicles_to_fetch
from youbei.engine.access import Permission
from youbei.engine.resources import Choice
from youbei.engine.text import Text
from youbei.records.models import Assignment, RunNeed
from youbei.records.reports.codes import names_of_resources
from youbei.records.reports.dispatch.supplies import LITRES_OF_A_M3
from youbei.web import wording
from youbei.web.access import access, user_of
from youbei.web.forms.runs import AssignForm, NothingForm, OptionalReasonForm
from youbei.web.runs.chart import say
from youbei.web.runs.here import board_address, run_for
from youbei.web.sheet import sheet


def shown(choice: Choice, name: Text | None) -> Any:
    """Show a proposal: who (its `name` in the registers), when it can be there, why this one."""
    is_chinese = (get_language() or "en").startswith("zh")
    arrives = _("there in %(time)s") % {"time": wording.duration_words(choice.arrives_in)}
    reason = choice.reason_zh if is_chinese else choice.reason_en
    quantity = f" × {choice.quantity:g}" if choice.resource.startswith("lot:") else ""
    label = say(name) if name else choice.label
    return format_html("<b>{}{}</b> · {}<br><small>{}</small>", label, quantity, arrives, reason)


def carrying(offer: Offer) -> str:
    """Show a vehicle that could fetch what is chosen: what it carries, and in how long it is there."""
    words = [say(offer.name), _("%(number)s kg") % {"number": offer.payload_kg}]
    if offer.payload_l:
        words.append(_("%(number)s m³") % {"number": f"{offer.payload_l / LITRES_OF_A_M3:g}"})
    words.append(_("there in %(time)s") % {"time": wording.duration_words(offer.until_there)})
    return " · ".join(words)


@access(Permission.ASSIGN_RESOURCE)
def assign(request: HttpRequest, pk: int, need: str) -> HttpResponse:
    """Choose who goes to a need, from proposals with reasons."""
    by, run = user_of(request), run_for(request, pk)
    row = RunNeed.objects.filter(run=run, need=need).first()
    if row is None:
        raise Http404
    proposals = actions.propose_resources(run, need)
    names = names_of_resources([choice.resource for choice in proposals])
    quantities = {choice.resource: choice.quantity for choice in proposals}

    def do(data: dict[str, Any]) -> object:
        return actions.assign_resource(
            by=by,
            now=clock.now(),
            run=run,
            need=need,
            resource=data["chosen"],
            quantity=data["quantity"],
            reason=data["reason"],
            vehicle=data.get("vehicle", ""),
        )

    lots = [int(choice.resource[4:]) for choice in proposals if choice.resource.startswith("lot:")]
    return sheet(
        request,
        form=functools.partial(
            AssignForm,
            vehicles=[(one.key, carrying(one)) for one in vehicles_to_fetch(by, run, lots, now=clock.now())],
            choices=[(choice.resource, shown(choice, names.get(choice.resource))) for choice in proposals],
            quantity=next(iter(quantities.values()), 1),
        ),
        do=do,
        title=_("Assign a resource"),
        submit=_("Send"),
        back=board_address(run),
        done=_("Resource assigned."),
        context={"is_exercise": run.mode == "exercise", "need": row, "has_proposals": bool(proposals)},
        template="runs/sheet_assign.html",
    )


@access(Permission.SEE)
def depart(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Note that a resource has set out."""
    by, run = user_of(request), run_for(request, pk)
    assignment = assignment_of(run.pk, code)
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: actions.depart_resource(by=by, now=clock.now(), run=run, assignment=code),
        title=_("Departed: %(label)s") % {"label": label_of(assignment)},
        submit=_("Departed"),
        back=board_address(run),
        done=_("Departure noted."),
        context={"is_exercise": run.mode == "exercise"},
    )


@access(Permission.SEE)
def arrive(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Note that a resource has arrived."""
    by, run = user_of(request), run_for(request, pk)
    assignment = assignment_of(run.pk, code)
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: actions.arrive_resource(by=by, now=clock.now(), run=run, assignment=code),
        title=_("Arrived: %(label)s") % {"label": label_of(assignment)},
        submit=_("Arrived"),
        back=board_address(run),
        done=_("Arrival noted."),
        context={"is_exercise": run.mode == "exercise"},
    )


@access(Permission.SEE)
def release(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Release a resource from the run."""
    by, run = user_of(request), run_for(request, pk)
    assignment = assignment_of(run.pk, code)
    return sheet(
        request,
        form=OptionalReasonForm,
        do=lambda data: actions.release_resource(by=by, now=clock.now(), run=run, assignment=code, **data),
        title=_("Release: %(label)s") % {"label": label_of(assignment)},
        submit=_("Release"),
        back=board_address(run),
        done=_("Resource released."),
        context={"is_exercise": run.mode == "exercise"},
    )


def assignment_of(run_pk: int, code: str) -> Assignment:
    assignment = Assignment.objects.filter(run=run_pk, code=code).first()
    if assignment is None:
        raise Http404
    return assignment


def label_of(assignment: Assignment) -> str:
    """Name what was sent as the registers do today; else as it was called when it was sent."""
    name = names_of_resources([assignment.resource]).get(assignment.resource)
    return say(name) if name else assignment.label


urlpatterns = [
    path("runs/<int:pk>/needs/<path:need>/assign/", assign, name="run_assign"),
    path("runs/<int:pk>/assignments/<str:code>/depart/", depart, name="run_depart"),
    path("runs/<int:pk>/assignments/<str:code>/arrive/", arrive, name="run_arrive"),
    path("runs/<int:pk>/assignments/<str:code>/release/", release, name="run_release"),
]
