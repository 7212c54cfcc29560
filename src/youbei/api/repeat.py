"""Idempotency keys: a write that is sent twice is done once, and answered twice alike."""

from __future__ import annotations

import functools
import hashlib
import inspect
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.db import transaction
from django.http import HttpRequest
from ninja import Status
from ninja.operation import Operation

from youbei.actions import clock
from youbei.api.access import caller
from youbei.api.rendering import to_json
from youbei.engine.errors import Refused
from youbei.records.models import IdempotencyKey

KEPT = timedelta(days=1)
KEY = re.compile(r"[\x21-\x7e]{1,120}")
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[!-~]+$"},
    "description": "A request repeated with the same key and body is done once and gets the same answer again.",
}


class KeyUnusable(Refused):
    """Refuse a key that is no key, or that was used for something else."""

    status = 422


def idempotent_after(first: Callable[..., None]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Do `first` before the transaction of a write whose key has no answer yet; it may refuse.

    What takes long is prepared there, beside the request, and holds no lock.
    """

    def make(view: Callable[..., Any]) -> Callable[..., Any]:
        return idempotent(view, first=first)

    return make


def idempotent(view: Callable[..., Any], *, first: Callable[..., None] | None = None) -> Callable[..., Any]:
    """Honour the header `Idempotency-Key` on a write.

    The key, what the write does and its answer are kept in one transaction: either all of it happened or nothing. A
    second request with the key waits for the first, then gets its answer. A refusal keeps nothing.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if first is not None and not is_answered(request, key):
            first(request, *args, **kwargs)
        if key is None:
            return view(request, *args, **kwargs)
        if not KEY.fullmatch(key):
            raise KeyUnusable(
                zh="Idempotency-Key 须为 1 至 120 个可见的 ASCII 字符。",
                en="An Idempotency-Key is 1 to 120 visible ASCII characters.",
            )
        with transaction.atomic():
            row, is_new = claim(request, key)
            if not is_new:
                return Status(row.status or 200, row.body)
            result = view(request, *args, **kwargs)
            row.status, row.body = answer_of(result)
            row.save(update_fields=["status", "body"])
            return result

    # The operation reads its parameters from here; their names mean what they mean in the view's module.
    guarded.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    guarded._ninja_contribute_to_operation = [document]  # type: ignore[attr-defined]
    return guarded


def document(operation: Operation) -> None:
    """Add the header to the operation's description."""
    operation.openapi_extra = {**(operation.openapi_extra or {}), "parameters": [IDEMPOTENCY_KEY]}


def is_answered(request: HttpRequest, key: str | None) -> bool:
    """Say whether a request with this key has been answered, or is being answered now."""
    return key is not None and IdempotencyKey.objects.filter(user=caller(request), key=key).exists()


def claim(request: HttpRequest, key: str) -> tuple[IdempotencyKey, bool]:
    """Return the key's row and whether this request is the first to use it."""
    now, user = clock.now(), caller(request)
    fingerprint = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()
    IdempotencyKey.objects.filter(user=user, created_at__lt=now - KEPT).delete()
    row, is_new = IdempotencyKey.objects.get_or_create(
        user=user, key=key, defaults={"fingerprint": fingerprint, "created_at": now}
    )
    if row.fingerprint != fingerprint:
        raise KeyUnusable(
            zh="这个 Idempotency-Key 已用于另一个请求。请为新的请求换一个键。",
            en="This Idempotency-Key was used for another request. Take a new one for a new request.",
        )
    return row, is_new


def answer_of(result: Any) -> tuple[int, Any]:
    """Return the status of a result and its body as JSON values."""
    status, value = (result.status_code, result.value) if isinstance(result, Status) else (200, result)
    return status, orjson.loads(to_json(value))
