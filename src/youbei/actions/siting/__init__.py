"""Where should the next reserves stand, and who cannot be reached in time: long work, in slices."""
