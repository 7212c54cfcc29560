"""Remember: the only Django app with tables."""
