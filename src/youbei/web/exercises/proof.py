"""The proof that the time of a no-notice exercise was neither chosen nor moved; anybody may check it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from youbei.actions.exercises import sealing
from youbei.engine.exercises.seal import opening_from_data
from youbei.records.models import ExerciseSeal
from youbei.web.access import access


def seal_or_404(pk: UUID) -> ExerciseSeal:
    seal = ExerciseSeal.objects.select_related("exercise__organisation").filter(exercise_id=pk).first()
    if seal is None:
        raise Http404
    return seal


@access("public")
def proof(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what was published beforehand and, once revealed, that it fits; before that no word of what it is about."""
    seal = seal_or_404(pk)
    context = {
        "seal": seal,
        "published": sealing.seal_of(seal),
        "opening": opening_from_data(seal.opening) if seal.opening else None,
        "faults": sealing.faults_of(seal),
    }
    return render(request, "exercises/proof.html", context)


@access("public")
def file(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Give the notice or the opening as the file that `youbei exercise verify` reads."""
    found = sealing.proof_of(seal_or_404(pk))[name]
    if found is None:
        raise Http404
    response = JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


urlpatterns = [
    path("proof/<uuid:pk>/", proof, name="exercise_proof"),
    path("proof/<uuid:pk>/seal.json", file, {"name": "seal"}, name="exercise_seal_file"),
    path("proof/<uuid:pk>/opening.json", file, {"name": "opening"}, name="exercise_opening_file"),
]
