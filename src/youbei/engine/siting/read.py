"""Siting problems in files: OR-Library p-median files, and matrices as text."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from youbei.engine.siting.problem import BadSiting, Siting, siting
from youbei.engine.travel.graph import LONGEST, build
from youbei.engine.travel.search import UNREACHED, Workspace, to_all

# The columns of a long table, by the names they go by. Source: the first of each is ours, the others are those of
# the San Francisco example of pysal/spopt.
SITE = ("site", "name", "from", "candidate", "站点", "候选点")
PLACE = ("place", "destinationname", "to", "demand_point", "需求点")
DISTANCE = ("distance", "time", "metres", "seconds", "距离", "时间")
WEIGHT = ("weight", "demand", "population", "权重", "人口")
# Assumption: a matrix of more cells than this (1.6 GB) does not fit into the memory of a usual server.
MOST_CELLS = 200_000_000
# A whole number; no number of a siting problem is longer.
WHOLE = re.compile(rb"[+-]?[0-9]{1,40}")


def read_orlib(content: bytes) -> tuple[Siting, int]:
    """Read an OR-Library p-median file: `n m p`, then m edges `a b length`; return the problem and p.

    Of a repeated edge the last counts; distances are those of the shortest paths.
    Source: J. E. Beasley, OR-Library, pmedinfo.
    """
    numbers = whole_numbers(content)
    if len(numbers) < 3:
        raise BadSiting(
            zh="不是 OR-Library 的 p-中位数文件：首行应为“节点数 边数 p”。",
            en="This is no OR-Library p-median file: its first line must be `nodes edges p`.",
        )
    count, edges, p = numbers[:3]
    if count < 1 or count * count > MOST_CELLS or edges < 0:
        raise BadSiting(
            zh=f"首行写有 {count} 个节点、{edges} 条边；节点数须为 1 到 {math.isqrt(MOST_CELLS)}。",
            en=f"The first line says {count} nodes and {edges} edges; give 1 to {math.isqrt(MOST_CELLS)} nodes.",
        )
    if len(numbers) != 3 + 3 * edges:
        raise BadSiting(
            zh=f"首行写有 {edges} 条边，应有 {3 * edges} 个数，实有 {len(numbers) - 3} 个。文件不完整或多出内容。",
            en=f"The first line says {edges} edges, which are {3 * edges} numbers; there are {len(numbers) - 3}. "
            "The file is cut off or has too much.",
        )
    lengths: dict[tuple[int, int], int] = {}
    for position, (a, b, length) in enumerate(zip(*(numbers[at::3] for at in range(3, 6)), strict=True), start=2):
        if not (1 <= a <= count and 1 <= b <= count and 1 <= length <= LONGEST):
            raise BadSiting(
                zh=f"第 {position} 行“{a} {b} {length}”有误：节点为 1 到 {count}，长度为 1 到 {LONGEST}。",
                en=f"Line {position}, `{a} {b} {length}`, is wrong: nodes are 1 to {count}, lengths 1 to {LONGEST}.",
            )
        lengths[min(a, b) - 1, max(a, b) - 1] = length
    return siting(shortest(count, lengths)), p


def shortest(count: int, lengths: Mapping[tuple[int, int], int]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return the length of the shortest path between any two nodes; infinite where there is none."""
    ends = np.array(list(lengths), np.int64).reshape(-1, 2)
    along = np.array(list(lengths.values()), np.int64)
    nowhere = np.zeros(count)
    graph, _ = build(
        np.concatenate([ends[:, 0], ends[:, 1]]),
        np.concatenate([ends[:, 1], ends[:, 0]]),
        np.concatenate([along, along]),
        lat=nowhere,
        lon=nowhere,
    )
    workspace = Workspace(graph)
    matrix = np.array([to_all(graph, node, workspace=workspace) for node in range(count)], np.float64)
    matrix[matrix == UNREACHED] = math.inf
    return matrix


def whole_numbers(content: bytes) -> list[int]:
    words = content.split()
    wrong = next((word for word in words if not WHOLE.fullmatch(word)), None)
    if wrong is not None:
        shown = wrong[:40].decode("utf-8", "replace")
        raise BadSiting(
            zh=f"文件中的“{shown}”不是整数；OR-Library 的 p-中位数文件只有整数。",
            en=f"{shown!r} in the file is not a whole number; OR-Library p-median files hold nothing else.",
        )
    return [int(word) for word in words]


def read_matrix(content: bytes) -> Siting:
    """Read a matrix from a CSV file, long or wide.

    Long: a header that names a site, a place, their distance and, if places have weights, the weight; a row for each
    pair. Pairs that are missing cannot be reached. Wide: a header with the places, a row for each site.
    """
    rows = table(content)
    header = [cell.strip().lower().lstrip("\ufeff") for cell in rows[0]]
    columns = [next((header.index(name) for name in names if name in header), -1) for names in (SITE, PLACE, DISTANCE)]
    if min(columns) >= 0:
        weight = next((header.index(name) for name in WEIGHT if name in header), -1)
        return read_long(rows[1:], columns, weight)
    return read_wide(rows)


