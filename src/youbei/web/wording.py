"""How levels, statuses, times and durations are said on screens; plain functions, used by the template tags."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from youbei import content
from youbei.engine.text import Text

ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
# Source: 突发事件应对法 (2024), Art 63: red, orange, yellow and blue for the levels one to four.
COLOURS: dict[int, str | Promise] = {
    1: gettext_lazy("red"),
    2: gettext_lazy("orange"),
    3: gettext_lazy("yellow"),
    4: gettext_lazy("blue"),
}
EXERCISE_STATUSES: dict[str, str | Promise] = {
    "planned": gettext_lazy("planned"),
    "sealed": gettext_lazy("sealed"),
    "running": gettext_lazy("running"),
    "paused": gettext_lazy("paused"),
    "suspended": gettext_lazy("stopped: real incident"),
    "ended": pgettext_lazy("exercise", "ended"),
    "closed": pgettext_lazy("exercise", "closed"),
}
EXERCISE_TYPES: dict[str, str | Promise] = {
    "seminar": gettext_lazy("seminar"),
    "workshop": gettext_lazy("workshop"),
    "tabletop": gettext_lazy("tabletop exercise"),
    "game": gettext_lazy("game"),
    "drill": gettext_lazy("drill"),
    "functional": gettext_lazy("functional exercise"),
    "full_scale": gettext_lazy("full-scale exercise"),
}
EXERCISE_PARTS: dict[str, str | Promise] = {
    "director": gettext_lazy("exercise director"),
    "controller": gettext_lazy("controller"),
    "evaluator": gettext_lazy("evaluator"),
    "player": gettext_lazy("player"),
    "observer": gettext_lazy("observer"),
}
BREAKS_ON: dict[str, str | Promise] = {
    "activation": gettext_lazy("a plan is activated that calls somebody of the exercise"),
    "report": gettext_lazy("that, or a real report at a unit of the exercise"),
}
UNIT_STATES: dict[str, str | Promise] = {
    "leads": gettext_lazy("leads it"),
    "asked": gettext_lazy("asked"),
    "accepted": gettext_lazy("takes part"),
    "declined": pgettext_lazy("unit", "declined"),
    "withdrawn": gettext_lazy("withdrew"),
    "away": gettext_lazy("called away for something real"),
}
INTERRUPTED_BY: dict[str, str | Promise] = {
    "said": gettext_lazy("called out by hand"),
    "report": gettext_lazy("real incident reported at"),
    "run": gettext_lazy("plan activated by"),
    "post": gettext_lazy("called to a real post:"),
    "team": gettext_lazy("team really sent:"),
}
INJECT_KINDS: dict[str, str | Promise] = {
    "message": gettext_lazy("message"),
    "call": gettext_lazy("call"),
    "email": gettext_lazy("e-mail"),
    "media_post": gettext_lazy("media post"),
    "sensor_value": gettext_lazy("sensor value"),
    "fact_discovered": gettext_lazy("fact discovered"),
    "resource_failure": gettext_lazy("resource failure"),
    "road_closed": gettext_lazy("road closed"),
    "casualty": gettext_lazy("casualty"),
    "official_order": gettext_lazy("official order"),
    "false_rumour": gettext_lazy("false rumour"),
    "improvised": gettext_lazy("improvised"),
}
INJECT_ABOUT: dict[str, str | Promise] = {
    "message": gettext_lazy("A short message to a post: text message, application, radio."),
    "call": gettext_lazy("Somebody telephones; a controller speaks the words."),
    "email": gettext_lazy("An e-mail with its subject."),
    "media_post": gettext_lazy("A report or post that appears on the media wall."),
    "sensor_value": gettext_lazy("A reading of an instrument, which becomes a fact."),
    "fact_discovered": gettext_lazy("Something is found out at the scene and becomes known."),
    "resource_failure": gettext_lazy("A team, vehicle or store goes out of order."),
    "road_closed": gettext_lazy("A road is closed: the ways of all take longer."),
    "casualty": gettext_lazy("People hurt, missing or trapped, with the new total."),
    "official_order": gettext_lazy("An order of a superior, with its number."),
    "false_rumour": gettext_lazy("Something untrue is told; what is true stands for controllers alone."),
}
INJECT_TYPES: dict[str, str | Promise] = {
    "informational": gettext_lazy("for information"),
    "expected": gettext_lazy("asks for action"),
    "contingency": gettext_lazy("contingency"),
}
INJECT_STATUSES: dict[str, str | Promise] = {
    "waiting": gettext_lazy("not yet"),
    "held": gettext_lazy("held back"),
    "fired": gettext_lazy("fired"),
    "skipped": gettext_lazy("left out"),
    "failed": gettext_lazy("not received"),
}
ACTION_STATUSES: dict[str, str | Promise] = {
    "waiting": gettext_lazy("not yet"),
    "open": pgettext_lazy("action", "expected"),
    "late": gettext_lazy("overdue"),
    "met": gettext_lazy("done"),
    "missed": gettext_lazy("missed"),
}
PERIOD_STATES: dict[str, str | Promise] = {
    "done": gettext_lazy("done"),
    "planned": gettext_lazy("planned"),
    "due": gettext_lazy("due now"),
    "overdue": gettext_lazy("overdue"),
    "upcoming": gettext_lazy("upcoming"),
}
VERDICTS: dict[str, str | Promise] = {
    "met": gettext_lazy("in time"),
    "late": gettext_lazy("too late"),
    "missed": gettext_lazy("missed"),
    "not_tested": gettext_lazy("not tested"),
    "done": gettext_lazy("done"),
}
STATUSES: dict[str, str | Promise] = {
    "waiting": gettext_lazy("waiting"),
    "open": gettext_lazy("to do"),
    "started": gettext_lazy("under way"),
    "finished": gettext_lazy("finished"),
    "skipped": gettext_lazy("skipped"),
}
MODES: dict[str, str | Promise] = {
    "real": gettext_lazy("real"),
    "exercise": gettext_lazy("exercise"),
    "simulated": gettext_lazy("simulated"),
}
PHASES: dict[str, str | Promise] = {
    "new": gettext_lazy("not activated"),
    "active": gettext_lazy("responding"),
    "ended": gettext_lazy("response ended"),
    "assessed": gettext_lazy("assessed"),
}
MESSAGE_STATES: dict[str, str | Promise] = {
    "queued": gettext_lazy("queued"),
    "sent": gettext_lazy("sent"),
    "recorded": gettext_lazy("kept, not sent"),
    "refused": gettext_lazy("stopped"),
    "failed": gettext_lazy("failed"),
}
ORDER_STATES: dict[str, str | Promise] = {
    "reserved": gettext_lazy("reserved"),
    "issued": gettext_lazy("issued"),
    "cancelled": gettext_lazy("taken back"),
}

SOURCES: dict[str, str | Promise] = {
    "phone": gettext_lazy("telephone"),
    "scene": gettext_lazy("someone at the scene"),
    "unit": gettext_lazy("report of the unit"),
    "network": gettext_lazy("network or app"),
    "monitoring": gettext_lazy("monitoring"),
    "superior": gettext_lazy("superior or another authority"),
    "exercise": gettext_lazy("exercise control"),
}
# From whom a fact of a simulated run is: nobody tells it, so no form offers it.
SIMULATED_SOURCES: dict[str, str | Promise] = {"scenario": gettext_lazy("as the scenario has it")}

TEAM_KINDS: dict[str, str | Promise] = {
    "professional": gettext_lazy("professional"),
    "enterprise": gettext_lazy("enterprise"),
    "volunteer": gettext_lazy("volunteer"),
    "grass_roots": gettext_lazy("grass-roots"),
}
TEAM_STATES: dict[str, str | Promise] = {
    "available": gettext_lazy("available"),
    "assigned": gettext_lazy("assigned"),
    "out_of_service": gettext_lazy("out of service"),
}
SITE_KINDS: dict[str, str | Promise] = {
    "shelter": gettext_lazy("shelter"),
    "hospital": gettext_lazy("hospital"),
    "store": gettext_lazy("store"),
    "exam_site": gettext_lazy("examination site"),
    "school": gettext_lazy("school"),
    "hazard": gettext_lazy("hazard point"),
    "station": gettext_lazy("station"),
    "berth": gettext_lazy("berth"),
    "checkpoint": gettext_lazy("checkpoint"),
    "command": gettext_lazy("command post"),
}
PLAN_KINDS: dict[str, str | Promise] = {
    "comprehensive": gettext_lazy("comprehensive plan"),
    "special": gettext_lazy("special plan"),
    "on_site": gettext_lazy("on-site plan"),
}
STAGES: dict[str, str | Promise] = {
    "drafted": gettext_lazy("drafted"),
    "reviewed": gettext_lazy("reviewed"),
    "signed": gettext_lazy("signed"),
    "published": gettext_lazy("published"),
    "filed": gettext_lazy("filed"),
    "evaluated": gettext_lazy("evaluated"),
    "revised": gettext_lazy("revised"),
    "withdrawn": gettext_lazy("withdrawn"),
}

METHODS: dict[str, str | Promise] = {
    "password": gettext_lazy("password"),
    "app": gettext_lazy("authenticator app"),
    "passkey": gettext_lazy("passkey"),
    "recovery": gettext_lazy("recovery code"),
    "link": gettext_lazy("one-time link"),
}
DURATION_SOURCES: dict[str, str | Promise] = {
    "assumption": gettext_lazy("assumed"),
    "drill": gettext_lazy("from drills"),
    "incident": gettext_lazy("from incidents"),
    "standard": gettext_lazy("from a standard"),
}
SEVERITIES: dict[str, str | Promise] = {
    "error": gettext_lazy("error"),
    "warning": gettext_lazy("warning"),
    "info": gettext_lazy("remark"),
}
CHANGES: dict[str, str | Promise] = {
    "added": pgettext_lazy("difference", "added"),
    "removed": pgettext_lazy("difference", "removed"),
    "changed": pgettext_lazy("difference", "changed"),
}


def level_name(number: int) -> str:
    """Return `Level II`, or `II级` in Chinese."""
    return _("Level %(number)s") % {"number": ROMAN[number]}


def level_choice(number: int) -> str:
    """Return a level as a form offers it: number and colour."""
    return f"{level_name(number)} · {COLOURS[number]}"


def running_clock(span: timedelta) -> str:
    """Write a span as `12:05`, `3:12:05` or `2 d 03:12:05`; its sign is not shown."""
    seconds = abs(round(span.total_seconds()))
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    if days:
        return f"{days} {day_word()} {hours:02}:{minutes:02}:{seconds:02}"
    if hours:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{minutes:02}:{seconds:02}"


def day_word() -> str:
    """Return the short word for days on a running clock."""
    return _("d")


def duration_words(span: timedelta) -> str:
    """Write a duration with its units, the two largest that are not nought: `1 h 30 min`."""
    seconds = abs(round(span.total_seconds()))
    units = (
        (seconds // 86_400, ngettext("%(n)s day", "%(n)s days", seconds // 86_400)),
        (seconds % 86_400 // 3600, _("%(n)s h")),
        (seconds % 3600 // 60, _("%(n)s min")),
        (seconds % 60, _("%(n)s s")),
    )
    words = [word % {"n": amount} for amount, word in units if amount]
    return " ".join(words[:2]) or _("%(n)s s") % {"n": 0}


def short_moment(moment: datetime, now: datetime, *, has_seconds: bool = False) -> str:
    """Write a time of today as `14:05`, one of another day with its date."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    if local.date() == today.date():
        return local.strftime("%H:%M:%S" if has_seconds else "%H:%M")
    if local.year == today.year:
        return local.strftime("%m-%d %H:%M")
    return local.strftime("%Y-%m-%d %H:%M")


def zone_name(moment: datetime) -> str:
    """Return the zone of the screens as `UTC+8`."""
    offset = timezone.localtime(moment).utcoffset() or timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def full_moment(moment: datetime) -> str:
    """Write date, time and zone: `2026-11-22 14:05:09 UTC+8`."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S} {zone_name(moment)}"


def grade_name(kind: str, code: str) -> Text:
    """Return what the rules that grade this kind of incident call a grade, as they stand last."""
    known = content.incident_kinds().get(kind)
    rules = content.rules()
    for rule_id in known.grading if known else ():
        if rule_id not in rules or not rules[rule_id].values:
            continue
        body = rules[rule_id].values[-1].body
        for grade in getattr(body, "grades", ()):
            if grade.code == code:
                return Text(grade.title.zh, grade.title.en)
    return Text(code, code)
