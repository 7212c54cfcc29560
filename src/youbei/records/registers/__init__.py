"""The registers as rows: which table holds which, what a record says, and which record a cell means."""
