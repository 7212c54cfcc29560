"""The demo city of Haizhou 海州市: invented, generated, and the same on every machine."""

from __future__ import annotations

from youbei.demo.build import DemoCast, DemoUser, build_demo

__all__ = ["DemoCast", "DemoUser", "build_demo"]
