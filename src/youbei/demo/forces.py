"""Fill three teams of the demo city with people, and enter its experts, consultations and agreements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

from youbei import content
from youbei.actions import clock
from youbei.actions.experts import attach_consultation
from youbei.actions.registers.people import create_person
from youbei.actions.registers.save import save_record
from youbei.demo.cast import Names
from youbei.demo.city import point
from youbei.demo.history import Happening, started_at
from youbei.records.models import Consultation, Incident, Organisation, Person, Site, Team

# Behind the numbers that posts and rosters use, so that nobody has a namesake.
FIRST_NUMBER = 600
VETTER = "市国家保密局 / Secrecy bureau"


def enter_forces(founded: datetime, now: datetime, units: dict[str, Organisation]) -> None:
    """Enter all of it as it was known when the city was founded; days count from now."""
    table, names = content.demo_table("forces"), content.demo_table("names")
    book = Names(tuple(map(tuple, names["surnames"])), tuple(map(tuple, names["given"])))
    numbers = count(FIRST_NUMBER)
    today = now.date()
    for row in table["teams"]:
        enter_team(row, founded, today, [entered(founded, row, one, book, numbers, today) for one in row["people"]])
    for row in table["experts"]:
        enter_expert(row, founded, today, *book.name(next(numbers)))
    for number, row in enumerate(table["consultations"], start=1):
        enter_consultation(row, number, founded, now, units)
    for row in table["ways"]:
        save("contact_way", {name: row[name] for name in ("post", "way", "address", "rank")}, founded)
    for row in table["agreements"]:
        enter_agreement(row, founded, today)
    for row in table["covers"]:
        enter_cover(row, founded)
    for row in table["sites"]:
        site = Site.objects.get(code=row["code"])
        taken = {"occupied_at": now - timedelta(hours=3)} if "occupied" in row else {}
        save("site", {key: value for key, value in row.items() if key != "code"} | taken, founded, pk=site.pk)


def enter_cover(row: dict[str, Any], founded: datetime) -> None:
    spot = point(*row["at"])
    values = {name: row[name] for name in ("code", "capability", "type", "number", "radius_m", "is_strict")}
    place = {"lat": Decimal(str(spot.lat)), "lon": Decimal(str(spot.lon))}
    names = {"name_zh": row["zh"], "name_en": row["en"], "organisation": row["unit"]}
    save("home_cover", {**values, **names, **place, "within_min": Decimal(row["within_min"])}, founded)


def save(name: str, values: dict[str, Any], now: datetime, pk: int | None = None) -> Any:
    """Enter a record of the city as of a time. The city is made afterwards: what it tells may have happened since."""
    return save_record(
        register=content.registers()[name], values=values, by=None, now=now, pk=pk, happened_by=clock.now()
    )


def day(today: date, offset: int | None) -> date | None:
    return None if offset is None else today + timedelta(days=offset)


def entered(
    now: datetime, row: dict[str, Any], one: dict[str, Any], book: Names, numbers: count[int], today: date
) -> tuple[Person, dict[str, Any]]:
    """Enter one person of a team with their certificates and vetting."""
    team, number = Team.objects.select_related("organisation").get(code=row["code"]), next(numbers)
    zh, en = book.name(number)
    person = create_person(
        by=None,
        now=now,
        organisation=team.organisation,
        code=f"haizhou-t{number:03d}",
        name_zh=zh,
        name_en=en,
        phone=f"199 0051 {number:04d}",
        email=f"t{number:03d}@haizhou.example",
    )
    for kind, offset in one["certs"].items():
        values = {"person": person.code, "kind": kind, "number": f"HZ-{number:04d}", "expires_on": day(today, offset)}
        save("qualification", values, now)
    if one.get("vetted"):
        vetting = {"person": person.code, "scope": "exam_team", "vetted_on": day(today, -126), "vetted_by": VETTER}
        save("vetting", {**vetting, "result": "passed", "valid_until": day(today, 239)}, now)
    return person, one


def enter_team(row: dict[str, Any], now: datetime, today: date, people: list[tuple[Person, dict[str, Any]]]) -> None:
    code = row["code"]
    team = Team.objects.get(code=code)
    about = {name: row[name] for name in ("required_strength", "employment", "grade", "insurer")}
    ends = {"grade_until": day(today, row.get("grade_ends")), "insured_until": day(today, row["insured_ends"])}
    save("team", {**about, **ends, "leader": people[0][0].code}, now, pk=team.pk)
    for role in row["roles"]:
        named = {"team": code, "code": role["code"], "name_zh": role["zh"], "name_en": role["en"]}
        asked = {"qualifications": "; ".join(role["certs"]), "vetting": role.get("vetting")}
        save("team_role", {**named, **asked, "needed": role["needed"]}, now)
    for person, one in people:
        save("team_member", {"team": code, "person": person.code, "role": one["role"], "joined_on": now.date()}, now)
        if "review" in one:
            review = {"kind": "evaluation", "held_on": day(today, -110), "held_by": "市人事考试中心"}
            result = {"result": one["review"]}
            save("member_review", {"team": code, "person": person.code, **review, **result}, now)
    for item, required, present, serviceable in row["equipment"]:
        amounts = {"required": Decimal(required), "present": Decimal(present), "serviceable": Decimal(serviceable)}
        save("team_equipment", {"team": code, "item": item, **amounts}, now)
    for review in row["reviews"]:
        said = {"kind": review["kind"], "held_on": day(today, review["at"]), "held_by": review["by"]}
        save("team_review", {"team": code, **said, "result": review["result"], "score": Decimal(review["score"])}, now)


def enter_expert(row: dict[str, Any], now: datetime, today: date, zh: str, en: str) -> None:
    place = point(*row["at"])
    names = {"code": row["code"], "name_zh": zh, "name_en": en, "organisation": row["unit"]}
    about = {name: row[name] for name in ("employer", "title", "level")}
    state = {"availability": row.get("availability", "available"), "unavailable_until": day(today, row.get("away"))}
    term = {"appointed_on": day(today, row["term"] - 1095), "term_ends_on": day(today, row["term"])}
    reach = {"phone": "0500-5552" + f"{len(row['code']):03d}", "email": f"{row['code']}@haizhou.example"}
    where = {"lat": place.lat, "lon": place.lon, "specialties": tuple(row["specialties"])}
    save("expert", {**names, **about, **state, **term, **reach, **where}, now)


def enter_consultation(
    row: dict[str, Any], number: int, founded: datetime, now: datetime, units: dict[str, Organisation]
) -> None:
    asked_at = when_asked(row, now)
    said: dict[str, Any] = {"state": "declined", "answered_at": asked_at + timedelta(minutes=9)}
    if "advice" in row:
        said = {
            "state": "advised",
            "answered_at": asked_at + timedelta(minutes=4),
            "advised_at": asked_at + timedelta(minutes=4 + row["minutes"]),
            **{name: row[name] for name in ("advice", "minutes", "usefulness", "result")},
        }
    asked = {"organisation": units[row["unit"]].code, "expert": row["expert"], "question": row["question"]}
    save("consultation", {"code": f"haizhou-c{number:03d}", **asked, "asked_at": asked_at, **said}, founded)


def when_asked(row: dict[str, Any], now: datetime) -> datetime:
    """Return when an expert was asked: so many days ago, or so many minutes into an incident of the past."""
    if "during" not in row:
        return now + timedelta(days=row["at"], hours=-2)
    told = content.demo_table("history")["incidents"]
    incident = next(one for one in told if one.get("title", {}).get("zh") == row["during"])
    return started_at(incident, now) + timedelta(minutes=row["minute"])


def attaching(now: datetime) -> Iterator[Happening]:
    """Yield when advice was attached to the incident it was given in: an hour after it had been asked for."""
    for number, row in enumerate(content.demo_table("forces")["consultations"], start=1):
        if "during" in row:
            at = when_asked(row, now) + timedelta(hours=1)
            yield at, partial(attach_advice, f"haizhou-c{number:03d}", row["during"], at)


def attach_advice(code: str, title: str, now: datetime) -> None:
    incident, consultation = Incident.objects.get(title=title), Consultation.objects.get(code=code)
    attach_consultation(consultation=consultation, incident=incident, by=None, now=now)


def enter_agreement(row: dict[str, Any], now: datetime, today: date) -> None:
    named = {"code": row["code"], "name_zh": row["zh"], "name_en": row["en"], "organisation": row["unit"]}
    terms = {name: row[name] for name in ("partner", "kind", "covers", "compensation")}
    numbers = {"response_min": Decimal(row["response"]), "price": Decimal(row["price"]) if "price" in row else None}
    valid = {"valid_from": day(today, row["from"]), "valid_until": day(today, row["until"])}
    save("agreement", {**named, **terms, **numbers, **valid}, now)
    for rate in row["rates"]:
        said = {"code": rate["code"], "name_zh": rate["zh"], "name_en": rate["en"], "basis": rate["basis"]}
        charged = {"amount": Decimal(rate["amount"]), "item": rate.get("item")}
        save("agreement_rate", {"agreement": row["code"], **said, **charged}, now)
