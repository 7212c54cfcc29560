"""The manual of typical cases and plans: what it holds, and as a file in Word or PDF."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from youbei import content
from youbei.engine.access import Permission
from youbei.papers.pdf import has_font
from youbei.records.reports.manual import MOST_CASES, MOST_PLANS, Chosen, chosen_for, manual_of
from youbei.web.access import access, user_of
from youbei.web.asked import LANGUAGE, NUMBERS, SEVERAL, WORDS, YES, one_of, reads
from youbei.web.findings.report import WRITERS
from youbei.web.forms.facts import say


def asked(request: HttpRequest) -> dict[str, Any]:
    """Read what the manual is to hold from the address; plans are in it unless left out."""
    given = request.GET
    tag = given.get("tag", "").replace("\x00", "").strip()[:30]
    kind = given.get("kind", "")
    return {
        "kind": kind if kind in content.incident_kinds() else "",
        "tag": tag,
        "has_plans": given.get("plans", "1") != "0",
    }


def picked(request: HttpRequest, chosen: Chosen) -> Chosen:
    """Return what of the cases and plans is ticked; all of them where nobody has chosen yet."""
    if request.GET.get("only") != "1":
        return chosen
    return chosen.only(keys_in(request.GET.getlist("case")), keys_in(request.GET.getlist("plan")))


def keys_in(given: list[str]) -> set[int]:
    return {int(one) for one in given if one.isascii() and one.isdecimal() and len(one) <= 15}


# What the address of the list, and of the file of it, may hold.
ASKED = {
    "kind": one_of(content.incident_kinds),
    "tag": WORDS,
    "plans": one_of(("0", "1")),
    "only": YES,
    "case": NUMBERS,
    "plan": NUMBERS,
}


@access(Permission.SEE)
@reads(ASKED)
def show(request: HttpRequest) -> HttpResponse:
    """Choose cases and plans by kind and tag, and offer them as one paper."""
    wanted = asked(request)
    kinds = [(code, say(one.name)) for code, one in content.incident_kinds().items()]
    chosen = chosen_for(user_of(request), **wanted)
    kept = picked(request, chosen)
    context = {
        **wanted,
        "chosen": chosen,
        "case_keys": {case.pk for case in kept.cases},
        "plan_keys": {plan.pk for plan in kept.plans},
        "kinds": sorted(kinds, key=lambda one: one[1]),
        "most_cases": MOST_CASES,
        "most_plans": MOST_PLANS,
        "has_font": has_font(),
    }
    return render(request, "findings/manual.html", context)


@access(Permission.SEE)
# What is ticked comes from the page; a number that is none ticks nothing.
@reads(ASKED, refuses=True, case=SEVERAL, plan=SEVERAL, language=LANGUAGE)
def send(request: HttpRequest, form: str) -> HttpResponse:
    """Send the manual as a file (`docx`, `pdf`), in the language of the address."""
    if form not in WRITERS:
        raise Http404
    write, content_type = WRITERS[form]
    wanted = asked(request)
    chosen = picked(request, chosen_for(user_of(request), **wanted))
    report = manual_of(chosen, kind=wanted["kind"], tag=wanted["tag"])
    language = "zh" if (request.GET.get("language") or get_language() or "en").startswith("zh") else "en"
    response = HttpResponse(write(report, language), content_type=content_type)
    name = f"manual-{wanted['kind'] or 'all'}-{language}.{form}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


urlpatterns = [
    path("cases/manual/", show, name="manual"),
    path("cases/manual/<slug:form>/", send, name="manual_file"),
]
