"""Subtrees by their paths: which hold which, and which are everything."""

from __future__ import annotations

from collections.abc import Sequence

from youbei.records.models import Organisation


def is_everything(paths: Sequence[str]) -> bool:
    """Say whether these paths hold all there is: the root, or the only unit below it."""
    if "/" in paths:
        return True
    roots = list(Organisation.objects.filter(parent=None).values_list("path", flat=True)[:2])
    return len(roots) == 1 and roots[0] in paths


def within(paths: list[str], unit: str) -> list[str]:
    """Return what of these subtrees lies in the subtree of a unit."""
    return [path if path.startswith(unit) else unit for path in paths if meet(path, unit)]


def outermost(paths: list[str]) -> list[str]:
    """Return the subtrees that hold all others of these, each once, in order."""
    return [path for path in sorted(set(paths)) if not any(path != other and path.startswith(other) for other in paths)]


def meet(path: str, unit: str) -> bool:
    return path.startswith(unit) or unit.startswith(path)
