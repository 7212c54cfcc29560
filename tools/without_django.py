"""A pytest plugin that makes Django and the database drivers unimportable: the engine must do without them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

REFUSED = frozenset({"django", "ninja", "psycopg", "uvicorn", "axes", "csp", "whitenoise", "django_htmx"})


class Refuse(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in REFUSED:
            raise ModuleNotFoundError(f"{fullname} is not there: the engine does without it", name=fullname)
        return None


loaded = sorted(REFUSED & sys.modules.keys())
if loaded:
    raise RuntimeError(f"{', '.join(loaded)} was imported before the engine's tests began")
sys.meta_path.insert(0, Refuse())
