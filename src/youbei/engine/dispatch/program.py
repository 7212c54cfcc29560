"""Linear and integer programs, handed to HiGHS: one thread and counted work, so that answers can be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
# HiGHS keeps to constraints within this; the values it finds are rounded and judged again in whole numbers.
TOLERANCE = 1e-9
INFINITY: float = highspy.kHighsInf


@dataclass(frozen=True, slots=True)
class Rows:
    """Constraints `low <= A x <= high`, A by rows: `start` has one entry more than there are rows."""

    low: Floats
    high: Floats
    start: npt.NDArray[np.int32]
    column: npt.NDArray[np.int32]
    value: Floats


class RowBuilder:
    """Collect constraints one by one."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.start: list[int] = [0]
        self.column: list[int] = []
        self.value: list[float] = []

    def add(self, terms: list[tuple[int, float]], *, low: float = -INFINITY, high: float = INFINITY) -> None:
        """Add a constraint; the columns of its terms must differ."""
        self.low.append(low)
        self.high.append(high)
        self.column += [column for column, _ in terms]
        self.value += [value for _, value in terms]
        self.start.append(len(self.column))

    def rows(self) -> Rows:
        return Rows(
            np.array(self.low, np.float64),
            np.array(self.high, np.float64),
            np.array(self.start, np.int32),
            np.array(self.column, np.int32),
            np.array(self.value, np.float64),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What HiGHS found. `values` None: no solution. `bound` is its lower bound. `is_finished`: not ended by a limit."""

    values: Floats | None
    objective: float
    bound: float
    is_finished: bool
    is_infeasible: bool
    row_duals: Floats | None = None
    nodes: int = 0


# Presolve of this version drops optimal solutions of programs with continuous columns and calls the rest optimal.
# Source: ERGO-Code/HiGHS issues 3043 and 3073, corrected by pull request 2961 after 1.14.0.
WRONG_PRESOLVE = {"1.14.0"}


def solver(*, is_presolved: bool = True) -> Any:
    """Return HiGHS, set up so that the same program gives the same answer."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", 0)
    highs.setOptionValue("primal_feasibility_tolerance", TOLERANCE)
    highs.setOptionValue("dual_feasibility_tolerance", TOLERANCE)
    highs.setOptionValue("mip_feasibility_tolerance", TOLERANCE)
    if not is_presolved or highs.version() in WRONG_PRESOLVE:
        highs.setOptionValue("presolve", "off")
    return highs


def model(cost: Floats, low: Floats, high: Floats, rows: Rows, integral: npt.NDArray[np.bool_] | None) -> Any:
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(cost), len(rows.low)
    program.col_cost_, program.col_lower_, program.col_upper_ = cost, low, high
    program.row_lower_, program.row_upper_ = rows.low, rows.high
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.num_col_, program.a_matrix_.num_row_ = len(cost), len(rows.low)
    program.a_matrix_.start_, program.a_matrix_.index_, program.a_matrix_.value_ = rows.start, rows.column, rows.value
    if integral is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        program.integrality_ = [kinds[bool(one)] for one in integral]
    return program


def solve_linear(cost: Floats, low: Floats, high: Floats, rows: Rows) -> Outcome:
    """Solve a linear program to its optimum."""
    highs = solver(is_presolved=False)
    highs.passModel(model(cost, low, high, rows, None))
    highs.run()
    status = highs.getModelStatus()
    solution = highs.getSolution()
    is_best = status == highspy.HighsModelStatus.kOptimal
    objective = float(highs.getInfo().objective_function_value)
    return Outcome(
        np.asarray(solution.col_value, np.float64) if is_best else None,
        objective,
        objective if is_best else -np.inf,
        is_best,
        status == highspy.HighsModelStatus.kInfeasible,
        np.asarray(solution.row_dual, np.float64) if is_best else None,
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: after so many nodes, when so close, or when the time guard strikes; `most`: look for no worse."""

    nodes: int
    absolute_gap: float = 0.5
    relative_gap: float = 0.0
    time_s: float | None = None
    most: float | None = None


def solve_integer(
    cost: Floats,
    low: Floats,
    high: Floats,
    rows: Rows,
    integral: npt.NDArray[np.bool_],
    *,
    limits: Limits,
    begin: Floats | None = None,
) -> Outcome:
    """Solve an integer program within limits, beginning from a solution where one is known."""
    highs = solver()
    highs.setOptionValue("mip_max_nodes", int(limits.nodes))
    highs.setOptionValue("mip_abs_gap", limits.absolute_gap)
    highs.setOptionValue("mip_rel_gap", limits.relative_gap)
    if limits.time_s is not None:
        highs.setOptionValue("time_limit", float(limits.time_s))
    if limits.most is not None:
        highs.setOptionValue("objective_bound", float(limits.most))
    highs.passModel(model(cost, low, high, rows, integral))
    if begin is not None:
        known = highspy.HighsSolution()
        known.col_value = list(begin)
        highs.setSolution(known)
    highs.run()
    return outcome(highs, is_integer=bool(integral.any()))


def outcome(highs: Any, *, is_integer: bool) -> Outcome:
    """Read what HiGHS found; a program without whole variables has its optimum for a bound."""
    status, info = highs.getModelStatus(), highs.getInfo()
    is_optimal = status == highspy.HighsModelStatus.kOptimal
    is_infeasible = status == highspy.HighsModelStatus.kInfeasible
    has_values = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Outcome(
        np.asarray(highs.getSolution().col_value, np.float64) if has_values else None,
        float(info.objective_function_value) if has_values else np.inf,
        float(info.mip_dual_bound) if is_integer else float(info.objective_function_value) if is_optimal else -np.inf,
        status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible),
        is_infeasible,
        nodes=int(info.mip_node_count),
    )
