"""Simulation: a plan carried out many times with drawn durations and travel, through the same run as everywhere else.

`draws` (chance as a pure function of integers) stands below `engine.run`; `replicate` and `statistics` stand above it.
This package therefore imports nothing of its own: name the module.
"""
