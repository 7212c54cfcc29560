"""Say who may open a page. Every view carries `@access(...)`; the route walker in the tests looks for it.

`"public"` needs nobody, `"signed_in"` an account, and a permission must be held on at least one organisation. Which
rows are then shown is decided by `.visible_to(user)`, and what may be done by the action: a row that the user may not
see is answered like one that does not exist.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Literal

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url

from youbei.actions.sessions import MUST_ENROL
from youbei.engine.access import Permission
from youbei.records.models import User
from youbei.web.asked import understand

Access = Permission | Literal["signed_in", "public"]
View = Callable[..., HttpResponseBase]


def access(needed: Access, *, while_enrolling: bool = False) -> Callable[[View], View]:
    """Let only those in who hold `needed`; set `view.access` so that the tests can list it.

    An account that must first add a second factor opens nothing but what is marked `while_enrolling`.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if needed == "public":
                understand(request, view, kwargs)
                return view(request, *args, **kwargs)
            if not isinstance(request.user, User):
                return ask_to_sign_in(request)
            if request.session.get(MUST_ENROL) and not while_enrolling:
                return redirect("my_factors")
            if isinstance(needed, Permission) and not request.user.paths_with(needed):
                if kwargs:
                    raise Http404
                raise PermissionDenied
            understand(request, view, kwargs)
            return view(request, *args, **kwargs)

        guarded.access = needed  # type: ignore[attr-defined]
        return guarded

    return decorate


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Send the browser to the sign-in page and back here afterwards; a partial request makes the whole page go."""
    if request.headers.get("HX-Request") or request.headers.get("X-Youbei-Parts"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = resolve_url("sign_in")
        return response
    return redirect_to_login(request.get_full_path())


def user_of(request: HttpRequest) -> User:
    """Return the signed-in user; only for views behind `@access` with an account."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
