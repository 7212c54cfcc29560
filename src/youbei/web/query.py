"""Read what stands behind the question mark of an address, where anything may stand."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# As many digits as the largest key of a row has at least; Python refuses to read numbers of thousands of digits.
LONGEST_KEY = 18


def key_in(request: HttpRequest, name: str) -> int | None:
    """Return the row key that the query names, or None where there is none or it cannot be one."""
    entered = request.GET.get(name, "")
    return int(entered) if entered.isdecimal() and len(entered) <= LONGEST_KEY else None


class NoNulMiddleware:
    """Drop what no text holds, U+0000, from the query of a page: PostgreSQL would refuse the whole question.

    Programs are told of it instead (`api.rendering`).
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        if "%00" in asked and not request.path.startswith("/api/"):
            request.META["QUERY_STRING"] = asked.replace("%00", "")
        return self.answer(request)
