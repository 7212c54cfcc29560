"""Roads that an incident closes or slows: close them, see them, open them again."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.roads import close_roads, open_roads
from youbei.engine.access import Permission
from youbei.engine.closures import around
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.records.models import RoadClosure
from youbei.records.reports.dispatch.closures import closures_of
from youbei.records.reports.incident import visible_incident
from youbei.web.access import access, user_of
from youbei.web.dispatch.asking import point_in
from youbei.web.forms.runs import NothingForm
from youbei.web.sheet import sheet

MOST_METRES = 50_000
MOST_CORNERS = 500


class ClosureForm(forms.Form):
    """An area, as a circle or by its corners, and what holds there."""

    point = forms.CharField(
        label=gettext_lazy("Middle"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Latitude, longitude; point at it on the map."),
        widget=forms.TextInput(attrs={"placeholder": "34.6012, 119.2200", "autocomplete": "off"}),
    )
    radius = forms.IntegerField(
        label=gettext_lazy("Radius in metres"), min_value=10, max_value=MOST_METRES, initial=100, required=False
    )
    corners = forms.CharField(
        label=gettext_lazy("or its corners"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One corner a line: latitude, longitude."),
    )
    factor = forms.FloatField(
        label=gettext_lazy("So many times slower"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=gettext_lazy("Empty: nobody may drive there."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        lines = [line for line in re.split(r"[\n;；]+", data.get("corners") or "") if line.strip()]
        if len(lines) > MOST_CORNERS:
            self.add_error("corners", _("There are too many corners; 500 are enough for any area."))
        elif lines:
            points = [point_in(line) for line in lines]
            if None in points:
                wrong = lines[points.index(None)].strip()[:60]
                self.add_error("corners", _("“%(text)s” is no place. Write two numbers.") % {"text": wrong})
            data["area"] = points
        else:
            middle = point_in(data.get("point") or "")
            if middle is None:
                self.add_error("point", _("Give the middle of the area, or its corners."))
            else:
                data["area"] = around(middle, float(data.get("radius") or 100))
        return data


@access(Permission.SEE)
def roads(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what an incident closes, and close more."""
    user = user_of(request)
    incident = visible_incident(pk, user)
    may_close = user.may(Permission.MANAGE_INCIDENT, incident.org_path) and incident.status == "open"
    here = "" if incident.lat is None else f"{incident.lat:.5f}, {incident.lon:.5f}"
    form, status = ClosureForm(initial={"point": here}), 200
    if request.method == "POST":
        form, status = ClosureForm(request.POST), 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                close_roads(
                    by=user,
                    now=clock.now(),
                    incident=incident,
                    area=[Point(corner.lat, corner.lon) for corner in data["area"]],
                    reason=data["reason"],
                    factor=data["factor"],
                )
            except Refused as refusal:
                if refusal.status == 404:
                    raise
                form.add_error(None, refusal.text.in_language(get_language() or "en"))
                status = refusal.status
            else:
                messages.success(request, _("The roads are closed; every journey asked for from now on knows it."))
                return redirect("incident_roads", pk)
    context = {
        "incident": incident,
        "is_exercise": incident.mode == "exercise",
        "closures": closures_of(pk),
        "form": form,
        "may_close": may_close,
        "tiles": settings.MAP_TILES,
    }
    return render(request, "dispatch/roads.html", context, status=status)


@access(Permission.SEE)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the roads of a closure again."""
    user = user_of(request)
    closed = RoadClosure.objects.select_related("incident").filter(pk=pk).first()
    if closed is None or not user.may(Permission.SEE, closed.incident.org_path):
        raise Http404
    back = reverse("incident_roads", args=[closed.incident_id])
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: open_roads(by=user, now=clock.now(), closed=closed),
        title=_("Open these roads again: %(reason)s") % {"reason": closed.reason},
        submit=_("Open the roads"),
        back=back,
        done=_("The roads are open again."),
        after=lambda _done: back,
        context={"is_exercise": closed.incident.mode == "exercise"},
    )


urlpatterns = [
    path("incidents/<int:pk>/roads/", roads, name="incident_roads"),
    path("closures/<int:pk>/open/", reopen, name="closure_open"),
]
