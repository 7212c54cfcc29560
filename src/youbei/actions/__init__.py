"""Do: everything that changes something, a verb per function, each one transaction."""
