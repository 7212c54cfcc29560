"""What is asked of the optimiser, as it stands in the address: which exercise, and what is supposed."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, QueryDict

from youbei.actions.dispatch.supposing import Suppose
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.records.models import Incident, User
from youbei.web.query import LONGEST_KEY, key_in

# Nobody supposes more than so many things of one kind; whoever sends more is no person.
MOST = 20
LONGEST_NEED = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """`exercise` is the incident of an exercise that the user may see; `unread` are coordinates that are none."""

    exercise: Incident | None
    suppose: Suppose
    unread: tuple[str, ...]
    bridges: tuple[str, ...]

    @property
    def exercise_pk(self) -> int | None:
        return None if self.exercise is None else self.exercise.pk


def asked(request: HttpRequest, user: User) -> Asked:
    """Read the question; what cannot be read is left out and named."""
    bridges = tuple(text.strip() for text in request.GET.getlist("close")[:MOST] if text.strip())
    points = {text: point_in(text) for text in bridges}
    suppose = Suppose(
        more=tuple(text[:LONGEST_NEED] for text in request.GET.getlist("more")[:MOST]),
        closed=tuple(point for point in points.values() if point is not None),
        down=keys(request.GET, "down"),
        protected=keys(request.GET, "protect"),
    )
    unread = tuple(text for text, point in points.items() if point is None)
    return Asked(exercise_in(request, user), suppose, unread, tuple(text for text in bridges if points[text]))


def keys(query: QueryDict, name: str) -> tuple[int, ...]:
    found = [text for text in query.getlist(name)[:MOST] if text.isdecimal() and len(text) <= LONGEST_KEY]
    return tuple(sorted({int(text) for text in found}))


def point_in(text: str) -> Point | None:
    """Read `37.495, 121.40`: latitude first."""
    parts = text.replace("，", ",").replace(",", " ").split()
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        return None
    return Point(lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def exercise_in(request: HttpRequest, user: User) -> Incident | None:
    pk = key_in(request, "exercise")
    if pk is None:
        return None
    found = Incident.objects.filter(pk=pk, mode=Incident.Mode.EXERCISE).first()
    if found is None or not user.may(Permission.SEE, found.org_path):
        raise Http404
    return found
