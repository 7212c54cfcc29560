"""The page of one's own account, its password and its sessions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from youbei.actions import clock
from youbei.actions.access import set_password
from youbei.actions.sessions import end_other_sessions, end_own_session, session_renamed
from youbei.records.models import ApiToken, OneTimeDevice, Passkey, RecoveryCode, SignIn, User
from youbei.records.reports.accounts import borrowed_by, grants_of, lent_by, needs_factor, open_sessions
from youbei.web.access import access, user_of
from youbei.web.me.confirm import confirmed
from youbei.web.me.devices import device_name
from youbei.web.sheet import sheet
from youbei.web.signing.link import NewPasswordForm


@access("signed_in")
@never_cache
def my_account(request: HttpRequest) -> HttpResponse:
    """Show what the account may do, how one signs in with it, where it is signed in, and its keys."""
    user, now = user_of(request), clock.now()
    context = {
        "grants": [held for held in grants_of(user, now) if held.state in {"now", "later"}],
        "lent": lent_by(user, now),
        "borrowed": borrowed_by(user, now),
        "sessions": sessions_for(request, user),
        "keys": ApiToken.objects.filter(user=user).select_related("organisation"),
        "may_lend": any(grant.delegated_by_id is None for grant in user.grants_now()),
        **factors_for(user),
    }
    return render(request, "me/page.html", context)


def sessions_for(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    """Return the open sessions as lines, the present one first."""
    present = request.session.session_key
    lines = [
        {"row": row, "device": device_name(row.agent), "is_present": row.session_key == present}
        for row in open_sessions(user, clock.now())
    ]
    return sorted(lines, key=lambda line: not line["is_present"])


def factors_for(user: User) -> dict[str, Any]:
    return {
        "app": OneTimeDevice.objects.filter(user=user).first(),
        "passkeys": list(Passkey.objects.filter(user=user)),
        "codes_left": RecoveryCode.objects.filter(user=user, used_at=None).count(),
        "must_have": needs_factor(user),
    }


@access("signed_in")
@never_cache
@sensitive_post_parameters("password", "again")
@confirmed
def my_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session ends."""
    user = user_of(request)
    old = request.session.session_key or ""

    def change(given: dict[str, Any]) -> None:
        set_password(by=user, now=clock.now(), user=user, password=given["password"], present=old)
        update_session_auth_hash(request, user)
        session_renamed(old=old, new=request.session.session_key or "")

    return sheet(
        request,
        form=NewPasswordForm,
        do=change,
        title=_("Change the password"),
        submit=_("Change"),
        back="/me/",
        done=_("The password is changed. Sessions elsewhere are ended."),
        after=lambda _result: "/me/",
    )


@access("signed_in")
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; ending the present one is signing out."""
    user = user_of(request)
    row = get_object_or_404(SignIn, pk=pk, user=user)
    end_own_session(by=user, now=clock.now(), sign_in=row)
    messages.success(request, _("The session is ended."))
    return redirect("my_account")


@access("signed_in")
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    end_other_sessions(by=user_of(request), now=clock.now(), present=request.session.session_key or "")
    messages.success(request, _("All other sessions are ended."))
    return redirect("my_account")


urlpatterns = [
    path("me/", my_account, name="my_account"),
    path("me/password/", my_password, name="my_password"),
    path("me/sessions/<int:pk>/end/", end_session, name="my_session_end"),
    path("me/sessions/end-others/", end_others, name="my_sessions_end"),
]
