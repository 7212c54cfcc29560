"""What the pages of links have in common: they open without network, and their scripts are answered in plain words."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpResponse

WORKER = Path(__file__).parent / "offline.js"
# What the script on the page says of itself, so that it gets an answer it can read.
OUTBOX = "X-Youbei-Outbox"


def offline_script() -> HttpResponse:
    """Return the script that lets a telephone open the pages of its folder without network."""
    return HttpResponse(WORKER.read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8")


def in_words(said: str, status: int = 200) -> HttpResponse:
    """Answer a script that keeps what was entered until there is network."""
    return HttpResponse(said, status=status, content_type="text/plain; charset=utf-8")
