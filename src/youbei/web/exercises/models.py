"""Scenario models: a form with the parameters, the result as picture and table, and its injects put into the script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, ngettext

from youbei.actions import clock
from youbei.actions.exercises import writing
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.exercises.course import Result, guidebook_figures, inject_tables
from youbei.engine.text import Text
from youbei.records.models import Exercise
from youbei.web.access import access, user_of
from youbei.web.asked import SEVERAL, Names, reads
from youbei.web.exercises.curves import picture_of
from youbei.web.exercises.writing import written
from youbei.web.forms.exercise_models import MODELS, ModelForm
from youbei.web.forms.guidebook import GuidebookPart


@access(Permission.RUN_EXERCISE)
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer the models."""
    context, _msel = written(request, pk)
    context["models"] = MODELS.items()
    return render(request, "exercises/models.html", context)


def of_model(request: HttpRequest, pk: UUID, name: str) -> Names:
    """Return what the address of a model may hold: its parameters."""
    return dict.fromkeys(MODELS[name].form(None, posts=()).fields, SEVERAL) if name in MODELS else {}


@access(Permission.RUN_EXERCISE)
@reads(found=of_model)
def model(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Work a model out for the parameters in the address; a post puts its injects into the exercise."""
    context, msel = written(request, pk)
    if name not in MODELS:
        raise Http404
    chosen = MODELS[name]
    form = chosen.form(request.GET or None, posts=msel.plan.posts)
    result = worked_out(form)
    row: Exercise = context["row"]
    if request.method == "POST" and result is not None and put_in(request, row, form, result):
        return redirect(reverse("exercise_injects", args=[row.pk]))
    context |= {
        "name": name,
        "model": chosen,
        "form": form,
        "result": result,
        "picture": picture_of(result) if result else None,
        "told": told_by(form),
        "query": request.GET.urlencode(),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "exercises/model.html", context, status=status)


def worked_out(form: ModelForm) -> Result | None:
    """Return the result; where the model does not hold, the form says why."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return form.worked_out()
    except Refused as refusal:
        form.add_error(None, refusal.text.in_language(get_language() or "en"))
        return None


def told_by(form: ModelForm) -> tuple[tuple[Text, str], ...]:
    """Return what the guidebook says, also where the plume does not hold; it stands there before anything else."""
    if not isinstance(form, GuidebookPart) or not form.is_bound or not hasattr(form, "cleaned_data"):
        return ()
    try:
        found = form.guidebook()
    except Refused:
        return ()
    return guidebook_figures(found) if found else ()


def put_in(request: HttpRequest, row: Exercise, form: ModelForm, result: Result) -> bool:
    """Put the injects of a result into the script; where that is refused, the form says why."""
    tables: list[Any] = inject_tables(result)
    try:
        _row, count = writing.add_injects(by=user_of(request), now=clock.now(), exercise=row, injects=tables)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, refusal.text.in_language(get_language() or "en"))
        return False
    said = ngettext(
        "%(count)s inject was put into the exercise.", "%(count)s injects were put into the exercise.", count
    )
    messages.success(request, said % {"count": count})
    return True


urlpatterns = [
    path("exercises/<uuid:pk>/models/", choose, name="exercise_models"),
    path("exercises/<uuid:pk>/models/<slug:name>/", model, name="exercise_model"),
]
