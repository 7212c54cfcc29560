"""Materials and equipment: the catalogue, lots, vehicles, tests; what the market and production can give."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from youbei.records.models.cells import found_by_cell
from youbei.records.models.scope import Bilingual, Registered, ScopedQuerySet, due_by, sorted_by, walked_by


class Item(Bilingual, Registered):
    """A kind of material or equipment; `unit` is what it is counted in, `packs` what it comes in (`箱/box=24`)."""

    code = models.SlugField(max_length=60, unique=True)
    unit_zh = models.CharField(max_length=20)
    unit_en = models.CharField(max_length=20, blank=True, default="")
    packs = models.CharField(max_length=200, blank=True, default="")
    item_class = models.CharField(max_length=20, blank=True, default="")
    gb_code = models.CharField(max_length=20, blank=True, default="")
    shelf_life_days = models.PositiveIntegerField(null=True, blank=True)
    test_interval_days = models.PositiveIntegerField(null=True, blank=True)
    weight_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    volume_m3 = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)

    objects = ScopedQuerySet["Item"].as_manager()

    class Meta:
        ordering = ("code",)


class ItemCode(Bilingual, Registered):
    """A code of GB/T 38565-2020, as the installation loaded it from its own copy; `parent` follows from the digits."""

    code = models.SlugField(max_length=20, unique=True)
    parent = models.CharField(max_length=20, blank=True, default="")

    objects = ScopedQuerySet["ItemCode"].as_manager()

    class Meta:
        ordering = ("code",)
        indexes = [models.Index(fields=["parent", "code"], name="code_below")]


def free_code() -> str:
    """Return a code that no other lot has, for lots that are entered without one."""
    return f"lot-{uuid4().hex[:16]}"


class StockLot(Registered):
    """A lot of an item in a store. `reserved` is the part promised to runs; it never exceeds `quantity`."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lots", db_index=False)
    site = models.ForeignKey("records.Site", on_delete=models.PROTECT, related_name="lots")
    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=80, unique=True, default=free_code)
    shelf = models.CharField(max_length=60, blank=True, default="")
    reserve = models.CharField(max_length=12, default="government")
    agreement = models.ForeignKey(
        "records.Agreement", on_delete=models.PROTECT, null=True, blank=True, related_name="lots"
    )
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    reserved = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    batch_no = models.CharField(max_length=60, blank=True, default="")
    produced_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    condition = models.CharField(max_length=12, default="good")
    unit_value = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    next_test_on = models.DateField(null=True, blank=True)
    lat = models.FloatField()
    lon = models.FloatField()

    objects = ScopedQuerySet["StockLot"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["item", "lat", "lon"], name="stock_nearby"),
            models.Index(fields=["org_path", "id"], name="stock_in_organisation"),
            *walked_by("stock", "item", "reserve", "condition", "site"),
            *walked_by("stock", ("item", "reserve"), ("item", "condition"), ("reserve", "condition")),
            *sorted_by("stock", "expires_on", "next_test_on", "received_on"),
            *due_by("stock", "expires_on", "next_test_on", more=("quantity",)),
            found_by_cell("stock"),
            models.Index(
                fields=["item", "next_test_on", "org_path", "id"],
                name="stock_tests_of_item",
                condition=models.Q(retired_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="stock_not_negative"),
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0) & models.Q(reserved__lte=models.F("quantity")),
                name="stock_reserved_within_quantity",
            ),
        ]


