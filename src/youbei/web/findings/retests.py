"""Hold a retest: simulate or check the new version, or judge an exercise of it."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.findings.retests import asks_for, hold_retest, stop_retest
from youbei.engine.access import Permission
from youbei.engine.findings.retest import Way
from youbei.records.models import Retest, Run, User
from youbei.web.access import access, user_of
from youbei.web.findings.one import finding_for
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.sheet import sheet
from youbei.web.stopping import stopped

LISTED = 50


class RunChoiceForm(forms.Form):
    """Choose the run by which a cure is judged; empty where the way needs none."""

    run = forms.TypedChoiceField(
        label=gettext_lazy("Run"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("An exercise or a response that was run by the new version of the plan."),
    )

    def __init__(self, *args: Any, runs: list[tuple[str, str]], is_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["run"].required = is_needed
        offer(self, "run", runs if is_needed else [("", _("none: the plan itself is tried")), *runs])


def runs_for(user: User, retest: Retest) -> list[tuple[str, str]]:
    version = retest.plan_version
    if version is None:
        return []
    rows = Run.objects.visible_to(user).filter(plan_version__plan_id=version.plan_id, plan_version_id__gte=version.pk)
    found = rows.select_related("incident").defer("plan_version__data").order_by("-id")[:LISTED]
    return [(str(run.pk), f"{run.incident.number} {say(run.incident.named)}") for run in found]


@access(Permission.ACCEPT_FINDING)
def hold(request: HttpRequest, pk: int, retest_id: int) -> HttpResponse:
    """Hold a retest of a finding."""
    by = user_of(request)
    finding = finding_for(by, pk)
    retest = finding.retests.select_related("plan_version").filter(pk=retest_id).first()
    if retest is None:
        raise Http404
    is_needed = asks_for(retest).way is Way.EXERCISE

    def do(data: dict[str, Any]) -> object:
        run = Run.objects.visible_to(by).filter(pk=data["run"]).first() if data["run"] else None
        return hold_retest(by=by, now=clock.now(), retest=retest, run=run)

    return sheet(
        request,
        form=functools.partial(RunChoiceForm, runs=runs_for(by, retest), is_needed=is_needed),
        do=do,
        title=_("Hold the retest"),
        submit=_("Hold it now"),
        back=reverse("finding", args=[pk]),
        done=_("Its result stands below, or how far its simulation has come."),
        after=lambda _done: reverse("finding", args=[pk]),
    )


@access(Permission.ACCEPT_FINDING)
def stop(request: HttpRequest, pk: int, retest_id: int) -> HttpResponse:
    """Stop the simulation of a retest."""
    by = user_of(request)
    retest = finding_for(by, pk).retests.filter(pk=retest_id).first()
    if retest is None:
        raise Http404
    return stopped(request, lambda: stop_retest(by=by, retest=retest), back="finding", pk=pk)


urlpatterns = [
    path("findings/<int:pk>/retests/<int:retest_id>/", hold, name="retest_hold"),
    path("findings/<int:pk>/retests/<int:retest_id>/stop/", stop, name="retest_stop"),
]
