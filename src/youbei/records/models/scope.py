"""What is visible to whom: one queryset that every scoped table uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from youbei.engine.access import Permission

if TYPE_CHECKING:
    from youbei.records.models.access import User

Row = TypeVar("Row", bound=models.Model)


class ScopedQuerySet(models.QuerySet[Row]):
    """Select rows by the organisation they belong to; `path_field` names the column that holds its path."""

    path_field = "org_path"

    def visible_to(self, user: User, permission: Permission = Permission.SEE) -> Self:
        """Keep the rows on which the user's grants of today allow `permission`; a stranger sees none."""
        paths = user.paths_with(permission)
        if not paths:
            return self.none()
        if "/" in paths:
            return self.all()
        condition = Q()
        for path in paths:
            condition |= Q(**{f"{self.path_field}__under": path})
        return self.filter(condition)

    def under(self, path: str) -> Self:
        return self.filter(**{f"{self.path_field}__under": path})


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


Json = dict[str, Any]
