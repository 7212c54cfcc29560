"""Forms of exercises: planning, files, who takes part, and what evaluators write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.exercises.model import BreaksOn, Safety
from youbei.engine.exercises.seal import Window
from youbei.engine.text import Text
from youbei.records.models import Incident, Organisation, Participant, User
from youbei.web import wording
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.forms.incidents import WHEN

LARGEST_FILE = 10 * 1024 * 1024
PARTS = {part.value for part in Participant.Part}


class UnitField(forms.CharField):
    """A unit by its code or name, among those in which the user may lead exercises, or do what `permission` says."""

    def __init__(self, permission: Permission = Permission.RUN_EXERCISE, **options: Any) -> None:
        super().__init__(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)
        self.user: User | None = None
        self.permission = permission

    def clean(self, value: Any) -> Any:
        entered = str(super().clean(value)).strip()
        if self.user is None or not entered:
            return None
        mine = Organisation.objects.visible_to(self.user, self.permission)
        found = list(mine.filter(Q(code=entered) | Q(name_zh=entered) | Q(name_en__iexact=entered))[:2])
        if len(found) == 1:
            return found[0]
        if self.permission is not Permission.RUN_EXERCISE:
            raise ValidationError(_("You may do this in no unit of that code or name. Enter its code."))
        raise ValidationError(_("You lead exercises in no unit of that code or name. Enter its code."))


class AnyUnitField(forms.CharField):
    """Any unit in use, by its code or its exact name: those who hold an exercise together need see no more."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)

    def clean(self, value: Any) -> Any:
        entered = str(super().clean(value)).strip()
        units = Organisation.objects.filter(retired_at=None)
        found = list(units.filter(Q(code=entered) | Q(name_zh=entered) | Q(name_en__iexact=entered))[:2])
        if len(found) == 1:
            return found[0]
        raise ValidationError(_("There is no unit of that code or name, or more than one. Enter its code."))


class AskUnitForm(forms.Form):
    """Ask another unit to hold an exercise together."""

    organisation = AnyUnitField(label=gettext_lazy("Unit"), help_text=gettext_lazy("Its code, or its full name."))
    task = forms.CharField(label=gettext_lazy("Its share"), required=False, max_length=300)


class WhyForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class RealForm(forms.Form):
    """Call out that something is real: which incident, where it is reported already, and what happened."""

    incident = forms.ChoiceField(label=gettext_lazy("Real incident"), required=False)
    reason = forms.CharField(label=gettext_lazy("What has happened"), required=False, max_length=200)

    def __init__(self, *args: Any, incidents: Iterable[Incident], **options: Any) -> None:
        super().__init__(*args, **options)
        self.incidents = {str(one.pk): one for one in incidents}
        listed = [(pk, f"{one.number} {say(one.named)}") for pk, one in self.incidents.items()]
        offer(self, "incident", [("", gettext_lazy("not reported yet")), *listed])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        return {"incident": self.incidents.get(data.get("incident", "")), "reason": data.get("reason", "")}


class MaybeWhyForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=200)


