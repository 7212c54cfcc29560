"""Lending one's grants to another account while on leave, and ending that early."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youbei.actions import clock
from youbei.actions.delegations import delegate_all, end_delegation, no_taker
from youbei.engine.access import ROLE_NAMES, Role
from youbei.records.models import Grant, Organisation, User
from youbei.web.access import access, user_of
from youbei.web.forms.choices import offer
from youbei.web.sheet import sheet

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class LendForm(forms.Form):
    """Ask which grants, to whom, from when until when, and why."""

    grants = forms.MultipleChoiceField(
        label=gettext_lazy("What is lent"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("You keep it as well. Giving rights to others cannot be lent."),
    )
    to = forms.CharField(
        label=gettext_lazy("To whom"),
        max_length=150,
        help_text=gettext_lazy("The user name of the account that stands in for you."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Only for"),
        queryset=Organisation.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The code of an organisation below that of your grant. Empty: all of it."),
        error_messages={"invalid_choice": gettext_lazy("There is no such organisation, or none that you may see.")},
    )
    starts_at = forms.DateTimeField(label=gettext_lazy("Starts at"), widget=MOMENT)
    ends_at = forms.DateTimeField(label=gettext_lazy("Ends at"), widget=MOMENT)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Such as: annual leave. It stands in the log."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [grant for grant in user.grants_now() if grant.delegated_by_id is None]
        offer(self, "grants", [(str(grant.pk), grant_words(grant)) for grant in own], is_tall=True)
        self.fields["organisation"].queryset = Organisation.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["starts_at"].initial = clock.now().replace(second=0, microsecond=0)


def grant_words(grant: Grant) -> str:
    language = get_language() or "en"
    return f"{ROLE_NAMES[Role(grant.role)].in_language(language)} · {grant.organisation.name_in(language)}"


@access("signed_in")
def lend(request: HttpRequest) -> HttpResponse:
    """Lend grants to another account for a time."""
    user = user_of(request)

    def form(*args: Any) -> LendForm:
        return LendForm(*args, user=user)

    return sheet(
        request,
        form=form,
        do=lambda given: lend_all(user, given),
        title=_("Lend while on leave"),
        submit=_("Lend"),
        back="/me/",
        done=_("Lent. Both of you see it, and either may end it."),
        after=lambda _result: "/me/",
    )


def lend_all(user: User, given: dict[str, Any]) -> None:
    """Lend every chosen grant; none where one of them is refused."""
    to = User.objects.filter(username=given["to"].strip(), is_active=True).first()
    if to is None:
        raise no_taker()
    delegate_all(
        by=user,
        now=clock.now(),
        grants=Grant.objects.filter(pk__in=given["grants"], user=user).select_related("organisation"),
        to=to,
        starts_at=given["starts_at"],
        ends_at=given["ends_at"],
        reason=given["reason"],
        organisation=given["organisation"],
    )


@access("signed_in")
@require_POST
def end_lending(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one lent, or give back what one was lent."""
    end_delegation(by=user_of(request), now=clock.now(), grant=get_object_or_404(Grant, pk=pk))
    messages.success(request, _("The delegation is ended."))
    return redirect("my_account")


urlpatterns = [
    path("me/lend/", lend, name="my_lend"),
    path("me/lent/<int:pk>/end/", end_lending, name="my_lent_end"),
]
