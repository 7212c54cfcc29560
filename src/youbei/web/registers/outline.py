"""The outline of a place: typed, uploaded or drawn on the map; how large it is and how many people it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.registers.save import save_record
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Register
from youbei.engine.shape_text import read_shape, write_points
from youbei.engine.shapes import ShapeRefused, area_m2, length_m, outside, polygons_of
from youbei.engine.text import Text
from youbei.records.models import Site
from youbei.records.models.scope import Registered
from youbei.records.registers.pages import visible_row
from youbei.records.registers.tables import path_column
from youbei.records.reports.sites import area_around
from youbei.web.access import access, user_of
from youbei.web.asked import one_of, reads
from youbei.web.forms.facts import say
from youbei.web.map import feature
from youbei.web.registers.lists import register_for
from youbei.web.registers.outline_chart import OutlineDrawing, draw_outline

MOST_BYTES = 2_000_000
# Assumption: people who assemble stand, with room for those who count and carry to walk between them.
STANDING_M2 = Decimal(1)
STANDING_WHY = Text(
    "假定：集合时站立，人与人之间留出清点和搬运的通道", "Assumption: people stand, with room to count and carry"
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large an outline is, how many people it holds by which figure, and how it lies in the unit's own area."""

    area_m2: float
    length_m: float
    is_area: bool
    people: int | None = None
    per_person: Decimal | None = None
    source: Text = Text()
    outside: int = 0
    owner: Text = Text()


def per_person(kind: str) -> tuple[Decimal, Text] | None:
    """Return the room one person takes at a site of a kind, and where the figure comes from."""
    if kind == Site.Kind.ASSEMBLY:
        return STANDING_M2, STANDING_WHY
    if kind != Site.Kind.SHELTER:
        return None
    factor = next(one for one in content.needs()["displaced_people"].coefficients if one.code == "shelter").factors[0]
    return Decimal(factor.value.numerator) / Decimal(factor.value.denominator), factor.source


def size_of(shape: Mapping[str, Any], row: Registered) -> Size:
    area, is_area = area_m2(shape), bool(polygons_of(shape))
    room = per_person(row.kind) if isinstance(row, Site) and is_area else None
    owner = area_around(getattr(row, "org_path", "") or "") if row.pk else None
    beyond = outside(shape, owner.geometry) if owner is not None and owner.geometry and owner.pk != row.pk else 0
    return Size(
        area,
        length_m(shape),
        is_area,
        people=int(Decimal(int(area)) / room[0]) if room else None,
        per_person=room[0] if room else None,
        source=room[1] if room else Text(),
        outside=beyond,
        owner=Text(owner.name_zh, owner.name_en) if owner is not None else Text(),
    )


def shape_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find how large a record with an outline is; None where its register has no outlines."""
    if not has_outline(register):
        return None
    shape = getattr(row, "geometry", None)
    may_edit = user_of(request).may(register.edit, getattr(row, path_column(register)))
    if not shape and not may_edit:
        return None
    return {
        "register": register,
        "row": row,
        "size": size_of(shape, row) if shape else None,
        "may_edit": may_edit,
        "drawing": drawing_of(row),
    }


def drawing_of(row: Registered) -> OutlineDrawing | None:
    lat, lon = getattr(row, "lat", None), getattr(row, "lon", None)
    return draw_outline(getattr(row, "geometry", None), (lat, lon) if lat is not None and lon is not None else None)


def has_outline(register: Register) -> bool:
    return any(field.kind is FieldKind.GEOMETRY for field in register.fields)


class OutlineForm(forms.Form):
    """Enter an outline as text, or from a file; drawing on the map fills in the text."""

    outline = forms.CharField(
        label=gettext_lazy("Outline"),
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "code"}),
        help_text=gettext_lazy(
            "One point a line, latitude first: 34.6012, 119.2200. Three points and more make an area, closed for you; "
            "begin with a line that says “line” for a line. GeoJSON, WKT and KML are read, too. Empty: no outline."
        ),
    )
    file = forms.FileField(label=gettext_lazy("or a file (GeoJSON, WKT, KML)"), required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        text = data.get("outline") or ""
        if (file := data.get("file")) is not None:
            if file.size > MOST_BYTES:
                raise ValidationError(_("The file is larger than 2 MB. Simplify the outline, or take only this one."))
            text = file.read().decode("utf-8-sig", errors="replace")
        try:
            data["shape"] = read_shape(text) if text.strip() else None
        except ShapeRefused as refusal:
            self.add_error("file" if file is not None else "outline", say(refusal.text))
        return data


@access(Permission.SEE)
@reads(format=one_of(("geojson",)))
def outline(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Show the outline of a record on the map, and take a new one."""
    by = user_of(request)
    register = register_for(name, by)
    if not has_outline(register):
        raise Http404
    row = visible_row(register, pk, by)
    shape = getattr(row, "geometry", None)
    may_edit = by.may(register.edit, getattr(row, path_column(register)))
    if request.GET.get("format") == "geojson":
        return JsonResponse(drawn(shape, row), content_type="application/geo+json")
    form = OutlineForm(initial={"outline": write_points(shape) if shape else ""})
    if request.method == "POST":
        form = OutlineForm(request.POST, request.FILES)
        if form.is_valid() and saved(form, register, pk, request):
            return redirect(reverse("outline", args=[register.name, pk]))
    context = {
        "register": register,
        "row": row,
        "named": Text(row.name_zh, row.name_en),  # type: ignore[attr-defined]
        "form": form,
        "may_edit": may_edit,
        "size": size_of(shape, row) if shape else None,
        "drawing": drawing_of(row),
        "tiles": settings.MAP_TILES,
    }
    return render(request, "sites/outline.html", context, status=422 if form.errors else 200)


def saved(form: OutlineForm, register: Register, pk: int, request: HttpRequest) -> bool:
    """Save the outline; where the record says an area, that follows from it. A refusal goes to the form."""
    shape = form.cleaned_data["shape"]
    values: dict[str, Any] = {"geometry": shape}
    if shape is not None and register.has("area_m2") and polygons_of(shape):
        values["area_m2"] = Decimal(str(round(area_m2(shape), 1)))
    try:
        save_record(register=register, values=values, by=user_of(request), now=clock.now(), pk=pk, source="outline")
    except Refused as refusal:
        if refusal.status == 404:
            raise
        form.add_error(None, say(refusal.text))
        return False
    return True


def drawn(shape: Mapping[str, Any] | None, row: Registered) -> dict[str, Any]:
    """Return what the map begins with: the outline, and the point of the record."""
    features: list[dict[str, Any]] = []
    if shape:
        features.append({"type": "Feature", "geometry": dict(shape), "properties": {"layer": "outline"}})
    lat, lon = getattr(row, "lat", None), getattr(row, "lon", None)
    if lat is not None and lon is not None:
        features.append(feature("Point", [lon, lat], layer="site", kind="", name=""))
    return {"type": "FeatureCollection", "features": features}


urlpatterns = [path("registers/<slug:name>/<int:pk>/outline/", outline, name="outline")]
