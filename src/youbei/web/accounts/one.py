"""One account: what it may do and why, its grants, and what an administrator does for it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from youbei.actions import clock
from youbei.actions.accounts import deactivate, make_password_link, reactivate
from youbei.actions.factors import reset_factors
from youbei.actions.lockouts import lift_lock, locked_addresses
from youbei.actions.outside import providers
from youbei.actions.sessions import end_sessions_of
from youbei.actions.stewards import may_administer
from youbei.engine.access import Permission
from youbei.records.models import User
from youbei.records.reports.accounts import accounts_under, grants_of, lent_by, lines_of, open_sessions, what_it_may
from youbei.web.access import access, user_of
from youbei.web.forms.runs import NothingForm, ReasonForm
from youbei.web.me.devices import device_name
from youbei.web.me.page import factors_for
from youbei.web.sheet import sheet


def account_for(request: HttpRequest, pk: int) -> User:
    """Return an account of the administrator's subtree; any other is not there."""
    return get_object_or_404(accounts_under(user_of(request)).select_related("organisation", "person"), pk=pk)


@access(Permission.MANAGE_ACCESS)
@never_cache
def account(request: HttpRequest, pk: int) -> HttpResponse:
    return account_page(request, account_for(request, pk))


def account_page(request: HttpRequest, user: User, **more: Any) -> HttpResponse:
    by, now = user_of(request), clock.now()
    context = {
        "account": user,
        "line": lines_of([user], now)[0],
        "grants": grants_of(user, now),
        "lent": lent_by(user, now),
        "allowed": what_it_may(user, now),
        "locks": locked_addresses(user, now),
        "sessions": [{"row": row, "device": device_name(row.agent)} for row in open_sessions(user, now)],
        "may": may_administer(by, user, now=now),
        "is_me": by.pk == user.pk,
        "paths": by.paths_with(Permission.MANAGE_ACCESS),
        "providers": providers(),
        "outside": user.outside_logins.all(),
        **factors_for(user),
        **more,
    }
    return render(request, "accounts/one.html", context)


@access(Permission.MANAGE_ACCESS)
@never_cache
@require_POST
def account_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the one-time link and show it, this once."""
    user = account_for(request, pk)
    number, token = make_password_link(by=user_of(request), now=clock.now(), user=user)
    link = request.build_absolute_uri(reverse("choose_password", args=[number, token]))
    return account_page(request, user, link=link)


@access(Permission.MANAGE_ACCESS)
@require_POST
def account_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    lift_lock(by=user_of(request), now=clock.now(), user=account_for(request, pk))
    messages.success(request, _("The lock is lifted."))
    return redirect("account", pk)


@access(Permission.MANAGE_ACCESS)
@require_POST
def account_sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    end_sessions_of(by=user_of(request), now=clock.now(), user=account_for(request, pk))
    messages.success(request, _("Its sessions are ended."))
    return redirect("account", pk)


@access(Permission.MANAGE_ACCESS)
@require_POST
def account_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    reactivate(by=user_of(request), now=clock.now(), user=account_for(request, pk))
    messages.success(request, _("The account is in use again."))
    return redirect("account", pk)


@access(Permission.MANAGE_ACCESS)
def account_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    user = account_for(request, pk)
    return sheet(
        request,
        form=ReasonForm,
        do=lambda given: deactivate(by=user_of(request), now=clock.now(), user=user, reason=given["reason"]),
        title=_("Deactivate the account"),
        submit=_("Deactivate"),
        back=reverse("account", args=[pk]),
        done=_("The account is out of use; its sessions are ended and its keys open nothing."),
        after=lambda _result: reverse("account", args=[pk]),
    )


@access(Permission.MANAGE_ACCESS)
def account_factors_reset(request: HttpRequest, pk: int) -> HttpResponse:
    user = account_for(request, pk)
    return sheet(
        request,
        form=NothingForm,
        do=lambda _given: reset_factors(by=user_of(request), now=clock.now(), user=user),
        title=_("Remove app, passkeys and recovery codes"),
        submit=_("Remove all"),
        back=reverse("account", args=[pk]),
        done=_("The factors are removed. Make sure that you know who asked for it."),
        after=lambda _result: reverse("account", args=[pk]),
    )


urlpatterns = [
    path("accounts/<int:pk>/", account, name="account"),
    path("accounts/<int:pk>/link/", account_link, name="account_link"),
    path("accounts/<int:pk>/unlock/", account_unlock, name="account_unlock"),
    path("accounts/<int:pk>/sessions/end/", account_sessions_end, name="account_sessions_end"),
    path("accounts/<int:pk>/deactivate/", account_deactivate, name="account_deactivate"),
    path("accounts/<int:pk>/reactivate/", account_reactivate, name="account_reactivate"),
    path("accounts/<int:pk>/factors/reset/", account_factors_reset, name="account_factors_reset"),
]
