"""The saved reports that somebody may use: their own, those shared where they stand, and those on their duty desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.db.models import Q, QuerySet

from youbei import content
from youbei.engine.registers.register import Register
from youbei.records.models import SavedReport, User
from youbei.records.registers.views import shared_with

MOST = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved report as one user sees it. `shared_by` names its owner where that is somebody else."""

    pk: int
    name: str
    register: Register
    query: str
    is_own: bool
    is_shared: bool
    is_pinned: bool
    shared_by: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """Return what the address of the table says."""
        return dict(parse_qsl(self.query))


def usable_by(user: User) -> QuerySet[SavedReport]:
    """Return the reports a user may use, of registers of which they may see anything."""
    seen = [one.name for one in content.registers().values() if user.paths_with(one.see)]
    rows = SavedReport.objects.filter(Q(owner=user) | shared_with(user), register__in=seen)
    return rows.select_related("owner")


def reports_of(user: User, *, only_pinned: bool = False) -> list[Kept]:
    """Return the reports a user may use, their own first, or those of their duty desk."""
    rows = usable_by(user).order_by("name", "id")
    if only_pinned:
        rows = rows.filter(pk__in=user.pinned_reports.values("pk"))
    kept = as_kept(rows[:MOST], user)
    return sorted(kept, key=lambda one: not one.is_own)


def as_kept(rows: Iterable[SavedReport], user: User) -> list[Kept]:
    pinned = set(user.pinned_reports.values_list("pk", flat=True))
    return [
        Kept(
            pk=row.pk,
            name=row.name,
            register=content.registers()[row.register],
            query=row.query,
            is_own=row.owner_id == user.pk,
            is_shared=row.organisation_id is not None,
            is_pinned=row.pk in pinned,
            shared_by="" if row.owner_id == user.pk else row.owner.first_name or row.owner.username,
        )
        for row in rows
    ]
