"""Write the injects of an exercise that is being prepared: a form for one, copies, and those of other scripts."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.exercises import keeping, writing
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.exercises.injects import INJECTS
from youbei.engine.exercises.model import Ending
from youbei.engine.exercises.model import Exercise as Script
from youbei.engine.plans.problems import PlanUnreadable
from youbei.engine.text import Text
from youbei.records.casting import exercise_of
from youbei.records.models import Exercise, User
from youbei.records.reports.exercises import part_of, visible_exercises
from youbei.records.reports.msel import Msel
from youbei.web import wording
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, reads
from youbei.web.exercises.one import shell
from youbei.web.forms.exercise_writing import ScriptForm, TakeOverForm
from youbei.web.forms.facts import say
from youbei.web.forms.injects import InjectForm
from youbei.web.forms.runs import NothingForm
from youbei.web.sheet import sheet

OWN_SHOWN = 100
# The fields of a condition that say something by themselves.
TELLING = ("fact", "action", "moment", "count", "text")


def written(request: HttpRequest, pk: UUID) -> tuple[dict[str, Any], Msel]:
    """Return the page of an exercise for who writes its script; for anybody else there is none."""
    context = shell(request, pk, "injects")
    msel = context["msel"]
    # What was typed before somebody began the exercise meets the refusal of the action, and is not lost.
    is_open = context["row"].status == Exercise.Status.PLANNED or request.method == "POST"
    if not isinstance(msel, Msel) or not context["leads"] or not is_open:
        raise Http404
    return context, msel


@access(Permission.RUN_EXERCISE)
def kinds(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask what kind of inject is to be added."""
    context, _msel = written(request, pk)
    context["kinds"] = [
        (code.replace("_", "-"), wording.INJECT_KINDS[code], wording.INJECT_ABOUT[code]) for code in INJECTS
    ]
    return render(request, "exercises/inject_kinds.html", context)


