"""Benchmarks: each runs beside a peer or a floor in the same process, so that the ratio means something elsewhere."""
