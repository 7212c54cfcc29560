"""Who goes, with what, from where: the optimiser asked about the running responses, and what people decide of it."""
