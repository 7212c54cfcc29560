"""Template tags and filters, loaded into every template."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from youbei import content
from youbei.actions.permit import PERMISSION_NAMES
from youbei.engine.access import ROLE_NAMES, Permission, Role
from youbei.engine.clock import Clock
from youbei.engine.events import KINDS, iso
from youbei.engine.reasons import word_condition, word_moment
from youbei.engine.text import Text
from youbei.web import wording
from youbei.web.assets import asset_address, island_files

register = template.Library()

ICONS = {
    "late": "M8 1.2 15.3 14.2H.7zM7.2 6v4h1.6V6zm0 5.2v1.6h1.6v-1.6z",
    "done": "M6.3 11.2 2.9 7.8 1.7 9l4.6 4.6L14.5 5.4l-1.2-1.2z",
    "plus": "M7 2h2v5h5v2H9v5H7V9H2V7h5z",
    "search": "M7 1a6 6 0 1 0 3 10.9L14 15.200l1.300-1.400-3.400-3.300A6 6 0 0 0 7 1m0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8",
    "person": "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6m-6 6c0-3 2.700-5 6-5s6 2 6 5z",
    "arrow": "M9 3l5 5-5 5-1.200-1.200L10.600 9H2V7h8.600L7.800 4.200z",
    "print": "M4 1h8v4H4zM2 6h12v6h-2v3H4v-3H2zm3.500 4v3.500h5V10z",
}


def language() -> str:
    return get_language() or "en"


@register.filter
def said(text: Text | None) -> str:
    """Say a bilingual text in the language of the page."""
    return text.in_language(language()) if text else ""


@register.filter
def in_one_language(text: str) -> str:
    """Say of a text that has both languages, such as `校长 / Principal`, the half that is the page's."""
    return said(Text.parted(str(text or "")))


@register.filter
def named(row: Any) -> str:
    """Name a bilingual row (organisation, post, site, team, person) in the language of the page."""
    return str(row.name_in(language())) if row is not None else ""


@register.filter
def happened(kind: str) -> str:
    """Say what an event kind states."""
    zh, en = KINDS.get(kind, (kind, kind))
    return zh if language().startswith("zh") else en


@register.filter
def duration(span: timedelta | None) -> str:
    return wording.duration_words(span) if span is not None else ""


@register.filter
def at(mapping: dict[str, Any], key: str) -> Any:
    """Look a key up; None where it is missing."""
    return mapping.get(key)


@register.filter
def running(span: timedelta | None) -> str:
    return wording.running_clock(span) if span is not None else "–"


@register.filter
def fact_name(key: str) -> str:
    kind = content.fact_kinds().get(key)
    return said(kind.name) if kind else key


@register.filter
def fact_value(fact: Any) -> str:
    """Write the value of a fact with its unit, in words where it is a code or a truth."""
    return said(content.describe_fact(fact.key, fact.value))


@register.filter
def value_of(value: Any, key: str) -> str:
    """Write a value as `fact_value` does, where it comes apart from its key."""
    return said(content.describe_fact(key, value))


@register.filter
def condition(asked: Any) -> str:
    """Say what a condition of a plan asks."""
    return said(word_condition(asked, names=content.fact_names(), describe=content.describe_fact))


@register.filter
def moment_name(name: str) -> str:
    """Say a moment of a run, such as `activation`."""
    return said(word_moment(name))


@register.filter
def kind_name(code: str) -> str:
    """Name a kind of incident."""
    kind = content.incident_kinds().get(code)
    return said(kind.name) if kind else code


@register.filter
def grade_word(row: Any) -> str:
    """Name the grade of an incident; a lower bound says so."""
    if not row.grade:
        return ""
    name = said(wording.grade_name(row.kind, row.grade))
    return _("at least: %(grade)s") % {"grade": name} if row.is_grade_lower_bound else name


@register.filter
def source_word(source: str) -> str:
    return str(wording.SOURCES.get(source) or wording.SIMULATED_SOURCES.get(source) or in_one_language(source))


@register.filter
def role_word(role: str) -> str:
    """Name a role of a grant."""
    return said(ROLE_NAMES[Role(role)])


@register.filter
def permission_word(permission: str) -> str:
    """Name a permission; a key may still hold one that is no longer known."""
    known = next((one for one in Permission if one.value == permission), None)
    return said(PERMISSION_NAMES[known]) if known else permission


@register.filter
def method_word(method: str) -> str:
    """Say with what somebody signed in: `password+app`, `passkey`, `oidc:province`."""
    return " + ".join(str(wording.METHODS.get(part, part.removeprefix("oidc:"))) for part in method.split("+"))


@register.filter
def is_under(path: str, paths: list[str]) -> bool:
    return any(path.startswith(one) for one in paths)


@register.filter
def status_word(status: str) -> str:
    return str(wording.STATUSES.get(status, status))


@register.filter
def mode_word(mode: str) -> str:
    return str(wording.MODES.get(mode, mode))


@register.filter
def phase_word(phase: str) -> str:
    return str(wording.PHASES.get(phase, phase))


@register.filter
def message_word(state: str) -> str:
    return str(wording.MESSAGE_STATES.get(state, state))


@register.filter
def level_word(number: int | None) -> str:
    return wording.level_name(number) if number else ""


