"""Say where a vehicle is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.stock.vehicles import report_place
from youbei.engine.access import Permission
from youbei.records.models import Vehicle
from youbei.web.access import access, user_of
from youbei.web.forms.stock import PlaceForm
from youbei.web.sheet import sheet


@access(Permission.SEE)
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where a vehicle is; what it carries is there too."""
    by = user_of(request)
    vehicle = Vehicle.objects.visible_to(by).filter(pk=pk).first()
    if vehicle is None:
        raise Http404
    back = reverse("record", args=["vehicle", pk])
    return sheet(
        request,
        form=PlaceForm,
        do=lambda data: report_place(by=by, now=clock.now(), vehicle=vehicle, point=data["point"]),
        title=_("Where is it now?"),
        submit=_("Say where it is"),
        back=back,
        done=_("Its place is noted; what it carries is found there."),
        after=lambda _done: back,
    )


urlpatterns = [path("stock/vehicles/<int:pk>/place/", place, name="vehicle_place")]
