"""Lead an exercise: revise its script, say when and who, begin, end and close it."""

from __future__ import annotations

import functools
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.exercises import alliance, coverage, enrolling, interlocks, keeping, leading, sealing, writing
from youbei.actions.exercises.classes import classes_of, enrol_by_class
from youbei.actions.exercises.hot_wash_after import set_hot_wash
from youbei.actions.exercises.touching import safety_of
from youbei.engine.access import Permission
from youbei.engine.exercises.grid import with_rows
from youbei.engine.exercises.model import Exercise as Script
from youbei.engine.exercises.read import read_exercise
from youbei.records.models import Exercise, ExerciseUnit, User
from youbei.records.reports.exercises import visible_exercise
from youbei.sheets.msel import read_msel
from youbei.web.access import access, user_of
from youbei.web.forms.exercises import (
    LARGEST_FILE,
    AskUnitForm,
    CancelForm,
    ClassesForm,
    EndForm,
    EnrolForm,
    HotWashAfterForm,
    LookForm,
    RevisionForm,
    SafetyForm,
    SealForm,
    StartForm,
    TimeForm,
)
from youbei.web.forms.facts import say
from youbei.web.forms.runs import NothingForm
from youbei.web.sheet import FormClass, sheet

SHEETS = (".xlsx", ".xls", ".csv")
SHEET_OF = {"revise": "exercises/sheet_file.html", "start": "exercises/sheet_start.html"}


