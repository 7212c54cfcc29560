"""The evaluator's sheet for a telephone, the media wall, and what a player gets to see."""

from __future__ import annotations

import functools
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.exercises import control
from youbei.engine.errors import Refused
from youbei.records.models import Exercise, Observation, ObservationPhoto
from youbei.records.reports.exercises import visible_exercise
from youbei.records.reports.msel import Msel, media_of
from youbei.web.access import access, user_of
from youbei.web.exercises.control import clock_context
from youbei.web.exercises.one import shell
from youbei.web.forms.exercise_control import ObserveForm
from youbei.web.forms.facts import say

SHOWN = 50


@access("signed_in")
def evaluate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record what was seen. Evaluators judge officially; whoever else takes part judges themselves, kept apart."""
    context = shell(request, pk, "evaluate")
    row, msel, user = context["row"], context["msel"], user_of(request)
    if not isinstance(msel, Msel) or row.run is None or context["part"] in ("onlooker", "partner"):
        raise Http404
    is_own = not context["knows_script"]
    form_class = functools.partial(ObserveForm, subjects=subjects_of(msel, is_own=is_own))
    bound = form_class(request.POST, request.FILES) if request.method == "POST" else form_class()
    status = 200
    if request.method == "POST":
        status = 422
        if bound.is_valid():
            data = bound.cleaned_data
            photo = data["photo"].read(control.LARGEST_PHOTO + 1) if data.get("photo") else None
            try:
                control.observe(
                    by=user,
                    now=clock.now(),
                    exercise=row,
                    subject=data["subject"],
                    text=data["text"],
                    rating=data["rating"],
                    is_own=is_own,
                    photo=photo,
                )
            except Refused as refusal:
                if refusal.status == 404:
                    raise
                bound.add_error(None, say(refusal.text))
                status = refusal.status
            else:
                messages.success(request, _("The observation is kept."))
                return redirect("exercise_evaluate", row.pk)
    mine = Observation.objects.filter(exercise=row, evaluator=f"user:{user.pk}").prefetch_related("photos")
    context |= clock_context(row.run, msel, clock.now())
    context |= {"form": bound, "mine": mine.order_by("-seq")[:SHOWN], "is_own": is_own, "titles": titles_of(msel)}
    if context["knows_script"]:
        context["expected"] = [
            (line, action) for line in msel.lines for action in line.actions if action.status in ("open", "late")
        ]
    return render(request, "exercises/evaluate.html", context, status=status)


def subjects_of(msel: Msel, *, is_own: bool) -> list[tuple[str, Any]]:
    """List what can be rated: objectives with their critical tasks; for evaluators the expected actions, too."""
    found: list[tuple[str, Any]] = [("", _("The exercise as a whole"))]
    for objective in msel.exercise.objectives:
        found.append((objective.id, say(objective.title)))
        found += [(task.id, f"– {say(task.title)}") for task in objective.tasks]
    if not is_own:
        actions = [(action.id, say(action.title)) for line in msel.lines for action in line.actions]
        found.append((str(_("Expected actions")), actions))
    return found


def titles_of(msel: Msel) -> dict[str, str]:
    titles = {one.id: say(one.title) for one in msel.exercise.objectives}
    titles |= {task.id: say(task.title) for one in msel.exercise.objectives for task in one.tasks}
    return titles | {action.id: say(action.title) for line in msel.lines for action in line.actions}


@access("signed_in")
def photo(request: HttpRequest, pk: UUID, photo: int) -> HttpResponse:
    """Give a photograph of an observation to those who evaluate, and to its maker."""
    user = user_of(request)
    context = shell(request, pk, "evaluate")
    row: Exercise = context["row"]
    found = ObservationPhoto.objects.select_related("observation").filter(pk=photo, observation__exercise=row).first()
    if found is None or not (context["knows_script"] or found.observation.evaluator == f"user:{user.pk}"):
        raise Http404
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, max-age=86400"
    return response


@access("signed_in")
def media(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the simulated media wall: what the press and the networks say in the exercise so far."""
    row = visible_exercise(pk, user_of(request))
    if row.run is None:
        raise Http404
    context = shell(request, pk, "media")
    context["posts"] = media_of(row, context["msel"])
    if request.headers.get("X-Youbei-Parts"):
        return render(
            request, "parts/some.html", {**context, "templates": ["exercises/_stopped.html", "exercises/_media.html"]}
        )
    return render(request, "exercises/media.html", context)


urlpatterns = [
    path("exercises/<uuid:pk>/evaluate/", evaluate, name="exercise_evaluate"),
    path("exercises/<uuid:pk>/photos/<int:photo>/", photo, name="exercise_photo"),
    path("exercises/<uuid:pk>/media/", media, name="exercise_media"),
]
