"""The footprint of a toxic release: a steady Gaussian plume over flat ground.

    C(x, y, z) = Q / (2 pi u sy sz) exp(-y^2 / 2 sy^2) [exp(-(z-H)^2 / 2 sz^2) + exp(-(z+H)^2 / 2 sz^2)]

Source: Turner: Workbook of Atmospheric Dispersion Estimates, US EPA AP-26, 1970 (equation 3.1); spreads sy, sz by
Briggs: Diffusion estimation for small emissions, ATDL Contribution 79, 1973, as given for 100 m to 10 km.

It holds for a steady release of a gas that floats with the air. It refuses calm air, heavy gas, and what lies nearer or
farther than the spreads were measured, and says which it was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from youbei.engine.models.validity import OutsideValidity, need_range
from youbei.engine.places import Point
from youbei.engine.text import Text

NEAREST_M, FARTHEST_M = 100.0, 10_000.0
# Source: Turner 1970, chapter 3: no plume forms in light winds; 1 m/s is the least that its tables use.
LEAST_WIND_M_S = 1.0
# Source: Britter, McQuaid: Workbook on the Dispersion of Dense Gases, HSE 17/1988, criterion for continuous releases.
DENSE = 0.15
GRAVITY_M_S2 = 9.81
AIR_KG_M3 = 1.2
# Molar volume of a gas at 25 degrees Celsius and 101.325 kPa, in litres. Source: NIOSH Pocket Guide, introduction.
MOLAR_VOLUME_L = 24.45
METRES_PER_DEGREE = 111_195.0


class Sun(StrEnum):
    STRONG = "strong"
    MODERATE = "moderate"
    SLIGHT = "slight"


class Night(StrEnum):
    CLOUDY = "cloudy"
    CLEAR = "clear"


# Source: Pasquill, The estimation of the dispersion of windborne material, Meteorological Magazine 90, 1961; table 3-1
# of Turner 1970. Wind at 10 m below 2, 3, 5, 6 m/s, and above; where a table gives two classes, the more stable stands.
DAY_CLASSES = {Sun.STRONG: "ABBCC", Sun.MODERATE: "BBCDD", Sun.SLIGHT: "BCCDD"}
NIGHT_CLASSES = {Night.CLOUDY: "FEDDD", Night.CLEAR: "FFEDD"}
WIND_STEPS = (2.0, 3.0, 5.0, 6.0)


def stability(wind_m_s: float, sky: Sun | Night, *, is_overcast: bool = False) -> str:
    """Return Pasquill's class A (very unstable) to F (stable) for wind and sky; D under a closed cover of cloud."""
    if is_overcast:
        return "D"
    column = sum(wind_m_s >= step for step in WIND_STEPS)
    return DAY_CLASSES[sky][column] if isinstance(sky, Sun) else NIGHT_CLASSES[sky][column]


# Spreads as a x (1 + b x)^c: for each class (a, b, c) of sy, then of sz. Source: Briggs 1973, open country and urban.
COUNTRY = {
    "A": ((0.22, 0.0001, -0.5), (0.20, 0.0, 1.0)),
    "B": ((0.16, 0.0001, -0.5), (0.12, 0.0, 1.0)),
    "C": ((0.11, 0.0001, -0.5), (0.08, 0.0002, -0.5)),
    "D": ((0.08, 0.0001, -0.5), (0.06, 0.0015, -0.5)),
    "E": ((0.06, 0.0001, -0.5), (0.03, 0.0003, -1.0)),
    "F": ((0.04, 0.0001, -0.5), (0.016, 0.0003, -1.0)),
}
_URBAN_AB = ((0.32, 0.0004, -0.5), (0.24, 0.001, 0.5))
_URBAN_EF = ((0.11, 0.0004, -0.5), (0.08, 0.0015, -0.5))
URBAN = {
    "A": _URBAN_AB,
    "B": _URBAN_AB,
    "C": ((0.22, 0.0004, -0.5), (0.20, 0.0, 1.0)),
    "D": ((0.16, 0.0004, -0.5), (0.14, 0.0003, -0.5)),
    "E": _URBAN_EF,
    "F": _URBAN_EF,
}


def spread(terms: tuple[float, float, float], x_m: float) -> float:
    a, b, c = terms
    return float(a * x_m * (1 + b * x_m) ** c)


@dataclass(frozen=True, slots=True)
class Release:
    """A steady release into the wind: rate, wind at 10 m and its direction (where it comes from), class, height.

    `gas_density_kg_m3` is that of the cloud as it leaves, cold and with droplets as it is; None means: like air.
    """

    rate_kg_s: float
    wind_m_s: float
    stability: str = "D"
    height_m: float = 0.0
    is_urban: bool = False
    gas_density_kg_m3: float | None = None

    def __post_init__(self) -> None:
        need_range(self.rate_kg_s, 1e-9, 1e4, Text("泄漏速率", "The rate of release"), "kg/s")
        need_range(self.height_m, 0, 300, Text("释放高度", "The height of release"), "m")
        if self.stability not in COUNTRY:
            raise OutsideValidity(
                zh=f"大气稳定度须为 A 至 F，收到的是“{self.stability}”。",
                en=f"The stability class is A to F, not {self.stability!r}.",
            )
        refuse_calm(self.wind_m_s)
        refuse_dense(self)

    def spreads(self, x_m: float) -> tuple[float, float]:
        across, up = (URBAN if self.is_urban else COUNTRY)[self.stability]
        return spread(across, x_m), spread(up, x_m)


