"""Refuse parameters of addresses that an operation does not have: passed over, a misspelt filter answers with far more.

Every operation is guarded here, by what it declares. One whose filters follow from the definition of a register or of
a layer is marked with `reads_filters` and calls `demand_known` itself, with the names that it then knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase, QueryDict
from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.params.models import QueryModel

from youbei.engine.errors import Refused
from youbei.engine.nearest import nearest, quoted

View = TypeVar("View", bound=Callable[..., Any])
SHOWN = 40


class ParameterRefused(Refused):
    """Refuse parameters that there are not, that stand there twice, or that hold no such value. `names`: which."""

    status = 422

    def __init__(self, *, zh: str, en: str, names: Sequence[str] = ()) -> None:
        super().__init__(zh=zh, en=en)
        self.names = tuple(names)


class UnknownParameter(ParameterRefused):
    """Refuse a parameter that the operation does not have."""


class ParameterTwice(ParameterRefused):
    """Refuse a parameter that stands there more than once where one is expected."""


class FilterRefused(ParameterRefused):
    """Refuse a value by which nothing can be narrowed: it would list everything, or nothing."""


def reads_filters(view: View) -> View:
    """Mark an operation that calls `demand_known` itself, as its parameters depend on what the address names."""
    view.reads_filters = True  # type: ignore[attr-defined]
    return view


def demand_known(query: QueryDict, known: Iterable[str] | None, lists: Iterable[str] = ()) -> None:
    """Raise ParameterRefused for a name that is not known, that stands there twice, or whose value holds U+0000.

    `lists` are those of the known that may be repeated; with None for the known any name may stand there.
    """
    if known is not None and (unknown := sorted(set(query) - set(known))):
        raise unknown_parameters(unknown, sorted(set(known)))
    if twice := sorted(name for name in set(query) - set(lists) if len(query.getlist(name)) > 1):
        raise ParameterTwice(
            zh=f"参数“{twice[0]}”出现了多次，不知道以哪个为准。请只写一次。",
            en=f"The parameter {twice[0]} stands there more than once, and which one counts is unclear. Give it once.",
            names=twice,
        )
    # A cursor has its own refusal: whatever is wrong with it, the list did not make it.
    if nul := sorted(name for name in set(query) - {"cursor"} if any("\0" in value for value in query.getlist(name))):
        raise ParameterRefused(
            zh=f"参数“{nul[0]}”中有空字符（U+0000）。请删去。",
            en=f"The parameter {nul[0]} holds the character U+0000. Remove it.",
            names=nul,
        )


def unknown_parameters(unknown: Sequence[str], known: Sequence[str]) -> UnknownParameter:
    """Return the refusal: what there is not, the nearest that there is, and all that there are."""
    named = "、".join(f"“{quoted(name)}”" for name in unknown[:5])
    named_en = ", ".join(quoted(name) for name in unknown[:5])
    near = [found for name in unknown[:5] if (found := nearest(name, known))]
    meant = f"是否要写 {'、'.join(dict.fromkeys(near))}？" if near else ""
    meant_en = f"Did you mean {', '.join(dict.fromkeys(near))}? " if near else ""
    if not known:
        return UnknownParameter(
            zh=f"这里没有参数{named}；此地址不带任何参数。请删去。",
            en=f"There is no parameter {named_en} here: this address takes none. Remove it.",
            names=unknown,
        )
    return UnknownParameter(
        zh=f"这里没有参数{named}。{meant}可用：{'、'.join(known)}。",
        en=f"There is no parameter {named_en} here. {meant_en}Known: {', '.join(known)}.",
        names=unknown,
    )


def demand_choice(name: str, word: str, known: Iterable[str]) -> str:
    """Return the value of a parameter, which may be empty; raise FilterRefused where it is none of the known."""
    if word and word not in (words := list(known)):
        raise not_one_of(name, word, words)
    return word


def not_one_of(name: str, word: str, known: Sequence[str]) -> FilterRefused:
    shown = ", ".join(known[:SHOWN]) + (", …" if len(known) > SHOWN else "")
    near = nearest(word, known)
    return FilterRefused(
        zh=f"{name} 没有“{quoted(word)}”这个值。{f'是否要写 {near}？' if near else ''}可用：{shown}。",
        en=f"{name} is never {quoted(word)}. {f'Did you mean {near}? ' if near else ''}Known: {shown}.",
        names=[name],
    )


def parameters_of(operation: Operation) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that an operation declares for its address, and those of them that may be repeated."""
    names: set[str] = set()
    lists: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            names |= set(getattr(model, "__ninja_flatten_map__", {}))
            lists |= set(getattr(model, "__ninja_collection_fields__", ()))
    return frozenset(names), frozenset(lists)


def guard(operation: Operation) -> None:
    """Let an operation look at the names in the address before it reads any value, and after who calls is known."""
    names, lists = parameters_of(operation)
    does_itself = getattr(operation.view_func, "reads_filters", False)
    if does_itself and not names:
        return
    known = None if does_itself else names

    class Known(QueryModel):
        @classmethod
        def get_request_data(cls, request: HttpRequest, api: NinjaAPI, path_params: dict[str, Any]) -> dict[str, Any]:
            demand_known(request.GET, known, lists)
            return {}

    Known.__ninja_param_source__ = "query"  # type: ignore[assignment]
    operation.models = [Known, *operation.models]


def guarded(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Guard the operation whose method this is; it is run as before."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    guard(operation)
    return run


def install(api: NinjaAPI) -> None:
    api.add_decorator(guarded, mode="view")
