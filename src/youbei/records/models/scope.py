"""What is visible to whom: one queryset that every scoped table uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import connections, models
from django.db.models import Q

from youbei.engine.access import Permission
from youbei.records.models.path import PathField

if TYPE_CHECKING:
    from youbei.records.models.access import User

Row = TypeVar("Row", bound=models.Model)

# Rows of a subtree that SQLite sorts in about a millisecond; more of them are found by walking the list in its order.
SORTED_QUICKLY = 2000
# Rows that SQLite reads and sorts in less time than it takes to walk an index until it meets a few hundred of so rare.
SORTED, SORTED_END = 20_000, 20_001


class ScopedQuerySet(models.QuerySet[Row]):
    """Select rows by the organisation they belong to; `path_field` names the column that holds its path."""

    path_field = "org_path"

    def visible_to(self, user: User, permission: Permission = Permission.SEE) -> Self:
        """Keep the rows on which the user's grants of today allow `permission`; a stranger sees none."""
        return self.under_any(user.paths_with(permission), "under")

    def newest_visible_to(self, user: User, permission: Permission = Permission.SEE) -> Self:
        """Do as `visible_to`, for lists in order of time or key over tables that grow without end.

        SQLite knows nothing of how many rows lie in a subtree and would collect and sort all of them for one page.
        So it is counted whether they are few; if not, the index on the path is kept from it. PostgreSQL decides by
        its statistics.
        """
        paths = user.paths_with(permission)
        if connections[self.db].vendor != "sqlite" or not paths:
            return self.under_any(paths, "under")
        few = self.model._default_manager.using(self.db).order_by()
        found = few.filter(path_condition(paths, f"{self.path_field}__under")).values("pk")[: SORTED_QUICKLY + 1]
        return self.under_any(paths, "under" if len(found) <= SORTED_QUICKLY else "under_by_walking")

    def sorted_under(self, paths: list[str]) -> Self:
        """Keep the rows under these paths, for the first of them in the order of some other index.

        On SQLite, where a subtree has more rows than are quickly sorted, the index on the path is kept from it, so that
        the order is walked instead: among so many the first are soon found. PostgreSQL decides by its statistics.
        """
        if connections[self.db].vendor != "sqlite" or not paths:
            return self.under_any(paths, "under")
        few = self.model._default_manager.using(self.db).order_by()
        found = few.filter(path_condition(paths, f"{self.path_field}__under")).values("pk")[SORTED:SORTED_END]
        return self.under_any(paths, "under_by_walking" if found.exists() else "under")

    def under_any(self, paths: list[str], lookup: str) -> Self:
        if not paths:
            return self.none()
        if "/" in paths:
            return self.all()
        return self.filter(path_condition(paths, f"{self.path_field}__{lookup}"))

    def under(self, path: str) -> Self:
        return self.filter(**{f"{self.path_field}__under": path})


def path_condition(paths: list[str], lookup: str) -> Q:
    condition = Q()
    for path in paths:
        condition |= Q(**{lookup: path})
    return condition


def walked_by(name: str, *columns: str | tuple[str, ...], path: str = "org_path") -> list[models.Index]:
    """Return the indexes by which a list is walked in the order of the tree with these columns, or pairs, fixed."""
    fixed = [(one,) if isinstance(one, str) else one for one in columns]
    return [models.Index(fields=[*some, path, "id"], name=f"{name}_{'_'.join(some)}"[:30]) for some in fixed]


def sorted_by(name: str, *columns: str, path: str = "org_path") -> list[models.Index]:
    """Return the indexes by which a list is sorted: by these columns, by its confirmations; and of what is retired."""
    return [
        *(
            models.Index(fields=[column, "id"], name=f"{name}_by_{column}"[:30])
            for column in (*columns, "confirmed_at")
        ),
        models.Index(fields=[path, "id"], name=f"{name}_retired", condition=Q(retired_at__isnull=False)),
    ]


def due_by(name: str, *columns: str, path: str = "org_path", more: tuple[str, ...] = ()) -> list[models.Index]:
    """Return the indexes of what is in use and has a day in one of these columns, in two orders: of the tree, then of
    days, for small subtrees; and of days, then of the tree, for large ones. `more` is asked for besides the day. SQLite
    looks up whether a row is in use, which the index says already, unless the index has the column as well.
    """
    orders = [("due", (path, column), column) for column in columns]
    orders += [("days", (column, path), column) for column in columns]
    return [
        models.Index(
            fields=[*order, "id", *(("retired_at", *more) if more or word == "days" else ())],
            name=f"{name}_{word}_{column}"[:30],
            condition=Q(retired_at__isnull=True, **{f"{column}__isnull": False}),
        )
        for word, order, column in orders
    ]


class Bilingual(models.Model):
    """Give a table a name in both languages."""

    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        abstract = True

    def name_in(self, language: str) -> str:
        if language.lower().startswith("zh"):
            return self.name_zh or self.name_en
        return self.name_en or self.name_zh

    def __str__(self) -> str:
        return self.name_zh


class Registered(models.Model):
    """Give a table what every record of a register has: its last confirmation, and whether it is still in use.

    `org_path` says where in the tree the record belongs; it follows from the record's owner (see `engine/registers`).
    A retired record is kept, for history and for what points to it, and left out of lists.
    """

    org_path = PathField(default="", editable=False)
    remarks = models.TextField(blank=True, default="")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=120, blank=True, default="")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


Json = dict[str, Any]
