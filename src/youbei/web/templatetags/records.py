"""Template tags for records of the registers, loaded into every template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from youbei import content
from youbei.engine.campaigns import EVERY_NAMES, Every
from youbei.engine.divisions import Standing
from youbei.engine.registers.bands import ENDS
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Freshness, Register
from youbei.engine.registers.write import write
from youbei.engine.shapes import lines_of, polygons_of
from youbei.engine.text import Text, unit_of
from youbei.records.models import RecordChange, SheetImport, User
from youbei.records.registers.called import Names
from youbei.records.registers.freshness import Figures
from youbei.records.registers.pages import Count, Record
from youbei.records.registers.tables import may_enter, register_called
from youbei.web.templatetags.youbei import icon, in_one_language, language, moment, said

register = template.Library()

# What requirements are called that follow from others (see `engine.stock`).
DERIVED = "derived-"
NONE = mark_safe('<span class="none">–</span>')
FRESHNESS = {Freshness.FRESH: "fresh", Freshness.STALE: "stale", Freshness.NEVER: "never"}


@register.simple_tag(takes_context=True)
def cell(context: Context, field: Field, record: Record) -> Any:
    """Show what a record says in a field: references as links, choices by title, numbers with their unit."""
    value = record.values[field.name]
    if value is None:
        instead = record.values[field.stand_in] if field.stand_in else None
        return format_html('<span translate="no">{}</span>', instead) if instead else NONE
    if field.name in record.links:
        link = record.links[field.name]
        where = reverse("record", args=[link.register, link.pk])
        return format_html('<a href="{}" translate="no">{}</a>', where, said(link.name))
    if field.kind is FieldKind.MOMENT and isinstance(value, datetime):
        return moment(context, value)
    if field.kind is FieldKind.DATE and isinstance(value, date):
        return day_with_end(field, value, context["now"].date())
    if field.kind in (FieldKind.CHOICES, FieldKind.GRADES):
        return several(field, value)
    if field.kind is FieldKind.GEOMETRY:
        return said_shape(value)
    text = write(field, value, language())
    if field.name == "division":
        return format_html('{} <span class="quiet">{}</span>', text, division_words(str(value)))
    if field.unit:
        return format_html('{} <span class="quiet">{}</span>', text, said(field.unit))
    return as_written(field, text)


# What users write themselves stays as it is, whatever the language of the page.
WRITTEN = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.CODE, FieldKind.PHONE, FieldKind.EMAIL, FieldKind.GEOMETRY)


def as_written(field: Field, text: str) -> str:
    """Mark a text by its language where the field says it, else as one that is not to be translated."""
    if field.kind not in WRITTEN:
        return text
    if field.name.endswith("_zh"):
        return format_html('<span lang="zh-Hans">{}</span>', text)
    if field.name.endswith("_en"):
        return format_html('<span lang="en">{}</span>', text)
    return format_html('<span translate="no">{}</span>', in_one_language(text))


def division_words(code: str) -> str:
    """Name a division from its province down, and say of a code that is no more what became of it."""
    found = content.divisions().recognise(code)
    names = " ".join(content.divisions().path(code))
    if found.standing is Standing.ABOLISHED:
        became = ", ".join(found.successors) or "?"
        return f"{names} · {_('abolished')} → {became} ({said(found.why)})"
    return names


def day_with_end(field: Field, value: date, today: date) -> SafeString:
    if field.name in ENDS and value < today:
        late = format_html('<span class="chip chip-late">{}{}</span>', icon("late"), _("past"))
        return format_html("{} {}", value.isoformat(), late)
    return format_html("{}", value.isoformat())


def several(field: Field, value: Any) -> SafeString:
    if field.kind is FieldKind.CHOICES:
        return format_html_join(_(", "), "{}", ((said(field.choice_title(code)),) for code in value))
    pairs = ((said(field.choice_title(code)), _("type %(type)s") % {"type": grade}) for code, grade in value.items())
    return format_html_join(_(", "), '{} <span class="quiet">{}</span>', pairs)


@register.simple_tag(takes_context=True)
def may_enter_in(context: Context, name: str) -> bool:
    """Say whether who looks may enter a record of a register, so that no link leads to a refusal."""
    user = context["request"].user
    return isinstance(user, User) and may_enter(register_called(name), user)


@register.filter
def code_beneath(record: Record) -> str:
    """Return the code that stands beneath a name: none where the name says it, or where it was made of others."""
    code = str(record.values.get("code") or "")
    return "" if code.startswith(DERIVED) or record.name.zh.endswith(code) else code


@register.filter
def is_number(field: Field) -> bool:
    return field.kind in (FieldKind.INTEGER, FieldKind.DECIMAL)


@register.simple_tag(takes_context=True)
def freshness(context: Context, record: Record) -> SafeString:
    """Show how old a confirmation is, in a word, a sign and the time."""
    words = {"fresh": _("confirmed"), "stale": _("stale"), "never": _("never confirmed")}
    kind = FRESHNESS[record.freshness]
    return format_html(
        '<span class="fresh fresh-{}">{}</span> {}',
        kind,
        words[kind],
        moment(context, record.confirmed_at) if record.confirmed_at else "",
    )


@register.filter
def freshness_word(kind: Freshness) -> str:
    return str({"fresh": _("confirmed"), "stale": _("stale"), "never": _("never confirmed")}[FRESHNESS[kind]])


@register.filter
def figures_of(figures: Figures) -> list[dict[str, Any]]:
    """Return the numbers of a row of the page of freshness, in the order of its columns."""
    numbers = {Freshness.FRESH: figures.fresh, Freshness.STALE: figures.stale, Freshness.NEVER: figures.never}
    return [{"state": state.value, "number": number} for state, number in numbers.items()]


@register.filter
def add_px(width: float, more: int) -> str:
    return f"{width + more:.1f}"


@register.filter
def how_many(count: Count) -> str:
    return f"{count.number:,}+" if count.is_more else f"{count.number:,}"


@register.filter
def change_word(change: RecordChange) -> str:
    """Say what a change of the history did."""
    words = {
        RecordChange.Kind.CREATED: _("entered"),
        RecordChange.Kind.CHANGED: _("changed"),
        RecordChange.Kind.CONFIRMED: _("confirmed"),
        RecordChange.Kind.RETIRED: _("taken out of use"),
        RecordChange.Kind.REVIVED: _("brought back"),
        RecordChange.Kind.ERASED: _("personal data erased"),
        RecordChange.Kind.REMOVED: _("removed"),
        RecordChange.Kind.ASKED: _("erasure asked for"),
        RecordChange.Kind.WITHDRAWN: _("erasure withdrawn"),
    }
    return str(words[RecordChange.Kind(change.kind)])


@register.filter
def change_kind(kind: str) -> str:
    return change_word(RecordChange(kind=kind))


@register.filter
def change_source(name: str) -> str:
    """Say how a change came."""
    words = {
        "form": _("form"),
        "import": _("import"),
        "campaign": _("campaign"),
        "api": _("program (API)"),
        "restore": _("put back"),
        "tree": _("change of the tree"),
        "selection": _("selection of people"),
        "outline": _("outline"),
        "taken": _("what is taken"),
        "rotation": _("rotation"),
        "needs": _("needs model"),
        "codes": _("codes of items"),
        "call": _("call of an expert"),
        "exchange": _("another system (EDXL)"),
    }
    return str(words.get(name, name))


@register.simple_tag(takes_context=True)
def changed_fields(context: Context, change: RecordChange, described: Register | None = None) -> list[dict[str, str]]:
    """Return what a change did field by field, in words; personal values are not said."""
    described = described or context["register"]
    names: Names = context.get("names") or {}
    found = []
    for name, after in change.after.items():
        if not described.has(name):
            continue
        field = described.field(name)
        hides = field.is_personal
        found.append(
            {
                "title": said(field.title),
                "before": "•••" if hides else said_named(field, change.before.get(name), names),
                "after": "•••" if hides else said_named(field, after, names),
            }
        )
    return found


def said_named(field: Field, value: Any, names: Names) -> str:
    """Say a value of a change; what it refers to by its name, where the page has looked that up."""
    name = names.get((field.refers_to, str(value))) if field.kind is FieldKind.REFERENCE else None
    return said(name) if name is not None else said_value(field, value)


def said_value(field: Field, value: Any) -> str:
    if field.kind is FieldKind.GEOMETRY and value:
        return said_shape(value)
    if field.kind is FieldKind.MOMENT and isinstance(value, str):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return write(field, value, language()) or "–"


def said_shape(shape: Mapping[str, Any]) -> str:
    """Say how an outline is made up; where its points lie is shown by its drawing."""
    points = sum(len(line) - bool(polygons_of(shape)) for line in lines_of(shape))
    if polygons_of(shape):
        return str(ngettext("area with %(points)s corner", "area with %(points)s corners", points) % {"points": points})
    return str(ngettext("line or points: %(points)s", "line or points: %(points)s", points) % {"points": points})


@register.filter
def step_word(step: str) -> str:
    """Say who was told last of something that falls due, and when that was, as days before or after its day."""
    what, _colon, number = step.partition(":")
    if what == "climb":
        return str(_("superior told") if number == "1" else _("next superior told"))
    if what == "late":
        return str(_("unit told that it is late"))
    return str(_("unit told in advance"))


@register.simple_tag
def kilometres(metres: float) -> str:
    """Say a distance in kilometres."""
    return f"{metres / 1000:.1f} km"


@register.filter
def certificate(code: str) -> str:
    """Call a kind of certificate by its name; one that the catalogue does not know by its code."""
    return said(content.certificates().get(code, Text(code, code)))


@register.simple_tag
def choice_word(name: str, field: str, code: str) -> str:
    """Call a choice of a field of a register by its title."""
    return said(content.registers()[name].field(field).choice_title(code))


@register.filter
def conflict_kind(code: str) -> str:
    """Call a kind of conflict of interest by its name."""
    return said(content.registers()["conflict"].field("kind").choice_title(code))


@register.simple_tag
def bilingual(zh: str, en: str) -> str:
    """Say the wording of the page's language, the other where there is none."""
    return Text(zh, en).in_language(language())


