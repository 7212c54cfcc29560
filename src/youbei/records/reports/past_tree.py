"""The tree of organisations as it stood on a day: names, superiors, division codes; and what has become of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import Q, QuerySet

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.divisions import Division
from youbei.engine.text import Text
from youbei.records.models import Organisation, OrganisationSpan, User
from youbei.records.models.scope import path_condition
from youbei.records.reports.names import name_of

CHILDREN = 200


@dataclass(frozen=True, slots=True)
class UnitThen:
    """A unit as it was on a day. `today` is the unit as it is; `succeeded_by` the one that goes on in its place."""

    pk: int
    code: str
    name: Text
    kind: str
    parent: str
    division: str
    division_then: tuple[Division, ...]
    today: Organisation
    has_below: bool

    @property
    def is_renamed(self) -> bool:
        return name_of(self.today) != self.name

    @property
    def is_moved(self) -> bool:
        return (self.today.parent.code if self.today.parent else "") != self.parent

    @property
    def succeeded_by(self) -> Organisation | None:
        return self.today.succeeded_by


@dataclass(frozen=True, slots=True)
class TreeThen:
    """The units below one, or the topmost, with the chain of superiors of that day."""

    chain: tuple[UnitThen, ...]
    rows: tuple[UnitThen, ...]
    is_cut: bool


def end_of(day: date, zone: tzinfo) -> datetime:
    """Return the moment that ends a day: what happened on it counts."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


def standing(at: datetime) -> QuerySet[OrganisationSpan]:
    """Return what all units were just before a moment."""
    return OrganisationSpan.objects.filter(Q(ends_at=None) | Q(ends_at__gte=at), begins_at__lt=at)


def tree_on(user: User, at: datetime, below: str = "") -> TreeThen | None:
    """Return a part of the tree as it stood just before a moment; None for a unit that was not, or is not to be seen.

    One sees the units that stood under one's own then, and those that stand there now.
    """
    paths = user.paths_with(Permission.SEE)
    if not below:
        return TreeThen((), *cut(tops(paths, at), at))
    above = standing(at).filter(unit__code=below).select_related("unit").first()
    if above is None or not is_seen(above, paths):
        return None
    superiors = standing(at).filter(unit__in=[int(part) for part in above.path.split("/") if part])
    chain = [span for span in superiors.select_related("unit").order_by("path") if is_seen(span, paths)]
    children = standing(at).filter(parent_pk=above.unit_id).select_related("unit").order_by("pk")
    if "/" not in paths:
        children = children.filter(path_condition(paths, "path__under") | path_condition(paths, "unit__path__under"))
    return TreeThen(tuple(described(chain, at)), *cut(list(children[: CHILDREN + 1]), at))


def is_seen(span: OrganisationSpan, paths: Iterable[str]) -> bool:
    return any(span.path.startswith(path) or span.unit.path.startswith(path) for path in paths)


def tops(paths: Sequence[str], at: datetime) -> list[OrganisationSpan]:
    rows = standing(at).select_related("unit")
    if "/" in paths:
        return list(rows.filter(parent_pk=None).order_by("pk")[: CHILDREN + 1])
    own = [int(path.rstrip("/").rsplit("/", 1)[-1]) for path in paths]
    return list(rows.filter(unit__in=own).order_by("pk")[: CHILDREN + 1])


def cut(spans: Sequence[OrganisationSpan], at: datetime) -> tuple[tuple[UnitThen, ...], bool]:
    return tuple(described(spans[:CHILDREN], at)), len(spans) > CHILDREN


def described(spans: Sequence[OrganisationSpan], at: datetime) -> list[UnitThen]:
    """Say of units what they were and what they are: four queries, however many."""
    keys = [span.unit_id for span in spans]
    now = Organisation.objects.select_related("parent", "succeeded_by").in_bulk(keys)
    superiors = Organisation.objects.filter(pk__in=[span.parent_pk for span in spans if span.parent_pk])
    codes = dict(superiors.values_list("pk", "code"))
    with_below = set(standing(at).filter(parent_pk__in=keys).values_list("parent_pk", flat=True))
    divisions = content.divisions()
    return [
        UnitThen(
            pk=span.unit_id,
            code=now[span.unit_id].code,
            name=Text(span.name_zh, span.name_en),
            kind=span.kind,
            parent=codes.get(span.parent_pk or 0, ""),
            division=span.division,
            division_then=divisions.on(span.division, at.year) if span.division else (),
            today=now[span.unit_id],
            has_below=span.unit_id in with_below,
        )
        for span in spans
    ]
