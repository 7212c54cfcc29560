"""A small tree of units, users with keys, and a client that speaks JSON."""

from __future__ import annotations

from tests.built_once import A_MINUTE, built_once

from api.callers import Caller, make_caller
from youbei.actions import clock
from youbei.actions.registers.people import create_organisation
from youbei.engine.access import Role
from youbei.records.models import Organisation


@built_once(fresh_for=A_MINUTE)
def city() -> Organisation:
    return create_organisation(
        by=None, now=clock.now(), code="haizhou", kind="government", name_zh="海州市", name_en="Haizhou"
    )


@built_once(fresh_for=A_MINUTE)
def port(city: Organisation) -> Organisation:
    return create_organisation(by=None, now=clock.now(), code="haizhou-port", kind="port", name_zh="港口", parent=city)


@built_once
def admin(city: Organisation) -> Caller:
    return make_caller("admin", Role.ADMINISTRATOR, city)


@built_once
def observer(port: Organisation) -> Caller:
    return make_caller("observer", Role.OBSERVER, port)


@built_once
def stranger(city: Organisation) -> Caller:
    return make_caller("stranger", None, city)
