"""Exercises: what is planned, what was held, who took part, and what evaluators saw."""

from __future__ import annotations

import uuid

from django.db import models

from youbei.records.models.path import PathField
from youbei.records.models.scope import ScopedQuerySet


class Exercise(models.Model):
    """One exercise of a unit. While it is planned `data` may change; what StartEx began from never does.

    `data` is the exercise as JSON, `digest` the SHA-256 of that; both are empty for one that is held without a script,
    such as a monthly evacuation with head-count. `run` is its run from StartEx on: the log of that run is the truth.
    """

    class Status(models.TextChoices):
        PLANNED = "planned"
        SEALED = "sealed"
        RUNNING = "running"
        PAUSED = "paused"
        SUSPENDED = "suspended"
        ENDED = "ended"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="exercises")
    org_path = PathField(editable=False)
    code = models.CharField(max_length=80)
    version = models.CharField(max_length=40, blank=True, default="")
    type = models.CharField(max_length=20)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True, default="")
    plan_version = models.ForeignKey(
        "records.PlanVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="exercises"
    )
    data = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    is_announced = models.BooleanField(default=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    incident = models.OneToOneField(
        "records.Incident", on_delete=models.PROTECT, null=True, blank=True, related_name="exercise"
    )
    run = models.OneToOneField("records.Run", on_delete=models.PROTECT, null=True, blank=True, related_name="exercise")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True, default="")
    broken_off_for = models.ForeignKey(
        "records.Incident", on_delete=models.SET_NULL, null=True, blank=True, related_name="broke_off"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    # The questionnaire of the hot wash that opens by itself at EndEx; empty where somebody opens it, and once it is.
    hot_wash_with = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)

    objects = ScopedQuerySet["Exercise"].as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="exercise_newest"),
            models.Index(fields=["org_path", "-created_at"], name="exercise_newest_in"),
            models.Index(fields=["status", "-created_at", "-id"], name="exercise_by_status"),
            models.Index(fields=["organisation", "started_at"], name="exercise_held"),
            models.Index(
                fields=["ended_at"],
                condition=models.Q(status="ended") & ~models.Q(hot_wash_with=""),
                name="exercise_asks",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def stream(self) -> str:
        return f"exercise:{self.pk}"


class Observation(models.Model):
    """What an evaluator saw. `subject` is an objective, critical task or expected action of the exercise, or empty.

    `seq` is its line in the log of the run, `at` what the exercise clock showed. `rating` is P, S, M, U or a per cent;
    `source` tells the evaluators' judgement (official) from the players' own.
    """

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="observations")
    org_path = PathField(db_index=True, editable=False)
    seq = models.PositiveIntegerField()
    subject = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    rating = models.CharField(max_length=3, blank=True, default="")
    source = models.CharField(max_length=10, default="official")
    text = models.TextField(blank=True, default="")
    evaluator = models.CharField(max_length=120)
    evaluator_label = models.CharField(max_length=200)

    objects = ScopedQuerySet["Observation"].as_manager()

    class Meta:
        ordering = ("seq",)
        constraints = [models.UniqueConstraint(fields=["exercise", "seq"], name="observation_once")]


class ObservationPhoto(models.Model):
    """A photograph that belongs to an observation; `digest` is the SHA-256 of it, which also stands in the log."""

    observation = models.ForeignKey(Observation, on_delete=models.CASCADE, related_name="photos")
    content = models.BinaryField()
    media_type = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()


class ExerciseUnit(models.Model):
    """A unit that holds an exercise together with the one that leads it; neither need be above the other.

    `task` is its share, in words. Once it has accepted, its own people are listed by it and by nobody else. While it is
    away, for something real, its people are listed still and hear nothing of the exercise.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        AWAY = "away"

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="units")
    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="shared_exercises")
    org_path = PathField(editable=False)
    task = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    objects = ScopedQuerySet["ExerciseUnit"].as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["org_path", "id"], name="exercise_unit_in"),
            models.Index(fields=["organisation", "state"], name="exercise_unit_of"),
        ]
        constraints = [models.UniqueConstraint(fields=["exercise", "organisation"], name="exercise_unit_once")]


class Participant(models.Model):
    """Who takes part, by a register code (`person:<code>`, `agency:<code>` or a post), and in which part.

    Only participants hear of an exercise. `post` is the post of the plan that a player fills; `unit` the unit that
    listed them, empty where the unit that leads did. `class:<key>` is a class of a school: its pupils are counted.
    """

    class Part(models.TextChoices):
        PLAYER = "player"
        CONTROLLER = "controller"
        EVALUATOR = "evaluator"
        OBSERVER = "observer"

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="participants")
    ref = models.CharField(max_length=120)
    part = models.CharField(max_length=12, choices=Part.choices, default=Part.PLAYER)
    post = models.CharField(max_length=80, blank=True, default="")
    unit = models.ForeignKey(ExerciseUnit, on_delete=models.CASCADE, null=True, blank=True, related_name="participants")

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["exercise", "ref", "part"], name="participant_once")]


class Interruption(models.Model):
    """Something real that broke into an exercise: of one of its units (`unit`), or of the whole.

    `why` tells what it touches, `subject` which by its register code; `incident` is empty where somebody called it out
    before it was reported. It lasts until `lifted_at`.
    """

    class Why(models.TextChoices):
        SAID = "said"
        REPORT = "report"
        RUN = "run"
        POST = "post"
        TEAM = "team"

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="interruptions")
    unit = models.ForeignKey(
        ExerciseUnit, on_delete=models.CASCADE, null=True, blank=True, related_name="interruptions"
    )
    incident = models.ForeignKey(
        "records.Incident", on_delete=models.PROTECT, null=True, blank=True, related_name="interruptions"
    )
    why = models.CharField(max_length=10, choices=Why.choices)
    subject = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["exercise", "-id"], name="interruption_newest")]


class ExerciseSeal(models.Model):
    """The sealed time of an exercise without notice. `secret` is the opening, enciphered; `opening` is it, revealed."""

    exercise = models.OneToOneField(Exercise, on_delete=models.CASCADE, related_name="seal")
    windows = models.JSONField()
    commitment = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    sealed_by = models.CharField(max_length=120)
    ends_at = models.DateTimeField()
    secret = models.TextField(blank=True, default="")
    opening = models.JSONField(null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True, db_index=True)


class DrillRegime(models.Model):
    """A unit is under a regime of drills (`content/drills`) since a day."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="drill_regimes")
    org_path = PathField(editable=False)
    regime = models.CharField(max_length=60)
    since_on = models.DateField()

    objects = ScopedQuerySet["DrillRegime"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [models.Index(fields=["org_path", "id"], name="drill_regime_in")]
        constraints = [models.UniqueConstraint(fields=["organisation", "regime"], name="drill_regime_once")]
