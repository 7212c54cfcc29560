"""From a number of the statistics to the list of exactly the records that it counts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from youbei.records.registers.statistics import Bucket, Dimension, Pivot

# What of an address belongs to the table of numbers, or to a place in a list, and not to the list that is opened.
OWN_WORDS = frozenset({"rows", "columns", "measure", "cursor", "order", "size"})


def chosen(dimensions: list[Dimension], name: str) -> Dimension | None:
    return next((dimension for dimension in dimensions if dimension.name == name), None)


def list_query(asked: Mapping[str, str], *buckets: Bucket) -> dict[str, str] | None:
    """Return the filters of the list that shows the records of these buckets, within those that were asked for.

    None where no list can show them: what stands directly at several tops at once.
    """
    query = {name: value for name, value in asked.items() if name not in OWN_WORDS and value}
    for bucket in buckets:
        if bucket.key == "" and not bucket.query and bucket.title:
            return None
        for name in dates_in(bucket):
            query.pop(f"{name}_from", None)
            query.pop(f"{name}_until", None)
        if "unit" in bucket.query:
            query.pop("only", None)
        query.update(bucket.query)
    return query


def dates_in(bucket: Bucket) -> set[str]:
    """Return the dates that a bucket narrows: its own days stand for those that were asked for."""
    return {name.rpartition("_")[0] for name in bucket.query if name.endswith(("_from", "_until"))}


def table_data(pivot: Pivot, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return a table as plain data, every number with the filters of its list."""

    def cell(number: Decimal | None, *buckets: Bucket) -> dict[str, Any]:
        return {"number": number or Decimal(0), "query": list_query(asked, *buckets)}

    def head(bucket: Bucket, number: Decimal | None) -> dict[str, Any]:
        return {"key": bucket.key, "title": bucket.title.as_data(), "total": cell(number, bucket)}

    return {
        "columns": [head(column, pivot.column_totals.get(column.key)) for column in pivot.columns],
        "rows": [
            {
                **head(row, pivot.row_totals.get(row.key)),
                "cells": [cell(pivot.cells.get((row.key, one.key)), row, one) for one in pivot.columns],
            }
            for row in pivot.rows
        ],
        "total": cell(pivot.total),
        "left_out": pivot.left_out,
    }
