"""Travel times on large road networks: arrays and compiled searches. Needs the extra `solve`."""
