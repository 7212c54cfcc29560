"""The covering model in OR-Tools CP-SAT, in a process of its own: `python -m benchmarks.peer_cpsat FILE SECONDS`.

The seconds are of the processor (both workers together), so that other work on the machine takes nothing from it.
"""

from __future__ import annotations

import json
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
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    seen = First(cpu)
    threading.Thread(target=watch, args=(solver, cpu + seconds), daemon=True).start()
    status = solver.solve(model, seen)
    has_plan = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    found = {
        "value": solver.objective_value if has_plan else None,
        "bound": solver.best_objective_bound,
        "is_proven": status == cp_model.OPTIMAL,
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "first": seen.after,
        "megabytes": most_megabytes(),
    }
    print(json.dumps(found))


def watch(solver: cp_model.CpSolver, until: float) -> None:
    """Stop the solver when its processor time is used up."""
    while time.process_time() < until:
        time.sleep(0.05)
    solver.stop_search()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
