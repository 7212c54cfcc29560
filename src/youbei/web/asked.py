"""Say what of its address a page does not understand, and let the page show what the rest asks for.

A view names with `@reads(...)` what may stand in its address; anything else, and any value that cannot be, is taken out
of `request.GET` before the view runs and named above the page, with what was probably meant. A view that names nothing
reads nothing: whatever stands in its address is named so. Programs are refused instead (`api.asked`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.forms import Form
from django.http import HttpRequest, QueryDict

from youbei.engine.errors import Refused
from youbei.engine.nearest import nearest, quoted
from youbei.records.models import User
from youbei.records.registers.holding import unit_is_seen
from youbei.web.query import LONGEST_KEY

View = TypeVar("View", bound=Callable[..., Any])
# Of an address that is not understood at all, no more is repeated on the page than this.
MOST, SHOWN = 6, 40


@dataclass(frozen=True, slots=True)
class Parameter:
    """What may stand behind a name: `words` lists it where it can be listed, `holds` says of a value whether it can be.

    With neither it is any text. Nothing at all may always stand there, as a form sends what was not chosen. What names
    a unit or a record `stays` although there is none of that name: then nothing is listed, and it is said why.
    """

    words: Callable[[], Iterable[str]] | None = None
    holds: Callable[[str, User | None], bool] | None = None
    is_many: bool = False
    stays: bool = False

    def fits(self, value: str, user: User | None) -> bool:
        word = value.strip()
        if not word or (self.words is None and self.holds is None):
            return True
        if self.words is not None and word in set(self.words()):
            return True
        return self.holds is not None and self.holds(word, user)

    def meant(self, value: str) -> str:
        return (nearest(value, list(self.words())) or "") if self.words is not None else ""


class NotUnderstood(Refused):
    """Refuse to make a file of what is only half understood."""

    status = 422


Names = Mapping[str, Parameter]


def one_of(words: Iterable[str] | Callable[[], Iterable[str]], *, is_many: bool = False) -> Parameter:
    """Return a parameter that is one of some words; they may be looked up when a page is asked for."""
    # A class of choices is both; it is meant as what it lists.
    if not isinstance(words, Iterable):
        return Parameter(words, is_many=is_many)
    known = tuple(str(word) for word in words)
    return Parameter(lambda: known, is_many=is_many)


def is_day(word: str, user: User | None = None) -> bool:
    try:
        return 1 < date.fromisoformat(word).year < 9999
    except ValueError:
        return False


def is_number(word: str, user: User | None = None) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= LONGEST_KEY


WORDS = Parameter()
SEVERAL = Parameter(is_many=True)
DAY = Parameter(holds=is_day)
NUMBER = Parameter(holds=is_number)
NUMBERS = Parameter(holds=is_number, is_many=True)
UNIT = Parameter(holds=lambda code, user: user is not None and unit_is_seen(code, user), stays=True)
YES = one_of(("1",))
PROGRESS = one_of(("progress",))
LANGUAGE = one_of(("zh-hans", "zh-Hans", "zh", "en"))


@dataclass(frozen=True, slots=True)
class Strange:
    """Something of an address that was passed over, the address without it, and the one that was probably meant."""

    title: str
    without: str
    meant: str = ""
    instead: str = ""
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a view reads of its address; `found` finds the names that depend on what the address is about."""

    names: Names
    prefixes: tuple[str, ...] = ()
    refuses: bool = False
    found: Callable[..., Names] | None = None

    def of(self, request: HttpRequest, given: Mapping[str, Any]) -> Names:
        return self.names if self.found is None else {**self.names, **self.found(request, **given)}


def reads(
    *known: type[Form] | Names,
    found: Callable[..., Names] | None = None,
    prefixes: Iterable[str] = (),
    refuses: bool = False,
    **names: Parameter,
) -> Callable[[View], View]:
    """Say what a view reads of its address: `names`, and what is `known` besides or begins with `prefixes`.

    The fields of a form class are known where it stands there.
    A name that Python keeps for itself is written with an underscore behind it. `found(request, **captured)` returns
    names that depend on what the address is about. A view that sends a file `refuses` what it does not understand:
    nothing in a file says that it holds more than was asked for.
    """
    of_all: dict[str, Parameter] = {}
    for one in known:
        of_all |= one if isinstance(one, Mapping) else dict.fromkeys(one.base_fields, SEVERAL)
    of_all |= {name.removesuffix("_"): one for name, one in names.items()}

    def decorate(view: View) -> View:
        view.reads = Reading(of_all, tuple(prefixes), refuses, found)  # type: ignore[attr-defined]
        return view

    return decorate


