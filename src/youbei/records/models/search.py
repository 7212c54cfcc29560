"""What the registers are searched by."""

from __future__ import annotations

from django.db import models

from youbei.records.models.path import PathField


class SearchEntry(models.Model):
    """A record of a register that is in use, with the tokens it is found by (see `engine/words`), parted by spaces.

    Tokens also say which register it belongs to and under which organisations it stands. An index of words over
    `tokens` is made by migration 0009, for each database in its own way, and follows this table by itself.
    """

    register = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    org_path = PathField()
    code = models.CharField(max_length=120, blank=True, default="")
    name_zh = models.CharField(max_length=200, blank=True, default="")
    name_en = models.CharField(max_length=200, blank=True, default="")
    others = models.TextField(blank=True, default="")
    tokens = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "record_id"], name="search_entry_once")]


class SavedView(models.Model):
    """A list of a register as somebody narrowed and sorted it, kept under a name. `query` is what its address says.

    With an `organisation` it is shared with all who stand there or may see it. A default view is what its owner gets
    when opening the list.
    """

    owner = models.ForeignKey("records.User", on_delete=models.CASCADE, related_name="views")
    register = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000, blank=True, default="")
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, null=True, blank=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["owner", "register", "name"], name="saved_view_once"),
            models.UniqueConstraint(
                fields=["owner", "register"], condition=models.Q(is_default=True), name="one_default_view"
            ),
        ]


class SavedReport(models.Model):
    """A table of numbers of a register, kept under a name. `query` is what the address of the statistics says.

    What is kept is the question: the numbers are always those of now, and of what the one who looks may see. With an
    `organisation` it is shared as a view is. `pinned_by` have it on their duty desk.
    """

    owner = models.ForeignKey("records.User", on_delete=models.CASCADE, related_name="reports")
    register = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000, blank=True, default="")
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, null=True, blank=True)
    pinned_by = models.ManyToManyField("records.User", related_name="pinned_reports")

    class Meta:
        ordering = ("name", "id")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_report_once")]
