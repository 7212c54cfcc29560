"""Forms of scenario models: the parameters, and what is made of the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.engine.exercises import course
from youbei.engine.exercises.course import Into, Result
from youbei.engine.incidents import FactType
from youbei.engine.models.egress import Element, Group, Part
from youbei.engine.models.flood import Catchment, Channel
from youbei.engine.models.plume import COUNTRY, Release
from youbei.engine.models.seir import Disease, Measures
from youbei.engine.plans.model import Post
from youbei.engine.text import Text
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.forms.guidebook import GuidebookPart
from youbei.web.forms.spans import HELP, SpanField

LONGEST_DAYS = 730
MOST_PEOPLE = 20_000
BUILDING = """corridor-2 corridor 2.4 30
stair-east stair 1.6 18
door-main door 1.8"""
CLASSES = """class-1 45 corridor-2,stair-east,door-main 30 8
class-2 44 corridor-2,stair-east,door-main 30 12
class-3 46 stair-east,door-main 30 10"""


def number(label: Any, initial: float, help_text: Any = "", *, required: bool = True) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        initial=initial,
        help_text=help_text,
        required=required,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "number"}),
    )


class ModelForm(forms.Form):
    """What all models share: what the injects say, to whom, and from when on."""

    fact_type: tuple[FactType, ...] = (FactType.INTEGER,)
    usual_fact = ""
    fact = forms.ChoiceField(label=gettext_lazy("The injects bring this fact"))
    to = forms.ChoiceField(label=gettext_lazy("The injects reach"))
    begins = SpanField(
        label=gettext_lazy("It begins so long after StartEx"), initial=timedelta(0), required=False, help_text=HELP
    )

    def __init__(self, *args: Any, posts: Iterable[Post], **options: Any) -> None:
        super().__init__(*args, **options)
        facts = [(key, say(kind.name)) for key, kind in content.fact_kinds().items() if kind.type in self.fact_type]
        offer(self, "fact", facts, initial=self.usual_fact)
        offer(self, "to", [(one.id, say(one.title)) for one in posts])
        self.order_fields([name for name in self.fields if name not in INTO_FIELDS] + list(INTO_FIELDS))

    def into(self) -> Into:
        data = self.cleaned_data
        return Into(
            fact=data["fact"],
            to=data["to"],
            begins=data.get("begins") or timedelta(0),
            day_lasts=data.get("day_lasts") or timedelta(days=1),
        )

    def worked_out(self) -> Result:
        """Return what the model says of the cleaned fields; raise OutsideValidity where it does not hold."""
        raise NotImplementedError


INTO_FIELDS = ("fact", "to", "begins", "day_lasts")


class OutbreakForm(ModelForm):
    usual_fact = "cases"
    population = forms.IntegerField(label=gettext_lazy("People"), initial=2000, min_value=1, max_value=10**9)
    infected = forms.IntegerField(label=gettext_lazy("Infected at first"), initial=2, min_value=1, max_value=10**9)
    reproduction = number(gettext_lazy("Basic reproduction number"), 2.5)
    incubation_days = number(gettext_lazy("Incubation (days)"), 4)
    infectious_days = number(gettext_lazy("Infectious (days)"), 6)
    traced_share = number(gettext_lazy("Share of contacts traced"), 0.3, gettext_lazy("0 to 1"))
    isolation_days = number(
        gettext_lazy("Days until the sick are isolated"), 2, gettext_lazy("Empty: nobody is isolated."), required=False
    )
    from_day = number(gettext_lazy("Measures begin on day"), 7)
    days = forms.IntegerField(label=gettext_lazy("Days to look ahead"), initial=60, min_value=1, max_value=LONGEST_DAYS)
    every = forms.IntegerField(
        label=gettext_lazy("An inject every so many days"), initial=5, min_value=1, max_value=365
    )
    day_lasts = SpanField(
        label=gettext_lazy("A day of the model lasts, in the exercise"), initial=timedelta(minutes=10), help_text=HELP
    )

    def worked_out(self) -> Result:
        data = self.cleaned_data
        return course.outbreak(
            Disease(data["reproduction"], data["incubation_days"], data["infectious_days"]),
            Measures(data["traced_share"], data["isolation_days"], data["from_day"]),
            population=data["population"],
            infected=data["infected"],
            days=data["days"],
            every=data["every"],
            into=self.into(),
        )


class ReleaseForm(GuidebookPart, ModelForm):
    fact_type = (FactType.BOOLEAN,)
    usual_fact = "plume_off_site"
    rate_kg_s = number(gettext_lazy("Rate of release (kg/s)"), 0.5)
    wind_m_s = number(gettext_lazy("Wind at 10 m (m/s)"), 3)
    stability = forms.ChoiceField(
        label=gettext_lazy("Stability class"),
        choices=[(one, one) for one in COUNTRY],
        initial="D",
        help_text=gettext_lazy("Pasquill: A sunny and calm, D overcast or windy, F a clear calm night."),
    )
    height_m = number(gettext_lazy("Height of the release (m)"), 0)
    is_urban = forms.BooleanField(label=gettext_lazy("In a town"), required=False)
    gas_density_kg_m3 = number(
        gettext_lazy("Density of the cloud (kg/m³)"),
        0.7,
        gettext_lazy("Empty: like air. A heavy cloud is refused."),
        required=False,
    )
    molar_mass_g = number(gettext_lazy("Molar mass (g/mol)"), 17.03, gettext_lazy("Ammonia 17.03, chlorine 70.9."))
    threshold_ppm = number(gettext_lazy("Threshold (ppm)"), 150)
    boundary_m = number(gettext_lazy("The boundary lies downwind (m)"), 300)

    def clean_molar_mass_g(self) -> float:
        return in_range(self.cleaned_data["molar_mass_g"], 1, 1000)

    def clean_threshold_ppm(self) -> float:
        return in_range(self.cleaned_data["threshold_ppm"], 1e-6, 1e6)

    def clean_boundary_m(self) -> float:
        return in_range(self.cleaned_data["boundary_m"], 1, 10_000)

    def worked_out(self) -> Result:
        data = self.cleaned_data
        source = Release(
            rate_kg_s=data["rate_kg_s"],
            wind_m_s=data["wind_m_s"],
            stability=data["stability"],
            height_m=data["height_m"],
            is_urban=data["is_urban"],
            gas_density_kg_m3=data["gas_density_kg_m3"],
        )
        return course.release(
            source,
            threshold_ppm=data["threshold_ppm"],
            molar_mass_g=data["molar_mass_g"],
            boundary_m=data["boundary_m"],
            into=self.into(),
            told=self.guidebook(),
        )


def in_range(value: float, low: float, high: float) -> float:
    if not low <= value <= high:
        raise ValidationError(_("Give a number from %(low)s to %(high)s.") % {"low": f"{low:g}", "high": f"{high:g}"})
    return value


def lines() -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "translate": "no"})


class BuildingForm(ModelForm):
    usual_fact = "evacuated"
    parts = forms.CharField(
        label=gettext_lazy("Doors, corridors and stairs"),
        max_length=20_000,
        widget=lines(),
        initial=BUILDING,
        help_text=gettext_lazy(
            "One line each: name, then door, corridor or stair, clear width in metres, length in metres."
        ),
    )
    groups = forms.CharField(
        label=gettext_lazy("Classes and rooms"),
        max_length=20_000,
        widget=lines(),
        initial=CLASSES,
        help_text=gettext_lazy(
            "One line each: name, people, the way out (names with commas), seconds until they set off, metres to the "
            "first part of the way."
        ),
    )
    speed_m_s = number(gettext_lazy("Walking speed (m/s)"), 1.34)

    def clean_parts(self) -> list[tuple[str, Part, float, float]]:
        found = []
        for line, words in rows_in(self.cleaned_data["parts"], 3, 4):
            if words[1] not in {part.value for part in Part}:
                raise ValidationError(_("Line %(number)s: write door, corridor or stair.") % {"number": line})
            width, length = numbers_in(line, words[2:])
            found.append((words[0], Part(words[1]), width, length))
        if len({one[0] for one in found}) < len(found):
            raise ValidationError(_("Two parts have the same name."))
        return found

    def clean_groups(self) -> list[tuple[str, int, tuple[str, ...], float, float]]:
        found = []
        for line, words in rows_in(self.cleaned_data["groups"], 3, 5):
            if not (words[1].isascii() and words[1].isdecimal() and 1 <= int(words[1][:9]) <= MOST_PEOPLE):
                raise ValidationError(
                    _("Line %(number)s: %(most)s people at most, and one at least.")
                    % {"number": line, "most": MOST_PEOPLE}
                )
            sets_off, first = numbers_in(line, words[3:] or ["0"])
            found.append((words[0], int(words[1]), tuple(words[2].replace("，", ",").split(",")), sets_off, first))
        if len({one[0] for one in found}) < len(found):
            raise ValidationError(_("Two groups have the same name."))
        if sum(one[1] for one in found) > MOST_PEOPLE:
            raise ValidationError(_("%(most)s people at most in all.") % {"most": MOST_PEOPLE})
        return found

    def worked_out(self) -> Result:
        data = self.cleaned_data
        groups = [
            Group(name, people, way, sets_off_s=sets_off, speed_m_s=data["speed_m_s"], first_m=first)
            for name, people, way, sets_off, first in data["groups"]
        ]
        elements = [Element(name, part, width, length) for name, part, width, length in data["parts"]]
        return course.building(elements, groups, into=self.into())


def rows_in(text: str, fewest: int, most: int) -> Iterable[tuple[int, list[str]]]:
    """Yield the lines of a text with their numbers, each cut into words; say which line has too few or too many."""
    for number_of, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        if not fewest <= len(words) <= most:
            raise ValidationError(
                _("Line %(number)s: write %(fewest)s to %(most)s words with blanks between.")
                % {"number": number_of, "fewest": fewest, "most": most}
            )
        yield number_of, words


def numbers_in(line: int, words: list[str]) -> tuple[float, float]:
    """Return one or two numbers of a line, 0 to 10,000; the second is 0 where it is missing."""
    try:
        found = [float(word) for word in words]
    except ValueError:
        found = [-1.0]
    if not all(0 <= one <= 10_000 for one in found):
        raise ValidationError(_("Line %(number)s: the last words are numbers from 0 to 10000.") % {"number": line})
    return found[0], found[1] if len(found) > 1 else 0.0


class FloodForm(ModelForm):
    fact_type = (FactType.NUMBER,)
    usual_fact = "water_level_m"
    area_km2 = number(gettext_lazy("Catchment (km²)"), 40)
    curve_number = number(
        gettext_lazy("Curve number"),
        78,
        gettext_lazy("TR-55, table 2-2: woods 55 to 77, farmland 70 to 85, town 85 to 95."),
    )
    concentration_h = number(gettext_lazy("Time of concentration (h)"), 3)
    rain_mm = number(gettext_lazy("Rain (mm)"), 120)
    duration = SpanField(label=gettext_lazy("It rains for"), initial=timedelta(hours=6), help_text=HELP)
    base_flow_m3_s = number(gettext_lazy("Flow before the rain (m³/s)"), 2)
    width_m = number(gettext_lazy("Width of the bed (m)"), 12)
    side = number(gettext_lazy("Side slope (metres out per metre up)"), 1.5)
    slope = number(gettext_lazy("Fall (metres per metre)"), 0.002)
    roughness = number(gettext_lazy("Manning's n"), 0.035)
    marks = forms.CharField(label=gettext_lazy("Marks (depths in metres)"), initial="1.5, 2.5, 3.5", max_length=200)

    def clean_marks(self) -> list[float]:
        found = [mark_in(word) for word in self.cleaned_data["marks"].replace("，", ",").replace(",", " ").split()]
        if not 1 <= len(found) <= 20 or not all(0 < one <= 50 for one in found):
            raise ValidationError(_("Write 1 to 20 depths between 0 and 50 metres, such as 1.5, 2.5."))
        return found

    def worked_out(self) -> Result:
        data = self.cleaned_data
        return course.flood(
            Catchment(data["area_km2"], data["curve_number"], data["concentration_h"]),
            Channel(data["width_m"], data["side"], data["slope"], data["roughness"]),
            rain_mm=data["rain_mm"],
            duration=data["duration"],
            base_flow_m3_s=data["base_flow_m3_s"],
            marks=data["marks"],
            into=self.into(),
        )


def mark_in(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return -1.0


@dataclass(frozen=True, slots=True)
class ScenarioModel:
    """One model of the pages: its name, where its equations come from, where it holds, and its form."""

    title: str | Promise
    source: Text
    holds: Text
    form: Callable[..., ModelForm]


MODELS: Mapping[str, ScenarioModel] = {
    "outbreak": ScenarioModel(
        gettext_lazy("Outbreak of a disease"),
        Text(
            "SEIR，含追踪和隔离：Kermack、McKendrick，1927；Lipsitch 等，Science 300，2003。",
            "SEIR with tracing and isolation: Kermack, McKendrick 1927; Lipsitch et al., Science 300, 2003.",
        ),
        Text("至少 100 人；均值，不含偶然、年龄和地点。", "At least 100 people; means, without chance, age and place."),
        OutbreakForm,
    ),
    "release": ScenarioModel(
        gettext_lazy("Release of a toxic gas"),
        Text(
            "高斯烟羽：Turner，1970；扩散参数 Briggs，1973；重气判据 Britter、McQuaid，1988。",
            "Gaussian plume: Turner 1970; spreads by Briggs 1973; heavy gas by Britter, McQuaid 1988.",
        ),
        Text(
            "100 米至 10 公里，风速至少 1 米/秒，不重于空气的稳定泄漏。",
            "100 m to 10 km, wind of 1 m/s at least, a steady release not heavier than air.",
        ),
        ReleaseForm,
    ),
    "building": ScenarioModel(
        gettext_lazy("Evacuation of a building"),
        Text(
            "逐人排队；通行能力取自 SFPE 手册第 5 版第 59 章，2016；步速 Weidmann，1993。",
            "Person by person; capacities of the SFPE Handbook, 5th edition, chapter 59, 2016; speed by Weidmann 1993.",
        ),
        Text(
            "净宽至少 0.6 米；组织良好的疏散的最短时间，不含反应时间。",
            "Clear widths of 0.6 m at least; the least that a well-led evacuation takes, without the time to react.",
        ),
        BuildingForm,
    ),
    "flood": ScenarioModel(
        gettext_lazy("Flood in a small valley"),
        Text(
            "径流曲线数 TR-55，1986；三角单位线 NEH 630，2007；曼宁公式 Chow，1959。",
            "Curve number TR-55, 1986; triangular unit hydrograph NEH 630, 2007; Manning's equation Chow 1959.",
        ),
        Text(
            "流域不超过 250 平方公里，一场均匀的降雨，无水库、桥梁、回水。",
            "Catchments up to 250 km², one even storm; no dams, bridges or backwater.",
        ),
        FloodForm,
    ),
}
