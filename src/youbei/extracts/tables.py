"""Read a road network from two tables, nodes and one-way arcs, with times for two modes.

Two forms are understood: that of JEMSS (sections, times in days, mode 1 with lights and sirens, mode 2 without), and a
plain one: `id,lat,lon` and `from,to,seconds[,siren_seconds]`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path

from youbei.engine.errors import Refused
from youbei.engine.places import Point, distance_m
from youbei.engine.travel.network import Pieces

SECONDS_PER_DAY = 86_400
NODE = {"index": "id", "id": "id", "x": "lon", "lon": "lon", "y": "lat", "lat": "lat"}
ARC = {"fromNode": "from", "from": "from", "toNode": "to", "to": "to", "mode_1": "siren_days", "mode_2": "days"}
ARC |= {"seconds": "seconds", "siren_seconds": "siren_seconds"}


class BadTables(Refused):
    """Refuse tables that make no road network."""

    status = 422


def read_tables(nodes: Path, arcs: Path) -> Pieces:
    """Read both files; raise BadTables with the line that is wrong."""
    pieces = Pieces()
    numbers: dict[float, int] = {}
    for line, row in rows(nodes, NODE, ("id", "lat", "lon")):
        if row["id"] in numbers:
            raise wrong(nodes, line, "节点编号重复", "its node stands above already")
        numbers[row["id"]] = len(pieces.at)
        if not (abs(row["lat"]) <= 90 and abs(row["lon"]) <= 180):
            raise wrong(nodes, line, "坐标不在地球上", "the place is not on Earth")
        pieces.at.append((row["lat"], row["lon"]))
    for line, row in rows(arcs, ARC, ("from", "to")):
        tail, head = numbers.get(row["from"]), numbers.get(row["to"])
        if tail is None or head is None:
            raise wrong(arcs, line, "所连接的节点不在节点表中", "a node that it joins is not in the table of nodes")
        usual = row.get("seconds", row.get("days", math.nan) * SECONDS_PER_DAY)
        siren = row.get("siren_seconds", row.get("siren_days", math.nan) * SECONDS_PER_DAY)
        usual = siren if math.isnan(usual) else usual
        siren = usual if math.isnan(siren) else siren
        if not (0 <= usual < math.inf and 0 <= siren < math.inf):
            raise wrong(arcs, line, "没有行驶时间（不小于零的数）", "it has no driving time of zero or more")
        metres = distance_m(Point(*pieces.at[tail]), Point(*pieces.at[head]))
        pieces.add(tail, head, seconds=usual, siren_seconds=siren, metres=metres, kind="road")
    return pieces


def rows(path: Path, names: dict[str, str], needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield the rows below the header that has the columns needed; sections above it are passed over."""
    columns: dict[int, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line, cells in enumerate(csv.reader(file), start=1):
                if not columns:
                    found = {at: names[cell.strip()] for at, cell in enumerate(cells) if cell.strip() in names}
                    columns = found if set(needed) <= set(found.values()) else {}
                elif any(cell.strip() for cell in cells):
                    row = values(path, line, cells, columns)
                    if any(name not in row for name in needed):
                        raise wrong(path, line, "缺少必填的格", "a cell is empty that must not be")
                    yield line, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadTables(
            zh=f"表“{path.name}”无法读取：{error}。须为 UTF-8 的 CSV 文件。",
            en=f"The table {path.name} cannot be read: {error}. It must be a CSV file in UTF-8.",
        ) from None
    if not columns:
        raise BadTables(
            zh=f"表“{path.name}”没有含 {'、'.join(needed)} 的表头。",
            en=f"The table {path.name} has no header with {', '.join(needed)}.",
        )


def values(path: Path, line: int, cells: list[str], columns: dict[int, str]) -> dict[str, float]:
    try:
        return {name: float(cells[at]) for at, name in columns.items() if cells[at].strip()}
    except (IndexError, ValueError):
        raise wrong(path, line, "应为数字的格不是数字", "a cell that must be a number is none") from None


def wrong(path: Path, line: int, zh: str, en: str) -> BadTables:
    return BadTables(
        zh=f"表“{path.name}”第 {line} 行有误：{zh}。请改正后再导入。",
        en=f"Line {line} of {path.name} is wrong: {en}. Correct it and import again.",
    )
