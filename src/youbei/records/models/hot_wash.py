"""The hot wash of an exercise: what its participants were asked, and what they answered."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class HotWash(models.Model):
    """The questionnaire of one exercise. `questions` is what was asked, as JSON: the library may change meanwhile.

    `asked` is how many people were asked. `nonce` makes the link; `digest` is the SHA-256 of all answers once it is
    closed, and stands in the log.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.OneToOneField("records.Exercise", on_delete=models.CASCADE, related_name="hot_wash")
    org_path = PathField(editable=False)
    questionnaire = models.CharField(max_length=40)
    questions = models.JSONField()
    is_anonymous = models.BooleanField(default=True)
    asked = models.PositiveIntegerField()
    nonce = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")

    objects = ScopedQuerySet["HotWash"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["closes_at"], condition=models.Q(closed_at=None), name="hot_wash_open_until")]

    def is_open(self, now: datetime) -> bool:
        return self.closed_at is None and now < self.closes_at


class HotWashAnswer(models.Model):
    """One answer. `mark` comes with the form, so that one sent twice counts once.

    Of an anonymous one nothing else is kept: no name, no account, no time, and a key that is drawn and tells no order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hot_wash = models.ForeignKey(HotWash, on_delete=models.CASCADE, related_name="answers")
    mark = models.CharField(max_length=64)
    answers = models.JSONField()
    said_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["hot_wash", "mark"], name="hot_wash_answer_once")]
