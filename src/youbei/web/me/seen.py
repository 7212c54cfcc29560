"""Note that a session is in use, for the list of where one is signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from youbei.actions import clock
from youbei.actions.sessions import note_seen
from youbei.records.models import User


class SeenMiddleware:
    """Note the session of each request whose view asked who it is; a request that did not is not held up for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "_cached_user", None)
        if isinstance(user, User) and request.session.session_key:
            note_seen(session_key=request.session.session_key, now=clock.now())
        return response
