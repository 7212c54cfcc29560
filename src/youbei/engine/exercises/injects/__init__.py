"""The kinds of injects: each a module with a frozen dataclass (`fire`, `says`) and its `KEYS`, and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from youbei.engine.exercises.injects import (
    call,
    casualty,
    email,
    fact_discovered,
    false_rumour,
    media_post,
    message,
    official_order,
    resource_failure,
    road_closed,
    sensor_value,
)
from youbei.engine.plans.shapes import Field
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of inject: what it is called, the dataclass of its content, and the keys of its table."""

    name: Text
    content: type[Any]
    keys: tuple[Field, ...]


INJECTS: Mapping[str, Kind] = {
    "message": Kind(Text("消息", "Message"), message.Message, message.KEYS),
    "call": Kind(Text("电话", "Call"), call.Call, call.KEYS),
    "email": Kind(Text("邮件", "E-mail"), email.Email, email.KEYS),
    "media_post": Kind(Text("媒体报道", "Media post"), media_post.MediaPost, media_post.KEYS),
    "sensor_value": Kind(Text("监测数值", "Sensor value"), sensor_value.SensorValue, sensor_value.KEYS),
    "fact_discovered": Kind(Text("现场发现", "Fact discovered"), fact_discovered.FactDiscovered, fact_discovered.KEYS),
    "resource_failure": Kind(
        Text("资源失效", "Resource failure"), resource_failure.ResourceFailure, resource_failure.KEYS
    ),
    "road_closed": Kind(Text("道路中断", "Road closed"), road_closed.RoadClosed, road_closed.KEYS),
    "casualty": Kind(Text("人员伤亡", "Casualty"), casualty.Casualty, casualty.KEYS),
    "official_order": Kind(Text("上级指令", "Official order"), official_order.OfficialOrder, official_order.KEYS),
    "false_rumour": Kind(Text("不实传言", "False rumour"), false_rumour.FalseRumour, false_rumour.KEYS),
}
