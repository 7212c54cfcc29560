"""Webhooks over the wire: POST after POST to one receiver on one connection, each within a limit of time and bytes.

Nothing here raises for what the outside world does: each sending ends in an `Outcome`. Redirects are not followed,
and no proxy is used. The headers of the answer decide; its body is read for a moment only.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httptools

from youbei.channels.webhook_address import Address, Network, NotThere, Resolve, checked_ip, look_up
from youbei.engine.text import Text

# Assumption: a receiver that takes the event in and works on it later answers in seconds.
PATIENCE_S = 10.0
# For so long the rest of an answer is read once its headers are there: to say why it refuses, to keep the connection.
PATIENCE_BODY_S = 1.0
MOST_HEADERS, MOST_BODY = 32 * 1024, 16 * 1024
EXCERPT = 300
CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one sending. `status` is 0 where there was no answer; no `problem` means it was taken over."""

    status: int
    took_ms: int
    problem: Text | None = None
    excerpt: str = ""
    retry_after_s: float | None = None

    @property
    def is_taken(self) -> bool:
        return self.problem is None

    @property
    def is_gone(self) -> bool:
        return self.status == 410


class Answer:
    """Gather an answer as the parser meets it."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.status, self.seen = 0, 0
        self.retry_after = ""
        self.body = bytearray()
        self.has_headers = self.is_complete = self.may_go_on = False

    def feed(self, data: bytes) -> None:
        """Read on; what is wrong behind a whole answer changes nothing about it, but ends the connection."""
        self.seen += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            if not self.is_complete:
                raise
            self.may_go_on = False

    def on_message_begin(self) -> None:
        # What comes behind the answer belongs to nothing that was asked.
        if self.is_complete:
            raise ValueError("a second answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after":
            self.retry_after = value.decode("latin-1").strip()

    def on_headers_complete(self) -> None:
        self.status = self.parser.get_status_code()
        self.has_headers = self.status >= 200

    def on_body(self, data: bytes) -> None:
        self.body += data[: MOST_BODY - len(self.body)]

    def on_message_complete(self) -> None:
        self.is_complete = self.status >= 200
        self.may_go_on = bool(self.parser.should_keep_alive())

    @property
    def is_too_much(self) -> bool:
        return self.seen > MOST_HEADERS + MOST_BODY


class Line:
    """A connection to one receiver, made when it is first needed and kept while it stays good."""

    def __init__(self, address: Address, *, networks: Sequence[Network] = (), resolve: Resolve = look_up) -> None:
        self.address, self.networks, self.resolve = address, networks, resolve
        self.socket: socket.socket | None = None

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def post(self, body: bytes, headers: Mapping[str, str], *, patience_s: float = PATIENCE_S) -> Outcome:
        """Send one event and say what came of it, within `patience_s` plus what the name service takes."""
        began = time.monotonic()
        try:
            answer = self.exchange(request_of(self.address, body, headers), began + patience_s)
        except NotThere as problem:
            self.close()
            return Outcome(0, since(began), problem.text)
        except (OSError, httptools.HttpParserError, httptools.HttpParserUpgrade, ValueError) as error:
            self.close()
            return Outcome(0, since(began), why_not(error, self.address, patience_s))
        return outcome_of(answer, since(began))

    def exchange(self, request: bytes, deadline: float) -> Answer:
        was_open = self.socket is not None
        try:
            return self.once(request, deadline)
        except (ConnectionError, ssl.SSLEOFError):
            # The receiver has closed a connection that was kept; the id makes a second arrival recognisable.
            if not was_open:
                raise
            self.close()
            return self.once(request, deadline)

    def once(self, request: bytes, deadline: float) -> Answer:
        if self.socket is None:
            self.socket = self.connect(deadline)
        wire, answer = self.socket, Answer()
        send_all(wire, request, deadline)
        while not answer.has_headers:
            data = receive(wire, deadline)
            if not data:
                raise ConnectionResetError("closed without an answer")
            answer.feed(data)
            if not answer.has_headers and answer.seen > MOST_HEADERS:
                raise ValueError("the headers have no end")
        self.read_rest(wire, answer, min(deadline, time.monotonic() + PATIENCE_BODY_S))
        return answer

    def read_rest(self, wire: socket.socket, answer: Answer, deadline: float) -> None:
        """Read the body while there is time, and keep the connection only where the answer came whole."""
        try:
            while not answer.is_complete and not answer.is_too_much:
                data = receive(wire, deadline)
                if not data:
                    break
                answer.feed(data)
        except (OSError, httptools.HttpParserError, httptools.HttpParserUpgrade):
            answer.is_complete = False
        if not answer.is_complete or not answer.may_go_on:
            self.close()

    def connect(self, deadline: float) -> socket.socket:
        """Connect to an address that was checked, and to no other."""
        ip = checked_ip(self.address, self.networks, self.resolve)
        wire = socket.create_connection((ip, self.address.port), timeout=left(deadline))
        if not self.address.is_secure:
            return wire
        try:
            wire.settimeout(left(deadline))
            return ssl.create_default_context().wrap_socket(wire, server_hostname=self.address.host)
        except BaseException:
            wire.close()
            raise


def request_of(address: Address, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"POST {address.target} HTTP/1.1",
        f"Host: {address.authority}",
        "User-Agent: Youbei-Webhook/1",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Accept: */*",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def left(deadline: float) -> float:
    """Return the seconds that are left; raise TimeoutError where none are."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def send_all(wire: socket.socket, data: bytes, deadline: float) -> None:
    view = memoryview(data)
    while view:
        wire.settimeout(left(deadline))
        view = view[wire.send(view[:CHUNK]) :]


