"""Pages about where reserves should stand, and who cannot be reached."""
