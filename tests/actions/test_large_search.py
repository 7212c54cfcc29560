"""What a search costs in steps of the database when many more fit it, and how an index is filled for very many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from tests.built_once import built_once
from tests.growth import steps
from youbei import content
from youbei.actions.access import create_user
from youbei.engine.access import Role
from youbei.engine.words import match as weighing
from youbei.records.models import Organisation, Person, SearchEntry, Team, User
from youbei.records.registers.filters import Filters
from youbei.records.registers.indexing import check, fill_if_empty, index_records, rebuild
from youbei.records.registers.pages import register_page
from youbei.records.search.entries import fill_entries
from youbei.records.search.find import find
from youbei.records.search.groups import find_grouped
from youbei.records.search.vendor import indexed_at_the_end, merge_all_words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
# Assumption: by so many steps two questions differ that do the same over other keys.
OTHER_KEYS = 300
REGISTERS = {"person": Person, "team": Team}


@built_once
def province() -> Organisation:
    return Organisation.objects.create(id=1, code="province", name_zh="省", kind="government", path="/1/")


@built_once
def user(province: Organisation) -> User:
    return create_user(by=None, now=NOW, username="reader", grants=((Role.REGISTRAR, province),))


def plant(home: Organisation, first: int, last: int) -> None:
    """Plant persons and teams whose names begin alike, from one number to another."""
    stands = {"organisation": home, "org_path": home.path}
    Person.objects.bulk_create(
        Person(code=f"p{n}", name_zh=f"王磊{'甲乙丙丁'[n % 4]}", phone=f"139{n:08d}", **stands)
        for n in range(first, last)
    )
    Team.objects.bulk_create(
        Team(
            code=f"t{n}", name_zh=f"望岭第{n}救援队", kind="volunteer", turn_out_s=60, lat=34, lon=119, **stands
        )
        for n in range(first, last)
    )  # fmt: skip
    for name, model in REGISTERS.items():
        found = model.objects.order_by("pk").values_list("pk", flat=True)[first:last]  # type: ignore[attr-defined]
        index_records(content.registers()[name], list(found))
    merge_all_words()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE records_searchentry, records_person, records_team")
            cursor.execute("SET LOCAL enable_seqscan = off")


def asked(user: User) -> dict[str, Callable[[], object]]:
    def listed(text: str) -> object:
        return register_page(content.registers()["person"], user, now=NOW, filters=Filters(text=text), size=20)

    return {
        "a person by initials": lambda: find_grouped(user, "wl", shown=6),
        "initials with a slip": lambda: find_grouped(user, "kshd", shown=6),
        "people by a name": lambda: listed("王磊"),
        "people by initials": lambda: listed("wl"),
    }


@pytest.mark.sqlite  # of tables as small as these PostgreSQL reads all, whatever is asked
def test_four_times_as_much_that_fits_costs_no_more_steps(
    province: Organisation, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in ("marks", "find"):
        monkeypatch.setattr(f"youbei.records.search.{where}.SAMPLED", 4)
    plant(province, 0, 1_000)
    few = {name: steps(call) for name, call in asked(user).items()}
    plant(province, 1_000, 4_000)
    many = {name: steps(call) for name, call in asked(user).items()}
    assert all(many[name] < few[name] * 1.2 + OTHER_KEYS for name in few), f"{few}\n{many}"


def test_what_is_listed_by_a_text_that_fits_very_many_is_not_weighed(
    province: Organisation, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(province, 0, 900)
    weighed = []

    def counted(*told: object) -> object:
        weighed.append(told)
        return weighing.match(*told)  # type: ignore[arg-type]

    monkeypatch.setattr("youbei.records.search.find.match", counted)
    people = register_page(content.registers()["person"], user, now=NOW, filters=Filters(text="王磊"), size=20)
    assert len(people.rows) == 20
    assert weighed == []
    assert find(user, "王磊").hits
    assert weighed


def test_an_index_filled_in_one_go_is_the_one_written_row_by_row(province: Organisation, user: User) -> None:
    plant(province, 0, 120)
    rebuild(lambda register, count: None)
    before = set(SearchEntry.objects.values_list("register", "record_id", "tokens"))
    SearchEntry.objects.all().delete()
    assert not find(user, "王磊").hits
    fill_if_empty()
    assert set(SearchEntry.objects.values_list("register", "record_id", "tokens")) == before
    assert check() == []
    assert len(find(user, "王磊甲", is_exact=True).hits) == 30
    plant(province, 120, 124)
    assert len(find(user, "王磊甲", is_exact=True).hits) == 31
    SearchEntry.objects.filter(name_zh="王磊甲").delete()
    assert not find(user, "王磊甲", is_exact=True).hits


def test_an_index_whose_filling_breaks_off_still_follows_what_is_written(province: Organisation, user: User) -> None:
    plant(province, 0, 8)
    persons = list(Person.objects.order_by("pk"))
    with pytest.raises(IntegrityError), indexed_at_the_end(), transaction.atomic():
        fill_entries(content.registers()["person"], persons)
    assert len(find(user, "王磊甲", is_exact=True).hits) == 2
    plant(province, 8, 12)
    assert len(find(user, "王磊甲", is_exact=True).hits) == 3
