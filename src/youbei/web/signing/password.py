"""The sign-in page, and signing out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from youbei.actions import clock
from youbei.actions.lockouts import note_failure, refuse_locked
from youbei.actions.outside import providers
from youbei.actions.sessions import end_sessions
from youbei.engine.errors import Refused
from youbei.records.models import SignIn, User
from youbei.web.access import access
from youbei.web.asked import WORDS, reads
from youbei.web.signing.stages import address_of, go_on, safe_next


class SignInForm(forms.Form):
    """Ask for name and password."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    password = forms.CharField(label=gettext_lazy("Password"), max_length=1000, strip=False, widget=forms.PasswordInput)


@access("public")
@never_cache
@sensitive_post_parameters("password")
@reads(next=WORDS)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or take name and password; the refusal never says which of the two was wrong."""
    goal = request.POST.get("next", request.GET.get("next", ""))
    if isinstance(request.user, User):
        return redirect(safe_next(request, goal))
    form = SignInForm(request.POST or None)
    if request.method != "POST":
        return page(request, form, goal)
    if not form.is_valid():
        return page(request, form, goal, status=422)
    try:
        user = user_by_password(request, form.cleaned_data)
    except Refused as refusal:
        return page(
            request, form, goal, sentence=refusal.text.in_language(get_language() or "en"), status=refusal.status
        )
    if user is None:
        sentence = _("Name and password do not match. Check both, and whether Caps Lock is on.")
        return page(request, form, goal, sentence=sentence)
    return go_on(request, user, method="password", goal=goal)


def user_by_password(request: HttpRequest, given: dict[str, Any]) -> User | None:
    """Return the account for name and password, or None; each wrong pair counts towards the lock."""
    username, address = given["username"], address_of(request)
    refuse_locked(username=username, address=address, now=clock.now())
    user = authenticate(request, username=username, password=given["password"])
    if isinstance(user, User):
        return user
    note_failure(username=username, address=address, now=clock.now())
    refuse_locked(username=username, address=address, now=clock.now())
    return None


def page(request: HttpRequest, form: forms.Form, goal: str, *, sentence: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "next": goal, "sentence": sentence, "providers": list(providers().values())}
    return render(request, "signing/sign_in.html", context, status=status)


@access("public")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        key = request.session.session_key
        end_sessions(user=request.user, now=clock.now(), end=SignIn.End.SIGNED_OUT, only=key or "")
    language = request.session.get("language")
    logout(request)
    if language:
        request.session["language"] = language
    return redirect("sign_in")


urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-out/", sign_out, name="sign_out"),
]
