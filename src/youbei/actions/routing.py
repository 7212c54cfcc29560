"""The routing server outside, where the settings name one: asked first, and what is known here where it is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings

from youbei.actions.ways import travel_times
from youbei.engine.places import Point
from youbei.engine.reach import Journeys, journeys
from youbei.routing.ask import server
from youbei.routing.base import BadServer, NoAnswer, Server

# Assumption: a public or own server answers a table of so many origins at once; farther ones are reckoned here.
MOST_ORIGINS = 100


@dataclass(slots=True)
class AskedServer:
    """Ask a server for the journeys to one point; remember whether it answered, for the page says so."""

    asked: Server
    has_answered: bool = False
    why_not: str = ""

    @property
    def name(self) -> str:
        return self.asked.name

    def __call__(self, origins: Sequence[Point], destination: Point) -> Mapping[Point, timedelta]:
        several = list(dict.fromkeys(origins))[:MOST_ORIGINS]
        try:
            rows = self.asked.table(several, [destination])
        except NoAnswer as error:
            self.why_not = str(error)
            return {}
        self.has_answered = True
        return {
            point: timedelta(seconds=round(row[0]))
            for point, row in zip(several, rows, strict=True)
            if row[0] is not None
        }


def routing_server() -> AskedServer | None:
    """Return the server that the settings name (`osrm=http://...`), None where they name none.

    Raises:
        BadServer: the setting is no kind and address.
    """
    if not settings.ROUTING:
        return None
    kind, found, url = settings.ROUTING.partition("=")
    if not found:
        raise BadServer(
            zh=f"YOUBEI_ROUTING 是“{settings.ROUTING}”；须写作 osrm=http://… 或 valhalla=http://…。",
            en=f"YOUBEI_ROUTING is {settings.ROUTING!r}; write osrm=http://... or valhalla=http://...",
        )
    return AskedServer(server(kind, url))


def journeys_asked() -> tuple[Journeys, AskedServer | None]:
    """Return the journeys of this moment, those of the server first where there is one."""
    outside = routing_server()
    return replace(journeys(travel_times()), outside=outside), outside
