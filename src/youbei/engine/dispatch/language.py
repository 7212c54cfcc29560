"""The problem file: which keys it has, what each fills in the facts, and what it means.

This one table makes the reader, the writer and the published schema (the shapes are those of the plan language).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from youbei.engine.dispatch import problem as facts
from youbei.engine.plans.problems import At
from youbei.engine.plans.shapes import BAD, Defs, ListOf, Record, Schema, Shape, key, read_string
from youbei.engine.plans.values import Flag, Number
from youbei.engine.plans.words import Bilingual, Line, OneOf

# Assumption: nobody plans a dispatch farther ahead than a year, and nothing counts more than a thousand million pieces.
YEAR_S = 366 * 86_400
MOST = 1_000_000_000
SECONDS = Number(0, YEAR_S, is_whole=True)
PIECES = Number(1, MOST, is_whole=True)
ANY_NUMBER = Number(0, MOST, is_whole=True)
TYPE = Number(1, 9, is_whole=True)
TEXT = Bilingual()


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier of the file: any text that is not empty, at most 120 characters, without `#`."""

    def read(self, value: Any, at: At) -> Any:
        text = read_string(value, at)
        if text is BAD or (0 < len(text) <= 120 and "#" not in text and text == text.strip()):
            return text
        at.expected(
            value,
            zh="标识符",
            en="an identifier",
            cure_zh="请写 1 至 120 个字符，首尾不留空格，不含 #。",
            cure_en="Write 1 to 120 characters, without # and without spaces at the ends.",
        )
        return BAD

    def write(self, value: str) -> str:
        return value

    def schema(self, defs: Defs) -> Schema:
        defs["name"] = {"type": "string", "minLength": 1, "maxLength": 120, "pattern": r"^[^#\s]([^#]*[^#\s])?$"}
        return {"$ref": "#/$defs/name"}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment with its zone, as ISO 8601 writes it."""

    def read(self, value: Any, at: At) -> Any:
        if isinstance(value, str):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                moment = None
            if moment is not None and moment.tzinfo is not None:
                return moment
        at.expected(
            value,
            zh="带时区的时刻",
            en="a moment with its zone",
            cure_zh="请写作 2026-07-01T08:00:00+08:00。",
            cure_en="Write it like 2026-07-01T08:00:00+08:00.",
        )
        return BAD

    def write(self, value: datetime) -> str:
        return value.isoformat()

    def schema(self, defs: Defs) -> Schema:
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class OrNull:
    """A value, or null where there is none."""

    of: Shape

    def read(self, value: Any, at: At) -> Any:
        return None if value is None else self.of.read(value, at)

    def write(self, value: Any) -> Any:
        return None if value is None else self.of.write(value)

    def schema(self, defs: Defs) -> Schema:
        return {"anyOf": [self.of.schema(defs), {"type": "null"}]}


NAME = Name()
WHEN = OrNull(Moment())
LIMIT = OrNull(SECONDS)

PLACE = Record(
    facts.Place,
    (
        key("id", NAME, "地点的标识符。", "Identifier of the place.", required=True),
        key("lat", OrNull(Number(-90, 90)), "纬度（WGS 84，度）。", "Latitude, WGS 84, degrees."),
        key("lon", OrNull(Number(-180, 180)), "经度（WGS 84，度）。", "Longitude, WGS 84, degrees."),
    ),
)

LEG = Record(
    facts.Leg,
    (
        key("from", NAME, "起点。", "Where it begins.", required=True, fills="origin"),
        key("to", NAME, "终点。", "Where it ends.", required=True, fills="destination"),
        key("seconds", LIMIT, "行驶秒数；null 为封闭。", "Seconds; null: closed.", required=True),
    ),
)

STRAIGHT = Record(
    facts.StraightWay,
    (
        key("speed_m_s", Number(0.1, 400), "平均速度（米/秒）。", "Mean speed in m/s."),
        key("detour", Number(1, 10), "路程与直线之比。", "How many times longer than the straight line."),
    ),
)

AGREEMENT = Record(
    facts.Agreement,
    (
        key("delay_s", SECONDS, "从请求到出动的秒数。", "Seconds from request to turn-out."),
        key("price_per_unit", ANY_NUMBER, "每支队伍的费用（分）。", "Price of a unit in cents."),
        key("price_per_piece", ANY_NUMBER, "每件物资的费用（分）。", "Price of a piece in cents."),
        key("starts_at", WHEN, "何时起有效。", "In force from."),
        key("ends_at", WHEN, "何时失效。", "In force until before."),
    ),
)

OWNER = Record(
    facts.Owner,
    (
        key("id", NAME, "单位的标识符。", "Identifier of the organisation.", required=True),
        key("label", TEXT, "名称。", "Its name."),
        key("ours", Flag(), "是否本单位。", "Whether it is ourselves.", fills="is_ours"),
        key("agreement", OrNull(AGREEMENT), "互助协议。", "Agreement on mutual aid."),
    ),
)

SKILL = Record(
    facts.Skill,
    (
        key("capability", NAME, "能力。", "Capability.", required=True),
        key("type", TYPE, "等级，1 级最强。", "Type; 1 is the most capable."),
        key("crew", Number(0, 100_000, is_whole=True), "具备该能力的人数。", "People of the crew who have it."),
    ),
)

UNIT = Record(
    facts.Unit,
    (
        key("id", NAME, "队伍的标识符。", "Identifier of the unit.", required=True),
        key("label", TEXT, "名称。", "Its name."),
        key("place", NAME, "所在地点。", "Where it stands.", required=True),
        key("skills", ListOf(SKILL), "能力。", "What it can do."),
        key("turn_out_s", SECONDS, "出动秒数。", "Seconds to turn out."),
        key("status", OneOf(facts.Status), "状态。", "What it is doing now."),
        key("serving", Line(), "正服务的事件。", "Incident it is assigned to."),
        key("owner", Line(), "所属单位；空为本单位。", "Organisation; empty: ourselves."),
        key("staffed", Flag(), "是否有人值守。", "Whether it is staffed.", fills="is_staffed"),
        key("worked_s", SECONDS, "人员已工作秒数。", "Seconds its people have worked."),
        key("limit_s", LIMIT, "人员工时上限（秒）。", "Most seconds its people may work."),
        key("payload_kg", ANY_NUMBER, "载重（千克）。", "What it can carry, in kg."),
        key("payload_l", ANY_NUMBER, "装载容积（升）；0 为不详，不作限制。", "Room to load, in litres; 0: not known."),
        key("moving_up", Line(), "正为哪项驻防要求前移。", "Cover for which it is moving up already."),
        key("crew", Line(), "由哪支队伍驾驶；空为自有人员。", "Unit whose people drive it; empty: its own."),
    ),
)

LOT = Record(
    facts.Lot,
    (
        key("id", NAME, "批次的标识符。", "Identifier of the lot.", required=True),
        key("label", TEXT, "名称。", "Its name."),
        key("item", NAME, "物资。", "Item.", required=True),
        key("place", NAME, "所在地点。", "Where it is.", required=True),
        key("quantity", ANY_NUMBER, "可用件数。", "Pieces that are free.", required=True),
        key("ready_s", SECONDS, "出库秒数。", "Seconds until it can leave."),
        key("expires_at", WHEN, "失效时刻。", "When it expires."),
        key("grams_each", ANY_NUMBER, "每件克数；0 为送货上门。", "Grams of a piece; 0: it is delivered."),
        key("cm3_each", ANY_NUMBER, "每件体积（立方厘米）；0 为不详。", "Cubic centimetres of a piece; 0: not known."),
        key("aboard", Line(), "所在车辆；空为在库。", "Vehicle on which it lies; empty: in a store."),
        key("owner", Line(), "所属单位；空为本单位。", "Organisation; empty: ourselves."),
    ),
)

RESERVE = Record(
    facts.Reserve,
    (
        key("id", NAME, "生产线的标识符。", "Identifier of the production line.", required=True),
        key("label", TEXT, "名称。", "Its name."),
        key("item", NAME, "物资。", "Item.", required=True),
        key("place", NAME, "所在地点。", "Where it is.", required=True),
        key("rate_per_h", ANY_NUMBER, "满负荷每小时件数。", "Pieces an hour at full rate.", required=True),
        key("limit", ANY_NUMBER, "最多可生产件数。", "Most pieces it can make.", required=True),
        key("switch_over_s", SECONDS, "转产秒数。", "Seconds of switch-over."),
        key("ramp_up_s", SECONDS, "爬坡秒数。", "Seconds of ramp-up."),
        key("owner", Line(), "所属单位；空为本单位。", "Organisation; empty: ourselves."),
    ),
)

UNITS = Record(
    facts.Units,
    (
        key("capability", NAME, "能力。", "Capability.", required=True),
        key("count", Number(1, 10_000, is_whole=True), "几支。", "How many units.", required=True),
        key("type", TYPE, "至少几级（1 级最强）。", "At least of this type; 1 is the most capable."),
    ),
)

CREW = Record(
    facts.Crew,
    (
        key("capability", NAME, "能力。", "Capability.", required=True),
        key("people", Number(1, 1_000_000, is_whole=True), "几人。", "How many people.", required=True),
    ),
)

ITEMS = Record(
    facts.Items,
    (
        key("item", NAME, "物资。", "Item.", required=True),
        key("quantity", PIECES, "几件。", "How many pieces.", required=True),
    ),
)

FORCE = Record(
    facts.TaskForce,
    (key("parts", ListOf(UNITS), "由哪些队伍组成。", "Units it is made of.", required=True),),
)

ASKS = {"units": UNITS, "crew": CREW, "items": ITEMS, "task_force": FORCE}
MODELS = {"units": facts.Units, "crew": facts.Crew, "items": facts.Items, "task_force": facts.TaskForce}


@dataclass(frozen=True, slots=True)
class Asks:
    """Exactly one of units, crew, items or task_force."""

    def read(self, value: Any, at: At) -> Any:
        if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ASKS:
            ((name, inner),) = value.items()
            return ASKS[name].read(inner, at.down(name))
        at.expected(
            value,
            zh="一项需求",
            en="one thing that is needed",
            cure_zh="请写且只写 units、crew、items、task_force 之一，如 "
            '{"units": {"capability": "pump", "count": 2}}。',
            cure_en="Write exactly one of units, crew, items, task_force, such as "
            '{"units": {"capability": "pump", "count": 2}}.',
        )
        return BAD

    def write(self, value: facts.Asked) -> dict[str, Any]:
        name = next(name for name, model in MODELS.items() if isinstance(value, model))
        return {name: ASKS[name].write(value)}

    def schema(self, defs: Defs) -> Schema:
        properties = {name: shape.schema(defs) for name, shape in ASKS.items()}
        table: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**table, "minProperties": 1, "maxProperties": 1}


NEED = Record(
    facts.Need,
    (
        key("id", NAME, "需求的标识符。", "Identifier of the need.", required=True),
        key("asks", Asks(), "需要什么。", "What is needed.", required=True),
        key("life_safety", Flag(), "是否关乎生命安全。", "Whether lives depend on it.", fills="is_life_safety"),
        key("due_s", LIMIT, "此后到达为迟到（秒）。", "Seconds after which it is late."),
        key("latest_s", LIMIT, "此后到达无用（秒）。", "Seconds after which it is of no use."),
        key("work_s", SECONDS, "人员在场工作秒数。", "Seconds its people will work there."),
    ),
)

INCIDENT = Record(
    facts.Incident,
    (
        key("id", NAME, "事件的标识符。", "Identifier of the incident.", required=True),
        key("label", TEXT, "名称。", "Its name."),
        key("place", NAME, "地点。", "Where it is.", required=True),
        key("priority", Number(1, 1000, is_whole=True), "优先级，越大越急。", "Weight; more is more urgent."),
        key("needs", ListOf(NEED), "需求。", "What it needs."),
    ),
)

COVER = Record(
    facts.Cover,
    (
        key("id", NAME, "驻防要求的标识符。", "Identifier of the cover.", required=True),
        key("place", NAME, "须能赶到的地点。", "Where units must be able to be.", required=True),
        key("capability", NAME, "能力。", "Capability.", required=True),
        key("type", TYPE, "至少几级（1 级最强）。", "At least of this type; 1 is the most capable."),
        key("number", Number(1, 10_000, is_whole=True), "几支。", "How many units.", required=True),
        key("within_s", SECONDS, "几秒之内。", "Within so many seconds.", required=True),
        key("strict", Flag(), "是否必须保留。", "Whether nothing may break it.", fills="is_strict"),
        key("also", ListOf(NAME), "同样须能赶到的其他地点。", "Further places that must be reached in time too."),
        key("label", TEXT, "名称。", "Its name."),
    ),
)

PROBLEM = Record(
    facts.Problem,
    (
        key(
            "at", Moment(), "决策时刻；所有秒数由此算起。", "Moment of decision; seconds count from it.", required=True
        ),
        key("places", ListOf(PLACE), "地点。", "Places."),
        key("incidents", ListOf(INCIDENT), "突发事件。", "Incidents.", required=True),
        key("units", ListOf(UNIT), "队伍。", "Units."),
        key("lots", ListOf(LOT), "库存批次。", "Lots in store."),
        key("reserves", ListOf(RESERVE), "产能储备。", "Capacity reserves."),
        key("owners", ListOf(OWNER), "单位与协议。", "Organisations and their agreements."),
        key("cover", ListOf(COVER), "须保留的驻地力量。", "Cover that must remain at home."),
        key("legs", ListOf(LEG), "行驶时间。", "Travel times."),
        key("straight_way", OrNull(STRAIGHT), "无行驶时间时按直线估算。", "Estimate for ways that are not given."),
    ),
)
