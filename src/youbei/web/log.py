"""The log as people read it, and the check that nobody changed it."""

from __future__ import annotations

from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST

from youbei.engine.access import Permission
from youbei.engine.events import KINDS
from youbei.engine.log import GENESIS
from youbei.records.log import VerifiedPart, head, verify_part
from youbei.records.reports.log import LogFilter, log_page
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, one_of, reads
from youbei.web.lists import query_without_cursor

# Entries checked per request: a part takes about half a second, so that progress is seen and leaving the page cancels.
PART = 10_000
MOST_FAULTS = 50
SIGNER = Signer(salt="youbei.web.log.verify")


@access(Permission.SEE)
@reads(stream=WORDS, kind=one_of(KINDS), cursor=WORDS)
def log(request: HttpRequest) -> HttpResponse:
    filters = LogFilter(stream=request.GET.get("stream", "").strip(), kind=request.GET.get("kind", ""))
    page = log_page(user_of(request), filters=filters, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "filters": filters,
        "kinds": KINDS,
        "head": head(),
        "may_verify": bool(user_of(request).paths_with(Permission.VERIFY_LOG)),
        "may_send": bool(user_of(request).paths_with(Permission.MANAGE_ACCESS)),
        "query": query_without_cursor(request),
    }
    return render(request, "log/list.html", context)


@access(Permission.VERIFY_LOG)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Check one part of the chain and say how far it is; the answer asks for the next part, or has a button for it."""
    after, digest, faults = read_state(request.POST.get("state", ""))
    part = verify_part(after=after, digest=digest, limit=PART)
    faults = [*faults, *({"zh": fault.zh, "en": fault.en} for fault in part.faults)][:MOST_FAULTS]
    context = {**progress(part), "faults": faults, "part": part, "state": write_state(part, faults)}
    template = "log/_verify.html" if request.headers.get("HX-Request") else "log/verify.html"
    return render(request, template, context)


def read_state(state: str) -> tuple[int, str, list[dict[str, str]]]:
    """Read how far the check has come from what the last answer gave; a state that we did not sign is none."""
    if not state:
        return 0, GENESIS, []
    try:
        after, digest, faults = SIGNER.unsign_object(state)
    except BadSignature as problem:
        raise Http404 from problem
    return after, digest, faults


def write_state(part: VerifiedPart, faults: list[dict[str, str]]) -> str:
    return SIGNER.sign_object([part.position, part.hash, faults])


def progress(part: VerifiedPart) -> dict[str, Any]:
    percent = 100 if part.is_complete else int(100 * part.position / max(part.last, 1))
    return {"percent": percent, "is_complete": part.is_complete}


urlpatterns = [path("log/", log, name="log"), path("log/verify/", verify, name="log_verify")]
