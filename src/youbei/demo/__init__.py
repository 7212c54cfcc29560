"""The demo city of Haizhou 海州市: invented, generated, and the same on every machine."""
