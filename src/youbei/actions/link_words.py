"""The words of links that work without an account: a key, and a mark made of a nonce and the server's key.

Nothing of the mark is stored. A new nonce makes every earlier link of that key worthless.
"""

from __future__ import annotations

from django.utils.crypto import constant_time_compare, salted_hmac


def word_for(kind: str, key: object, nonce: str) -> str:
    """Return the part of an address that only its holder knows: `17-3f9a...`. `kind` keeps one sort from another."""
    mark = salted_hmac(f"youbei.{kind}.link", f"{key}:{nonce}", algorithm="sha256").hexdigest()[:32]
    return f"{key}-{mark}"


def number_in(word: str) -> int:
    """Return the number that a word begins with, 0 (which no row has) where it is none that a row could have."""
    number = word.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= 18 else 0


def is_same(word: str, right: str) -> bool:
    """Compare a word with the right one in a time that says nothing of where they differ."""
    return constant_time_compare(word, right)
