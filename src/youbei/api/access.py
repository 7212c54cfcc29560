"""Who may call an operation. Closed by default: an operation without `**may(...)` turns everyone away.

A program sends `Authorization: Bearer <key>`; a page of ours sends its session, and with it the CSRF token for whatever
changes something. The permission named must be held on at least one organisation; on which rows it counts is decided by
`visible_to` and by the action.
"""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from youbei.actions import clock
from youbei.actions.keys import refuse_widening, user_for_token
from youbei.actions.permit import not_allowed, not_found
from youbei.actions.sessions import MUST_ENROL
from youbei.engine.access import Permission
from youbei.engine.errors import NotAllowed
from youbei.records.models import User

Needed = Permission | Literal["signed_in", "nobody"]
# A person who fills a post of a running plan may do these without a grant: the action looks at the posts.
BY_POST = frozenset({Permission.WORK_STEP, Permission.COMMAND_RUN, Permission.ASSIGN_RESOURCE})


SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class FactorMissing(NotAllowed):
    """Refuse a session whose account must have a second factor and has not yet added one."""


class FormNotOurs(NotAllowed):
    """Refuse a change by session without the token that only our own pages carry."""


def demand(user: User, needed: Needed, request: HttpRequest) -> User:
    """Return the user, or refuse one who holds the permission nowhere, or whose key does not include it."""
    if not isinstance(needed, Permission):
        if request.method not in SAFE:
            refuse_widening(user)
        return user
    if user.paths_with(needed):
        return user
    if needed in BY_POST and user.person_id is not None and user.scope.allows(needed):
        return user
    is_about_one = bool(request.resolver_match and request.resolver_match.kwargs)
    raise not_found() if is_about_one and not user.paths_with(Permission.SEE) else not_allowed(needed)


class Token(HttpBearer):
    """A key made by `youbei token create` or under `/api/me/tokens`."""

    def __init__(self, needed: Needed) -> None:
        self.needed = needed
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = user_for_token(token.strip(), clock.now())
        return demand(user, self.needed, request) if user else None


class Session(APIKeyCookie):
    """The session of a signed-in browser."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, needed: Needed) -> None:
        self.needed = needed
        super().__init__(csrf=True)

    def __call__(self, request: HttpRequest) -> User | None:
        user = request.user
        if request.headers.get("Authorization") or not isinstance(user, User):
            return None
        if request.session.get(MUST_ENROL):
            raise FactorMissing(
                zh="您的授权要求二次验证。请先在“我的账号”中添加。",
                en="Your grants require a second factor. Add one on the page of your account first.",
            )
        if check_csrf(request) is not None:
            raise FormNotOurs(
                zh="缺少或错误的 CSRF 令牌。请刷新页面后重试；程序请改用 Authorization: Bearer 密钥。",
                en="The CSRF token is missing or wrong. Reload the page and try again; "
                "a program uses a key in Authorization: Bearer.",
            )
        return demand(user, self.needed, request)

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        raise NotImplementedError  # __call__ does it all


class Closed(HttpBearer):
    """Turn everyone away: what an operation gets that names no permission."""

    def authenticate(self, request: HttpRequest, token: str) -> None:
        return None


def may(needed: Needed) -> dict[str, Any]:
    """Return the options of an operation that needs this permission, for `@router.get(..., **may(...))`."""
    extra = {"x-permission": str(needed.value if isinstance(needed, Permission) else needed)}
    if needed == "nobody":
        return {"auth": None, "openapi_extra": extra}
    return {"auth": [Token(needed), Session(needed)], "openapi_extra": extra}


def caller(request: HttpRequest) -> User:
    """Return the user who called; only inside an operation with `may`."""
    user: User = request.auth  # type: ignore[attr-defined]
    return user
