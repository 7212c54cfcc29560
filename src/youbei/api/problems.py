"""Errors as problem documents (RFC 9457), in both languages at once; `detail` is in the one asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from youbei.api.asked import ParameterRefused
from youbei.api.rendering import to_json
from youbei.engine.errors import Refused
from youbei.engine.text import Text

logger = logging.getLogger("youbei.api")
CONTENT_TYPE = "application/problem+json"
SENTENCES: Mapping[int, Text] = {
    400: Text("请求无法读取。请检查其格式。", "The request cannot be read. Check its format."),
    401: Text(
        "请先登录，或在 Authorization: Bearer 中给出有效的密钥。",
        "Sign in first, or send a valid key in Authorization: Bearer.",
    ),
    404: Text("没有找到所要的内容，或您无权查看。", "There is nothing here that you may see."),
    413: Text("请求过大。请减少一次提交的内容。", "The request is too large. Send less at once."),
    422: Text("有的内容填写不正确，请按 errors 改正。", "Some values are not right: correct what errors names."),
    500: Text(
        "系统内部出错，已记入日志。请稍后重试。", "Something failed inside. It is in the server's log; try again."
    ),
}


class FieldError(Schema):
    """One value that is not right: where it stands and what is wrong with it."""

    place: str = Field(examples=["body.facts.injured"])
    code: str
    message: str


class Problem(Schema):
    """What went wrong: `code` for programs, `detail` and `text` for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    text: dict[str, str] = Field(description="the sentence in both languages: zh, en")
    errors: list[FieldError] = []


def problem(status: int, code: str, text: Text, errors: list[FieldError] | None = None) -> HttpResponse:
    """Answer with a problem document."""
    document = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=text.in_language(get_language() or "en"),
        text=text.as_data(),
        errors=errors or [],
    )
    response = HttpResponse(to_json(document.model_dump()), status=status, content_type=CONTENT_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def plain(status: int) -> HttpResponse:
    name = HTTPStatus(status).phrase
    return problem(status, name.lower().replace(" ", "-"), SENTENCES.get(status, Text(name, name)))


def on_refused(request: HttpRequest, error: Refused) -> HttpResponse:
    response = problem(error.status, error.code, error.text, places_of(error))
    if error.retry_after_s is not None:
        response["Retry-After"] = str(error.retry_after_s)
    return response


def places_of(error: Refused) -> list[FieldError]:
    """Name the parameters that a refusal is about, for programs; other refusals name no place."""
    names = error.names[:50] if isinstance(error, ParameterRefused) else ()
    message = error.text.in_language(get_language() or "en")
    return [FieldError(place=place_of(("query", name)), code=error.code, message=message) for name in names]


def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        FieldError(place=place_of(item["loc"]), code=str(item["type"]), message=str(item["msg"]))
        for item in error.errors[:50]
    ]
    return problem(422, "invalid-values", SENTENCES[422], errors)


def place_of(location: tuple[Any, ...]) -> str:
    """Return the place as the caller wrote it: without the name of our parameter after `body`."""
    parts = [str(part) for part in location]
    if parts[:1] == ["body"] and len(parts) > 1:
        del parts[1]
    return ".".join(parts).encode("utf-8", "replace").decode()


def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, Refused):
        return on_refused(request, error.__cause__)
    return plain(error.status_code)


def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return plain(404)


def on_too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return plain(413)


def on_bug(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.exception("%s %s failed", request.method, request.path)
    return plain(500)


class ProblemsMiddleware:
    """Answer an address or a method of `/api/` that there is none of as any other error: with a problem document."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/api/") or "json" in response.headers.get("Content-Type", ""):
            return response
        if response.status_code == 404 and request.resolver_match is None:
            return problem(404, "no-such-address", NO_ADDRESS)
        if response.status_code == 405:
            allowed = response.headers.get("Allow", "")
            answer = problem(
                405,
                "method-not-allowed",
                Text(
                    f"此地址不支持 {request.method}；可用：{allowed}。", f"{request.method} is not for here: {allowed}."
                ),
            )
            answer["Allow"] = allowed
            return answer
        return response


NO_ADDRESS = Text(
    "接口中没有这个地址。全部地址见 /api/openapi.json；地址末尾不带斜线。",
    "The API has no such address. All of them are in /api/openapi.json; none ends with a slash.",
)
HANDLERS: tuple[tuple[type[Exception], Callable[..., HttpResponse]], ...] = (
    (Exception, on_bug),
    (Refused, on_refused),
    (ValidationError, on_invalid),
    (HttpError, on_http_error),
    (Http404, on_not_found),
    (RequestDataTooBig, on_too_large),
)


def install(api: NinjaAPI) -> None:
    for kind, handler in HANDLERS:
        api.add_exception_handler(kind, handler)
