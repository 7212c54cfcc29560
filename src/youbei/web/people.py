"""Sign in and out, and choose language and theme."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youbei.actions import preferences
from youbei.records.models import User
from youbei.web.access import access


class SignInForm(AuthenticationForm):
    """Ask for name and password; the refusal never says which of the two was wrong."""

    def get_invalid_login_error(self) -> Any:
        error = super().get_invalid_login_error()
        error.message = _("Name and password do not match. Check both, and whether Caps Lock is on.")
        error.params = None
        return error


class SignIn(LoginView):
    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in and take up the language of the account."""
        response = super().form_valid(form)
        user = form.get_user()
        if isinstance(user, User):
            self.request.session["language"] = user.language
        return HttpResponseRedirect(response["Location"])


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer after too many wrong passwords; axes calls it."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    name = request.POST.get("username", "")
    context = {"form": SignInForm(request, initial={"username": name}), "locked_minutes": minutes}
    return render(request, "people/sign_in.html", context, status=429)


def back(request: HttpRequest) -> str:
    """Return the address on this site that the form wants to go back to, or the home page."""
    address = request.POST.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}) else "/"


@access("public")
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        request.session["language"] = language
        translation.activate(language)
        if isinstance(request.user, User):
            preferences.choose_language(by=request.user, language=language)
    return redirect(back(request))


@access("public")
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme in User.Theme.values:
        request.session["theme"] = theme
        if isinstance(request.user, User):
            preferences.choose_theme(by=request.user, theme=theme)
    return redirect(back(request))


@access("signed_in")
def shortcuts(request: HttpRequest) -> HttpResponse:
    return render(request, "people/shortcuts.html")


urlpatterns = [
    path("shortcuts/", shortcuts, name="shortcuts"),
    path("sign-in/", access("public")(SignIn.as_view()), name="sign_in"),
    path("sign-out/", access("public")(LogoutView.as_view()), name="sign_out"),
    path("language/", choose_language, name="choose_language"),
    path("theme/", choose_theme, name="choose_theme"),
]