def refuse_calm(wind_m_s: float) -> None:
    if not wind_m_s >= LEAST_WIND_M_S:
        raise OutsideValidity(
            zh=f"风速 {wind_m_s:g} 米/秒，近于静风：没有下风向，高斯烟羽不适用。"
            "请按四周等距防护，或用应急指南的夜间距离。",
            en=f"At {wind_m_s:g} m/s the air is calm: there is no downwind, and a Gaussian plume does not hold. "
            "Protect all round, or use the night distances of the response guidebook.",
        )
    need_range(wind_m_s, LEAST_WIND_M_S, 30, Text("风速", "The wind"), "m/s")


def refuse_dense(release: Release) -> None:
    """Refuse a cloud that sinks and spreads by its own weight before the wind mixes it."""
    density = release.gas_density_kg_m3
    if density is None or density <= AIR_KG_M3:
        return
    volume = release.rate_kg_s / density
    width = math.sqrt(volume / release.wind_m_s)
    buoyancy = GRAVITY_M_S2 * (density - AIR_KG_M3) / AIR_KG_M3
    if (buoyancy * volume / width) ** (1 / 3) / release.wind_m_s >= DENSE:
        raise OutsideValidity(
            zh=f"云团密度 {density:g} 千克/立方米，比空气重，会贴地下沉，高斯烟羽会低估近处。"
            "请用重气模型或应急指南的距离。",
            en=f"The cloud has {density:g} kg/m3: it is heavier than air and sinks, and a Gaussian plume would say too "
            "little near the source. Use a model of heavy gas, or the distances of the response guidebook.",
        )


def concentration(release: Release, x_m: float, y_m: float = 0.0, z_m: float = 0.0) -> float:
    """Return the mean concentration at a place downwind, in kg/m3; refuse what lies too near or too far."""
    need_range(x_m, NEAREST_M, FARTHEST_M, Text("下风向距离", "The distance downwind"), "m")
    return dispersed(release, x_m, y_m, z_m)


def dispersed(release: Release, x_m: float, y_m: float, z_m: float) -> float:
    across, up = release.spreads(x_m)
    below = math.exp(-((z_m - release.height_m) ** 2) / (2 * up**2))
    above = math.exp(-((z_m + release.height_m) ** 2) / (2 * up**2))
    beside = math.exp(-(y_m**2) / (2 * across**2))
    return release.rate_kg_s / (2 * math.pi * release.wind_m_s * across * up) * beside * (below + above)


def from_ppm(ppm: float, molar_mass_g: float) -> float:
    """Return a concentration in kg/m3, at 25 degrees Celsius."""
    return ppm * molar_mass_g / MOLAR_VOLUME_L * 1e-6


@dataclass(frozen=True, slots=True)
class Footprint:
    """The ground on which a threshold is exceeded: its reach, its greatest width, its edge (metres downwind, across).

    `reach_m` 0 means that the threshold is not exceeded from 100 m on.
    """

    reach_m: float
    width_m: float
    edge: tuple[tuple[float, float], ...]

    def outline(self, source: Point, wind_from_deg: float) -> tuple[Point, ...]:
        """Return the edge on the map, for a wind that comes from a direction (0 is north, 90 east)."""
        bearing = math.radians(wind_from_deg + 180)
        east_scale = METRES_PER_DEGREE * math.cos(math.radians(source.lat))
        return tuple(
            Point(
                source.lat + (x * math.cos(bearing) - y * math.sin(bearing)) / METRES_PER_DEGREE,
                source.lon + (x * math.sin(bearing) + y * math.cos(bearing)) / east_scale,
            )
            for x, y in self.edge
        )

    def covers(self, x_m: float, y_m: float) -> bool:
        """Return whether a place lies inside, by the half width at its distance."""
        half = [abs(y) for x, y in self.edge if y >= 0 and abs(x - x_m) <= self.reach_m / SLICES]
        return NEAREST_M <= x_m <= self.reach_m and abs(y_m) <= max(half, default=0.0)


SLICES = 60


def footprint(release: Release, threshold_kg_m3: float) -> Footprint:
    """Return where a concentration is exceeded on the ground; refuse where that reaches beyond 10 km."""
    need_range(threshold_kg_m3, 1e-15, 10, Text("浓度阈值", "The threshold"), "kg/m3")
    reach = reach_of(release, threshold_kg_m3)
    if not reach:
        return Footprint(0.0, 0.0, ())
    step = (reach - NEAREST_M) / SLICES
    halves = [
        (NEAREST_M + n * step, half_width(release, NEAREST_M + n * step, threshold_kg_m3)) for n in range(SLICES + 1)
    ]
    right, left = [(x, half) for x, half in halves], [(x, -half) for x, half in reversed(halves)]
    return Footprint(reach, 2 * max(half for _, half in halves), (*right, *left))


def reach_of(release: Release, threshold: float) -> float:
    """Return the farthest distance at which the centre line exceeds a threshold; 0 where it never does."""
    ground = [NEAREST_M * 1.02**n for n in range(233)]
    above = [x for x in ground if x <= FARTHEST_M and dispersed(release, x, 0, 0) > threshold]
    if not above:
        return 0.0
    if dispersed(release, FARTHEST_M, 0, 0) > threshold:
        raise OutsideValidity(
            zh="超过阈值的范围越过 10 公里，扩散参数在此之外没有实测依据。请提高阈值，或改用远距离模型。",
            en="The threshold is exceeded beyond 10 km, where the spreads were never measured. Raise the threshold, or "
            "use a model for long distances.",
        )
    low, high = above[-1], min(above[-1] * 1.02, FARTHEST_M)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if dispersed(release, middle, 0, 0) > threshold else (low, middle)
    return low


def half_width(release: Release, x_m: float, threshold: float) -> float:
    centre = dispersed(release, x_m, 0, 0)
    return 0.0 if centre <= threshold else release.spreads(x_m)[0] * math.sqrt(2 * math.log(centre / threshold))
