"""What the registers are searched by."""

from __future__ import annotations

from django.db import models


class SearchEntry(models.Model):
    """A record of a register that is in use, with the tokens it is found by (see `engine/words`), parted by spaces.

    Tokens also say which register it belongs to and under which organisations it stands. An index of words over
    `tokens` is made by migration 0009, for each database in its own way, and follows this table by itself.
    """

    register = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    org_path = models.CharField(max_length=255)
    code = models.CharField(max_length=120, blank=True, default="")
    name_zh = models.CharField(max_length=200, blank=True, default="")
    name_en = models.CharField(max_length=200, blank=True, default="")
    others = models.TextField(blank=True, default="")
    tokens = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "record_id"], name="search_entry_once")]
