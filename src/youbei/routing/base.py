"""What every routing server is asked, and how it is asked: one POST or GET with a time limit."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from youbei.engine.errors import Refused
from youbei.engine.places import Point

# Assumption: a duty officer waits this long (seconds) before the straight line is the better answer.
PATIENCE_S = 3.0
LARGEST_ANSWER = 64 * 1024 * 1024


class NoAnswer(Exception):
    """Say that a server did not answer, or not what it was asked."""


class BadServer(Refused):
    """Refuse an address that is none of a routing server."""

    status = 422


class Server(Protocol):
    """Answer the seconds from each origin (a row) to each destination; None where no road leads. May raise NoAnswer."""

    @property
    def name(self) -> str: ...

    def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> list[list[float | None]]: ...


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is."""

    host: str
    port: int
    path: str
    is_secure: bool

    @classmethod
    def of(cls, url: str) -> Address:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        is_named = bool(parts.hostname) and not any(sign.isspace() or not sign.isprintable() for sign in url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not is_named or parts.username:
            raise BadServer(
                zh=f"“{url}”不是路径服务的地址；须为 http:// 或 https:// 开头，不含用户名。",
                en=f"{url!r} is no address of a routing server; it begins with http:// or https:// and names no user.",
            )
        is_secure = parts.scheme == "https"
        return cls(parts.hostname, port or (443 if is_secure else 80), parts.path.rstrip("/"), is_secure)

    def ask(self, path: str, *, body: Any = None, patience_s: float = PATIENCE_S) -> Any:
        """Return the JSON that the server answers; raise NoAnswer. Redirects are not followed."""
        kind = http.client.HTTPSConnection if self.is_secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=patience_s)
        try:
            content = None if body is None else json.dumps(body).encode()
            headers = {"Accept": "application/json", "Content-Type": "application/json"}
            connection.request("GET" if body is None else "POST", self.path + path, content, headers)
            answer = connection.getresponse()
            text = answer.read(LARGEST_ANSWER + 1)
            if answer.status != 200 or len(text) > LARGEST_ANSWER:
                raise NoAnswer(f"status {answer.status}, {len(text)} bytes")
            return json.loads(text)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(str(error) or type(error).__name__) from None
        finally:
            connection.close()


def checked(rows: Any, origins: Sequence[Point], destinations: Sequence[Point]) -> list[list[float | None]]:
    """Return a table of seconds if it is one of the right shape; raise NoAnswer."""
    if not isinstance(rows, list) or len(rows) != len(origins):
        raise NoAnswer("the table has not as many rows as origins")
    for row in rows:
        if not isinstance(row, list) or len(row) != len(destinations):
            raise NoAnswer("a row has not as many cells as destinations")
        if not all(cell is None or (isinstance(cell, int | float) and cell >= 0) for cell in row):
            raise NoAnswer("a cell is no time")
    return [[None if cell is None else float(cell) for cell in row] for row in rows]
