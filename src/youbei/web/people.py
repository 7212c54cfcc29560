"""Choose language and theme; the list of shortcuts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from youbei.actions import preferences
from youbei.records.models import User
from youbei.web.access import access


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
    path("language/", choose_language, name="choose_language"),
    path("theme/", choose_theme, name="choose_theme"),
]
