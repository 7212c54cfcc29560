"""Fixtures that are built once and stand while many tests run; each test gets them as if they had just been built.

    @built_once
    def town() -> Town:
        return build_town()

    @built_once
    def stored(town: Town) -> PlanVersion:
        return store_plan(town)

A test names such a fixture among its arguments like any other. What it changes, in the database or in the objects it
was given, is gone before the next test: what stands is built in a transaction that stays open, a test runs behind a
savepoint in it and is rolled back to there, and the objects are a copy of one's own.

Use it for rows that cost more than a test does. What to know:

- It takes no other fixtures than standing ones, and gives what can be pickled: rows, and data classes of rows.
- It stands before anything else of the test happens. So a test names it among its arguments, or a fixture does, or
  `usefixtures`; `request.getfixturevalue` comes too late and says so.
- A test that names none of them starts from an empty database, as ever. Tests that name the same ones should stand
  together in a file: what the next test does not want is rolled back, and built again for the next that does.
- Where it is built from the clock, say for how long that is good enough: `@built_once(fresh_for=A_MINUTE)`.
- It is not for tests with `transaction=True`, nor for other processes: these do not see it.
"""

from __future__ import annotations

import inspect
import pickle
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.db.transaction import Atomic
    from pytest_django import DjangoDbBlocker

Build = Callable[..., Any]
BEGINS_TEST = "_django_db_helper"  # the fixture of pytest-django behind which a test has its transaction
A_MINUTE = timedelta(minutes=1)
LAID = pytest.StashKey["Ground"]()


class Misused(Exception):
    """A standing fixture was written or asked for in a way that cannot work; the sentence says which."""


@dataclass(frozen=True, eq=False)
class Standing:
    """How one standing fixture is built."""

    name: str
    build: Build
    fresh_for: timedelta | None

    @property
    def wants(self) -> list[str]:
        return list(inspect.signature(self.build).parameters)


def built_once(build: Build | None = None, *, fresh_for: timedelta | None = None) -> Any:
    """Make a function a standing fixture of its own name, as the head of this file describes."""
    if build is None:
        return lambda function: built_once(function, fresh_for=fresh_for)
    if inspect.isgeneratorfunction(build):
        raise Misused(
            f"The fixture `{build.__name__}` is built once and yields: nothing is done at its end. Let it return."
        )
    described = Standing(build.__name__, build, fresh_for)

    def given(request: pytest.FixtureRequest, **_others: Any) -> Any:
        return ground_of(request.config).given(described)

    names = ["request", "db", *described.wants]
    given.__name__, given.__doc__, given.__module__ = build.__name__, build.__doc__, build.__module__
    given.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    )
    given.standing = described  # type: ignore[attr-defined]
    return pytest.fixture(given)


@dataclass
class Layer:
    """One fixture that stands: the transaction it was built in, and all that stands up to it, to be copied."""

    what: Standing
    atomic: Atomic
    depth: int
    built_at: float
    copies: bytes

    @property
    def is_fresh(self) -> bool:
        age = time.monotonic() - self.built_at
        return self.what.fresh_for is None or age < self.what.fresh_for.total_seconds()


