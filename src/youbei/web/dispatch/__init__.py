"""Pages about who goes where: the proposal of the optimiser, what if, roads that are closed."""
