"""The saved views of a list that somebody may use: their own, and those shared where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from youbei.engine.access import Permission
from youbei.engine.registers.register import Register
from youbei.records.models import SavedView, User

MOST = 60


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as a list offers it. `shared_by` names its owner where that is somebody else."""

    pk: int
    name: str
    query: str
    is_own: bool
    is_shared: bool
    is_default: bool
    shared_by: str = ""


def views_of(register: Register, user: User) -> list[View]:
    """Return the views a user may use, their own first."""
    rows = SavedView.objects.filter(register=register.name).select_related("owner", "organisation")
    found = rows.filter(Q(owner=user) | shared_with(user)).order_by("name", "id")[:MOST]
    views = [as_view(row, user) for row in found]
    return sorted(views, key=lambda view: not view.is_own)


def shared_with(user: User) -> Q:
    """Select the views of units that a user may see, and of those above where the user stands."""
    paths = user.paths_with(Permission.SEE)
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(organisation__isnull=False) if path == "/" else Q(organisation__path__under=path)
        condition |= Q(organisation__path__in=above(path))
    return condition


def above(path: str) -> Sequence[str]:
    """Return the paths of all units over one, and of itself."""
    keys = [key for key in path.split("/") if key]
    return ["/" + "/".join(keys[: end + 1]) + "/" for end in range(len(keys))]


def as_view(row: SavedView, user: User) -> View:
    is_own = row.owner_id == user.pk
    shared_by = "" if is_own else row.owner.first_name or row.owner.username
    return View(row.pk, row.name, row.query, is_own, row.organisation_id is not None, row.is_default, shared_by)


def default_of(register: Register, user: User) -> str:
    """Return what the address of a user's default view says; empty without one."""
    rows = SavedView.objects.filter(owner=user, register=register.name, is_default=True)
    return rows.values_list("query", flat=True).first() or ""