@register.simple_tag
def units(quantity: Any, item: Any) -> str:
    """Say in what an item is counted: 1 set, 2 sets."""
    return said(unit_of(quantity, Text(item.unit_zh, item.unit_en)))


@register.filter
def import_stage(stage: str) -> str:
    """Say where an import stands."""
    words = {
        SheetImport.Stage.UPLOADED: _("uploaded"),
        SheetImport.Stage.CHECKING: _("being checked"),
        SheetImport.Stage.CHECKED: _("checked"),
        SheetImport.Stage.APPLYING: _("being imported"),
        SheetImport.Stage.APPLIED: _("imported"),
        SheetImport.Stage.UNDOING: _("being undone"),
        SheetImport.Stage.UNDONE: _("undone"),
        SheetImport.Stage.CANCELLED: _("stopped"),
        SheetImport.Stage.FAILED: _("failed"),
    }
    return str(words[SheetImport.Stage(stage)])


@register.filter
def match_why(why: str) -> str:
    """Say why a column was taken for a field."""
    words = {
        "remembered": _("as you chose before"),
        "name": _("by its name"),
        "likeness": _("its name is similar: check"),
    }
    return str(words.get(why, _("not recognised")))


@register.filter
def preview_changes(row: dict[str, Any], described: Register) -> list[dict[str, str]]:
    """Return what an import would change in a record, field by field."""
    return [
        {
            "title": said(described.field(name).title),
            "before": said_value(described.field(name), row["before"].get(name)),
            "after": said_value(described.field(name), after),
        }
        for name, after in row["after"].items()
    ]


