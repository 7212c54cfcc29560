"""The one family of errors that a user can cause."""

from __future__ import annotations

from youbei.engine.text import Text


class Refused(Exception):
    """Refuse what was asked, with a sentence that says what, why and what to do, in both languages.

    Subclasses are defined beside the function that raises them. Doors turn them into a form error, a problem
    document with status 409 (or `status` where it is another), or exit code 2. Nothing has been changed when one
    is raised. `retry_after_s`: where the same may be asked again unchanged, after so many seconds.
    """

    status = 409
    retry_after_s: int | None = None

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh=zh, en=en)

    @property
    def code(self) -> str:
        """Name the refusal for programs: `UnknownFact` becomes `unknown-fact`."""
        name = type(self).__name__
        return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


class NotAllowed(Refused):
    """Refuse because the person holds no grant that covers this."""

    status = 403


class NotFound(Refused):
    """Refuse because there is no such thing, or none that this person may see."""

    status = 404