@register.filter
def word(code: str, table: str) -> str:
    """Say a code of a register in words; `table` names a dictionary of `wording`, such as `SITE_KINDS`."""
    return str(getattr(wording, table).get(code, code))


@register.filter
def own_name(code: str) -> str:
    """Name a language in itself."""
    return str(get_language_info(code)["name_local"])


@register.simple_tag
def level(number: int | None, size: str = "") -> SafeString:
    """Draw a level: roman number, its colour as a word, and as many bars as it is grave."""
    if not number:
        return format_html('<span class="level level-none {}">{}</span>', size, _("no level"))
    lit, unlit = '<i class="on"></i>', "<i></i>"
    bars = mark_safe("".join(lit if bar >= number else unlit for bar in (1, 2, 3, 4)))  # noqa: S308
    words = (wording.level_name(number), wording.COLOURS[number])
    if size == "far":
        return format_html(
            '<span class="level level-{} far"><span class="level-bars" aria-hidden="true">{}</span>'
            '<b aria-hidden="true">{}</b><span class="level-words"><b>{}</b>{}</span></span>',
            number,
            bars,
            wording.ROMAN[number],
            *words,
        )
    return format_html(
        '<span class="level level-{} {}"><span class="level-bars" aria-hidden="true">{}</span>'
        '<b>{}</b><span class="level-colour">{}</span></span>',
        number,
        size,
        bars,
        *words,
    )


@register.simple_tag
def status(name: str, is_late: bool = False) -> SafeString:
    """Draw the status of a step; a late one says so beside it."""
    late = format_html('<span class="chip chip-late">{}{}</span>', icon("late"), _("late")) if is_late else ""
    return format_html('<span class="chip step-{}">{}</span>{}', name, status_word(name), late)


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path fill-rule="evenodd" d="{}"/></svg>', ICONS[name]
    )


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None, form: str = "short") -> SafeString:
    """Show a time; the whole of it with its zone is in the title. `form` is `short`, `seconds` or `full`."""
    if not value:
        return mark_safe('<span class="none">–</span>')
    full = wording.full_moment(value)
    shown = full if form == "full" else wording.short_moment(value, context["now"], has_seconds=form == "seconds")
    return format_html('<time datetime="{}" title="{}">{}</time>', iso(value), full, shown)


@register.simple_tag(takes_context=True)
def elapsed(context: Context, since: datetime | None, at: datetime | None = None) -> SafeString:
    """Show a clock that counts up from `since`; `at` is the present on the clock it follows."""
    if not since:
        return mark_safe('<span class="clock none">–</span>')
    shown = wording.running_clock((at or context["now"]) - since)
    return format_html('<span class="clock" role="timer" data-since="{}">{}</span>', iso(since), shown)


@register.simple_tag(takes_context=True)
def remaining(context: Context, until: datetime | None, at: datetime | None = None) -> SafeString:
    """Show a clock that counts down to `until` and then says how late it is."""
    if not until:  # also what a template makes of an attribute of nothing
        return mark_safe('<span class="clock none">–</span>')
    left = until - (at or context["now"])
    is_late = left < timedelta(0)
    words = (_("left"), _("late"))
    return format_html(
        '<span class="clock{}" role="timer" data-until="{}" data-left="{}" data-late="{}">'
        '<span class="clock-word">{}</span> <b>{}</b></span>',
        " is-late" if is_late else "",
        iso(until),
        *words,
        words[is_late],
        wording.running_clock(left),
    )


@register.simple_tag
def follows(clock: Clock | None) -> SafeString:
    """Write the attributes that make the clocks inside an element follow an exercise clock."""
    if clock is None or clock == Clock.real():
        return mark_safe("")
    return format_html(
        'data-clock-wall="{}" data-clock-scenario="{}" data-clock-speed="{}" data-clock-paused="{}"',
        iso(clock.wall),
        iso(clock.scenario),
        clock.speed,
        "1" if clock.is_paused else "",
    )


@register.simple_tag
def live(*streams: str, after: int) -> SafeString:
    """Write the attributes that make the live island listen; `*` is all that the user may see.

    `after` is the position in the log that the page already shows.
    """
    return format_html(
        'data-live-streams="{}" data-live-after="{}" data-live-kinds="{}"', " ".join(streams), after, " ".join(KINDS)
    )


@register.simple_tag
def live_list(streams: list[str], after: int) -> SafeString:
    """Do what `live` does for a list of streams."""
    return live(*streams, after=after)


@register.simple_tag(takes_context=True)
def zone(context: Context) -> str:
    return wording.zone_name(context["now"])


@register.filter
def iso_time(value: datetime) -> str:
    return iso(value)


@register.simple_tag
def day_word() -> str:
    return wording.day_word()


@register.simple_tag
def asset(path: str) -> str:
    return asset_address(path)


@register.simple_tag
def island(name: str) -> SafeString:
    """Load an island's script and the style sheets it brings."""
    script, sheets = island_files(name)
    if not script:
        return mark_safe("")
    links = format_html_join("", '<link rel="stylesheet" href="{}">', ((sheet,) for sheet in sheets))
    return format_html('{}<script type="module" src="{}"></script>', links, script)
