"""Sites on pages: open now or not, how much room is left, what a school, a hospital or a store holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.registers.save import save_record
from youbei.engine.access import Permission
from youbei.engine.opening import REASONS, read_hours
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import OpeningException, Site
from youbei.records.models.scope import Registered
from youbei.records.registers.pages import visible_row
from youbei.records.registers.tables import register_called
from youbei.records.reports.sites import beds_of, classes_of, hazards_of, rooms_of, standings
from youbei.web.access import access, user_of
from youbei.web.forms.facts import say
from youbei.web.sheet import sheet

# Assumption: beds and places change within hours; an older figure is shown as old.
FRESH = timedelta(hours=12)
DAYS_SHOWN = 8


class TakenForm(forms.Form):
    """Say how much is taken now, and whether the place takes anybody."""

    occupied = forms.IntegerField(label=gettext_lazy("Taken now"), min_value=0, max_value=10_000_000)
    operating = forms.ChoiceField(label=gettext_lazy("In operation"), required=False)

    def __init__(self, *args: Any, site: Site, **options: Any) -> None:
        options["initial"] = {"occupied": site.occupied, "operating": site.operating}
        super().__init__(*args, **options)
        titles = [(one.code, say(one.title)) for one in content.registers()["site"].field("operating").choices]
        self.fields["operating"].choices = [("", "–"), *titles]  # type: ignore[attr-defined]


def now_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find what a site of its kind shows."""
    if not isinstance(row, Site):
        return None
    user, now = user_of(request), clock.now()
    size = row.beds if row.kind == Site.Kind.HOSPITAL else row.capacity
    found = standings([row], now)[row.pk]
    return {
        "site": row,
        "standing": found,
        "because": REASONS.get(found.because.reason) if found.because else None,
        "is_text_only": bool(row.opening) and read_hours(row.opening) is None,
        "size": size,
        "free": None if size is None or row.occupied is None else size - row.occupied,
        "is_old": row.occupied_at is not None and now - row.occupied_at > FRESH,
        "coming": coming_days(row, now),
        "may_edit": user.may(Permission.EDIT_RESOURCE, row.org_path),
    }


def coming_days(site: Site, now: datetime) -> list[tuple[OpeningException, Text]]:
    """Return the next days with other hours, with why."""
    today = timezone.localdate(now)
    rows = OpeningException.objects.filter(site=site, retired_at__isnull=True)
    rows = rows.filter(Q(last_on__gte=today) | Q(first_on__gte=today) | Q(is_yearly=True))
    return [(one, REASONS.get(one.reason, REASONS["other"])) for one in rows.order_by("first_on")[:DAYS_SHOWN]]


def parts_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find the rooms, beds, classes and hazards of a site; None where it has none."""
    if not isinstance(row, Site):
        return None
    user, now = user_of(request), clock.now()
    registers = content.registers()
    kinds, uses = registers["bed_capacity"].field("kind"), registers["exam_room"].field("use")
    rooms = rooms_of(row)
    beds = [(one, kinds.choice_title(one.kind), is_old(one.free_at, now)) for one in beds_of(row)]
    classes = classes_of(row, user)
    hazards = hazards_of(row, user)
    if not (rooms or beds or classes or hazards or row.kind in (Site.Kind.EXAM_SITE, Site.Kind.HOSPITAL)):
        return None
    return {
        "site": row,
        "rooms": rooms,
        "uses": [(uses.choice_title(use), count, seats) for use, count, seats in rooms.uses] if rooms else [],
        "beds": beds,
        "classes": classes,
        "hazards": hazards,
        "may_edit": user.may(Permission.EDIT_RESOURCE, row.org_path),
    }


def is_old(at: datetime | None, now: datetime) -> bool:
    return at is None or now - at > FRESH


@access(Permission.EDIT_RESOURCE)
def say_taken(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how many beds or places are taken now: the hospital or shelter does so itself, in one line."""
    by = user_of(request)
    register = register_called("site")
    row = visible_row(register, pk, by)
    if not isinstance(row, Site):
        raise TypeError("The register of sites holds sites")
    site = row

    def form(*args: Any) -> TakenForm:
        return TakenForm(*args, site=site)

    def do(data: dict[str, Any]) -> Registered:
        now = clock.now()
        values = {"occupied": data["occupied"], "occupied_at": now, "operating": data["operating"] or None}
        return save_record(register=register, values=values, by=by, now=now, pk=pk, source="taken")

    return sheet(
        request,
        form=form,
        do=do,
        title=_("How much is taken now?"),
        submit=_("Save"),
        back=reverse("record", args=["site", pk]),
        done=_("Saved."),
        after=lambda _row: reverse("record", args=["site", pk]),
    )


urlpatterns = [path("registers/site/<int:pk>/taken/", say_taken, name="site_taken")]
