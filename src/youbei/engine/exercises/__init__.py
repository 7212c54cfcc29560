"""Exercises: what is brought, what is expected, who is played, and what it showed.

language > msel, read, write > injects > model
"""
