"""The covering model in OR-Tools CP-SAT, in a process of its own: `python -m benchmarks.peer_cpsat FILE SECONDS`.

The seconds are of the processor (both workers together), so that other work on the machine takes nothing from it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.result import most_megabytes


class First(cp_model.CpSolverSolutionCallback):
    """Note when the first plan was found."""

    def __init__(self, cpu: float) -> None:
        super().__init__()
        self.cpu = cpu
        self.after: float | None = None

    def on_solution_callback(self) -> None:
        if self.after is None:
            self.after = time.process_time() - self.cpu


def main(file: str, seconds: float) -> None:
    data = np.load(file)
    first, need, people, unit = data["first"], data["need"], data["people"], data["unit"]
    start, cpu = time.perf_counter(), time.process_time()
    solver, is_built = cp_model.CpSolver(), threading.Event()
    threading.Thread(target=watch, args=(solver, is_built, start, cpu, seconds), daemon=True).start()
    model = cp_model.CpModel()
    take = [model.new_bool_var("") for _ in unit]
    column_of = np.repeat(np.arange(len(unit)), np.diff(first))
    for number, asked in enumerate(data["demand"]):
        at = np.flatnonzero(need == number)
        chosen = [take[column] for column in column_of[at]]
        model.add(cp_model.LinearExpr.weighted_sum(chosen, people[at].tolist()) >= int(asked))
    order = np.argsort(unit, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(unit[order])) + 1):
        if len(group) > 1:
            model.add_at_most_one([take[column] for column in group])
    model.minimize(cp_model.LinearExpr.weighted_sum(take, data["cost"].tolist()))
    solver.parameters.num_workers = 2
    seen = First(cpu)
    is_built.set()
    status = solver.solve(model, seen)
    has_plan = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    bound = solver.best_objective_bound
    say(start, cpu, solver.objective_value if has_plan else None, bound, status == cp_model.OPTIMAL, seen.after)


def say(start: float, cpu: float, value: float | None, bound: float, is_proven: bool, first: float | None) -> None:
    found = {
        "value": value,
        "bound": bound,
        "is_proven": is_proven,
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "first": first,
        "megabytes": most_megabytes(),
    }
    print(json.dumps(found), flush=True)


def watch(solver: cp_model.CpSolver, is_built: threading.Event, start: float, cpu: float, seconds: float) -> None:
    """Stop the solver when its processor time is used up; end the process where the model is not even built then."""
    while time.process_time() < cpu + seconds:
        time.sleep(0.05)
    if not is_built.is_set():
        say(start, cpu, None, 0.0, False, None)
        os._exit(0)
    solver.stop_search()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
