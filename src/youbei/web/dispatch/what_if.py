"""What is supposed, as the page shows it: what may be supposed, what is, and how to take it back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from youbei.actions.dispatch.changing import what_changes
from youbei.actions.dispatch.facts import place_name, places_of
from youbei.actions.dispatch.proposing import Proposal
from youbei.actions.dispatch.supposing import MOST_BUDGET_S, MOST_KEPT, MOST_MORE, MOST_SLACK_MIN, Suppose
from youbei.engine.places import Point, distance_m
from youbei.engine.text import Text
from youbei.web.dispatch.asking import KEEP_AT, MORE_OF, Asked

# The needs and districts that have a slider: more do not fit beside a proposal.
SHOWN = 12
# Assumption: pieces of road that those who are sent use lie apart by so many metres, or they are the same to choose.
APART_M = 400.0
PASSAGES = 10
TIMES = ("slack", "seconds")
CHOICES = ("down", "close", *TIMES)
# Written as degrees with so many places, about a metre.
PLACES = 5


@dataclass(frozen=True, slots=True)
class Supposition:
    """One thing supposed: in words, and the query of the address without it."""

    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Slider:
    """One number that may be supposed: `name` in the address, what it stands at, and in which words.

    `at_rest` says in words what 0 means. Sliders of one `group` stand together.
    """

    group: str
    name: str
    label: str
    value: int
    most: int
    unit: str
    at_rest: str

    @property
    def key(self) -> str:
        """Return a name for an element of the page."""
        return "slider-" + re.sub(r"[^0-9a-z]+", "-", self.name.lower())


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of road that so many of those who are sent would use: its middle, as the address writes it."""

    point: str
    text: str


def what_if(question: Asked, proposal: Proposal, base: Proposal | None) -> dict[str, Any]:
    """Return what the page needs to show suppositions, and what they change against what is (`base`)."""
    shown: dict[str, Any] = {
        "suppositions": list(suppositions(question, proposal)),
        "kept_query": kept_query(question),
        "sliders": [*more_sliders(question, proposal), *cover_sliders(question, proposal), *time_sliders(question)],
        "teams_offered": sorted(
            {(pick.resource.partition(":")[2], said(pick.name)) for pick in proposal.picks if pick.need.capability},
            key=lambda pair: pair[1],
        ),
        "passages": list(passages_in(base or proposal)),
        "changes": None,
    }
    if base is not None:
        changed = what_changes(base, proposal)
        shown |= {"base": base, "changes": changed.changes, "change_cost": changed.cost}
    return shown


def said(text: Text) -> str:
    return text.in_language(get_language() or "en")


def is_unset(request: HttpRequest) -> bool:
    """Say whether the address names what is not supposed: a form sends sliders at rest and choices not made."""
    names = [name for name in request.GET if name in CHOICES or name.startswith((MORE_OF, KEEP_AT))]
    at_rest = [name for name in names if name not in CHOICES or name in TIMES]
    return any("" in request.GET.getlist(name) for name in names) or any(request.GET[name] == "0" for name in at_rest)


def kept_query(question: Asked) -> list[tuple[str, object]]:
    """Return what a form has to send along, besides what it has a slider for."""
    pairs: list[tuple[str, object]] = [] if question.exercise is None else [("exercise", question.exercise.pk)]
    pairs += [("down", pk) for pk in question.suppose.down]
    return pairs + [("close", text) for text in question.bridges]


def more_sliders(question: Asked, proposal: Proposal) -> Iterator[Slider]:
    known = dict(question.suppose.more)
    pairs = [(run, need) for run in proposal.facts.runs for need in run.needs]
    for run, need in pairs[:SHOWN]:
        key = f"{run.pk}:{need.key}"
        group = _("More for %(what)s") % {"what": said(run.title)}
        yield Slider(group, f"{MORE_OF}{key}", said(need.name), known.get(key, 0), MOST_MORE, _("more"), _("as asked"))


def cover_sliders(question: Asked, proposal: Proposal) -> Iterator[Slider]:
    for one in [one for one in proposal.facts.covers.wanted if not one.is_strict][:SHOWN]:
        kept = question.suppose.kept_at(one.pk)
        if kept is None:
            kept = one.number if one.pk in question.suppose.protected else 0
        group, label = _("Protect this district"), said(one.name)
        yield Slider(
            group, f"{KEEP_AT}{one.pk}", label, kept, max(MOST_KEPT, one.number), _("stay"), _("may be broken")
        )


