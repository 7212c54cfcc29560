"""What all lists share."""

from __future__ import annotations

from django.http import HttpRequest


def query_without_cursor(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("cursor", None)
    return query.urlencode()
