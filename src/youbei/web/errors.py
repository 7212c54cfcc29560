"""Pages for what went wrong: refusals, strangers, addresses that do not exist, and our own faults."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from youbei.engine.errors import Refused


class RefusedMiddleware:
    """Turn a refusal that no form took care of into a page that says what, why and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if exception.status == 404:
            return page(request, 404)
        return page(request, exception.status, sentence=exception.text.in_language(get_language() or "en"))


def page(request: HttpRequest, status: int, *, sentence: str = "") -> HttpResponse:
    """Render the error page of a status, or 409's for a status that has none of its own."""
    name = status if status in {400, 403, 404, 409, 500} else 409
    return render(request, f"errors/{name}.html", {"sentence": sentence, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose anti-forgery mark is missing or too old (the session ended, or another site sent it)."""
    return render(request, "errors/csrf.html", {"status": 403}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer our own fault; the template asks for nothing that could fail a second time."""
    # Without the request no context processor runs, so the database is not asked.
    return HttpResponse(render_to_string("errors/500.html", {"status": 500, "is_bare": True}), status=500)
