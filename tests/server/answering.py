"""A server on the loopback that answers as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answers = Callable[[str, Any], tuple[int, bytes]]


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """Serve on the loopback: `answers` gets the address and the body of a request."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, content = answers(self.path, json.loads(self.rfile.read(length)) if length else None)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}/routing"
    finally:
        listening.shutdown()
        listening.server_close()