@dataclass
class Ground:
    """What stands now, the first built first, each in a savepoint of the one before."""

    blocker: DjangoDbBlocker
    layers: list[Layer] = field(default_factory=list)
    handed: dict[Standing, Any] = field(default_factory=dict)
    problem: Exception | None = None

    def given(self, what: Standing) -> Any:
        if self.problem is not None:
            raise self.problem
        if what not in self.handed:
            raise Misused(
                f"The fixture `{what.name}`, which is built once, was asked for when the test had begun. Name it among "
                "the arguments of the test or of a fixture, or in `usefixtures`; not in `request.getfixturevalue`."
            )
        return self.handed[what]

    def clear(self, chain: list[Standing]) -> None:
        """Roll back what stands until only a beginning of `chain` is left, and that is still fresh."""
        kept = 0
        while kept < min(len(self.layers), len(chain)):
            if self.layers[kept].what is not chain[kept] or not self.layers[kept].is_fresh:
                break
            kept += 1
        self.handed, self.problem = {}, None
        while len(self.layers) > kept:
            self.roll_back(self.layers[-1])
            self.layers.pop()

    def roll_back(self, layer: Layer) -> None:
        from django.db import connection, transaction

        with self.blocker.unblock():
            if len(connection.atomic_blocks) != layer.depth or connection.atomic_blocks[-1] is not layer.atomic:
                raise Misused(
                    f"The transaction in which `{layer.what.name}` stands is not the innermost one any more: a test or "
                    "fixture left a transaction open, or closed the connection."
                )
            transaction.set_rollback(True)
            layer.atomic.__exit__(None, None, None)

    def lay(self, chain: list[Standing]) -> None:
        """Build what is missing of `chain`, and copy all of it for the test that begins."""
        self.clear(chain)
        for what in chain[len(self.layers) :]:
            self.layers.append(self.build(what))
        self.handed = dict(zip(chain, self.copied(), strict=True))

    def copied(self) -> list[Any]:
        """Return new copies of all that stands, which know each other as the first ones did."""
        return pickle.loads(self.layers[-1].copies) if self.layers else []  # type: ignore[no-any-return]  # noqa: S301

    def build(self, what: Standing) -> Layer:
        from django.db import connection, transaction

        below = self.copied()
        values = {layer.what.name: value for layer, value in zip(self.layers, below, strict=True)}
        with self.blocker.unblock():
            atomic = transaction.atomic()
            atomic._from_testcase = True  # what asks to be durable may run in it
            atomic.__enter__()
            depth = len(connection.atomic_blocks)
            try:
                value = what.build(**{name: values[name] for name in what.wants})
                copies = pickle.dumps([*below, value], protocol=pickle.HIGHEST_PROTOCOL)
            except BaseException as problem:
                transaction.set_rollback(True)
                atomic.__exit__(None, None, None)
                if isinstance(problem, pickle.PicklingError | TypeError | AttributeError) and "pickle" in str(problem):
                    raise Misused(
                        f"What the standing fixture `{what.name}` returns cannot be copied: {problem}"
                    ) from problem
                raise
        return Layer(what, atomic, depth, time.monotonic(), copies)


def ground_of(config: pytest.Config) -> Ground:
    return config.stash[LAID]


def definitions_of(item: pytest.Item) -> dict[str, Sequence[pytest.FixtureDef[Any]]]:
    return getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})


def nearest(definitions: Sequence[pytest.FixtureDef[Any]]) -> Standing | None:
    """Return the standing fixture behind a name; one that is written over may be what stands below the other."""
    for definition in reversed(definitions):
        if (found := getattr(definition.func, "standing", None)) is not None:
            return found  # type: ignore[no-any-return]
        if definition.argname not in definition.argnames:
            break
    return None


def chain_of(item: pytest.Item) -> list[Standing]:
    """Return the standing fixtures a test wants, each after those it is built on, in the order it names them."""
    found: dict[str, Standing] = {}
    definitions = definitions_of(item)

    def visit(name: str, by: Standing | None) -> None:
        if by is not None and by.name == name:
            raise Misused(f"The fixture `{name}` is built once and on another of its name: give it a name of its own.")
        what = nearest(definitions.get(name, ()))
        if what is None:
            if by is not None:
                raise Misused(f"The fixture `{by.name}` is built once and wants `{name}`, which is not.")
            return
        if name not in found:
            for wanted in what.wants:
                visit(wanted, what)
            found[name] = what

    for name in getattr(item, "fixturenames", ()):
        visit(name, None)
    return list(found.values())


@pytest.fixture(scope="session")
def standing_ground(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Ground]:
    """Hold what stands, and roll it back before the database goes."""
    ground = request.config.stash[LAID] = Ground(django_db_blocker)
    yield ground
    ground.clear([])
    del request.config.stash[LAID]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Take away what the test does not want, before any fixture of it, of its class or of its module begins."""
    if (ground := item.config.stash.get(LAID, None)) is not None:
        try:
            chain = chain_of(item)
        except Misused:  # said where it is asked for
            chain = []
        ground.clear(chain)
        forget_answers()


# What a process remembers as long as the head of the log is the same: each test on a ground begins at the same head.
REMEMBERED = {"youbei.actions.dispatch.proposing": "ANSWERS", "youbei.actions.dispatch.working": "BEGUN"}


def forget_answers() -> None:
    for module, name in REMEMBERED.items():
        if module in sys.modules:
            getattr(sys.modules[module], name).clear()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Build what the test wants, just before its own transaction begins."""
    if fixturedef.argname != BEGINS_TEST:
        return
    names = {name for name in request.fixturenames if nearest(definitions_of(request.node).get(name, ()))}
    if names:
        ground: Ground = request.getfixturevalue("standing_ground")
        try:
            refuse_own_transactions(request)
            ground.lay(chain_of(request.node))
        except Exception as problem:
            ground.problem = problem


def refuse_own_transactions(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction")):
        raise Misused("A test with transactions of its own cannot use what is built once, which stands in another.")
