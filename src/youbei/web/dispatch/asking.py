"""What is asked of the optimiser, as it stands in the address: which exercise, and what is supposed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse

from youbei.actions.dispatch.supposing import MORE, MOST_BUDGET_S, MOST_KEPT, MOST_MORE, MOST_SLACK_MIN, Suppose
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.records.models import Incident, User
from youbei.web.query import LONGEST_KEY, key_in

# Nobody supposes more than so many things of one kind; whoever sends more is no person.
MOST = 20
MOST_SLIDERS = 200
LONGEST_NEED = 200
MORE_OF, KEEP_AT = "more:", "keep:"


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

    @property
    def address(self) -> str:
        """Return the address of the page that asks this, without what belongs to one visit alone."""
        query = self.query()
        return f"{reverse('dispatch')}?{query}" if query else reverse("dispatch")

    def query(self, suppose: Suppose | None = None, bridges: tuple[str, ...] | None = None) -> str:
        """Return the query of the address that asks this, or the same with other suppositions."""
        one = self.suppose if suppose is None else suppose
        pairs: list[tuple[str, object]] = [] if self.exercise is None else [("exercise", self.exercise.pk)]
        pairs += [(f"{MORE_OF}{key}", number) for key, number in one.more]
        pairs += [("down", pk) for pk in one.down]
        pairs += [("protect", pk) for pk in one.protected]
        pairs += [(f"{KEEP_AT}{pk}", number) for pk, number in one.kept]
        pairs += [("close", text) for text in (self.bridges if bridges is None else bridges)]
        pairs += [("slack", one.slack_min)] if one.slack_min else []
        pairs += [("seconds", one.budget_s)] if one.budget_s else []
        return urlencode(pairs, safe=":/,")


def asked(request: HttpRequest, user: User) -> Asked:
    """Read the question; what cannot be read is left out and named."""
    bridges = tuple(dict.fromkeys(text.strip() for text in request.GET.getlist("close")[:MOST] if text.strip()))
    points = {text: point_in(text) for text in bridges}
    suppose = Suppose(
        more=more_in(request.GET),
        closed=tuple(point for point in points.values() if point is not None),
        down=keys(request.GET, "down"),
        protected=keys(request.GET, "protect"),
        kept=kept_in(request.GET),
        slack_min=number_in(request.GET.get("slack"), MOST_SLACK_MIN),
        budget_s=number_in(request.GET.get("seconds"), MOST_BUDGET_S),
    )
    unread = tuple(text for text, point in points.items() if point is None)
    return Asked(exercise_in(request, user), suppose, unread, tuple(text for text in bridges if points[text]))


def more_in(query: QueryDict) -> tuple[tuple[str, int], ...]:
    """Read how many more of what: `more:<need>=3`, or `more=<need>` for two more each time."""
    found: dict[str, int] = {}
    for key in query.getlist("more")[:MOST]:
        if key.strip():
            found[key[:LONGEST_NEED]] = found.get(key[:LONGEST_NEED], 0) + MORE
    for key, value in sliders(query, MORE_OF, MOST_MORE):
        found[key[:LONGEST_NEED]] = found.get(key[:LONGEST_NEED], 0) + value
    return tuple((key, min(number, MOST_MORE)) for key, number in sorted(found.items()))


def kept_in(query: QueryDict) -> tuple[tuple[int, int], ...]:
    """Read how many teams must remain for which home cover: `keep:<cover>=2`."""
    found = {
        int(key): value
        for key, value in sliders(query, KEEP_AT, MOST_KEPT)
        if key.isdecimal() and len(key) <= LONGEST_KEY
    }
    return tuple(sorted(found.items()))


def sliders(query: QueryDict, prefix: str, most: int) -> Iterator[tuple[str, int]]:
    """Yield what stands behind a prefix, and the number it was set to; nothing is no supposition."""
    names = [name for name in query if name.startswith(prefix)][:MOST_SLIDERS]
    for name in names:
        number = number_in(query.get(name), most)
        if number:
            yield name.removeprefix(prefix), number


def number_in(text: str | None, most: int) -> int:
    """Read a whole number from 0 to `most`; what is none is 0, what is more is `most`."""
    found = (text or "").strip()
    return min(int(found), most) if found.isdecimal() and len(found) <= LONGEST_KEY else 0


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
