"""Registers as pages: the index, lists, records and forms, all drawn from the descriptions in `engine/registers`."""