class Vehicle(Bilingual, Registered):
    """A vehicle or vessel; what it carries lies at its own site, which moves with it."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="vehicles")
    code = models.SlugField(max_length=80, unique=True)
    plate = models.CharField(max_length=20, blank=True, default="")
    kind = models.CharField(max_length=20)
    team = models.ForeignKey("records.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="vehicles")
    site = models.OneToOneField("records.Site", on_delete=models.PROTECT, null=True, blank=True, related_name="vehicle")
    status = models.CharField(max_length=20, default="available")
    payload_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    volume_m3 = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    placed_at = models.DateTimeField(null=True, editable=False)
    inspected_until = models.DateField(null=True, blank=True)
    lat = models.FloatField()
    lon = models.FloatField()

    objects = ScopedQuerySet["Vehicle"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="vehicle_in_organisation"),
            *walked_by("vehicle", "kind", "status", ("kind", "status")),
            *sorted_by("vehicle", "inspected_until"),
            found_by_cell("vehicle"),
            models.Index(
                fields=["lat", "lon"],
                name="vehicle_to_load_nearby",
                condition=models.Q(retired_at__isnull=True, payload_kg__gte=1),
            ),
        ]


class EquipmentTest(Registered):
    """One test of the equipment of a lot."""

    lot = models.ForeignKey(StockLot, on_delete=models.CASCADE, related_name="tests")
    tested_on = models.DateField()
    kind = models.CharField(max_length=20)
    tested_by = models.CharField(max_length=200)
    result = models.CharField(max_length=10)
    next_due_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=400, blank=True, default="")

    objects = ScopedQuerySet["EquipmentTest"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [models.Index(fields=["org_path", "id"], name="test_in_organisation")]
        constraints = [models.UniqueConstraint(fields=["lot", "tested_on", "kind"], name="equipment_test_once")]


class Supply(Registered):
    """What an offer of the market and a production line have in common: an item, an owner, a supplier, terms."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=80, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        "records.Agreement", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit_price = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True, default="")
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)

    class Meta:
        abstract = True


class MarketOffer(Supply):
    """The market reserve: what a supplier can deliver, at which price, after how many hours."""

    supplier = models.ForeignKey(
        "records.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="offers"
    )
    supplier_name = models.CharField(max_length=200, blank=True, default="")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    delay_h = models.DecimalField(max_digits=14, decimal_places=3)

    objects = ScopedQuerySet["MarketOffer"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="offer_in_organisation"),
            models.Index(fields=["item", "org_path", "id"], name="offer_of_item"),
            found_by_cell("offer"),
        ]


class CapacityLine(Bilingual, Supply):
    """The capacity reserve: a production line with switch-over, ramp-up, rates per day and raw material."""

    producer = models.ForeignKey(
        "records.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="lines"
    )
    switch_over_h = models.DecimalField(max_digits=14, decimal_places=3)
    first_rate = models.DecimalField(max_digits=14, decimal_places=3)
    ramp_up_h = models.DecimalField(max_digits=14, decimal_places=3)
    full_rate = models.DecimalField(max_digits=14, decimal_places=3)
    raw_material = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    resupply_rate = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    share = models.DecimalField(max_digits=14, decimal_places=3, default=100)

    objects = ScopedQuerySet["CapacityLine"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="line_in_organisation"),
            models.Index(fields=["item", "org_path", "id"], name="line_of_item"),
            found_by_cell("line"),
        ]


class Requirement(Registered):
    """How much of an item an organisation should have, within how many hours, and on what basis.

    `source` is what a derived requirement follows from; it is empty for one that was entered by hand. `yardstick_h`
    says by which of the hours that are looked at it counts; none: another of its organisation is the larger yardstick
    for the same stock (see `records/registers/yardsticks`).
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.PROTECT, related_name="requirements")
    code = models.SlugField(max_length=80, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    within_h = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    basis = models.CharField(max_length=10)
    basis_text = models.CharField(max_length=400, blank=True, default="")
    source = models.CharField(max_length=200, blank=True, default="", editable=False)
    valid_until = models.DateField(null=True, blank=True)
    yardstick_h = models.PositiveSmallIntegerField(null=True, editable=False)

    objects = ScopedQuerySet["Requirement"].as_manager()

    class Meta:
        ordering = ("org_path", "id")
        indexes = [
            models.Index(fields=["org_path", "id"], name="requirement_in_organisation"),
            models.Index(fields=["item", "org_path", "id"], name="requirement_of_item"),
            models.Index(
                fields=["valid_until"],
                name="requirement_runs_out",
                condition=models.Q(valid_until__isnull=False, yardstick_h__isnull=False),
            ),
        ]


class YardstickDue(models.Model):
    """An item and an organisation of which it must be said anew which requirements count. A trigger marks them."""

    item_pk = models.BigIntegerField()
    unit_pk = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item_pk", "unit_pk"], name="yardstick_due_once")]


class DerivationDue(models.Model):
    """An organisation whose derived requirements must be worked out again."""

    organisation = models.OneToOneField("records.Organisation", on_delete=models.CASCADE, related_name="+")
