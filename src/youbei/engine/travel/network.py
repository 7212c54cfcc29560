"""Pieces of road made into a network: the largest part in which everyone reaches everyone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy  # its parts are loaded when they are first asked: half a second for a process that asks none
from numpy.typing import ArrayLike, NDArray

from youbei.engine.errors import Refused
from youbei.engine.travel.graph import LONGEST, Floats, Graph, Ints, Longs, build
from youbei.engine.travel.turns import with_turns_banned

# Of the ways to say where a bend is, this many parts of a degree are exact to a centimetre.
PARTS = 10_000_000


class NoRoads(Refused):
    """Refuse a source in which there is no road that can be driven."""

    status = 422


@dataclass(slots=True)
class Pieces:
    """One-way pieces of road between junctions, as they are read.

    `seconds` and `siren_seconds` are times, `bends` the points between the ends. `bans` are turns (from piece, to
    piece). `at` places each junction.
    """

    at: list[tuple[float, float]] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    siren_seconds: list[float] = field(default_factory=list)
    metres: list[float] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    bends: list[Sequence[tuple[float, float]]] = field(default_factory=list)
    bans: list[tuple[int, int]] = field(default_factory=list)

    def add(
        self,
        tail: int,
        head: int,
        *,
        seconds: float,
        siren_seconds: float,
        metres: float,
        kind: str,
        bends: Sequence[tuple[float, float]] = (),
    ) -> int:
        self.tail.append(tail)
        self.head.append(head)
        self.seconds.append(seconds)
        self.siren_seconds.append(siren_seconds)
        self.metres.append(metres)
        self.kind.append(kind)
        self.bends.append(bends)
        return len(self.tail) - 1


@dataclass(frozen=True, slots=True)
class Network:
    """A drivable network: its graph (times of usual driving), the times with sirens, and what to draw.

    `bends[bend_first[arc]:bend_first[arc + 1]]` are the points between the ends of an arc, [lat, lon] in parts of a
    degree (PARTS).
    `left_out` counts what was read and is not in it.
    """

    graph: Graph
    siren: Ints
    kind: Ints
    kinds: tuple[str, ...]
    bend_first: Longs
    bends: NDArray[np.int32]
    metres: Floats
    left_out: dict[str, int]


def largest_part(count: int, tail: Ints, head: Ints) -> NDArray[np.bool_]:
    """Mark the nodes of the largest part in which every node can be reached from every other."""
    links = scipy.sparse.csr_matrix((np.ones(len(tail), np.int8), (tail, head)), (count, count))
    _, part = scipy.sparse.csgraph.connected_components(links, directed=True, connection="strong")
    return np.asarray(part == np.argmax(np.bincount(part)), np.bool_)


def network(pieces: Pieces, *, go_on: Callable[[], None] = lambda: None) -> Network:
    """Make a network of pieces; raise NoRoads where there is none. `go_on` may raise to stop."""
    if not pieces.tail:
        raise NoRoads(
            zh="文件中没有可以行驶的道路。请检查是否选对了文件。",
            en="There is no road in the file that can be driven. Check that it is the right file.",
        )
    tail, head = np.asarray(pieces.tail, np.int32), np.asarray(pieces.head, np.int32)
    inside = largest_part(len(pieces.at), tail, head)
    used = np.flatnonzero(inside[tail] & inside[head])
    if not len(used):
        raise NoRoads(
            zh="文件中的道路没有一处可以去了再回来。请检查单向路段是否缺了另一方向。",
            en="Nowhere do the roads in the file lead there and back. Check whether one-way arcs lack their other way.",
        )
    go_on()
    left_out = {
        "nodes": int(len(np.unique(np.concatenate([tail, head]))) - inside.sum()),
        "pieces": int(len(tail) - len(used)),
        "metres": round(sum(pieces.metres) - float(np.asarray(pieces.metres)[used].sum())),
    }
    return assembled(pieces, used, left_out)


def assembled(pieces: Pieces, used: Longs, left_out: dict[str, int]) -> Network:
    """Number the nodes along a curve that keeps neighbours together, and put everything into arrays."""
    at, tail, head = np.asarray(pieces.at, np.float64), np.asarray(pieces.tail), np.asarray(pieces.head)
    nodes = np.unique(np.concatenate([tail[used], head[used]]))
    nodes = nodes[along_curve(at[nodes, 0], at[nodes, 1])]
    number = np.full(len(at), -1, np.int64)
    number[nodes] = np.arange(len(nodes))
    usual = tenths(np.asarray(pieces.seconds)[used])
    graph, order = build(number[tail[used]], number[head[used]], usual, lat=at[nodes, 0], lon=at[nodes, 1])
    graph, was = with_turns_banned(graph, bans_of(pieces, used[order]))
    ordered = used[order][was]
    kinds, kind = np.unique(np.asarray(pieces.kind), return_inverse=True)
    lines = [pieces.bends[piece] for piece in ordered]
    bend_first = np.zeros(len(lines) + 1, np.int64)
    np.cumsum([len(line) for line in lines], out=bend_first[1:])
    points = np.array([point for line in lines for point in line], np.float64).reshape(-1, 2)
    return Network(
        graph=graph,
        siren=tenths(np.asarray(pieces.siren_seconds)[ordered]),
        kind=kind[ordered].astype(np.int32),
        kinds=tuple(kinds.tolist()),
        bend_first=bend_first,
        bends=np.rint(points * PARTS).astype(np.int32),
        metres=np.asarray(pieces.metres, np.float64)[ordered],
        left_out=left_out,
    )


def tenths(seconds: ArrayLike) -> Ints:
    return np.clip(np.rint(np.asarray(seconds, np.float64) * 10), 1, LONGEST).astype(np.int32)


def bans_of(pieces: Pieces, ordered: Longs) -> list[tuple[int, int]]:
    """Return the forbidden turns as arcs, those that are left of them."""
    arc = {int(piece): position for position, piece in enumerate(ordered)}
    return [(arc[into], arc[out]) for into, out in pieces.bans if into in arc and out in arc]


def along_curve(lat: Floats, lon: Floats) -> Longs:
    """Return an order of places in which neighbours on the ground are mostly neighbours.

    Source: Morton, A computer oriented geodetic data base and a new technique in file sequencing, IBM, 1966.
    """
    key = np.zeros(len(lat), np.uint64)
    for values, shift in ((lat, 0), (lon, 1)):
        span = max(float(values.max() - values.min()), 1e-9)
        cell = ((values - values.min()) / span * 0xFFFF).astype(np.uint64)
        for spread, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
            cell = (cell | (cell << np.uint64(spread))) & np.uint64(mask)
        key |= cell << np.uint64(shift)
    return np.argsort(key, kind="stable")


def packed(stored: Network) -> dict[str, tuple[str, bytes]]:
    """Return the arrays of a network by name, each as the kind of its numbers and its bytes."""
    graph = stored.graph
    arrays: dict[str, NDArray[Any]] = {
        "first": graph.first,
        "head": graph.head,
        "weight": graph.weight,
        "lat": graph.lat,
        "lon": graph.lon,
        "copies": graph.copies,
        "siren": stored.siren,
        "kind": stored.kind,
        "bend_first": stored.bend_first,
        "bends": stored.bends.ravel(),
        "metres": stored.metres,
    }
    return {name: (array.dtype.str, np.ascontiguousarray(array).tobytes()) for name, array in arrays.items()}


def unpacked(
    arrays: Mapping[str, tuple[str, bytes]], *, kinds: Sequence[str] = (), left_out: Mapping[str, int] | None = None
) -> Network:
    """Return the network that `packed` took apart."""
    found = {name: np.frombuffer(content, np.dtype(kind)) for name, (kind, content) in arrays.items()}
    graph = Graph(*(found[name] for name in ("first", "head", "weight", "lat", "lon", "copies")))
    return Network(
        graph=graph,
        siren=found["siren"],
        kind=found["kind"],
        kinds=tuple(kinds),
        bend_first=found["bend_first"],
        bends=found["bends"].reshape(-1, 2),
        metres=found["metres"],
        left_out=dict(left_out or {}),
    )


def with_sirens(stored: Network) -> Graph:
    """Return the graph with the times of driving with lights and sirens."""
    return replace(stored.graph, weight=stored.siren)


def size_of(stored: Network) -> dict[str, Any]:
    """Say how large a network is; arcs that only copies of nodes have are not counted."""
    graph = stored.graph
    own = int(graph.first[graph.places])
    return {
        "nodes": graph.places,
        "arcs": own,
        "turns_banned_after": len(graph.copies),
        "km": round(float(stored.metres[:own].sum()) / 1000, 1),
        "left_out": stored.left_out,
    }
