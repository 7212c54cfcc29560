"""Counts of large registers that need no counting: made once, and brought forward by every change since."""
