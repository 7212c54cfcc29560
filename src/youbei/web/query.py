"""Read what stands behind the question mark of an address, where anything may stand."""

from __future__ import annotations

from django.http import HttpRequest

# As many digits as the largest key of a row has at least; Python refuses to read numbers of thousands of digits.
LONGEST_KEY = 18


def key_in(request: HttpRequest, name: str) -> int | None:
    """Return the row key that the query names, or None where there is none or it cannot be one."""
    entered = request.GET.get(name, "")
    return int(entered) if entered.isdecimal() and len(entered) <= LONGEST_KEY else None
