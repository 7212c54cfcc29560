"""Giving and ending grants, links to identity providers, and rules on second factors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from youbei.actions import clock
from youbei.actions.access import end_grant, give_grant
from youbei.actions.delegations import end_delegation
from youbei.actions.factors import ask_for_factor, ask_no_more
from youbei.actions.outside import link, providers, unlink
from youbei.engine.access import Permission, Role
from youbei.records.models import FactorRule, Grant, Organisation, User
from youbei.records.models.scope import path_condition
from youbei.web.access import access, user_of
from youbei.web.accounts.list import role_choices, unit_field
from youbei.web.accounts.one import account_for
from youbei.web.forms.choices import offer
from youbei.web.sheet import sheet

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class GrantForm(forms.Form):
    """Ask for a role, where, from when until when, and why."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    organisation = unit_field(
        label=gettext_lazy("Organisation"), help_text=gettext_lazy("Its code; the role holds there and below.")
    )
    starts_at = forms.DateTimeField(label=gettext_lazy("Starts at"), required=False, widget=MOMENT)
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Ends at"), required=False, widget=MOMENT, help_text=gettext_lazy("Empty: for good.")
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Needed where the role does not go with one that the account holds. It stands in the log."
        ),
    )

    def __init__(self, *args: Any, by: User, home: Organisation | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "role", role_choices())
        units = Organisation.objects.visible_to(by, Permission.MANAGE_ACCESS)
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]
        self.fields["organisation"].initial = home.code if home else None


class LinkForm(forms.Form):
    """Ask by which name an identity provider knows the holder of the account."""

    provider = forms.ChoiceField(label=gettext_lazy("Identity provider"))
    value = forms.CharField(
        label=gettext_lazy("Name there"),
        max_length=200,
        help_text=gettext_lazy("Exactly as the provider sends it; the page of a refused sign-in shows it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        offer(self, "provider", [(one.id, one.title.in_language(language)) for one in providers().values()])


class RuleForm(forms.Form):
    """Ask who must have a second factor."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    organisation = unit_field(
        label=gettext_lazy("Organisation"), help_text=gettext_lazy("Its code; the rule binds grants there and below.")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "role", role_choices(empty=_("every role")))
        units = Organisation.objects.visible_to(by, Permission.MANAGE_ACCESS)
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]


@access(Permission.MANAGE_ACCESS)
def grant_give(request: HttpRequest, pk: int) -> HttpResponse:
    by, user = user_of(request), account_for(request, pk)

    def form(*args: Any) -> GrantForm:
        return GrantForm(*args, by=by, home=user.organisation)

    def give(given: dict[str, Any]) -> Grant:
        return give_grant(by=by, now=clock.now(), user=user, **{**given, "role": Role(given["role"])})

    return sheet(
        request,
        form=form,
        do=give,
        title=_("Give a role to %(name)s") % {"name": user.username},
        submit=_("Give"),
        back=reverse("account", args=[pk]),
        done=_("The role is given."),
        after=lambda _result: reverse("account", args=[pk]),
    )


@access(Permission.MANAGE_ACCESS)
@require_POST
def grant_end(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """End a grant now, a delegated one too."""
    row = get_object_or_404(Grant, pk=grant, user=account_for(request, pk))
    if row.delegated_by_id is None:
        end_grant(by=user_of(request), now=clock.now(), grant=row)
    else:
        end_delegation(by=user_of(request), now=clock.now(), grant=row)
    messages.success(request, _("The grant is ended."))
    return redirect("account", pk)


@access(Permission.MANAGE_ACCESS)
def outside_add(request: HttpRequest, pk: int) -> HttpResponse:
    by, user = user_of(request), account_for(request, pk)
    return sheet(
        request,
        form=LinkForm,
        do=lambda given: link(by=by, now=clock.now(), user=user, **given),
        title=_("Link to an identity provider"),
        submit=_("Link"),
        back=reverse("account", args=[pk]),
        done=_("Linked."),
        after=lambda _result: reverse("account", args=[pk]),
    )


@access(Permission.MANAGE_ACCESS)
@require_POST
def outside_remove(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    user = account_for(request, pk)
    unlink(by=user_of(request), now=clock.now(), row=get_object_or_404(user.outside_logins.all(), pk=row))
    messages.success(request, _("The link is removed."))
    return redirect("account", pk)


@access(Permission.MANAGE_ACCESS)
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules on second factors in one's subtree, and those above that bind it."""
    paths = user_of(request).paths_with(Permission.MANAGE_ACCESS)
    rows = FactorRule.objects.filter(path_condition(paths, "org_path__under")).select_related("organisation")
    above = [
        rule
        for rule in FactorRule.objects.exclude(path_condition(paths, "org_path__under")).select_related("organisation")
        if any(path.startswith(rule.org_path) for path in paths)
    ]
    return render(request, "accounts/rules.html", {"rules": rows, "above": above})


@access(Permission.MANAGE_ACCESS)
def rule_add(request: HttpRequest) -> HttpResponse:
    by = user_of(request)

    def form(*args: Any) -> RuleForm:
        return RuleForm(*args, by=by)

    def ask(given: dict[str, Any]) -> FactorRule:
        role = Role(given["role"]) if given["role"] else None
        return ask_for_factor(by=by, now=clock.now(), organisation=given["organisation"], role=role)

    return sheet(
        request,
        form=form,
        do=ask,
        title=_("Ask for a second factor"),
        submit=_("Ask for it"),
        back=reverse("factor_rules"),
        done=_("The rule holds from the next sign-in on."),
        after=lambda _result: reverse("factor_rules"),
    )


@access(Permission.MANAGE_ACCESS)
@require_POST
def rule_remove(request: HttpRequest, pk: int) -> HttpResponse:
    paths = user_of(request).paths_with(Permission.MANAGE_ACCESS)
    rows = FactorRule.objects.filter(path_condition(paths, "org_path__under"))
    ask_no_more(by=user_of(request), now=clock.now(), rule=get_object_or_404(rows, pk=pk))
    messages.success(request, _("The rule is removed."))
    return redirect("factor_rules")


urlpatterns = [
    path("accounts/<int:pk>/grants/give/", grant_give, name="grant_give"),
    path("accounts/<int:pk>/grants/<int:grant>/end/", grant_end, name="grant_end"),
    path("accounts/<int:pk>/outside/add/", outside_add, name="outside_add"),
    path("accounts/<int:pk>/outside/<int:row>/remove/", outside_remove, name="outside_remove"),
    path("accounts/rules/", rules, name="factor_rules"),
    path("accounts/rules/add/", rule_add, name="factor_rule_add"),
    path("accounts/rules/<int:pk>/remove/", rule_remove, name="factor_rule_remove"),
]
