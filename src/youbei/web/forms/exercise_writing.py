"""Forms of who writes a script: a new one for a plan, and injects of another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.engine.access import Permission
from youbei.engine.exercises.model import Exercise as Script
from youbei.engine.plans.model import Post
from youbei.records.models import Organisation, Plan, PlanVersion, User
from youbei.records.reports.names import name_of
from youbei.web import wording
from youbei.web.forms.choices import offer
from youbei.web.forms.exercises import PlannedForm
from youbei.web.forms.facts import say
from youbei.web.forms.spans import HELP, SpanField

# The longest list to choose a plan from; beyond it one searches the plans first.
PLANS_SHOWN = 500


class ScriptForm(PlannedForm):
    """Plan an exercise whose script is still to be written."""

    plan_version = forms.ChoiceField(label=gettext_lazy("Plan under test"))
    title_zh = forms.CharField(label=gettext_lazy("Title, Chinese"), max_length=200, required=False)
    title_en = forms.CharField(label=gettext_lazy("Title, English"), max_length=200, required=False)
    type = forms.ChoiceField(
        label=gettext_lazy("Kind of exercise"), choices=list(wording.EXERCISE_TYPES.items()), initial="tabletop"
    )
    at_most = SpanField(label=gettext_lazy("Lasts at most"), initial=timedelta(hours=2), help_text=HELP)

    field_order = ("plan_version", "title_zh", "title_en", "type", "at_most", "planned_at", "is_announced")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        units = Organisation.objects.visible_to(user, Permission.RUN_EXERCISE)
        plans = Plan.objects.visible_to(user).filter(organisation__in=units, is_withdrawn=False, current__isnull=False)
        self.plans = {str(one.current_id): one for one in plans.order_by("org_path", "code")[:PLANS_SHOWN]}
        offer(self, "plan_version", [(key, say(name_of(one))) for key, one in self.plans.items()])

    def clean_plan_version(self) -> PlanVersion:
        return PlanVersion.objects.select_related("plan__organisation").get(pk=self.cleaned_data["plan_version"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not (data.get("title_zh") or data.get("title_en")):
            self.add_error("title_zh", _("Give the exercise a title."))
        return data


class TakeOverForm(forms.Form):
    """Tick the injects of another script that are to be copied."""

    injects = forms.MultipleChoiceField(label=gettext_lazy("Injects"), widget=forms.CheckboxSelectMultiple)
    to = forms.ChoiceField(
        label=gettext_lazy("Send what is for a post that this plan does not have to"),
        required=False,
    )

    def __init__(self, *args: Any, source: Script, posts: Iterable[Post], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "injects", [(one.id, f"{say(one.title)} ({one.id})") for one in source.injects], is_tall=True)
        offer(self, "to", [(one.id, say(one.title)) for one in posts])