class ClassesForm(forms.Form):
    """Enrol people by what they are."""

    classes = forms.MultipleChoiceField(label=gettext_lazy("Classes of people"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, classes: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "classes", classes, is_tall=True)


class HotWashAfterForm(forms.Form):
    """Let the hot wash open at EndEx."""

    questionnaire = forms.ChoiceField(label=gettext_lazy("Questionnaire"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        library: Any = self.fields["questionnaire"]
        named = [(one.id, say(one.title)) for one in content.questionnaires().values()]
        library.choices = [("", _("none: somebody opens it")), *named]


class PlannedForm(forms.Form):
    planned_at = forms.DateTimeField(
        label=gettext_lazy("Planned for"),
        required=False,
        widget=WHEN,
        help_text=gettext_lazy("Empty: the day is not settled yet."),
    )
    is_announced = forms.BooleanField(
        label=gettext_lazy("Announced"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Without it nobody but those who lead it sees the exercise before it begins."),
    )


class DrillForm(PlannedForm):
    """Plan an exercise without a script."""

    organisation = UnitField(label=gettext_lazy("Unit"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)

    field_order = ("organisation", "title", "planned_at", "is_announced")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        unit = cast(UnitField, self.fields["organisation"])
        unit.user = user
        first = Organisation.objects.visible_to(user, Permission.RUN_EXERCISE).order_by("path").first()
        unit.initial = first.code if first else ""


class ExerciseFileForm(PlannedForm):
    """Plan an exercise that a file holds."""

    file = forms.FileField(
        label=gettext_lazy("Exercise file"),
        help_text=gettext_lazy("TOML or JSON in the exercise language, at most 10 MB."),
    )

    field_order = ("file", "planned_at", "is_announced")


class RevisionForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Exercise file or list of injects"),
        help_text=gettext_lazy("TOML or JSON replaces the whole script, a workbook (.xlsx) or CSV its injects."),
    )


class TimeForm(forms.Form):
    planned_at = forms.DateTimeField(label=gettext_lazy("Planned for"), required=False, widget=WHEN)


class StartForm(forms.Form):
    """Begin an exercise; where something holds it back, whoever may override that writes why."""

    override = forms.CharField(
        label=gettext_lazy("Why it begins all the same"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("The log keeps it, with what holds the exercise back. Empty: it does not begin."),
    )

    def __init__(self, *args: Any, may_override: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_override:
            del self.fields["override"]


class SafetyForm(forms.Form):
    """The safety plan of a script: its words, and what real suspends the exercise."""

    text_zh = forms.CharField(
        label=gettext_lazy("Safety measures and the word that stops it, Chinese"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    text_en = forms.CharField(
        label=gettext_lazy("Safety measures and the word that stops it, English"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    breaks_on = forms.ChoiceField(
        label=gettext_lazy("What is real suspends it"), choices=list(wording.BREAKS_ON.items())
    )
    level = forms.TypedChoiceField(label=gettext_lazy("From this level of response on"), coerce=int)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "level", [(str(number), wording.level_name(number)) for number in (4, 3, 2, 1)])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        text = Text(data["text_zh"], data["text_en"])
        return {"safety": Safety(text, BreaksOn(data["breaks_on"]), data["level"])}


class SealForm(forms.Form):
    """The window inside which the time is drawn."""

    starts_at = forms.DateTimeField(label=gettext_lazy("Not before"), widget=WHEN)
    ends_at = forms.DateTimeField(label=gettext_lazy("Before"), widget=WHEN)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("starts_at") and data.get("ends_at"):
            return {"windows": [Window(data["starts_at"], data["ends_at"])]}
        return data


class LookForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("Why you must know"), max_length=200)


class EndForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=200)


class CancelForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class EnrolForm(forms.Form):
    """Who takes part, one line each: code, part, post of the plan."""

    participants = forms.CharField(
        label=gettext_lazy("Who takes part"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "translate": "no"}),
        help_text=gettext_lazy(
            "One line each: a register code, then the part (player, controller, evaluator, observer), then the post of "
            "the plan, if any. Such as: person:wu player commander. Only they get messages of the exercise."
        ),
    )

    def clean_participants(self) -> list[tuple[str, str, str]]:
        found = []
        for number, line in enumerate(self.cleaned_data["participants"].splitlines(), start=1):
            words = line.replace(",", " ").replace("，", " ").split()
            if not words:
                continue
            part = words[1] if len(words) > 1 else Participant.Part.PLAYER.value
            if part not in PARTS or len(words) > 3:
                raise ValidationError(
                    _("Line %(number)s: write a code, one of player, controller, evaluator, observer, and a post.")
                    % {"number": number}
                )
            found.append((words[0], part, words[2] if len(words) > 2 else ""))
        return found


def type_choices() -> list[tuple[str, Any]]:
    return list(wording.EXERCISE_TYPES.items())
