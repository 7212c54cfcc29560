"""A service system as a model file describes it: servers, groups of calls, and whom each group would rather have."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.errors import Refused

MOST_SERVERS = 1_000
MOST_GROUPS = 10_000
LEAST_RATE, MOST_RATE = 1e-9, 1e9
EXAMPLE = '{"servers": 3, "service_rate": 1.0, "line": "infinite", "groups": [...]}'
FIELDS = frozenset({"servers", "service_rate", "line", "groups"})
GROUP_FIELDS = frozenset({"name", "rate", "preference"})


class BadModel(Refused):
    """Refuse a model of a service system that is not one, or that never comes to rest."""

    status = 422


@dataclass(frozen=True, slots=True)
class Group:
    """Calls that come at random, `rate` in a unit of time; `preference` names every server, best first, from 0."""

    name: str
    rate: float
    preference: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class QueueModel:
    """Equal servers with exponential service, and groups of calls.

    A call goes to the free server that its group likes best. Where none is free it waits its turn, first come first
    served (`has_line`), or is lost.
    """

    servers: int
    service_rate: float
    has_line: bool
    groups: tuple[Group, ...]

    @property
    def rate(self) -> float:
        """Return how many calls come in a unit of time."""
        return math.fsum(group.rate for group in self.groups)

    @property
    def load(self) -> float:
        """Return the share of the servers' time that is asked for; 1 and more can only be served in part."""
        return self.rate / (self.service_rate * self.servers)


def read_model(content: bytes) -> QueueModel:
    """Read a model file in JSON; raise BadModel."""
    return model_of(json_of(content, EXAMPLE))


def json_of(content: bytes, example: str) -> object:
    """Return the values of a file in JSON; raise BadModel with an example of one."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadModel(
            zh=f"模型文件不是 JSON。请写成 {example}。", en=f"The model file is not JSON. Write it as {example}."
        ) from None


def model_of(data: object) -> QueueModel:
    """Make a model of JSON values; raise BadModel with what is wrong and what to write."""
    values = demand_object(data, FIELDS, "模型", "the model")
    servers, line, groups = values.get("servers"), values.get("line", "infinite"), values.get("groups")
    if isinstance(servers, bool) or not isinstance(servers, int) or not 1 <= servers <= MOST_SERVERS:
        raise BadModel(
            zh=f"servers 须是 1 到 {MOST_SERVERS:,} 的整数，收到的是 {shown(servers)}。",
            en=f"`servers` must be a whole number from 1 to {MOST_SERVERS:,}, not {shown(servers)}.",
        )
    if line not in ("infinite", "none"):
        raise BadModel(
            zh=f"line 须是 infinite（排队）或 none（无人空闲即流失），收到的是 {shown(line)}。",
            en=f"`line` must be infinite (calls wait) or none (calls are lost), not {shown(line)}.",
        )
    if not isinstance(groups, list) or not 1 <= len(groups) <= MOST_GROUPS:
        raise BadModel(
            zh=f"groups 须列出 1 到 {MOST_GROUPS:,} 组呼叫。",
            en=f"`groups` must list 1 to {MOST_GROUPS:,} groups of calls.",
        )
    model = QueueModel(
        servers=servers,
        service_rate=rate_of(values.get("service_rate"), "service_rate"),
        has_line=line == "infinite",
        groups=tuple(group_of(group, servers, number) for number, group in enumerate(groups)),
    )
    demand_rest(model)
    return model


def demand_rest(model: QueueModel) -> None:
    """Refuse a line that grows without end."""
    most = model.servers * model.service_rate
    if model.has_line and model.load >= 1:
        raise BadModel(
            zh=f"排队会无限增长：每单位时间来 {model.rate:g} 个呼叫，而 {model.servers} 个服务台最多服务 {most:g} 个。"
            "请增加服务台、提高 service_rate、降低呼叫率，或把 line 设为 none。",
            en=f"The line would grow without end: {model.rate:g} calls come in a unit of time, and {model.servers} "
            f"servers serve at most {most:g}. Add servers, raise service_rate, lower the rates, or set line to none.",
        )


def group_of(data: object, servers: int, number: int) -> Group:
    place = f"groups[{number}]"
    values = demand_object(data, GROUP_FIELDS, place, place)
    name, preference = values.get("name", str(number)), values.get("preference", list(range(servers)))
    if not isinstance(name, str):
        raise BadModel(zh=f"{place} 的 name 须是文字。", en=f"The name of {place} must be text.")
    return Group(name, rate_of(values.get("rate"), f"{place}.rate"), preference_of(preference, servers, place))


def preference_of(preference: object, servers: int, place: str) -> tuple[int, ...]:
    if not isinstance(preference, list):
        raise BadModel(
            zh=f"{place} 的 preference 须是服务台编号的列表，如 [0, 2, 1]。",
            en=f"The preference of {place} must be a list of servers, such as [0, 2, 1].",
        )
    wrong = next((one for one in preference if not is_whole(one) or not 0 <= one < servers), None)
    if wrong is not None:
        raise BadModel(
            zh=f"{place} 的 preference 提到服务台 {shown(wrong)}，但只有 0 到 {servers - 1} 号。请改正编号。",
            en=f"The preference of {place} names the server {shown(wrong)}, but there are only 0 to {servers - 1}. "
            "Correct it.",
        )
    missing = sorted(set(range(servers)) - set(preference))
    if missing or len(preference) != servers:
        twice = sorted({one for one in preference if preference.count(one) > 1})
        zh, en = (
            (f"重复了 {twice[0]} 号", f"names {twice[0]} twice")
            if twice
            else (f"缺 {missing[0]} 号", f"lacks {missing[0]}")
        )
        raise BadModel(
            zh=f"{place} 的 preference {zh}。每个服务台须恰好列一次，最优先的在前。",
            en=f"The preference of {place} {en}. It must name each server once, the best first.",
        )
    return tuple(preference)


def rate_of(value: object, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not LEAST_RATE <= value <= MOST_RATE:
        raise BadModel(
            zh=f"{place} 须是大于零的数（{LEAST_RATE:g} 到 {MOST_RATE:g}），不能是 {shown(value)}。"
            "不来呼叫的组请删去。",
            en=f"`{place}` must be a number above zero ({LEAST_RATE:g} to {MOST_RATE:g}), not {shown(value)}. "
            "Leave out a group that never calls.",
        )
    return float(value)


def demand_object(data: object, fields: frozenset[str], zh: str, en: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise BadModel(zh=f"{zh}须是 JSON 对象。", en=f"A JSON object is needed for {en}.")
    unknown = sorted(set(data) - fields)
    if unknown:
        known = ", ".join(sorted(fields))
        raise BadModel(
            zh=f"{zh}中有不认识的字段 {shown(unknown[0])}。可用的字段：{known}。",
            en=f"There is an unknown field {shown(unknown[0])} in {en}. The fields are: {known}.",
        )
    return data


def is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def shown(value: object) -> str:
    """Write a value as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."
