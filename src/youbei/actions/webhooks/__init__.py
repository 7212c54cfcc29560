"""Webhooks: kept by those who administer a unit, sent by the worker beside its other duties."""
