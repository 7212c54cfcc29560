"""Answer at once where counting would take long: the worker counts, and the same address is asked again."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema

from youbei.api.rendering import to_json
from youbei.records.registers.keeping import NotCountedYet

AGAIN_AFTER_S = 2


class CountingOut(Schema):
    """So many records are to be counted that the worker does it: ask `address` again after so many seconds.

    `Location` and `Retry-After` say the same. What was counted once follows every change and is answered at once.
    """

    state: Literal["counting"] = "counting"
    address: str
    again_after_s: int = AGAIN_AFTER_S


def or_counting(answer: Any) -> dict[int, Any]:
    """Return the answers of an operation that may have to count: its own, or where to ask again."""
    return {200: answer, 202: CountingOut}


def on_not_counted_yet(request: HttpRequest, error: NotCountedYet) -> HttpResponse:
    address = request.get_full_path()
    said = CountingOut(address=address)
    response = HttpResponse(to_json(said.model_dump()), status=202, content_type="application/json")
    response["Location"], response["Retry-After"] = address, str(AGAIN_AFTER_S)
    return response


def install(api: NinjaAPI) -> None:
    api.exception_handler(NotCountedYet)(on_not_counted_yet)
