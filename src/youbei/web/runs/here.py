"""The run that a page is about."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from youbei.records.models import Run
from youbei.records.reports.board import visible_run
from youbei.web.access import user_of


def run_for(request: HttpRequest, pk: int) -> Run:
    """Return a run that the user may see; raise RunNotFound, which is answered with 404."""
    return visible_run(pk, user_of(request))


def board_address(run: Run) -> str:
    return reverse("run", args=[run.pk])
