"""The column that holds where in the tree of organisations a row stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    TextField = models.CharField[str, str]
else:
    TextField = models.CharField  # at run time Django's fields take no types


class PathField(TextField):
    """Hold a path such as `/1/12/`, compared byte by byte.

    A subtree is a range of paths (docs/decisions/0012), which is only right where the database does not order text by
    a language. SQLite compares bytes anyway; PostgreSQL must be told when the column is made.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 255)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, str | None]:
        parameters = super().db_parameters(connection)
        return {**parameters, "collation": "C"} if connection.vendor == "postgresql" else parameters