def table(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadSiting(
            zh=f"距离表不是 UTF-8 的 CSV 文件：{error}。", en=f"The matrix is no CSV file in UTF-8: {error}."
        ) from None
    if len(rows) < 2:
        raise BadSiting(
            zh="距离表是空的。须有表头和至少一行数据。",
            en="The matrix is empty. Give a header and at least one row.",
        )
    return rows


def read_long(rows: Sequence[Sequence[str]], columns: Sequence[int], weight: int) -> Siting:
    sites: dict[str, int] = {}
    places: dict[str, int] = {}
    weights: dict[int, float] = {}
    cells: dict[tuple[int, int], float] = {}
    for line, row in enumerate(rows, start=2):
        if len(row) <= max(*columns, weight):
            raise short_row(line, len(row))
        site = sites.setdefault(row[columns[0]].strip(), len(sites))
        place = places.setdefault(row[columns[1]].strip(), len(places))
        distance = number(row[columns[2]], line)
        known = cells.setdefault((site, place), distance)
        if known != distance:
            raise BadSiting(
                zh=f"第 {line} 行：“{row[columns[0]]}”到“{row[columns[1]]}”前面写的是 {known}，这里是 {distance}。",
                en=f"Line {line}: from {row[columns[0]]!r} to {row[columns[1]]!r} it was {known} before and is "
                f"{distance} here.",
            )
        if weight >= 0:
            weighs = number(row[weight], line)
            if weights.setdefault(place, weighs) != weighs:
                raise BadSiting(
                    zh=f"第 {line} 行：“{row[columns[1]]}”的权重前面是 {weights[place]}，这里是 {weighs}。",
                    en=f"Line {line}: {row[columns[1]]!r} weighed {weights[place]} before and weighs {weighs} here.",
                )
    check_names(list(sites))
    check_names(list(places))
    check_cells(len(sites) * len(places))
    matrix = np.full((len(sites), len(places)), math.inf)
    at = np.array(list(cells), np.int64)
    matrix[at[:, 0], at[:, 1]] = list(cells.values())
    weighed = [weights.get(place, 1.0) for place in range(len(places))]
    return siting(matrix, weight=weighed, sites=list(sites), places=list(places))


def read_wide(rows: Sequence[Sequence[str]]) -> Siting:
    places = [cell.strip() for cell in rows[0][1:]]
    if not places:
        raise BadSiting(
            zh="看不懂距离表的表头。长表须有“site,place,distance”（可加 weight）；宽表首行为需求点，每行一个候选点。",
            en="The header of the matrix is not understood. A long table has `site,place,distance` (and `weight`); "
            "a wide one has the places in its first line and a line for each site.",
        )
    check_cells((len(rows) - 1) * len(places))
    matrix = []
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(places) + 1:
            raise short_row(line, len(row))
        matrix.append([number(cell, line) for cell in row[1:]])
    sites = [row[0].strip() for row in rows[1:]]
    check_names(sites)
    check_names(places)
    return siting(matrix, sites=sites, places=places)


def check_names(names: Sequence[str]) -> None:
    """Refuse names that are empty or stand twice: nobody could tell what was chosen."""
    wrong = next((name for name, count in Counter(names).items() if count > 1 or not name), None)
    if wrong is not None:
        raise BadSiting(
            zh=f"候选点和需求点的名称须填写且不重复；“{wrong[:40]}”不合要求。",
            en=f"Sites and places each need a name of their own; {wrong[:40]!r} is empty or stands twice.",
        )


def check_cells(cells: int) -> None:
    if cells > MOST_CELLS:
        raise BadSiting(
            zh=f"距离表有 {cells} 格，超过 {MOST_CELLS}。请减少候选点，或合并需求点。",
            en=f"The matrix has {cells} cells, more than {MOST_CELLS}. Take fewer sites, or join places.",
        )


def short_row(line: int, cells: int) -> BadSiting:
    return BadSiting(
        zh=f"第 {line} 行有 {cells} 格，与表头不符。",
        en=f"Line {line} has {cells} cells, which does not fit the header.",
    )


def number(cell: str, line: int) -> float:
    """Read a distance or weight; an empty cell is infinitely far."""
    text = cell.strip()
    if not text:
        return math.inf
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not value >= 0:
        raise BadSiting(
            zh=f"第 {line} 行的“{text[:40]}”不是不小于零的数。",
            en=f"{text[:40]!r} in line {line} is not a number of zero or more.",
        )
    return value
