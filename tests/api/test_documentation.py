"""The written page names every operation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import get_args

from ninja import Schema

from api.test_operations import OPERATIONS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text(encoding="utf-8")


def test_every_address_is_on_the_page() -> None:
    named = PAGE.replace("\\|", "|")
    for _, path, _ in OPERATIONS:
        last = [part for part in path.removeprefix("/api/").split("/") if not part.startswith("{")][-1]
        assert re.search(rf"\b{re.escape(last)}\b", named), path


def test_every_status_that_is_always_possible_is_explained_but_the_limit_on_rate() -> None:
    for status in (400, 401, 403, 404, 409, 413, 415, 422):
        assert f"{status}" in PAGE


def test_no_two_bodies_share_a_name() -> None:
    """In the description of the API one of two such bodies would silently stand for both."""
    bodies = [body for body in below(Schema) if body.__module__.startswith("youbei.")]
    choices = {
        one
        for body in bodies
        for field in body.model_fields.values()
        for one in (field.annotation, *get_args(field.annotation))
        if isinstance(one, type) and issubclass(one, Enum)
    }
    names = Counter(one.__name__ for one in [*bodies, *choices])
    assert len(names) > 100
    assert [name for name, count in names.items() if count > 1] == []


def below(base: type[Schema]) -> Iterator[type[Schema]]:
    for one in base.__subclasses__():
        yield one
        yield from below(one)
