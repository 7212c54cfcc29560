"""Findings: whatever is wrong, wherever it was found, from its discovery until a retest verifies its cure."""
