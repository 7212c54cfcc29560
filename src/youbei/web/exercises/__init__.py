"""Exercises: the list and the library, the page of one with its injects and measures, and leading it."""