def start(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return leading.start_exercise(by=by, now=clock.now(), exercise=row, **data)


def end(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return leading.end_exercise(by=by, now=clock.now(), exercise=row, **data)


def close(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return leading.close_exercise(by=by, now=clock.now(), exercise=row)


def set_time(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return keeping.set_time(by=by, now=clock.now(), exercise=row, **data)


def cancel(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return keeping.cancel_exercise(by=by, now=clock.now(), exercise=row, **data)


def enrol(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return enrolling.enrol(by=by, now=clock.now(), exercise=row, **data)


def revise(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return keeping.revise_exercise(by=by, now=clock.now(), exercise=row, script=script_in(data["file"], row))


def write_safety(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return writing.write_safety(by=by, now=clock.now(), exercise=row, safety=data["safety"])


def seal(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return sealing.seal_exercise(by=by, now=clock.now(), exercise=row, windows=data["windows"])


def look(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return sealing.look_into(by=by, now=clock.now(), exercise=row, why=data["why"])


def by_post(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return coverage.enrol_by_post(by=by, now=clock.now(), exercise=row)


def by_class(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return enrol_by_class(by=by, now=clock.now(), exercise=row, **data)


def ask_after(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return set_hot_wash(by=by, now=clock.now(), exercise=row, **data)


def ask_unit(by: User, row: Exercise, data: dict[str, Any]) -> object:
    return alliance.ask_unit(by=by, now=clock.now(), exercise=row, **data)


def script_in(file: Any, row: Exercise) -> Script:
    """Read an upload: a whole script, or the injects of one as a table."""
    content = file.read(LARGEST_FILE + 1)
    if not file.name.lower().endswith(SHEETS):
        return read_exercise(content)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / f"msel{Path(file.name).suffix.lower()}"
        place.write_bytes(content)
        return with_rows(keeping.script_data(row), list(read_msel(place, file.name)))


Verb = tuple[Any, type[forms.Form], str | Promise, str | Promise]
VERBS: dict[str, Verb] = {
    "start": (
        start,
        StartForm,
        gettext_lazy("Begin the exercise"),
        gettext_lazy("The exercise has begun."),
    ),
    "end": (end, EndForm, gettext_lazy("End the exercise (EndEx)"), gettext_lazy("The exercise has ended.")),
    "close": (close, NothingForm, gettext_lazy("Close the exercise"), gettext_lazy("The exercise is closed.")),
    "time": (set_time, TimeForm, gettext_lazy("When"), gettext_lazy("The day is set.")),
    "cancel": (cancel, CancelForm, gettext_lazy("Cancel the exercise"), gettext_lazy("The exercise is cancelled.")),
    "enrol": (enrol, EnrolForm, gettext_lazy("Who takes part"), gettext_lazy("The list is kept.")),
    "seal": (seal, SealForm, gettext_lazy("Seal the time"), gettext_lazy("The time is drawn and sealed.")),
    "look": (look, LookForm, gettext_lazy("Look into the sealed time"), gettext_lazy("You know the time now.")),
    "posts": (by_post, NothingForm, gettext_lazy("Enrol by post"), gettext_lazy("The list is kept.")),
    "classes": (by_class, ClassesForm, gettext_lazy("Enrol by class of people"), gettext_lazy("The list is kept.")),
    "hot-wash-after": (
        ask_after,
        HotWashAfterForm,
        gettext_lazy("Hot wash at EndEx"),
        gettext_lazy("It is kept how the hot wash opens."),
    ),
    "ask-unit": (ask_unit, AskUnitForm, gettext_lazy("Ask a unit"), gettext_lazy("The unit is asked.")),
    "safety": (write_safety, SafetyForm, gettext_lazy("Safety plan"), gettext_lazy("The safety plan is kept.")),
    "revise": (revise, RevisionForm, gettext_lazy("Revise the script"), gettext_lazy("The script is revised.")),
}


@access(Permission.RUN_EXERCISE)
def lead(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Do one thing with an exercise."""
    by = user_of(request)
    row = visible_exercise(pk, by)
    if verb not in VERBS:
        raise Http404
    do, plain_form, title, done = VERBS[verb]
    form: FormClass = plain_form
    if verb == "classes":
        form = functools.partial(ClassesForm, classes=class_choices(row, None))
    holds = interlocks.holds_of(row, clock.now()) if verb == "start" and row.status == row.Status.PLANNED else []
    if verb == "start":
        form = functools.partial(StartForm, may_override=bool(holds) and by.may(leading.OVERRIDES, row.org_path))
    here = reverse("exercise", args=[row.pk])
    initial = initial_of(verb, row)

    def made(posted: Any = None, files: Any = None) -> forms.Form:
        return form(posted, files, initial=initial)

    def go(result: object) -> str:
        if isinstance(result, datetime):
            when = date_format(localtime(result), "Y-m-d H:i")
            messages.info(request, _("The sealed time: %(when)s. Keep it to yourself.") % {"when": when})
        return reverse("exercises") if verb == "cancel" else here

    return sheet(
        request,
        form=made,
        do=lambda data: do(by, row, data),
        title=str(title),
        submit=str(title),
        back=here,
        done=str(done),
        after=go,
        context={"intro": intro_of(verb), "holds": holds},
        template=SHEET_OF.get(verb, "exercises/sheet.html"),
    )


def initial_of(verb: str, row: Exercise) -> dict[str, Any]:
    if verb == "time":
        return {"planned_at": row.planned_at}
    if verb == "enrol":
        return {"participants": lines_of(row, None)}
    if verb == "hot-wash-after":
        return {"questionnaire": row.hot_wash_with}
    if verb == "safety":
        safety = safety_of(row)
        words = {"text_zh": safety.text.zh, "text_en": safety.text.en}
        return {**words, "breaks_on": safety.breaks_on.value, "level": safety.level}
    return {}


def lines_of(row: Exercise, unit: ExerciseUnit | None) -> str:
    """Write the list of who takes part that one unit keeps, as it is typed."""
    listed = row.participants.filter(unit=unit)
    return "\n".join(f"{one.ref} {one.part} {one.post}".rstrip() for one in listed)


def class_choices(row: Exercise, unit: ExerciseUnit | None) -> list[tuple[str, str]]:
    """Offer the classes of people of a unit, each with how many they are and how many are on the list."""
    return [(one.key, f"{say(one.title)} ({one.enrolled}/{one.people})") for one in classes_of(row, clock.now(), unit)]


def intro_of(verb: str) -> str:
    """Say what a step brings that cannot be taken back."""
    return {
        "start": _(
            "The exercise clock begins to run and the first injects go out, to those enrolled alone. Everything is "
            "marked as exercise. The plan is activated by the players."
        ),
        "end": _("What still waits is skipped, what is open counts as missed, and the response of the exercise ends."),
        "close": _("Close it once it has been evaluated. Its incident is closed with it; nothing is deleted."),
        "seal": _(
            "The time is drawn inside the window by the server, and nobody is told, not even you. Its hash is "
            "published at once. It begins by itself, unless a real incident or an interlock holds it back; then a "
            "later time is drawn."
        ),
        "look": _("You will stand on the list of who knew, which is published when the exercise begins."),
        "posts": _("Whoever fills a post of the plan today is added, staff and managers alike. Who is listed stays."),
        "classes": _("Everybody of the classes you choose is added as a player. Who is listed stays."),
        "hot-wash-after": _("When the exercise ends, everybody on the list gets the link to a few questions at once."),
        "ask-unit": _(
            "The unit is asked to hold this exercise with yours. Whoever runs exercises there accepts, and lists its "
            "own people; it counts in the programme of each."
        ),
        "safety": _("Everybody who takes part reads these words. What is real then stops the exercise by itself."),
        "cancel": _("It goes out of the plan. The log keeps that it was planned, and why it was cancelled."),
    }.get(verb, "")


urlpatterns = [path("exercises/<uuid:pk>/<slug:verb>/", lead, name="exercise_lead")]
