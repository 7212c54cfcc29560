"""Who asks for a live stream, and what that user may see. Runs in a thread: it reads the database."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Viewer:
    """A user and the subtrees that user may see, as they were when last looked up."""

    user_id: int
    paths: tuple[str, ...]

    def sees(self, org_path: str) -> bool:
        return any(org_path.startswith(path) for path in self.paths)


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
    return Viewer(user_id=user.pk, paths=tuple(user.paths_with(Permission.SEE)))


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
