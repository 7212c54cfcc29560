"""The accounts of one's subtree, and the making of a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from youbei.actions import clock
from youbei.actions.access import create_user
from youbei.engine.access import ROLE_NAMES, Permission, Role
from youbei.engine.errors import Refused
from youbei.records.models import Organisation, Person, User
from youbei.records.reports.accounts import AccountFilter, account_page
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, one_of, reads
from youbei.web.forms.choices import offer
from youbei.web.lists import query_without_cursor


def role_choices(*, empty: Any = None) -> list[tuple[str, Any]]:
    language = get_language() or "en"
    named = [(role.value, ROLE_NAMES[role].in_language(language)) for role in Role]
    return named if empty is None else [("", empty), *named]


def unit_field(**given: Any) -> forms.ModelChoiceField[Organisation]:
    """Return a field for the code of an organisation; the form gives it the organisations to choose from."""
    return forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        to_field_name="code",
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off", "autocapitalize": "none"}),
        error_messages={"invalid_choice": _("There is no such organisation, or none that you may manage.")},
        **given,
    )


class AccountForm(forms.Form):
    """Ask for a new account: its name, the unit that keeps it, whose it is, and a first role."""

    username = forms.CharField(
        label=_("User name"),
        max_length=80,
        help_text=_("2 to 80 letters, digits or . _ @ + -"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    organisation = unit_field(label=_("Organisation"), help_text=_("The code of the unit that keeps the account."))
    person = forms.ModelChoiceField(
        label=_("Person"),
        queryset=Person.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The code of the person in the register who uses it; a duty-room account has none."),
        error_messages={"invalid_choice": _("There is no such person without an account in your organisations.")},
    )
    role = forms.ChoiceField(label=_("First role"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "role", role_choices(empty=_("none yet")))
        units = Organisation.objects.visible_to(by, Permission.MANAGE_ACCESS)
        persons = Person.objects.visible_to(by, Permission.MANAGE_ACCESS).filter(user=None)
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]
        self.fields["person"].queryset = persons  # type: ignore[attr-defined]


@access(Permission.MANAGE_ACCESS)
@reads(q=WORDS, role=one_of(Role), which=one_of(("away", "weak", "inactive")), cursor=WORDS)
def accounts(request: HttpRequest) -> HttpResponse:
    given = request.GET
    filters = AccountFilter(text=given.get("q", "")[:100], role=given.get("role", ""), which=given.get("which", ""))
    page = account_page(user_of(request), filters=filters, now=clock.now(), cursor=given.get("cursor"))
    context = {"page": page, "filters": filters, "roles": role_choices(), "query": query_without_cursor(request)}
    return render(request, "accounts/list.html", context)


@access(Permission.MANAGE_ACCESS)
def account_new(request: HttpRequest) -> HttpResponse:
    """Make an account without a password; the next page gives the link by which its holder chooses one."""
    by = user_of(request)
    form = AccountForm(request.POST if request.method == "POST" else None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            user = make(by, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.text.in_language(get_language() or "en"))
        else:
            return redirect("account", user.pk)
    units = Organisation.objects.visible_to(by, Permission.MANAGE_ACCESS).order_by("path")[:300]
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/new.html", {"form": form, "units": units}, status=status)


def make(by: User, given: dict[str, Any]) -> User:
    role, unit = given["role"], given["organisation"]
    return create_user(
        by=by,
        now=clock.now(),
        username=given["username"],
        person=given["person"],
        organisation=unit,
        grants=((Role(role), unit),) if role else (),
        language=given["language"],
    )


urlpatterns = [
    path("accounts/", accounts, name="accounts"),
    path("accounts/new/", account_new, name="account_new"),
]
