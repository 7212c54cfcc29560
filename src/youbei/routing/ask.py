"""Ask a routing server, and fall back on what we know ourselves where it does not answer; the answer says which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from youbei.engine.places import Point, TravelTimes
from youbei.routing.base import PATIENCE_S, Address, BadServer, NoAnswer, Server
from youbei.routing.osrm import Osrm
from youbei.routing.valhalla import Valhalla


@dataclass(frozen=True, slots=True)
class Answer:
    """Seconds from each origin to each destination; `by` names the server, or is empty where it did not answer.

    `why_not` says what went wrong then. A cell is None where the server knows no way.
    """

    seconds: list[list[float | None]]
    by: str
    why_not: str = ""

    @property
    def is_fallback(self) -> bool:
        return not self.by


def server(kind: str, url: str, *, patience_s: float = PATIENCE_S) -> Server:
    """Return the server of a kind (`osrm` or `valhalla`) at an address; raise BadServer."""
    address = Address.of(url)
    if kind == "osrm":
        return Osrm(address, patience_s=patience_s)
    if kind == "valhalla":
        return Valhalla(address, patience_s=patience_s)
    raise BadServer(
        zh=f"不支持路径服务“{kind}”；可用 osrm 或 valhalla。",
        en=f"There is no routing server {kind!r}; take osrm or valhalla.",
    )


def ask(
    asked: Server | None, origins: Sequence[Point], destinations: Sequence[Point], *, otherwise: TravelTimes
) -> Answer:
    """Return the server's times, or those of `otherwise` where there is no server or no answer."""
    why_not = ""
    if asked is not None:
        try:
            return Answer(asked.table(origins, destinations), asked.name)
        except NoAnswer as error:
            why_not = str(error)
    own = [[otherwise(origin, destination).total_seconds() for destination in destinations] for origin in origins]
    return Answer([[float(cell) for cell in row] for row in own], "", why_not)
