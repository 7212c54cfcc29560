"""Calibration: what exercises and incidents measured, against what plans assume."""
