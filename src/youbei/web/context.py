"""What every template gets: the time, the menu, and the theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from youbei.actions import clock
from youbei.actions.sessions import MUST_ENROL
from youbei.engine.access import Permission
from youbei.records.models import User
from youbei.records.reports.asked import requests_waiting


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of the menu; `key` is pressed after `g` to go there."""

    route: str
    label: str | Promise
    key: str
    permission: Permission = Permission.SEE


MENU = (
    MenuEntry("home", _("Duty desk"), "h"),
    MenuEntry("incidents", _("Incidents"), "i"),
    MenuEntry("map", _("Map"), "m"),
    MenuEntry("plans", _("Plans"), "p"),
    MenuEntry("exercises", _("Exercises"), "e"),
    MenuEntry("findings", _("Findings"), "f"),
    MenuEntry("registers", _("Registers"), "r"),
    MenuEntry("log", _("Log"), "l", Permission.VERIFY_LOG),
    MenuEntry("accounts", _("Accounts"), "a", Permission.MANAGE_ACCESS),
)


def menu_for(user: User, path: str) -> list[dict[str, Any]]:
    """List the entries that this user may open and whose pages exist."""
    entries = []
    for entry in MENU:
        if not user.paths_with(entry.permission):
            continue
        try:
            address = reverse(entry.route)
        except NoReverseMatch:
            continue
        is_here = path == address or (address != "/" and path.startswith(address))
        entries.append({"address": address, "label": entry.label, "key": entry.key, "is_here": is_here})
    return entries


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give the frame of the page what it shows."""
    user = request.user if isinstance(getattr(request, "user", None), User) else None
    is_enrolling = bool(request.session.get(MUST_ENROL)) if hasattr(request, "session") else False
    theme = user.theme if isinstance(user, User) else request.session.get("theme", User.Theme.AUTO)
    return {
        "now": clock.now(),
        "strange": getattr(request, "strange", ()),
        "theme": theme,
        "menu": menu_for(user, request.path) if isinstance(user, User) and not is_enrolling else [],
        "asked_outside": lambda: requests_waiting(user) if isinstance(user, User) and not is_enrolling else None,
        "may_report": isinstance(user, User) and not is_enrolling and bool(user.paths_with(Permission.REPORT_INCIDENT)),
    }
