"""The library of cases: the list, one case, and how it is made, changed and validated."""

from __future__ import annotations

import functools

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.actors import ids_of
from youbei.actions.findings import cases
from youbei.engine.access import Permission
from youbei.records.models import Case, Incident, User
from youbei.records.reports.cases import case_page
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, one_of, reads
from youbei.web.forms.facts import say
from youbei.web.forms.runs import NothingForm, words
from youbei.web.lists import query_without_cursor
from youbei.web.sheet import sheet


class CaseForm(forms.Form):
    """The words of a case."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    summary = forms.CharField(label=gettext_lazy("What happened"), required=False, max_length=20_000, widget=words())
    course = forms.CharField(label=gettext_lazy("Course"), required=False, max_length=20_000, widget=words(6))
    decisions = forms.CharField(label=gettext_lazy("Decisions"), required=False, max_length=20_000, widget=words())
    evaluation = forms.CharField(label=gettext_lazy("Evaluation"), required=False, max_length=20_000, widget=words())
    lessons = forms.CharField(label=gettext_lazy("Lessons"), required=False, max_length=20_000, widget=words())
    tags = forms.CharField(
        label=gettext_lazy("Tags"), required=False, max_length=600, help_text=gettext_lazy("Parted by commas.")
    )


def case_for(user: User, pk: int) -> Case:
    found = Case.objects.visible_to(user).select_related("incident").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@access(Permission.SEE)
@reads(kind=one_of(content.incident_kinds), text=WORDS, cursor=WORDS)
def list_cases(request: HttpRequest) -> HttpResponse:
    """Show the cases, newest first, narrowed by kind and words."""
    kind, text = request.GET.get("kind", "")[:60], request.GET.get("text", "").strip()[:100]
    kinds = [(code, say(one.name)) for code, one in content.incident_kinds().items()]
    context = {
        "page": case_page(user_of(request), kind=kind, text=text, cursor=request.GET.get("cursor")),
        "kind": kind,
        "text": text,
        "kinds": sorted(kinds, key=lambda one: one[1]),
        "query": query_without_cursor(request),
    }
    return render(request, "findings/cases.html", context)


@access(Permission.SEE)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one case."""
    user = user_of(request)
    case = case_for(user, pk)
    is_own = bool(set(case.writers) & {f"user:{user.pk}", *ids_of(user)})
    context = {
        "case": case,
        "may_change": user.may(Permission.RECORD_FINDING, case.org_path),
        "may_validate": case.validated_at is None and not is_own and user.may(Permission.ACCEPT_FINDING, case.org_path),
        "sees_incident": user.may(Permission.SEE, case.incident.org_path),
    }
    return render(request, "findings/case.html", context)


@access(Permission.RECORD_FINDING)
def make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the case of a closed incident."""
    by = user_of(request)
    incident = Incident.objects.visible_to(by).filter(pk=pk).first()
    if incident is None or request.method != "POST":
        raise Http404
    return redirect("case", cases.make_case(by=by, now=clock.now(), incident=incident).pk)


@access(Permission.RECORD_FINDING)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words of a case."""
    by = user_of(request)
    case = case_for(by, pk)
    initial = {name: getattr(case, name) for name in cases.TEXTS} | {"tags": ", ".join(case.tags)}
    back = reverse("case", args=[pk])
    return sheet(
        request,
        form=functools.partial(CaseForm, initial=initial),
        do=lambda data: cases.change_case(by=by, now=clock.now(), case=case, values=data),
        title=_("Change the case"),
        submit=_("Save"),
        back=back,
        done=_("Saved."),
        after=lambda _done: back,
    )


@access(Permission.ACCEPT_FINDING)
def validate(request: HttpRequest, pk: int) -> HttpResponse:
    """Validate a case, so that it is proposed for similar incidents."""
    by = user_of(request)
    case = case_for(by, pk)
    back = reverse("case", args=[pk])
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: cases.validate_case(by=by, now=clock.now(), case=case),
        title=_("Validate this case?"),
        submit=_("Validate"),
        back=back,
        done=_("Validated; it is proposed for similar incidents."),
        after=lambda _done: back,
    )


urlpatterns = [
    path("cases/", list_cases, name="cases"),
    path("cases/<int:pk>/", show, name="case"),
    path("cases/<int:pk>/change/", change, name="case_change"),
    path("cases/<int:pk>/validate/", validate, name="case_validate"),
    path("incidents/<int:pk>/case/", make, name="case_make"),
]
