"""Simulation: a plan carried out many times with drawn durations and travel, through the same run as elsewhere."""
