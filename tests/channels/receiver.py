"""A receiver of webhooks on loopback: a real server in a thread that behaves, or misbehaves, as it is told."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

Behave = Callable[[socket.socket, "Receiver"], None]


@dataclass
class Arrived:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Take requests in; `answer` says what is sent back to the n-th of them (from 0), as raw bytes."""

    answer: Callable[[int], bytes] = lambda number: said(204)
    behave: Behave | None = None
    tls: ssl.SSLContext | None = None
    arrived: list[Arrived] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> Receiver:
        self.listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listening.getsockname()[1]
        self.is_open = True
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_open = False
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(5)

    @property
    def address(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/in?place=1"

    @property
    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.arrived]

    def listen(self) -> None:
        while self.is_open:
            try:
                wire, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(wire,), daemon=True).start()

    def serve(self, wire: socket.socket) -> None:
        with suppress(OSError, ValueError):
            wire.settimeout(30)
            if self.tls is not None:
                wire = self.tls.wrap_socket(wire, server_side=True)
            if self.behave is not None:
                self.behave(wire, self)
            else:
                while self.take_one(wire):
                    continue
        with suppress(OSError):
            wire.close()

    def take_one(self, wire: socket.socket) -> bool:
        request = read_request(wire)
        if request is None:
            return False
        number = len(self.arrived)
        self.arrived.append(request)
        wire.sendall(self.answer(number))
        return True


def said(status: int, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *headers]
    if status != 204:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_request(wire: socket.socket) -> Arrived | None:
    """Read one request, or None where the sender has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = wire.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in rest)}
    while len(body) < int(headers["content-length"]):
        body += wire.recv(65536)
    return Arrived(line, headers, body)


def hang(wire: socket.socket, receiver: Receiver) -> None:
    """Take the request and say nothing."""
    request = read_request(wire)
    if request is not None:
        receiver.arrived.append(request)
    while receiver.is_open:
        time.sleep(0.02)


def drip(wire: socket.socket, receiver: Receiver) -> None:
    """Answer one byte at a time, for ever."""
    read_request(wire)
    wire.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while receiver.is_open:
        wire.sendall(b"a")
        time.sleep(0.02)


@contextmanager
def certificate(folder: Path, name: str = "127.0.0.1") -> Iterator[tuple[ssl.SSLContext, Path]]:
    """Make a certificate that signs itself, for 127.0.0.1 unless told otherwise; give the context of its server."""
    key, made = folder / "key.pem", folder / "made.pem"
    subject = f"subjectAltName=IP:{name}" if name[0].isdigit() else f"subjectAltName=DNS:{name}"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += ["-addext", subject, "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    yield context, made
