"""The covering model in HiGHS, in a process of its own: `python -m benchmarks.peer_highs FILE SECONDS`.

The seconds are of the processor, so that other work on the machine takes nothing from it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

import highspy
import numpy as np

from benchmarks.result import most_megabytes
from youbei.engine.dispatch.crews import Columns, row_program
from youbei.engine.dispatch.program import model


def main(file: str, seconds: float) -> None:
    data = np.load(file)
    need_incident = np.zeros(len(data["demand"]), np.int64)
    incident = np.zeros(len(data["unit"]), np.int64)
    columns = Columns(
        data["unit"],
        incident,
        data["cost"],
        data["first"],
        data["need"],
        data["people"],
        data["demand"],
        need_incident,
        int(data["unit"].max()) + 1,
    )
    start, cpu = time.perf_counter(), time.process_time()
    ones = np.ones(columns.count)
    known = Known(start, cpu)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.passModel(model(columns.cost.astype(np.float64), 0 * ones, ones, row_program(columns), ones > 0))
    highs.cbMipImprovingSolution += known.better
    highs.cbMipLogging += known.nearer
    threading.Thread(target=known.watch, args=(cpu + seconds,), daemon=True).start()
    highs.run()
    info = highs.getInfo()
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        known.value = float(info.objective_function_value)
    known.bound = max(known.bound, float(info.mip_dual_bound))
    known.say(is_proven=highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)


class Known:
    """What HiGHS knows so far; said when it has finished, or when its processor time is used up."""

    def __init__(self, start: float, cpu: float) -> None:
        self.start, self.cpu = start, cpu
        self.value: float | None = None
        self.bound = 0.0
        self.first: float | None = None

    def better(self, event: Any) -> None:
        self.value = float(event.data_out.objective_function_value)
        self.first = self.first or time.process_time() - self.cpu

    def nearer(self, event: Any) -> None:
        self.bound = max(self.bound, float(event.data_out.mip_dual_bound))

    def watch(self, until: float) -> None:
        while time.process_time() < until:
            time.sleep(0.05)
        self.say(is_proven=False)

    def say(self, *, is_proven: bool) -> None:
        found = {
            "value": self.value,
            "bound": self.bound,
            "is_proven": is_proven,
            "seconds": time.perf_counter() - self.start,
            "cpu": time.process_time() - self.cpu,
            "first": self.first,
            "megabytes": most_megabytes(),
        }
        print(json.dumps(found), flush=True)
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