@register.simple_tag(takes_context=True)
def cell_plain(context: Context, field: Field, record: Record) -> Any:
    """Show what a record says in a field to somebody without an account: references by name, without a link."""
    if field.name in record.links:
        return said(record.links[field.name].name)
    return cell(context, field, record)


@register.filter
def item_state(state: str) -> str:
    """Say what a unit answered about a record."""
    words = {
        "pending": _("not answered"),
        "still_true": _("still true"),
        "changed": _("changed"),
        "gone": _("reported as gone"),
        "added": _("added"),
    }
    return str(words.get(state, state))


@register.filter
def campaign_status(status: str) -> str:
    words = {"opening": _("being opened"), "open": _("under way"), "closed": _("over")}
    return str(words.get(status, status))


@register.filter
def repeats_word(every: str) -> str:
    """Say how often a campaign is opened anew."""
    return said(EVERY_NAMES[Every(every)]) if every else ""


@register.filter
def unit_state_word(state: str) -> str:
    """Say where a unit of a campaign stands."""
    words = {
        "not_opened": _("not opened"),
        "opened": pgettext("campaign", "opened"),
        "in_part": _("in part"),
        "done": pgettext("campaign", "answered"),
        "overdue": _("overdue"),
        "revoked": _("link ended"),
    }
    return str(words.get(state, state))


@register.filter
def export_word(form: str) -> str:
    """Name a format of an export."""
    words = {
        "xlsx": _("Excel workbook"),
        "csv": _("Text (CSV)"),
        "pdf": _("Paper (PDF)"),
        "geojson": _("Map data (GeoJSON)"),
        "kml": _("Map data (KML)"),
        "have": _("Hospital beds (EDXL-HAVE)"),
    }
    return str(words.get(form, form))
