"""Flood stage in a small valley: rain to runoff, runoff to flow, flow to the level of the water.

Runoff by curve number, `Q = (P - 0.2 S)^2 / (P + 0.8 S)` with `S = 25400 / CN - 254` mm. Source: USDA SCS: Urban
Hydrology for Small Watersheds, Technical Release 55, 1986, chapter 2. Flow by the triangular unit hydrograph,
`q = 0.208 A Q / T` m3/s at time T = D/2 + 0.6 Tc, falling to nothing at 2.67 T. Source: USDA NRCS: National Engineering
Handbook, part 630, chapter 16, 2007. Level by Manning's equation for uniform flow in a trapezoidal channel,
`q = A R^(2/3) sqrt(slope) / n`. Source: Chow: Open-Channel Hydraulics, 1959, chapter 6.

It holds for small catchments with one storm over all of them; it knows no dams, bridges, backwater or snow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from youbei.engine.models.validity import OutsideValidity, need_range
from youbei.engine.text import Text

# Source: NEH 630, chapter 16: recession of 1.67 times the time of rise.
BASE = 2.67
# Assumption: beyond this a single storm does not cover a catchment evenly; TR-55 itself is for small watersheds.
LARGEST_KM2 = 250.0


@dataclass(frozen=True, slots=True)
class Catchment:
    """A valley: its area, its curve number (soil and use), and how long water takes from its farthest point."""

    area_km2: float
    curve_number: float
    concentration_h: float

    def __post_init__(self) -> None:
        need_range(self.area_km2, 0.01, LARGEST_KM2, Text("流域面积", "The area of the catchment"), "km2")
        need_range(self.curve_number, 30, 100, Text("径流曲线数", "The curve number"), "")
        need_range(self.concentration_h, 0.1, 24, Text("汇流时间", "The time of concentration"), "h")


@dataclass(frozen=True, slots=True)
class Channel:
    """A river bed: width of its floor, side slopes (metres out per metre up), fall per metre, Manning's n."""

    width_m: float
    side: float
    slope: float
    roughness: float

    def __post_init__(self) -> None:
        need_range(self.width_m, 0.2, 2000, Text("河底宽", "The width of the bed"), "m")
        need_range(self.side, 0, 10, Text("边坡系数", "The side slope"), "")
        need_range(self.roughness, 0.008, 0.3, Text("糙率", "Manning's n"), "")
        if not 1e-5 <= self.slope <= 0.1:
            raise OutsideValidity(
                zh=f"河床比降 {self.slope:g} 不在 0.00001 至 0.1 之间：水流不是均匀流，曼宁公式不适用。",
                en=f"A fall of {self.slope:g} is not between 0.00001 and 0.1: the flow is not uniform, and Manning's "
                "equation does not hold.",
            )

    def flow_m3_s(self, depth_m: float) -> float:
        area = (self.width_m + self.side * depth_m) * depth_m
        wetted = self.width_m + 2 * depth_m * math.sqrt(1 + self.side**2)
        return float(area * (area / wetted) ** (2 / 3) * math.sqrt(self.slope) / self.roughness) if depth_m > 0 else 0.0

    def depth_m(self, flow_m3_s: float) -> float:
        """Return the depth at which a flow passes, by bisection; refuse more than 50 m of water."""
        if flow_m3_s <= 0:
            return 0.0
        low, high = 0.0, 50.0
        if self.flow_m3_s(high) < flow_m3_s:
            raise OutsideValidity(
                zh=f"流量 {flow_m3_s:g} 立方米/秒超出该河道 50 米水深的能力，请核对断面。",
                en=f"{flow_m3_s:g} m3/s is more than this channel carries at 50 m of water. Check its section.",
            )
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if self.flow_m3_s(middle) < flow_m3_s else (low, middle)
        return (low + high) / 2


def runoff_mm(rain_mm: float, curve_number: float) -> float:
    """Return how much of a rain runs off."""
    need_range(rain_mm, 0, 2000, Text("雨量", "The rain"), "mm")
    kept = 25_400 / curve_number - 254
    return (rain_mm - 0.2 * kept) ** 2 / (rain_mm + 0.8 * kept) if rain_mm > 0.2 * kept else 0.0


def peak(catchment: Catchment, rain_mm: float, duration: timedelta) -> tuple[timedelta, float]:
    """Return when the flow is greatest, counted from the start of the rain, and how great it is in m3/s."""
    hours = duration.total_seconds() / 3600
    need_range(hours, 0.1, 72, Text("降雨历时", "The duration of the rain"), "h")
    rise = hours / 2 + 0.6 * catchment.concentration_h
    flow = 0.208 * catchment.area_km2 * runoff_mm(rain_mm, catchment.curve_number) / rise
    return timedelta(hours=rise), flow


@dataclass(frozen=True, slots=True)
class Stage:
    """The water at one time: how much flows, and how deep it stands."""

    after: timedelta
    flow_m3_s: float
    depth_m: float


def stages(
    catchment: Catchment,
    channel: Channel,
    *,
    rain_mm: float,
    duration: timedelta,
    base_flow_m3_s: float = 0.0,
    every: timedelta = timedelta(minutes=10),
) -> tuple[Stage, ...]:
    """Return the course of the water from the start of the rain until it has run off."""
    need_range(base_flow_m3_s, 0, 1e5, Text("基流", "The base flow"), "m3/s")
    rise, highest = peak(catchment, rain_mm, duration)
    found, at = [], timedelta(0)
    while at <= BASE * rise + every:
        part = at / rise if at <= rise else max(0.0, 1 - (at - rise) / (rise * (BASE - 1)))
        flow = base_flow_m3_s + highest * part
        found.append(Stage(at, flow, channel.depth_m(flow)))
        at += every
    return tuple(found)


def first_above(course: tuple[Stage, ...], depth_m: float) -> timedelta | None:
    """Return when a warning or danger level is first reached; None where it is not."""
    return next((stage.after for stage in course if stage.depth_m >= depth_m), None)
