"""Collection campaigns as pages: those of the authority that asks, and the one that a unit gets by link."""
