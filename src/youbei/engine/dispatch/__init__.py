"""Who goes, with what, from where, how fast, why, and what is short: for all running incidents at once, with a proof.

Facts are in `problem`, decisions in `plan`, what may be decided in `moves`, how good it is in `score`. `solve` answers.
This room needs numpy, scipy, numba and highspy (the extra `solve`).
"""