def receive(wire: socket.socket, deadline: float) -> bytes:
    wire.settimeout(left(deadline))
    return wire.recv(CHUNK)


def since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def outcome_of(answer: Answer, took_ms: int) -> Outcome:
    """Judge an answer by its status alone."""
    status = answer.status
    if 200 <= status < 300:
        return Outcome(status, took_ms)
    excerpt = "".join(sign if sign.isprintable() else " " for sign in answer.body.decode("utf-8", "replace"))
    return Outcome(
        status, took_ms, refusal(status), " ".join(excerpt.split())[:EXCERPT], seconds_in(answer.retry_after)
    )


def seconds_in(retry_after: str) -> float | None:
    """Return what a Retry-After in seconds asks for; a date is not followed."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 7 else None


def refusal(status: int) -> Text:
    if 300 <= status < 400:
        return Text(
            f"接收方要求转到别处（{status}）。推送不跟随跳转；请填写最终的地址。",
            f"The receiver sends us elsewhere ({status}). Redirects are not followed: give the final address.",
        )
    if status == 410:
        return Text(
            "接收方答复该地址已不再接收（410）。",
            "The receiver says that nothing is taken there any more (410).",
        )
    if status in (401, 403):
        return Text(
            f"接收方拒绝接收（{status}）。请在接收方核对密钥和访问限制。",
            f"The receiver turned it away ({status}). Check the secret and who may call, on the receiver's side.",
        )
    if status == 404:
        return Text(
            "接收方没有这个地址（404）。请核对网址的路径。",
            "The receiver has no such address (404). Check the path.",
        )
    if status == 429:
        return Text("接收方要求放慢（429）。", "The receiver asks us to slow down (429).")
    if status >= 500:
        return Text(
            f"接收方内部出错（{status}）。请查看接收方的日志。",
            f"The receiver failed inside ({status}). Look into its log.",
        )
    return Text(
        f"接收方没有接受（{status}）。接收后应答复 200 至 299。",
        f"The receiver did not take it ({status}). It answers 200 to 299 when it has.",
    )


def why_not(error: Exception, address: Address, patience_s: float) -> Text:
    """Say in words why there was no answer."""
    where = f"{address.host}:{address.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return Text(
            f"{where} 的证书不可信（{error.verify_message}）。请更换有效证书；自建证书机构请用 SSL_CERT_FILE 指明。",
            f"The certificate of {where} is not trusted ({error.verify_message}). Renew it; an authority of your own "
            "is named by SSL_CERT_FILE.",
        )
    if isinstance(error, ssl.SSLError):
        return Text(
            f"与 {where} 的加密连接没有建立（{error.reason or 'TLS'}）。请检查其 TLS 设置，须支持 TLS 1.2 以上。",
            f"No encrypted connection with {where} came about ({error.reason or 'TLS'}). Check its TLS: 1.2 or newer.",
        )
    if isinstance(error, TimeoutError):
        return Text(
            f"{where} 在 {patience_s:g} 秒内没有答复。接收方应先答复再处理。",
            f"{where} did not answer within {patience_s:g} s. A receiver answers first and works afterwards.",
        )
    if isinstance(error, ConnectionRefusedError):
        return Text(
            f"{where} 没有程序在接收。请检查接收方是否在运行。",
            f"Nothing listens at {where}. See whether the receiver is running.",
        )
    if isinstance(error, ConnectionError):
        return Text(f"{where} 没有答复就断开了连接。", f"{where} closed the connection without an answer.")
    if isinstance(error, OSError):
        return Text(
            f"无法连接 {where}（{error.strerror or type(error).__name__}）。请检查网络。",
            f"{where} cannot be reached ({error.strerror or type(error).__name__}). Check the network.",
        )
    return Text(
        f"{where} 的答复不是 HTTP，或没有尽头。请核对地址和端口。",
        f"What {where} answered is not HTTP, or has no end. Check address and port.",
    )
