"""The second stage: a code of the app, a recovery code, or a passkey; and signing in by passkey alone."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from youbei.actions import clock
from youbei.actions.factors import use_code
from youbei.actions.lockouts import note_failure, refuse_locked
from youbei.actions.passkeys import ask_for_present, refusal, use_passkey
from youbei.engine.errors import Refused
from youbei.records.models import OneTimeDevice, Passkey, User
from youbei.web.access import access
from youbei.web.signing.password import SignInForm
from youbei.web.signing.password import page as sign_in_page
from youbei.web.signing.stages import PENDING_FOR, address_of, complete, complete_pending, pending_user

CHALLENGE = "passkey_challenge"


class CodeForm(forms.Form):
    """Ask for a code of the app or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "characters"}
        ),
    )


def keep_challenge(request: HttpRequest, state: Any) -> None:
    request.session[CHALLENGE] = {"state": state, "until": (clock.now() + PENDING_FOR).isoformat()}


def take_challenge(request: HttpRequest) -> Any:
    """Return the challenge that the browser was given and forget it: each counts once. Raise PasskeyRefused."""
    kept = request.session.pop(CHALLENGE, None)
    if not kept or datetime.fromisoformat(kept["until"]) <= clock.now():
        raise refusal()
    return kept["state"]


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """Return what the browser says for the passkey, or refuse what is no such thing."""
    try:
        answer = json.loads(request.POST.get("answer", ""))
    except ValueError as error:
        raise refusal() from error
    if not isinstance(answer, dict):
        raise refusal()
    return answer


@access("public")
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """Ask whoever has shown a password for the second factor."""
    user = pending_user(request)
    if user is None:
        return redirect("sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return code_page(request, user, form)
    if not form.is_valid():
        return code_page(request, user, form, status=422)
    try:
        factor = factor_by_code(request, user, form.cleaned_data["code"])
    except Refused as refused:
        sentence = refused.text.in_language(get_language() or "en")
        return code_page(request, user, form, sentence=sentence, status=refused.status)
    if factor is None:
        sentence = _("The code is not right, or was used already. Wait for the next one, or take a recovery code.")
        return code_page(request, user, form, sentence=sentence)
    return complete_pending(request, user, factor)


def factor_by_code(request: HttpRequest, user: User, typed: str) -> str | None:
    """Use up a code; wrong ones count towards the same lock as wrong passwords."""
    address = address_of(request)
    refuse_locked(username=user.username, address=address, now=clock.now())
    factor = use_code(user=user, code=typed, now=clock.now())
    if factor is None:
        note_failure(username=user.username, address=address, now=clock.now())
        refuse_locked(username=user.username, address=address, now=clock.now())
    return factor


def code_page(
    request: HttpRequest, user: User, form: forms.Form, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    """Show the page of the second factor, with a challenge for the passkeys where there are any."""
    has_keys = Passkey.objects.filter(user=user).exists()
    options: dict[str, Any] = {}
    if has_keys:
        options, state = ask_for_present(user=user, host=request.get_host())
        keep_challenge(request, state)
    context = {
        "form": form,
        "sentence": sentence,
        "options": options,
        "has_app": OneTimeDevice.objects.filter(user=user).exists(),
        "account": user.username,
    }
    return render(request, "signing/code.html", context, status=status)


@access("public")
@never_cache
@require_POST
def second_passkey(request: HttpRequest) -> HttpResponse:
    """Take a passkey as the second factor."""
    user = pending_user(request)
    if user is None:
        return redirect("sign_in")
    try:
        refuse_locked(username=user.username, address=address_of(request), now=clock.now())
        shown = shown_passkey(request, user)
    except Refused as refused:
        sentence = refused.text.in_language(get_language() or "en")
        return code_page(request, user, CodeForm(), sentence=sentence, status=refused.status)
    return complete_pending(request, shown, "passkey")


def shown_passkey(request: HttpRequest, user: User | None) -> User:
    state = take_challenge(request)
    answer = answer_of(request)
    return use_passkey(user=user, now=clock.now(), host=request.get_host(), state=state, answer=answer)


@access("public")
@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    """Return what the browser asks of the device for a sign-in by passkey alone."""
    options, state = ask_for_present(user=None, host=request.get_host())
    keep_challenge(request, state)
    return JsonResponse(options)


@access("public")
@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in by passkey alone: the device has checked who holds it, so that it is both factors."""
    goal = request.POST.get("next", "")
    try:
        user = shown_passkey(request, None)
    except Refused as refused:
        sentence = refused.text.in_language(get_language() or "en")
        return sign_in_page(request, SignInForm(), goal, sentence=sentence, status=refused.status)
    return complete(request, user, method="passkey", goal=goal)


urlpatterns = [
    path("sign-in/code/", code, name="sign_in_code"),
    path("sign-in/code/passkey/", second_passkey, name="sign_in_code_passkey"),
    path("sign-in/passkey/options/", passkey_options, name="sign_in_passkey_options"),
    path("sign-in/passkey/", passkey, name="sign_in_passkey"),
]
