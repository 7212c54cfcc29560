"""Exercises: planned, begun, led on their own clock, ended and closed."""

from youbei.actions.exercises.pace import jump_clock, pause_clock, resume_clock, set_speed

__all__ = ["jump_clock", "pause_clock", "resume_clock", "set_speed"]
