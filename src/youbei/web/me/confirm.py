"""Before what opens an account is changed, whoever sits here shows once more who they are."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from youbei.actions import clock
from youbei.actions.factors import use_code
from youbei.actions.lockouts import note_failure, refuse_locked
from youbei.engine.errors import Refused
from youbei.records.models import User
from youbei.records.reports.accounts import has_factor
from youbei.web.access import View, access, user_of
from youbei.web.asked import WORDS, reads
from youbei.web.signing.stages import CONFIRMED, address_of, is_confirmed, safe_next


class ConfirmForm(forms.Form):
    """Ask for the password, or for a code of the second factor where the account has one."""

    secret = forms.CharField(
        label=gettext_lazy("Password, or a code of your app"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def confirmed(view: View) -> View:
    """Let a page open only to who has confirmed within a quarter of an hour; others confirm first and come back."""

    @functools.wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_confirmed(request):
            return view(request, *args, **kwargs)
        goal = request.get_full_path() if request.method == "GET" else reverse("my_account")
        return redirect(f"{reverse('confirm')}?{urlencode({'next': goal})}")

    return asked


@access("signed_in", while_enrolling=True)
@never_cache
@sensitive_post_parameters("secret")
@reads(next=WORDS)
def confirm(request: HttpRequest) -> HttpResponse:
    goal = request.POST.get("next", request.GET.get("next", ""))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and is_right(request, form):
        request.session[CONFIRMED] = clock.now().isoformat()
        return redirect(safe_next(request, goal))
    user = user_of(request)
    context = {"form": form, "next": goal, "can": user.has_usable_password() or has_factor(user)}
    return render(request, "me/confirm.html", context, status=422 if request.method == "POST" else 200)


def is_right(request: HttpRequest, form: ConfirmForm) -> bool:
    """Say whether password or code is right, and write the refusal into the form where not; wrong ones count."""
    user, address, secret = user_of(request), address_of(request), form.cleaned_data["secret"]
    try:
        refuse_locked(username=user.username, address=address, now=clock.now())
        if fits(request, user, secret):
            return True
        note_failure(username=user.username, address=address, now=clock.now())
        refuse_locked(username=user.username, address=address, now=clock.now())
    except Refused as refusal:
        form.add_error(None, refusal.text.in_language(get_language() or "en"))
    else:
        form.add_error("secret", _("That is not right. Check Caps Lock, or wait for the next code."))
    return False


def fits(request: HttpRequest, user: User, secret: str) -> bool:
    by_password = authenticate(request, username=user.username, password=secret)
    return by_password == user or use_code(user=user, code=secret, now=clock.now()) is not None


urlpatterns = [path("me/confirm/", confirm, name="confirm")]