@access(Permission.RUN_EXERCISE)
def add(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Add an inject of a kind."""
    context, msel = written(request, pk)
    code = kind.replace("-", "_")
    if code not in INJECTS:
        raise Http404
    return form_page(request, context, msel, kind=code, seen={})


@access(Permission.RUN_EXERCISE)
def change(request: HttpRequest, pk: UUID, inject: str) -> HttpResponse:
    """Change an inject as it stands."""
    context, msel = written(request, pk)
    if inject not in {one.id for one in msel.exercise.injects}:
        raise Http404
    seen = writing.inject_data(msel.exercise, inject)
    return form_page(request, context, msel, kind=seen["kind"], seen=seen)


def form_page(
    request: HttpRequest, context: dict[str, Any], msel: Msel, *, kind: str, seen: Mapping[str, Any]
) -> HttpResponse:
    """Show the form, add rows to it, or keep what it says."""
    row: Exercise = context["row"]
    make = functools.partial(InjectForm, kind=kind, script=msel.exercise, plan=msel.plan, seen=seen)
    posted, status = request.POST, 200
    rows = rows_in(posted)
    more = posted.get("more", "")
    if request.method != "POST":
        form = make()
    elif more in rows:
        typed = {name: posted.getlist(name) if name == "after" else posted[name] for name in posted}
        form = make(rows={**rows, more: rows[more] + 2}, initial=typed)
    else:
        form = make(posted, rows=rows)
        if form.is_valid() and keep(request, row, form, seen, posted.get("was", "")):
            return redirect(reverse("exercise_injects", args=[row.pk]))
        status = 422
    context |= {
        "form": form,
        "kind": kind,
        "inject_id": seen.get("id", ""),
        "was": posted.get("was", "") or (writing.mark_of(seen) if seen else ""),
        "groups": groups_of(form),
    }
    return render(request, "exercises/inject_form.html", context, status=status)


def rows_in(posted: Mapping[str, Any]) -> dict[str, int]:
    """Return how many rows of facts and expected actions a posted form had."""
    found = {}
    for name in ("facts", "actions"):
        number = str(posted.get(f"{name}_rows", ""))
        if number.isascii() and number.isdecimal() and len(number) < 4:
            found[name] = int(number)
    return found


def keep(request: HttpRequest, row: Exercise, form: InjectForm, seen: Mapping[str, Any], was: str) -> bool:
    """Keep what a form says; where it is refused, say why in the form."""
    try:
        writing.write_inject(
            by=user_of(request),
            now=clock.now(),
            exercise=row,
            inject=form.cleaned_data["inject"],
            instead_of=seen.get("id", ""),
            was=was,
        )
    except PlanUnreadable as refusal:
        form.add_problems(refusal.problems)
        return False
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, refusal.text.in_language(get_language() or "en"))
        return False
    messages.success(request, _("The inject is kept."))
    return True


def groups_of(form: InjectForm) -> dict[str, Any]:
    """Return the fields as the page groups them."""

    def some(*names: str) -> list[Any]:
        return [form[name] for name in names if name in form.fields]

    content_names = [name for key in form.keys for name, _field in form.content_fields(key)]
    shown = [number for number in range(form.fact_rows) if f"fact_{number}" in form.fields]
    return {
        "title": some("title_zh", "title_en"),
        "what": some("type", "objective"),
        "time": some("clock", "delay", "since"),
        "when": condition_lines(form, "when_"),
        "unless": condition_lines(form, "unless_"),
        "content": [form[name] for name in content_names if not name.startswith(("fact_", "value_"))],
        "facts": [(form[f"fact_{number}"], form[f"value_{number}"]) for number in shown],
        "actions": form.actions.rows(form),
        "notes": some("controller_zh", "controller_en", "notes_zh", "notes_en"),
        "has_when": any(form[f"when_{name}"].value() for name in TELLING),
        "has_unless": any(form[f"unless_{name}"].value() for name in TELLING),
        "has_after": bool(form["after"].value()),
        "fact_rows": form.fact_rows,
        "action_rows": form.actions.count,
    }


def condition_lines(form: InjectForm, prefix: str) -> dict[str, Any]:
    names = {
        "fact": ("fact", "fact_op", "fact_value"),
        "action": ("action", "action_is"),
        "moment": ("moment", "moment_for"),
        "count": ("count", "count_op", "count_value"),
        "rest": ("text", "join"),
    }
    return {key: [form[prefix + name] for name in parts] for key, parts in names.items()}


@access(Permission.RUN_EXERCISE)
def copy(request: HttpRequest, pk: UUID, inject: str) -> HttpResponse:
    """Copy an inject, and go on to change the copy."""
    context, msel = written(request, pk)
    row: Exercise = context["row"]

    def do(data: dict[str, Any]) -> str:
        _row, name = writing.copy_inject(by=user_of(request), now=clock.now(), exercise=row, inject=inject)
        return name

    return sheet(
        request,
        form=NothingForm,
        do=do,
        title=_("Copy the inject"),
        submit=_("Copy the inject"),
        back=reverse("exercise_injects", args=[row.pk]),
        done=_("It is copied; change the copy here."),
        after=lambda name: reverse("exercise_inject_change", args=[row.pk, name]),
        context={"intro": title_of(msel, inject)},
        template="exercises/sheet.html",
    )


@access(Permission.RUN_EXERCISE)
def remove(request: HttpRequest, pk: UUID, inject: str) -> HttpResponse:
    """Take an inject out of the script."""
    context, msel = written(request, pk)
    row: Exercise = context["row"]
    here = reverse("exercise_injects", args=[row.pk])
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: writing.remove_inject(by=user_of(request), now=clock.now(), exercise=row, inject=inject),
        title=_("Remove the inject"),
        submit=_("Remove the inject"),
        back=here,
        done=_("The inject is removed."),
        after=lambda _row: here,
        context={"intro": title_of(msel, inject)},
        template="exercises/sheet.html",
    )


def title_of(msel: Msel, inject: str) -> str:
    for one in msel.exercise.injects:
        if one.id == inject:
            return say(one.title)
    raise Http404


@access(Permission.RUN_EXERCISE)
@reads(from_=WORDS)
def take_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the injects of a script of the library, or of an exercise one has led, and copy those that are ticked."""
    context, msel = written(request, pk)
    user = user_of(request)
    scripts = [entry.script for entry in keeping.library(user)]
    own = own_exercises(user, context["row"])
    chosen = request.GET.get("from", "")
    source = source_named(chosen, scripts, own)
    form = TakeOverForm(request.POST or None, source=source, posts=msel.plan.posts) if source else None
    if source is not None and form is not None and request.method == "POST" and form.is_valid():
        try:
            _row, names, lost = writing.take_over(
                by=user, now=clock.now(), exercise=context["row"], source=source, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, refusal.text.in_language(get_language() or "en"))
        else:
            messages.success(request, _("Injects copied: %(names)s.") % {"names": ", ".join(names)})
            for one in dict.fromkeys(say(text) for text in lost):
                messages.warning(request, one)
            return redirect(reverse("exercise_injects", args=[context["row"].pk]))
    context |= {"scripts": scripts, "own": own, "chosen": chosen, "source": source, "form": form}
    return render(request, "exercises/inject_library.html", context, status=422 if request.method == "POST" else 200)


def own_exercises(user: User, row: Exercise) -> list[Exercise]:
    """Return the newest exercises with a script that a user may know, besides the one that is written."""
    rows = visible_exercises(user).exclude(pk=row.pk).exclude(digest="").defer("data")
    return [one for one in rows.order_by("-created_at", "-id")[:OWN_SHOWN] if part_of(one, user) == "director"]


def source_named(chosen: str, scripts: list[Script], own: list[Exercise]) -> Script | None:
    for script in scripts:
        if script.id == chosen:
            return script
    for one in own:
        if str(one.pk) == chosen and one.data is not None:
            return exercise_of(one.data)
    return None


@access(Permission.RUN_EXERCISE)
def new_script(request: HttpRequest) -> HttpResponse:
    """Plan an exercise whose script is written on its pages."""
    user = user_of(request)

    def made(*args: Any) -> ScriptForm:
        return ScriptForm(*args, user=user)

    def do(data: dict[str, Any]) -> Exercise:
        lasts: timedelta = data.pop("at_most")
        title = Text(data.pop("title_zh"), data.pop("title_en"))
        return writing.write_script(by=user, now=clock.now(), title=title, ending=Ending(at_most=lasts), **data)

    return sheet(
        request,
        form=made,
        do=do,
        title=_("Write an exercise"),
        submit=_("Go on to its injects"),
        back=reverse("exercises"),
        done=_("The exercise is planned. Write its injects now."),
        after=lambda row: reverse("exercise_injects", args=[row.pk]),
    )


HERE = "exercises/<uuid:pk>/injects/"
urlpatterns = [
    path("exercises/write/", new_script, name="exercise_write"),
    path(f"{HERE}add/", kinds, name="exercise_inject_kinds"),
    path(f"{HERE}add/<slug:kind>/", add, name="exercise_inject_add"),
    path(f"{HERE}library/", take_over, name="exercise_inject_library"),
    path(f"{HERE}<str:inject>/change/", change, name="exercise_inject_change"),
    path(f"{HERE}<str:inject>/copy/", copy, name="exercise_inject_copy"),
    path(f"{HERE}<str:inject>/remove/", remove, name="exercise_inject_remove"),
]
