"""System checks of the records."""
