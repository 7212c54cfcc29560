"""The page of a link: a unit confirms its records on a telephone, without an account and without JavaScript.

With it, what is answered without network waits on the telephone and is sent later, by a script that is answered in
plain words. Who holds the link may answer, and nobody else; so a page that was kept for weeks still works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from youbei.actions import clock
from youbei.actions.campaigns import answers
from youbei.actions.campaigns.links import unit_behind
from youbei.actions.permit import not_found
from youbei.engine.errors import Refused
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import CampaignItem, CampaignUnit, RecordChange
from youbei.records.models.scope import Registered
from youbei.records.pages import keyset_page
from youbei.records.registers.tables import records_of, register_called
from youbei.records.registers.values import values_of, with_references
from youbei.web.access import access
from youbei.web.asked import WORDS, reads
from youbei.web.campaigns.asked import with_records
from youbei.web.forms.facts import say
from youbei.web.forms.records import RecordForm
from youbei.web.link_pages import OUTBOX, in_words, offline_script

SHOWN = 30
LONGEST_MARK = 40
CODE_IS_GIVEN = Text("没有编码可以不填，系统会给一个。", "Leave it empty where the record has none: one is given.")


@csrf_exempt
@access("public")
@reads(cursor=WORDS)
def answer_page(request: HttpRequest, word: str) -> HttpResponse:
    """Show what a unit is asked, and take "still true" for one record or for all that are left."""
    now = clock.now()
    unit = unit_behind(word, now)
    if request.method == "POST":
        return confirmed(request, unit, word)
    answers.note_opened(unit=unit, now=now)
    unit.refresh_from_db()
    pending = unit.items.exclude(state__in=[CampaignItem.State.ADDED]).order_by("id")
    page = keyset_page(pending, order=("id",), cursor=request.GET.get("cursor"), read=list, size=SHOWN)
    context = {
        "unit": unit,
        "campaign": unit.campaign,
        "word": word,
        "asked": with_records(page.rows, now),
        "page": page,
        "left": unit.items_total - unit.items_done,
        "added": unit.items.filter(state=CampaignItem.State.ADDED).count(),
        "registers": [register_called(name) for name in unit.campaign.registers],
        "query": "",
    }
    return render(request, "campaigns/link.html", context)


def confirmed(request: HttpRequest, unit: CampaignUnit, word: str) -> HttpResponse:
    now = clock.now()
    try:
        if "finish" in request.POST:
            answers.finish(unit=unit, now=now)
        elif "all" in request.POST:
            left = list(unit.items.filter(state=CampaignItem.State.PENDING).order_by("id")[:1000])
            answers.still_true(unit=unit, items=left, now=now)
        else:
            item = answers.item_of(unit, number(request.POST.get("item", "")))
            answers.still_true(unit=unit, items=[item], now=now)
    except Refused as refusal:
        if OUTBOX in request.headers:
            return in_words(say(refusal.text), refusal.status)
        if refusal.status == 404:
            raise
        messages.error(request, say(refusal.text))
    return noted(request, word, go=where_to_go_on(request, unit, word))


def noted(request: HttpRequest, word: str, *, go: str = "") -> HttpResponse:
    """Go on after an answer was taken: to `go`, or to the page of the link."""
    if OUTBOX in request.headers:
        return in_words(_("Thank you, noted."))
    return redirect(go or reverse("campaign_link", args=[word]))


def mark_of(request: HttpRequest) -> str:
    """Return by which mark a script knows what it sends, so that it counts once however often it is sent."""
    return request.POST.get("mark", "").replace("\0", "")[:LONGEST_MARK]


def where_to_go_on(request: HttpRequest, unit: CampaignUnit, word: str) -> str:
    """Return the page that was answered on, at the next record that waits: nobody scrolls down to it once more."""
    cursor = request.GET.get("cursor", "")
    address = reverse("campaign_link", args=[word]) + (f"?{urlencode({'cursor': cursor})}" if cursor else "")
    pk = number(request.POST.get("item", ""))
    waiting = unit.items.filter(state=CampaignItem.State.PENDING, pk__gt=pk) if pk else unit.items.none()
    following = waiting.order_by("id").values_list("pk", flat=True).first()
    return f"{address}#asked-{following}" if following else address


def number(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) <= 18 else 0


@csrf_exempt
@access("public")
def change_page(request: HttpRequest, word: str, item: int) -> HttpResponse:
    """Change a record, or say that it is gone."""
    now = clock.now()
    unit = unit_behind(word, now)
    asked = answers.item_of(unit, item)
    register = register_called(asked.register)
    row = with_references(register, records_of(register)).filter(pk=asked.record_id).first()
    if row is None:
        raise not_found()
    last = RecordChange.objects.filter(register=register.name, record_id=row.pk).order_by("-id").first()
    form = link_form(request, register, values_of(register, row), last.pk if last else 0, is_new=False)
    if request.method == "POST" and "gone" in request.POST:
        form = link_form(None, register, values_of(register, row), last.pk if last else 0, is_new=False)
        done = try_it(
            request, form, lambda: answers.gone(unit=unit, item=asked, reason=request.POST.get("reason", ""), now=now)
        )
        if done:
            return noted(request, word)
    elif request.method == "POST" and form.is_valid():
        data = entered(form, register)
        seen = data.pop("seen", None)
        mark = mark_of(request)
        if try_it(
            request, form, lambda: answers.change(unit=unit, item=asked, values=data, seen=seen, now=now, mark=mark)
        ):
            return noted(request, word)
    return form_page(request, unit, word, form, register, asked)


def form_page(
    request: HttpRequest, unit: CampaignUnit, word: str, form: RecordForm, register: Register, item: CampaignItem | None
) -> HttpResponse:
    """Show the form, with what is wrong; to a script only what is wrong is said, each field by its title."""
    if request.method == "POST" and OUTBOX in request.headers:
        titled = [(form.fields[name].label if name in form.fields else "", whys) for name, whys in form.errors.items()]
        said = [f"{title}: {why}" if title else str(why) for title, whys in titled for why in whys]
        said += [str(one) for one in messages.get_messages(request)]
        return in_words(" ".join(said), 422)
    context = {"unit": unit, "campaign": unit.campaign, "word": word, "form": form, "register": register, "item": item}
    return render(request, "campaigns/link_form.html", context, status=422 if form.errors else 200)


@csrf_exempt
@access("public")
def add_page(request: HttpRequest, word: str, name: str) -> HttpResponse:
    """Enter a record that is missing."""
    now = clock.now()
    unit = unit_behind(word, now)
    register = register_called(name if name in unit.campaign.registers else "")
    given = {field.name: field.default for field in register.fields if field.default is not None}
    given["organisation"] = unit.organisation.code
    form = link_form(request, without_code(register), given, 0, is_new=True)
    if request.method == "POST" and form.is_valid():
        data = entered(form, register)
        data.pop("seen", None)
        mark = mark_of(request)
        if try_it(request, form, lambda: answers.add(unit=unit, register=register, values=data, now=now, mark=mark)):
            return noted(request, word)
    return form_page(request, unit, word, form, register, None)


def without_code(register: Register) -> Register:
    """Return the register as a unit sees it that has no list of codes to choose from."""
    fields = (
        replace(field, is_required=False, help=CODE_IS_GIVEN) if field.name == "code" else field
        for field in register.fields
    )
    return replace(register, fields=tuple(fields))


def link_form(
    request: HttpRequest | None, register: Register, values: Mapping[str, Any], seen: int, *, is_new: bool
) -> RecordForm:
    """Make the form of a link. Personal values are not shown: left empty, they stay as they are."""
    superior = {"parent"} if register.name == "organisation" else set()
    fixed = frozenset(superior if is_new else {*register.key, "organisation", *superior})
    shown = {name: value for name, value in values.items() if name not in register.personal}
    data = request.POST if request is not None and request.method == "POST" else None
    form = RecordForm(data, register=register, values=shown, fixed=fixed, given={"seen": seen})
    for name in register.personal & form.fields.keys():
        if values.get(name) is not None:
            form.fields[name].required = False
            form.fields[name].help_text = _("On record, not shown here. Leave empty to keep it.")
    return form


def entered(form: RecordForm, register: Register) -> dict[str, Any]:
    """Return what was entered; personal fields that were left empty are left out."""
    return {
        name: value for name, value in form.cleaned_data.items() if not (name in register.personal and value is None)
    }


def try_it(request: HttpRequest, form: RecordForm, act: Any) -> Registered | bool:
    """Do what was asked; a refusal goes to the top of the form, which keeps what was typed."""
    try:
        act()
    except Refused as refusal:
        if refusal.status == 404:
            raise
        if form.is_bound:
            form.add_error(None, say(refusal.text))
        else:
            messages.error(request, say(refusal.text))
        return False
    messages.success(request, _("Thank you, noted."))
    return True


@access("public")
def offline(request: HttpRequest) -> HttpResponse:
    """Give the script that lets the telephone open these pages without network."""
    return offline_script()


urlpatterns = [
    path("c/offline.js", offline, name="campaign_offline"),
    path("c/<str:word>/", answer_page, name="campaign_link"),
    path("c/<str:word>/<int:item>/", change_page, name="campaign_link_change"),
    path("c/<str:word>/add/<slug:name>/", add_page, name="campaign_link_add"),
]
