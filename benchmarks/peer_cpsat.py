"""The covering model in OR-Tools CP-SAT, in a process of its own: `python -m benchmarks.peer_cpsat FILE SECONDS`."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from ortools.sat.python import cp_model


def main(file: str, seconds: float) -> None:
    data = np.load(file)
    first, need, people, unit = data["first"], data["need"], data["people"], data["unit"]
    start = time.perf_counter()
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
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    has_plan = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    found = {
        "value": solver.objective_value if has_plan else None,
        "bound": solver.best_objective_bound,
        "is_proven": status == cp_model.OPTIMAL,
        "seconds": time.perf_counter() - start,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
