"""Read the roads of an OpenStreetMap extract (`.osm.pbf`, `.osm`, `.osm.bz2`)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium

from youbei.engine.driving import Driving, Lane, judge, stops
from youbei.engine.errors import Refused
from youbei.engine.places import Point, distance_m
from youbei.engine.travel.network import Pieces

# How many objects are read between two looks at whether to go on.
STEP = 20_000
Progress = Callable[[str, int], None]


class BadExtract(Refused):
    """Refuse a file that is no extract of OpenStreetMap, or a broken one."""

    status = 422


@dataclass(slots=True)
class Way:
    """A way that can be driven: its nodes with their places, and how."""

    number: int
    nodes: list[int]
    places: list[tuple[float, float]]
    lane: Lane


@dataclass(slots=True)
class Restriction:
    """A turn at a node that is forbidden, or the only one allowed."""

    from_way: int
    via: int
    to_way: int
    is_only: bool


@dataclass(slots=True)
class Extract:
    """What an extract holds of roads. `unread` counts rules that are not understood."""

    ways: list[Way] = field(default_factory=list)
    barriers: set[int] = field(default_factory=set)
    restrictions: list[Restriction] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)


def read_extract(path: Path, driving: Driving, *, progress: Progress = lambda what, count: None) -> Extract:
    """Read nodes, ways and restrictions in one pass; `progress` may raise to stop."""
    extract = Extract()
    try:
        for count, thing in enumerate(things(path), start=1):
            take(thing, extract, driving)
            if count % STEP == 0:
                progress("read", count)
    except RuntimeError as error:
        raise BadExtract(
            zh=f"文件“{path.name}”不是完整的 OpenStreetMap 数据：{error}。请重新下载 .osm.pbf 文件。",
            en=f"{path.name} is no complete extract of OpenStreetMap: {error}. Download the .osm.pbf file again.",
        ) from None
    return extract


def things(path: Path) -> Iterator[Any]:
    """Yield the nodes, ways and relations that say something about driving."""
    keys = osmium.filter.KeyFilter("highway", "route", "barrier", "restriction")
    yield from osmium.FileProcessor(str(path)).with_locations().with_filter(keys)


def take(thing: Any, extract: Extract, driving: Driving) -> None:
    tags = {tag.k: tag.v for tag in thing.tags}
    if thing.is_node():
        if stops(tags, driving):
            extract.barriers.add(thing.id)
    elif thing.is_way():
        lane = judge(tags, driving)
        if lane is not None:
            take_way(thing, lane, extract)
    elif thing.is_relation() and tags.get("type") == "restriction":
        take_restriction(thing, tags, extract)


def take_way(thing: Any, lane: Lane, extract: Extract) -> None:
    known = [(node.ref, node.location) for node in thing.nodes]
    inside = [(ref, (place.lat, place.lon)) for ref, place in known if place.valid()]
    if len(inside) < len(known):
        extract.unread["nodes_outside"] += len(known) - len(inside)
    if len(inside) >= 2:
        extract.ways.append(Way(thing.id, [ref for ref, _ in inside], [place for _, place in inside], lane))


def take_restriction(thing: Any, tags: dict[str, str], extract: Extract) -> None:
    """Take a restriction by a node; those by a way, or that do not hold for emergency vehicles, are counted."""
    rule = tags.get("restriction", "")
    roles: dict[str, list[tuple[str, int]]] = {"from": [], "via": [], "to": []}
    for member in thing.members:
        roles.get(member.role, []).append((member.type, member.ref))
    if "emergency" in tags.get("except", "").split(";"):
        extract.unread["restrictions_not_for_emergency"] += 1
        return
    is_simple = all(len(members) == 1 for members in roles.values()) and roles["via"][0][0] == "n"
    if not is_simple or not rule.startswith(("no_", "only_")):
        extract.unread["restrictions_not_read"] += 1
        return
    ends = (roles["from"][0][1], roles["via"][0][1], roles["to"][0][1])
    extract.restrictions.append(Restriction(*ends, is_only=rule.startswith("only_")))


def cut(extract: Extract) -> Pieces:
    """Cut the ways where they meet, end or cannot be passed, and find the pieces that no turn may join."""
    pieces = Pieces()
    uses = Counter(node for way in extract.ways for node in way.nodes)
    vias = {restriction.via for restriction in extract.restrictions}
    for way in extract.ways:
        # A way that ends at a node is one use; one that passes it is two.
        uses[way.nodes[0]] += 1
        uses[way.nodes[-1]] += 1
    numbers: dict[int, int] = {}
    into: dict[tuple[int, int], list[int]] = {}
    out: dict[tuple[int, int], list[int]] = {}
    for way in extract.ways:
        start = 0
        for position in range(1, len(way.nodes)):
            node = way.nodes[position]
            if position < len(way.nodes) - 1 and uses[node] < 2 and node not in extract.barriers and node not in vias:
                continue
            ends = tuple(
                fresh(pieces, way.places[at]) if way.nodes[at] in extract.barriers else known(pieces, numbers, way, at)
                for at in (start, position)
            )
            add_piece(pieces, way, start, position, ends, (into, out))
            start = position
    pieces.bans = list(bans(extract, pieces, into, out, numbers))
    return pieces


def fresh(pieces: Pieces, place: tuple[float, float]) -> int:
    pieces.at.append(place)
    return len(pieces.at) - 1


def known(pieces: Pieces, numbers: dict[int, int], way: Way, at: int) -> int:
    node = way.nodes[at]
    if node not in numbers:
        numbers[node] = fresh(pieces, way.places[at])
    return numbers[node]


def add_piece(
    pieces: Pieces,
    way: Way,
    start: int,
    end: int,
    ends: tuple[int, ...],
    by_way: tuple[dict[tuple[int, int], list[int]], dict[tuple[int, int], list[int]]],
) -> None:
    line = way.places[start : end + 1]
    metres = sum(distance_m(Point(*a), Point(*b)) for a, b in itertools.pairwise(line))
    lane = way.lane
    seconds = metres / lane.speed * 3.6
    siren_seconds = metres / lane.siren_speed * 3.6
    if lane.minutes is not None:
        whole = sum(distance_m(Point(*a), Point(*b)) for a, b in zip(way.places, way.places[1:], strict=False))
        seconds = siren_seconds = lane.minutes * 60 * metres / max(whole, 1.0)
    into, out = by_way
    for is_open, (tail, head), bends in (
        (lane.forward, ends, line[1:-1]),
        (lane.backward, ends[::-1], line[-2:0:-1]),
    ):
        if is_open:
            piece = pieces.add(
                tail, head, seconds=seconds, siren_seconds=siren_seconds, metres=metres, kind=lane.kind, bends=bends
            )
            into.setdefault((way.number, head), []).append(piece)
            out.setdefault((way.number, tail), []).append(piece)


def bans(
    extract: Extract,
    pieces: Pieces,
    into: dict[tuple[int, int], list[int]],
    out: dict[tuple[int, int], list[int]],
    numbers: dict[int, int],
) -> Iterator[tuple[int, int]]:
    leaving: dict[int, list[int]] = {}
    vias = {numbers[rule.via] for rule in extract.restrictions if rule.via in numbers}
    for piece, tail in enumerate(pieces.tail):
        if tail in vias:
            leaving.setdefault(tail, []).append(piece)
    for rule in extract.restrictions:
        node = numbers.get(rule.via)
        if node is None:
            continue
        goes = out.get((rule.to_way, node), [])
        if rule.is_only and goes:
            banned = [piece for piece in leaving.get(node, []) if piece not in goes]
        else:
            banned = [] if rule.is_only else goes
        for came in into.get((rule.from_way, node), []):
            yield from ((came, piece) for piece in banned)