def understand(request: HttpRequest, view: Callable[..., Any], given: Mapping[str, Any]) -> None:
    """Keep of the address what the view reads; `request.asked` has all of it, `request.strange` what was passed over.

    A view that reads nothing keeps what it has: it does not look.
    """
    query: QueryDict = request.GET
    request.asked = query  # type: ignore[attr-defined]
    request.strange = []  # type: ignore[attr-defined]
    if not query or request.method not in ("GET", "HEAD"):
        return
    reading: Reading = getattr(view, "reads", Reading({}))
    user = request.user if isinstance(request.user, User) else None
    known = reading.of(request, given)
    kept, strange = query.copy(), []
    for name in query:
        if name in known:
            found = passed_over(kept, name, known, user)
        elif not name.startswith(reading.prefixes or ("\0",)):
            values = kept.pop(name)
            found = [unknown(query, name, values[-1], known)] if any(values) else []
        else:
            found = []
        strange += found
    if strange and reading.refuses:
        raise not_understood(strange)
    request.strange = strange[:MOST]  # type: ignore[attr-defined]
    if hasattr(view, "reads"):
        kept._mutable = False
        request.GET = kept  # type: ignore[assignment]


def not_understood(strange: list[Strange]) -> NotUnderstood:
    titles, near = ", ".join(one.title for one in strange[:MOST]), [one.meant for one in strange if one.meant]
    meant = f" 是否要写 {'、'.join(near[:MOST])}？" if near else ""
    meant_en = f" Did you mean {', '.join(near[:MOST])}?" if near else ""
    return NotUnderstood(
        zh=f"地址中有看不懂的内容：{titles}。为免文件内容与所要的不同，没有生成文件。{meant}请改正地址，或从列表重新导出。",
        en=f"The address holds what is not understood: {titles}. No file was made, as it would hold something else "
        f"than was asked for.{meant_en} Correct the address, or export from the list again.",
    )


def unknown(query: QueryDict, name: str, value: str, known: Names) -> Strange:
    near = nearest(name, list(known)) or ""
    return Strange(titled(name, value), address(query, known, name), near, address(query, known, name, {near: value}))


def passed_over(kept: QueryDict, name: str, known: Names, user: User | None) -> list[Strange]:
    """Take the values that cannot be out of what is kept; where only one may stand there, the last one counts."""
    one = known[name]
    values = kept.getlist(name)
    fitting = [value for value in values if one.fits(value, user)]
    fitting = fitting if one.is_many else fitting[-1:]
    if one.stays and values[-1:] != fitting:
        return [Strange(titled(name, values[-1]), address(kept, known, name), stays=True)]
    left = [value for value in dict.fromkeys(values) if value not in fitting and value]
    if left or len(fitting) < len(values):
        kept.setlist(name, fitting) if fitting else kept.pop(name)
    found = []
    for value in left:
        near = "" if one.fits(value, user) else one.meant(value)
        changed = address(kept, known, name, {name: near})
        found.append(Strange(titled(name, value), address(kept, known), near, changed))
    return found


def titled(name: str, value: str) -> str:
    return f"{quoted(name, most=SHOWN)}={quoted(value, most=SHOWN)}"


def address(query: QueryDict, known: Names, gone: str = "", given: Mapping[str, str] | None = None) -> str:
    """Return the address of the same page without `gone`, and with what is `given`; it begins anew."""
    other = query.copy()
    for name in (gone, "cursor"):
        other.pop(name, None)
    for name, value in (given or {}).items():
        other[name] = value
    # With nothing in its address, a register shows what its user keeps as the view of his own.
    return "?all=1" if not other and "all" in known else f"?{other.urlencode()}"
