"""What a user chooses for themselves: language and theme of the screens."""

from __future__ import annotations

from youbei.records.models import User


def choose_language(*, by: User, language: str) -> None:
    """Remember the language of the screens and of messages to this user; it is no event of the log."""
    by.language = language
    by.save(update_fields=["language"])


def choose_theme(*, by: User, theme: str) -> None:
    by.theme = theme
    by.save(update_fields=["theme"])
