"""Between password and second factor nobody is signed in: who got how far stands in the session, for ten minutes."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from youbei.actions import clock
from youbei.actions.lockouts import forget_failures
from youbei.actions.sessions import MUST_ENROL, begin_session
from youbei.records.models import User
from youbei.records.reports.accounts import has_factor, needs_factor

PENDING = "pending_sign_in"
CONFIRMED = "confirmed_at"
PENDING_FOR = timedelta(minutes=10)
CONFIRMED_FOR = timedelta(minutes=15)


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


def safe_next(request: HttpRequest, address: str) -> str:
    """Return an address on this site to go on to, or the home page."""
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}) else "/"


def go_on(request: HttpRequest, user: User, *, method: str, goal: str, is_strong: bool = False) -> HttpResponse:
    """Take the next stage of a sign-in: ask for the second factor where the account has one, else complete it."""
    if not is_strong and has_factor(user):
        request.session[PENDING] = {
            "user": user.pk,
            "mark": user.get_session_auth_hash(),
            "method": method,
            "goal": goal,
            "until": (clock.now() + PENDING_FOR).isoformat(),
        }
        return redirect("sign_in_code")
    return complete(request, user, method=method, goal=goal, is_strong=is_strong)


def pending_user(request: HttpRequest) -> User | None:
    """Return who has shown a password here and owes the second factor; None where that was too long ago."""
    pending = request.session.get(PENDING)
    if not pending or datetime.fromisoformat(pending["until"]) <= clock.now():
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not hmac.compare_digest(user.get_session_auth_hash(), pending["mark"]):
        return None
    return user


def complete_pending(request: HttpRequest, user: User, factor: str) -> HttpResponse:
    pending = request.session[PENDING]
    return complete(request, user, method=f"{pending['method']}+{factor}", goal=pending["goal"])


def complete(request: HttpRequest, user: User, *, method: str, goal: str, is_strong: bool = False) -> HttpResponse:
    """Sign the user in: a new session, noted with device and address, in the language of the account."""
    now, address = clock.now(), address_of(request)
    request.session.pop(PENDING, None)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    forget_failures(username=user.username, address=address)
    request.session["language"] = user.language
    request.session[CONFIRMED] = now.isoformat()
    if not is_strong and needs_factor(user) and not has_factor(user):
        request.session[MUST_ENROL] = True
    key = request.session.session_key or ""
    agent = request.headers.get("User-Agent", "")
    begin_session(user=user, session_key=key, address=address, agent=agent, method=method, now=now)
    translation.activate(user.language)
    return HttpResponseRedirect(safe_next(request, goal))


def is_confirmed(request: HttpRequest) -> bool:
    """Say whether whoever sits here has shown within a quarter of an hour who they are."""
    at = request.session.get(CONFIRMED)
    return at is not None and clock.now() - datetime.fromisoformat(at) < CONFIRMED_FOR
