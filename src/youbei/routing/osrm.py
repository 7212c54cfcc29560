"""OSRM: `GET /table/v1/{profile}/{lon,lat;...}?sources=...&destinations=...&annotations=duration`.

Source: OSRM HTTP API, table service, v5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from youbei.engine.places import Point
from youbei.routing.base import PATIENCE_S, Address, NoAnswer, checked


@dataclass(frozen=True, slots=True)
class Osrm:
    """Ask an OSRM server."""

    address: Address
    profile: str = "driving"
    patience_s: float = PATIENCE_S
    name: str = "OSRM"

    def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> list[list[float | None]]:
        places = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in [*origins, *destinations])
        sources = ";".join(str(at) for at in range(len(origins)))
        ends = ";".join(str(len(origins) + at) for at in range(len(destinations)))
        query = f"sources={sources}&destinations={ends}&annotations=duration"
        answer = self.address.ask(f"/table/v1/{self.profile}/{places}?{query}", patience_s=self.patience_s)
        if not isinstance(answer, dict) or answer.get("code") != "Ok":
            raise NoAnswer("the code of the answer is not Ok")
        return checked(answer.get("durations"), origins, destinations)
