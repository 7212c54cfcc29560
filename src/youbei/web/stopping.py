"""Work that the worker does: whether it is under way, and how the page that shows it stops it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from youbei.engine.errors import Refused
from youbei.records.models import Job
from youbei.web.forms.facts import say


def is_under_way(job: Job | None) -> bool:
    return job is not None and job.ended_at is None


def stopped(request: HttpRequest, stop: Callable[[], object], *, back: str, pk: int) -> HttpResponse:
    """Stop on a post and go back to the page of that name, with a notice; whoever may not is refused."""
    if request.method == "POST":
        try:
            stop()
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            messages.error(request, say(refusal.text))
        else:
            messages.success(request, _("The work stops before its next step."))
    return redirect(back, pk)
