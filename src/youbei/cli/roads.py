"""`youbei roads`: take in a road network, say what is stored, print travel times, close and open roads."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from youbei.cli.data import database
from youbei.cli.finding import find_user
from youbei.cli.options import Groups, Output, Parser, Say, add_data, read_input, unreadable, unwritable
from youbei.cli.siting import NotInstalled, WronglyAsked, demand_numbers
from youbei.engine.errors import NotFound, Refused
from youbei.engine.places import Point

if TYPE_CHECKING:
    from youbei.engine.travel.network import Pieces

# Assumption: farther from a road than this (metres) a place does not belong to the network.
BEYOND_M = 3000.0


class PlacesUnreadable(Refused):
    """Refuse a table of places that is not written as it should be."""


def add(groups: Groups, say: Say) -> None:
    group = groups.group("roads", say("路网", "road networks"))
    take_in = group.command("import", say("导入路网", "take in a road network"), run_import)
    text = say("OpenStreetMap 数据（.osm.pbf）", "extract of OpenStreetMap (.osm.pbf)")
    take_in.add_argument("file", metavar="EXTRACT", nargs="?", help=text)
    add_tables(take_in, say)
    take_in.add_argument("--code", default="roads", help=say("路网代码（默认 roads）", "code of the network (roads)"))
    add_data(take_in)
    info = group.command("info", say("说明库中的路网", "say what network is stored"), run_info)
    info.add_argument("--code", help=say("路网代码（默认最后导入的）", "code (default: the last one taken in)"))
    add_data(info)
    add_matrix(group.command("matrix", say("行驶时间表", "table of travel times"), run_matrix), say)
    add_closing(group, say)


def add_tables(command: Parser, say: Say) -> None:
    command.add_argument("--nodes", metavar="FILE", help=say("节点表（CSV）", "table of nodes (CSV)"))
    command.add_argument("--arcs", metavar="FILE", help=say("单向路段表（CSV）", "table of one-way arcs (CSV)"))


def add_matrix(command: Parser, say: Say) -> None:
    text = say("起点表（CSV：id,lat,lon）", "where journeys begin (CSV: id,lat,lon)")
    command.add_argument("--from", dest="origins", metavar="FILE", required=True, help=text)
    text = say("终点表（默认与起点相同）", "where they end (default: the same)")
    command.add_argument("--to", dest="destinations", metavar="FILE", help=text)
    command.add_argument("--siren", action="store_true", help=say("按警灯警笛行驶", "with lights and sirens"))
    command.add_argument("--code", help=say("路网代码（默认最后导入的）", "code (default: the last one taken in)"))
    text = say("目标文件，长表 CSV（默认标准输出）", "file, a long CSV table (default: standard output)")
    command.add_argument("--out", metavar="FILE", default="-", help=text)
    text = say(f"离路超过几米算不在路网（默认 {BEYOND_M:g}）", f"metres from a road that are too far ({BEYOND_M:g})")
    command.add_argument("--beyond", type=float, default=BEYOND_M, metavar="M", help=text)
    text = say("改问路径服务 osrm=URL 或 valhalla=URL", "ask a routing server instead: osrm=URL or valhalla=URL")
    command.add_argument("--server", metavar="KIND=URL", help=text)
    add_data(command)


def add_closing(group: Groups, say: Say) -> None:
    close = group.command("close", say("因突发事件封路或限行", "close or slow roads for an incident"), run_close)
    close.add_argument("incident", metavar="NUMBER", help=say("事件编号", "number of the incident"))
    text = say("区域角点“纬度,经度 纬度,经度 …”", "corners of the area: `lat,lon lat,lon ...`")
    close.add_argument("--area", required=True, metavar="CORNERS", help=text)
    text = say("放慢到几倍时间（默认封闭）", "so many times slower (default: closed)")
    close.add_argument("--factor", type=float, metavar="F", help=text)
    close.add_argument("--reason", required=True, metavar="TEXT", help=say("原因", "why"))
    open_ = group.command("open", say("解除封路", "open closed roads again"), run_open)
    open_.add_argument("closure", type=int, metavar="ID", help=say("封路编号", "number of the closure"))
    for command in (close, open_):
        command.add_argument("--by", metavar="USER", help=say("以谁的名义（默认本装置）", "who does it (this machine)"))
        add_data(command)


def run_import(options: argparse.Namespace, output: Output) -> int:
    demand_numbers()
    pieces, notes = read_pieces(options, output)
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.roads import store_network
        from youbei.engine.travel.network import network, packed, size_of

        made = network(pieces)
        facts = {**size_of(made), "kinds": list(made.kinds), **notes}
        store_network(by=None, now=clock.now(), code=options.code, arrays=packed(made), facts=facts)
    show(output, options.code, facts)
    return 0


def read_pieces(options: argparse.Namespace, output: Output) -> tuple[Pieces, dict[str, Any]]:
    """Read the source that the options name; return the pieces and what to remember of it."""
    if (options.file is None) == (options.nodes is None and options.arcs is None):
        raise WronglyAsked(
            zh="请给出一个 OpenStreetMap 文件，或者 --nodes 和 --arcs 两个表。",
            en="Name an extract of OpenStreetMap, or two tables with --nodes and --arcs.",
        )
    if options.file is None:
        from youbei.extracts.tables import read_tables

        if options.nodes is None or options.arcs is None:
            raise WronglyAsked(zh="--nodes 和 --arcs 须一起给出。", en="--nodes and --arcs go together.")
        return read_tables(existing(options.nodes), existing(options.arcs)), {"source": Path(options.arcs).name}
    return read_osm(existing(options.file), output)


def read_osm(path: Path, output: Output) -> tuple[Pieces, dict[str, Any]]:
    from importlib.util import find_spec

    if find_spec("osmium") is None:
        raise NotInstalled(
            zh="读取 OpenStreetMap 文件需要 osmium。请安装 youbei[solve]。",
            en="Reading extracts of OpenStreetMap needs osmium. Install youbei[solve].",
        )
    from youbei.content import driving
    from youbei.extracts.osm import cut, read_extract

    def progress(what: str, count: int) -> None:
        if sys.stderr.isatty() and not output.is_json:
            print(f"\r{output.say('已读', 'read')} {count:,}", end="", file=sys.stderr, flush=True)

    extract = read_extract(path, driving(), progress=progress)
    notes = {"source": path.name, "attribution": "© OpenStreetMap contributors", "not_read": dict(extract.unread)}
    return cut(extract), notes


def existing(name: str) -> Path:
    path = Path(name)
    try:
        with path.open("rb"):
            return path
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from None


def show(output: Output, code: str, facts: dict[str, Any]) -> None:
    left = facts["left_out"]
    output.line(
        f"路网 {code}（{facts['source']}）：{facts['nodes']:,} 个节点，{facts['arcs']:,} 条单向路段，"
        f"{facts['km']:,} 公里；{facts['turns_banned_after']} 处进口有禁止转弯。",
        f"Network {code} ({facts['source']}): {facts['nodes']:,} nodes, {facts['arcs']:,} one-way arcs, "
        f"{facts['km']:,} km; {facts['turns_banned_after']} approaches with forbidden turns.",
    )
    output.line(
        f"未纳入（与最大连通部分不能互通）：{left['nodes']:,} 个节点，{left['pieces']:,} 条路段，"
        f"{left['metres'] / 1000:,.1f} 公里。",
        f"Left out (not joined to the largest part in both directions): {left['nodes']:,} nodes, "
        f"{left['pieces']:,} arcs, {left['metres'] / 1000:,.1f} km.",
    )
    for name, count in facts.get("not_read", {}).items():
        output.line(f"未读取 {name}：{count}。", f"Not read, {name}: {count}.")
    if "attribution" in facts:
        output.line(facts["attribution"], facts["attribution"])
    output.data({"code": code, **facts})


def run_info(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.records.models import RoadNetwork

        rows = RoadNetwork.objects.order_by("-pk")
        network = (rows.filter(code=options.code) if options.code else rows).first()
        if network is None:
            raise no_network(options.code)
        facts = dict(network.data)
    if facts.pop("form", "") != "arrays":
        facts = {"nodes": len(facts["nodes"]), "arcs": 2 * len(facts["edges"])}
        output.line(
            f"路网 {network.code}：{facts['nodes']:,} 个节点，{facts['arcs']:,} 条单向路段。",
            f"Network {network.code}: {facts['nodes']:,} nodes, {facts['arcs']:,} one-way arcs.",
        )
        output.data({"code": network.code, **facts})
        return 0
    show(output, network.code, facts)
    return 0


def no_network(code: str | None) -> NotFound:
    return NotFound(
        zh=f"库中没有{f'代码为“{code}”的' if code else ''}可用的路网。请先运行 youbei roads import。",
        en=f"There is no such network{f' as {code!r}' if code else ''}. Run `youbei roads import` first.",
    )


def run_matrix(options: argparse.Namespace, output: Output) -> int:
    origins = read_places(options.origins)
    destinations = origins if options.destinations is None else read_places(options.destinations)
    if options.server:
        seconds = times_of_server(options, output, list(origins.values()), list(destinations.values()))
        write_matrix(options.out, list(origins), list(destinations), seconds)
        return 0
    demand_numbers()
    with database(options.data):
        from youbei.actions.roads import closures_now
        from youbei.actions.ways import large_network
        from youbei.engine.travel.closing import closed_by
        from youbei.engine.travel.network import with_sirens

        stored = large_network(options.code)
        if stored is None:
            raise no_network(options.code)
        closures = closures_now().values()
        graph = closed_by(stored, with_sirens(stored) if options.siren else stored.graph, closures)
    from youbei.cli.roads_matrix import made
    from youbei.engine.travel.table import searches

    asked = searches(graph, list(origins.values()), list(destinations.values()), beyond_m=options.beyond)
    write_matrix(options.out, list(origins), list(destinations), asked.rows(made(asked, output)))
    for name, metres in zip([*origins, *destinations], [*asked.from_m, *asked.to_m], strict=True):
        if metres is None:
            output.note(
                f"“{name}”附近 {options.beyond:g} 米内没有道路。",
                f"There is no road within {options.beyond:g} m of {name!r}.",
            )
    return 0


def times_of_server(
    options: argparse.Namespace, output: Output, origins: list[Point], destinations: list[Point]
) -> list[list[float | None]]:
    """Ask a routing server; where it does not answer take our own times, and say so."""
    from youbei.routing.ask import ask, server

    kind, _, url = options.server.partition("=")
    asked = server(kind, url)
    with database(options.data):
        from youbei.actions.ways import travel_times

        answer = ask(asked, origins, destinations, otherwise=travel_times(with_siren=options.siren))
    if answer.is_fallback:
        output.note(
            f"路径服务没有答复（{answer.why_not}）；所列为本系统自己的行驶时间。",
            f"The routing server did not answer ({answer.why_not}); these are our own travel times.",
        )
    return answer.seconds


def write_matrix(name: str, origins: list[str], destinations: list[str], seconds: Iterable[list[float | None]]) -> None:
    """Write a long table row by row as it comes: site, place, seconds; empty where nobody gets there.

    A file has its name only once it is whole.
    """
    rows = (
        (origin, destination, "" if value is None else f"{value:.1f}")
        for origin, row in zip(origins, seconds, strict=True)
        for destination, value in zip(destinations, row, strict=True)
    )
    if name == "-":
        write_rows(sys.stdout, rows)
        return
    part = f"{name}.part"
    try:
        with open(part, "w", encoding="utf-8", newline="") as file:
            write_rows(file, rows)
        Path(part).replace(name)
    except (OSError, ValueError) as error:
        raise unwritable(name, error) from None
    finally:
        if "\0" not in part:
            Path(part).unlink(missing_ok=True)


def write_rows(file: Any, rows: Any) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("site", "place", "seconds"))
    writer.writerows(rows)


def read_places(name: str) -> dict[str, Point]:
    """Read `id,lat,lon`; raise PlacesUnreadable with the line that is wrong."""
    try:
        text = read_input(name).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PlacesUnreadable(zh=f"“{name}”不是 UTF-8 文件。", en=f"{name} is not in UTF-8.") from None
    places: dict[str, Point] = {}
    try:
        rows = list(csv.DictReader(text.splitlines()))
    except csv.Error as error:
        raise PlacesUnreadable(zh=f"“{name}”不是 CSV 文件：{error}。", en=f"{name} is no CSV file: {error}.") from None
    for line, row in enumerate(rows, start=2):
        try:
            point = Point(float(row["lat"]), float(row["lon"]))
            key = row["id"].strip()
        except (KeyError, TypeError, ValueError, AttributeError):
            key, point = "", Point(0, 0)
        if not key or key in places or not (abs(point.lat) <= 90 and abs(point.lon) <= 180):
            raise PlacesUnreadable(
                zh=f"“{name}”第 {line} 行有误：须为 id,lat,lon，id 不重复，坐标为 WGS 84 度数。",
                en=f"Line {line} of {name} is wrong: give id,lat,lon, each id once, degrees of WGS 84.",
            )
        places[key] = point
    if not places:
        raise PlacesUnreadable(
            zh=f"“{name}”中没有地点。表头须为 id,lat,lon。",
            en=f"There is no place in {name}. Its header must be id,lat,lon.",
        )
    return places


def corners(text: str) -> list[Point]:
    try:
        return [Point(*(float(part) for part in pair.split(","))) for pair in text.split()]
    except (TypeError, ValueError):
        raise WronglyAsked(
            zh=f"看不懂区域“{text}”。请写成“纬度,经度 纬度,经度 纬度,经度”。",
            en=f"The area {text!r} is not understood. Write `lat,lon lat,lon lat,lon`.",
        ) from None


def run_close(options: argparse.Namespace, output: Output) -> int:
    area = corners(options.area)
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.roads import close_roads
        from youbei.records.models import Incident

        incident = Incident.objects.filter(number=options.incident).first()
        if incident is None:
            raise NotFound(
                zh=f"没有编号为“{options.incident}”的事件。", en=f"There is no incident {options.incident!r}."
            )
        closed = close_roads(
            by=find_user(options.by) if options.by else None,
            now=clock.now(),
            incident=incident,
            area=area,
            reason=options.reason,
            factor=options.factor,
        )
        number = closed.pk
    output.line(f"已登记，封路编号 {number}。", f"Done. The closure has the number {number}.")
    output.data({"closure": number, "incident": options.incident})
    return 0


def run_open(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.roads import open_roads
        from youbei.records.models import RoadClosure

        closed = RoadClosure.objects.filter(pk=options.closure).first()
        if closed is None:
            raise NotFound(zh=f"没有编号为 {options.closure} 的封路。", en=f"There is no closure {options.closure}.")
        open_roads(by=find_user(options.by) if options.by else None, now=clock.now(), closed=closed)
    output.line(f"封路 {options.closure} 已解除。", f"The roads of closure {options.closure} are open again.")
    output.data({"closure": options.closure})
    return 0
