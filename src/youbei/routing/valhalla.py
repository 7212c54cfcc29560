"""Valhalla: `POST /sources_to_targets` with sources, targets and costing. Source: Valhalla, Matrix API, v3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from youbei.engine.places import Point
from youbei.routing.base import PATIENCE_S, Address, NoAnswer, checked


@dataclass(frozen=True, slots=True)
class Valhalla:
    """Ask a Valhalla server."""

    address: Address
    costing: str = "auto"
    patience_s: float = PATIENCE_S
    name: str = "Valhalla"

    def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> list[list[float | None]]:
        body = {
            "sources": [{"lat": point.lat, "lon": point.lon} for point in origins],
            "targets": [{"lat": point.lat, "lon": point.lon} for point in destinations],
            "costing": self.costing,
        }
        answer = self.address.ask("/sources_to_targets", body=body, patience_s=self.patience_s)
        rows = answer.get("sources_to_targets") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise NoAnswer("there is no sources_to_targets in the answer")
        return checked([[seconds(cell) for cell in row] for row in rows], origins, destinations)


def seconds(cell: Any) -> float | None:
    if not isinstance(cell, dict):
        raise NoAnswer("a cell is no object")
    time = cell.get("time")
    if time is not None and not isinstance(time, int | float):
        raise NoAnswer("a time is no number")
    return time
