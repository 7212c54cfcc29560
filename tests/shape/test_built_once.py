"""What is built once stands for several tests, and no test sees what another did to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction

from tests.built_once import BEGINS_TEST, Ground, Misused, Standing, built_once, chain_of
from youbei.records.models import Item

BUILT: list[str] = []


@dataclass
class Shelf:
    item: Item
    notes: list[str] = field(default_factory=list)


def new_item(code: str) -> Item:
    BUILT.append(code)
    return Item.objects.create(code=code, name_zh=code, unit_zh="件")


@built_once
def shelf() -> Shelf:
    return Shelf(new_item("tent"))


@built_once
def pump(shelf: Shelf) -> Item:
    shelf.notes.append("a pump")
    return new_item("pump")


@pytest.mark.parametrize("time", range(3))
def test_what_a_test_changes_is_gone_before_the_next(time: int, shelf: Shelf) -> None:
    assert [item.name_zh for item in Item.objects.all()] == ["tent"]
    assert (shelf.item.name_zh, shelf.notes) == ("tent", [])
    assert BUILT.count("tent") == 1
    shelf.notes.append("changed")
    shelf.item.name_zh = "changed"
    shelf.item.save()
    Item.objects.create(code=f"more-{time}", name_zh="x", unit_zh="件")


@pytest.mark.parametrize("time", range(2))
def test_one_may_stand_on_another_and_they_know_each_other(time: int, pump: Item, shelf: Shelf) -> None:
    assert set(Item.objects.all()) == {pump, shelf.item}
    assert shelf.notes == ["a pump"]
    assert BUILT.count("pump") == BUILT.count("tent") == 1
    Item.objects.all().delete()


def test_what_stands_on_it_is_taken_away_alone(shelf: Shelf) -> None:
    assert (Item.objects.get().code, shelf.notes, BUILT.count("tent")) == ("tent", [], 1)


def test_who_does_not_name_it_does_not_meet_it(db: None) -> None:
    assert not Item.objects.exists()


def test_it_is_built_again_for_the_next_who_does(shelf: Shelf) -> None:
    assert (Item.objects.get(), BUILT.count("tent")) == (shelf.item, 2)


def test_it_comes_too_late_by_a_name_in_words(request: pytest.FixtureRequest, db: None) -> None:
    with pytest.raises(Misused, match="`shelf`, which is built once, was asked for"):
        request.getfixturevalue("shelf")


def test_what_yields_is_refused_where_it_is_written() -> None:
    with pytest.raises(Misused, match="`lent` is built once"):

        @built_once
        def lent() -> Iterator[None]:
            yield


@pytest.fixture
def plain() -> str:
    return "plain"


@built_once
def leaning(plain: str) -> str:
    return plain


@pytest.mark.xfail(raises=Misused, strict=True)
def test_it_takes_no_fixture_of_another_kind(leaning: str) -> None:
    """Never begun."""


@built_once
def failing() -> None:
    new_item("failing")
    raise ZeroDivisionError


@pytest.mark.xfail(raises=ZeroDivisionError, strict=True)
def test_what_cannot_be_built_fails_its_test(failing: None) -> None:
    """Never begun."""


@built_once
def open_file() -> object:
    return open(__file__, "rb")


@pytest.mark.xfail(raises=Misused, strict=True)
def test_what_cannot_be_copied_fails_its_test(open_file: object) -> None:
    """Never begun."""


def test_nothing_is_left_of_what_could_not_be_built(shelf: Shelf) -> None:
    assert Item.objects.get() == shelf.item


@pytest.mark.usefixtures("db")
def test_a_transaction_that_was_left_open_is_told() -> None:
    class Open:
        unblock = nullcontext

    ground = Ground(Open())  # type: ignore[arg-type]
    layer = ground.build(Standing("lamp", lambda: new_item("lamp"), None))
    ground.layers.append(layer)
    with transaction.atomic(), pytest.raises(Misused, match="`lamp` stands is not the innermost one"):
        ground.clear([])
    assert connection.in_atomic_block
    ground.clear([])
    assert not Item.objects.exists()


def test_what_pytest_django_begins_a_test_with_has_its_name_still(request: pytest.FixtureRequest, db: None) -> None:
    assert BEGINS_TEST in request.fixturenames
    assert chain_of(request.node) == []
