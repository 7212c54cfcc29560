"""The index over all registers: entries, the database's index of words, and finding in it."""
