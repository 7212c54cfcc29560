"""Who asks for a live stream, and what that user may see. Runs in a thread: it reads the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from youbei.actions import clock
from youbei.actions.keys import user_for_token
from youbei.actions.sessions import MUST_ENROL
from youbei.engine.access import Permission
from youbei.records.models import User
from youbei.records.models.scope import path_condition
from youbei.records.reports.exercises import UNDER_WAY, visible_exercises

# Assumption: nobody takes part in more exercises at once.
MOST_EXERCISES = 20


@dataclass(frozen=True, slots=True)
class Viewer:
    """A user and the subtrees that user may see, as they were when last looked up.

    `streams` are those of exercises elsewhere in which the user or a unit of theirs takes part.
    """

    user_id: int
    paths: tuple[str, ...]
    streams: frozenset[str] = frozenset()

    def sees(self, stream: str, org_path: str) -> bool:
        return stream in self.streams or any(org_path.startswith(path) for path in self.paths)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the request brought along: kept to look again while the stream is open."""

    host: str = ""
    cookie: str = ""
    token: str = ""

    @classmethod
    def of(cls, headers: list[tuple[bytes, bytes]]) -> Credentials:
        found = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in headers}
        scheme, _, token = found.get("authorization", "").partition(" ")
        return cls(
            host=split_domain_port(found.get("host", ""))[0],
            cookie=found.get("cookie", ""),
            token=token.strip() if scheme.lower() == "bearer" else "",
        )


def find_viewer(credentials: Credentials) -> Viewer | None:
    """Return the user of a valid token or session with what they see today, or None for a stranger."""
    if not validate_host(credentials.host, settings.ALLOWED_HOSTS):
        return None
    user = user_for_token(credentials.token, clock.now()) if credentials.token else user_of_session(credentials.cookie)
    if user is None or not user.is_active:
        return None
    paths = user.paths_with(Permission.SEE)
    return Viewer(user_id=user.pk, paths=tuple(paths), streams=frozenset(streams_of_exercises(user, paths)))


def streams_of_exercises(user: User, paths: list[str]) -> Iterator[str]:
    """Yield the streams of the exercises under way that a user takes part in outside of what they may see."""
    if "/" in paths:
        return
    rows = visible_exercises(user).filter(status__in=UNDER_WAY)
    if paths:
        rows = rows.exclude(path_condition(paths, "org_path__under"))
    for pk, run in rows.order_by("-started_at").values_list("pk", "run_id")[:MOST_EXERCISES]:
        yield f"exercise:{pk}"
        if run is not None:
            yield f"run:{run}"


def user_of_session(cookie: str) -> User | None:
    try:
        morsel = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if morsel is None:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(morsel.value)
    if request.session.get(MUST_ENROL):
        return None
    user = get_user(request)
    return user if isinstance(user, User) else None
