"""The run: a plan being carried out against a clock, the same in simulation, exercise and reality.

    advance(run, until) -> run        carry out whatever is due at or before `until`
    act(run, command, at=, by=) -> run   a person or device does something at `at` (first advances to `at`)
    fold(plan, events, ...) -> run    rebuild a run from its log

Two laws, kept by property tests: however time is cut into ticks, the log is the same; folding the log rebuilds the
state.
"""
