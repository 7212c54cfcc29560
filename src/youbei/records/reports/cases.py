"""The library of cases, and which of them resemble an incident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from youbei.engine.cases import Likeness, Traits, most_alike
from youbei.records.models import Case, Fact, Incident, User
from youbei.records.pages import PAGE_SIZE, Page, keyset_page

# The newest validated cases of the kind or category are compared: more would cost more than they add.
COMPARED = 500


@dataclass(frozen=True, slots=True)
class Similar:
    case: Case
    likeness: Likeness


def case_page(
    user: User, *, kind: str = "", text: str = "", cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Case]:
    """Return a page of the cases that a person may see, newest first."""
    rows = Case.objects.newest_visible_to(user).select_related("incident")
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(lessons__icontains=text))
    return keyset_page(rows, order=("-id",), cursor=cursor, read=list, size=size)


def similar_cases(user: User, incident: Incident, *, most: int = 5) -> list[Similar]:
    """Return the validated cases that resemble an incident most, of those that a person may see."""
    rows = Case.objects.visible_to(user).filter(validated_at__isnull=False).exclude(incident_id=incident.pk)
    near = rows.filter(Q(kind=incident.kind) | Q(category=incident.category)).order_by("-id")[:COMPARED]
    known = {case.pk: case for case in near.select_related("incident")}
    found = most_alike(traits_of(incident), ((pk, traits_of_case(case)) for pk, case in known.items()), most=most)
    return [Similar(known[pk], like) for pk, like in found]


def traits_of(incident: Incident) -> Traits:
    values: dict[str, Any] = {}
    for fact in Fact.objects.filter(incident=incident).order_by("id"):
        if fact.change == Fact.Change.WITHDRAWN:
            values.pop(fact.key, None)
        else:
            values[fact.key] = fact.value
    return Traits(incident.kind, incident.category, values)


def traits_of_case(case: Case) -> Traits:
    return Traits(case.kind, case.category, case.traits, frozenset(case.tags))