def time_sliders(question: Asked) -> Iterator[Slider]:
    group, label = _("Time"), _("What is due may come later")
    yield Slider(group, "slack", label, question.suppose.slack_min, MOST_SLACK_MIN, _("min later"), _("as due"))
    label = _("Look for a better plan for about")
    yield Slider(group, "seconds", label, question.suppose.budget_s, MOST_BUDGET_S, _("s"), _("as usual"))


def needs_in(proposal: Proposal) -> dict[str, str]:
    """Name the needs of the responses."""
    pairs = [(run, need) for run in proposal.facts.runs for need in run.needs]
    return {f"{run.pk}:{need.key}": f"{said(need.name)} · {said(run.title)}" for run, need in pairs}


def passages_in(proposal: Proposal) -> Iterator[Passage]:
    """Yield the pieces of road on which most of those who are sent would go, the most used first."""
    used: Counter[tuple[Point, Point]] = Counter()
    roads, points = proposal.facts.ways.roads, places_of(proposal.facts)
    for pick in proposal.picks:
        start, end = points.get(pick.origin), points[place_name(pick.run, pick.need)]
        ways = proposal.facts.ways
        if roads is not None and start is not None and ways.is_beside_road(start) and ways.is_beside_road(end):
            line = tuple(roads.route(start, end))
            # The first and the last piece lead to the road and from it; nobody can go round them.
            used.update(set(pairwise(line[1:-1])))
    chosen: list[Point] = []
    for (one, other), number in used.most_common():
        middle = Point((one.lat + other.lat) / 2, (one.lon + other.lon) / 2)
        if all(distance_m(middle, known) >= APART_M for known in chosen):
            chosen.append(middle)
            point = f"{middle.lat:.{PLACES}f},{middle.lon:.{PLACES}f}"
            words = ngettext("%(number)s journey uses it", "%(number)s journeys use it", number) % {"number": number}
            yield Passage(point, f"{point} · {words}")
        if len(chosen) == PASSAGES:
            return


def suppositions(question: Asked, proposal: Proposal) -> Iterator[Supposition]:
    """Yield what is supposed, in words; what names nothing is left out."""
    suppose = question.suppose
    for words, other in (*supposed_of_teams(suppose, proposal), *supposed_of_covers(suppose, proposal)):
        yield Supposition(words, question.query(other))
    for text in question.bridges:
        bridges = tuple(other for other in question.bridges if other != text)
        yield Supposition(_("closed: %(what)s") % {"what": text}, question.query(bridges=bridges))
    if suppose.slack_min:
        words = _("due %(number)s min later") % {"number": suppose.slack_min}
        yield Supposition(words, question.query(replace(suppose, slack_min=0)))


def supposed_of_teams(suppose: Suppose, proposal: Proposal) -> Iterator[tuple[str, Suppose]]:
    """Yield what is supposed of needs and teams, each with the suppositions that remain without it."""
    needs, teams = needs_in(proposal), {force.pk: said(force.name) for force in proposal.facts.forces.teams}
    for key, number in suppose.more:
        if key in needs:
            left = tuple(pair for pair in suppose.more if pair[0] != key)
            yield _("%(number)s more: %(what)s") % {"number": number, "what": needs[key]}, replace(suppose, more=left)
    for pk in suppose.down:
        if pk in teams:
            rest = tuple(key for key in suppose.down if key != pk)
            yield _("cannot go: %(what)s") % {"what": teams[pk]}, replace(suppose, down=rest)


def supposed_of_covers(suppose: Suppose, proposal: Proposal) -> Iterator[tuple[str, Suppose]]:
    """Yield what is supposed of districts, each with the suppositions that remain without it."""
    covers = {one.pk: said(one.name) for one in proposal.facts.covers.wanted}
    for pk in suppose.protected:
        if pk in covers:
            rest = tuple(key for key in suppose.protected if key != pk)
            yield _("protected: %(what)s") % {"what": covers[pk]}, replace(suppose, protected=rest)
    for pk, number in suppose.kept:
        if pk in covers:
            kept = tuple(pair for pair in suppose.kept if pair[0] != pk)
            words = _("at least %(number)s stay: %(what)s") % {"number": number, "what": covers[pk]}
            yield words, replace(suppose, kept=kept)
