"""What is supposed, as the page shows it: what may be supposed, what is, and how to take it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.dispatch.changing import what_changes
from youbei.actions.dispatch.proposing import Proposal, propose
from youbei.engine.text import Text
from youbei.records.models import User
from youbei.web.dispatch.asking import Asked

NAMES = ("more", "down", "protect", "close")


@dataclass(frozen=True, slots=True)
class Supposition:
    """One thing supposed: in words, and the query of the address without it."""

    text: str
    without: str


def what_if(request: HttpRequest, by: User, question: Asked, proposal: Proposal) -> dict[str, Any]:
    """Return what the page needs to show suppositions, and what they change against what is."""
    shown: dict[str, Any] = {
        "suppositions": suppositions(request, question, proposal),
        "kept_query": [
            (name, value) for name in ("exercise", *NAMES) for value in request.GET.getlist(name) if value.strip()
        ],
        "needs_offered": needs_in(proposal),
        "teams_offered": sorted(
            {(pick.resource.partition(":")[2], said(pick.name)) for pick in proposal.picks if pick.need.capability},
            key=lambda pair: pair[1],
        ),
        "covers_offered": [(str(pk), name) for pk, name in covers_in(proposal) if pk not in question.suppose.protected],
        "changes": None,
    }
    if question.suppose.is_anything:
        base = propose(by, now=clock.now(), exercise=question.exercise_pk)
        changed = what_changes(base, proposal)
        shown |= {"base": base, "changes": changed.changes, "change_cost": changed.cost}
    return shown


def said(text: Text) -> str:
    return text.in_language(get_language() or "en")


def needs_in(proposal: Proposal) -> list[tuple[str, str]]:
    """Name the needs of the responses, for a choice."""
    pairs = [(run, need) for run in proposal.facts.runs for need in run.needs]
    return [(f"{run.pk}:{need.key}", f"{said(need.name)} · {said(run.title)}") for run, need in pairs]


def covers_in(proposal: Proposal) -> list[tuple[int, str]]:
    """Name the covers that may be broken, for a choice."""
    return [(one.pk, said(one.name)) for one in proposal.facts.covers.wanted if not one.is_strict]


def suppositions(request: HttpRequest, question: Asked, proposal: Proposal) -> list[Supposition]:
    needs = dict(needs_in(proposal))
    teams = {str(force.pk): said(force.name) for force in proposal.facts.forces.teams}
    words = {
        "more": (needs, _("two more: %(what)s")),
        "down": (teams, _("cannot go: %(what)s")),
        "protect": ({str(pk): name for pk, name in covers_in(proposal)}, _("protected: %(what)s")),
        "close": ({text: text for text in question.bridges}, _("closed: %(what)s")),
    }
    found = []
    for name, (known, word) in words.items():
        for value in request.GET.getlist(name):
            if value.strip() in known:
                found.append(Supposition(word % {"what": known[value.strip()]}, without(request, name, value)))
    return found


def without(request: HttpRequest, name: str, value: str) -> str:
    """Return the query without one of its suppositions."""
    query = request.GET.copy()
    left = query.getlist(name)
    left.remove(value)
    query.setlist(name, left)
    return query.urlencode()
