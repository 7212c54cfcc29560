"""Bring sheets into registers and registers into sheets."""
