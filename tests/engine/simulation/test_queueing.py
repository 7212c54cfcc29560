"""Claims about service systems: they agree with theory, and neither threads, blocks nor compilation show."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from youbei.engine.draws import Draws, Purpose
from youbei.engine.simulation.chance import exponential, key, uniform
from youbei.engine.simulation.loops import IS_COMPILED, words
from youbei.engine.simulation.queue_blocks import BLOCKS, PARTS, one_block, part_of, warm_up_of
from youbei.engine.simulation.queue_model import BadModel, QueueModel, model_of, read_model
from youbei.engine.simulation.queueing import BadQueueRun, result_of, simulate_queue
from youbei.engine.simulation.statistics import Estimate

ERLANG_ROWS = 14
outside = pytest.mark.outside_data
compiled_only = pytest.mark.skipif(not IS_COMPILED, reason="the extra `solve` is not installed")


def erlang_model(servers: int, offered: float, *, line: str) -> QueueModel:
    return model_of({"servers": servers, "service_rate": 1.0, "line": line, "groups": [{"rate": offered}]})


def three_servers() -> QueueModel:
    """The city of ten atoms. Source: Larson, Odoni: Urban Operations Research, 1981, 5.4."""
    table = ((0.5, [0, 1, 2]), (0.25, [0, 2, 1]), (0.35, [1, 0, 2]), (0.4, [2, 0, 1]))
    return model_of(
        {
            "servers": 3,
            "service_rate": 1.0,
            "line": "infinite",
            "groups": [
                {"name": f"g{number}", "rate": rate, "preference": preference}
                for number, (rate, preference) in enumerate(table)
            ],
        }
    )


def agrees(found: Estimate, theory: float) -> bool:
    """Say whether the value lies within twice the 95 % half-width of theory: wrong once in ten thousand."""
    return abs(found.value - theory) <= 2 * max(found.high - found.value, found.value - found.low)


@outside
@compiled_only
def test_it_agrees_with_erlang_b_and_c(outside_data: Callable[[str], Path]) -> None:
    with outside_data("queueing/erlang_reference.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= ERLANG_ROWS
    for row in rows:
        servers, offered = int(row["servers"]), float(row["offered_load_erlang"])
        lost = simulate_queue(erlang_model(servers, offered, line="none"), calls=200_000, seed=3)
        assert agrees(lost.p_lost, float(row["erlang_B_blocking"]))
        assert agrees(mean_of(lost.workload), offered * (1 - float(row["erlang_B_blocking"])) / servers)
        assert lost.p_wait.value == lost.mean_wait.value == 0
        waits = simulate_queue(erlang_model(servers, offered, line="infinite"), calls=200_000, seed=4)
        assert agrees(waits.p_wait, float(row["erlang_C_wait_prob"]))
        assert agrees(waits.mean_wait, float(row["mean_wait_in_service_times"]))
        assert waits.p_lost == Estimate(0.0, 0.0, 0.0)
        # Little's law: as many wait as come in the time that one waits.
        assert agrees(scaled(waits.mean_wait, offered), float(row["mean_queue_length"]))


def scaled(one: Estimate, factor: float) -> Estimate:
    return Estimate(one.value * factor, one.low * factor, one.high * factor)


def mean_of(found: tuple[Estimate, ...]) -> Estimate:
    """Return the mean with the mean half-width: servers of one system are not independent."""
    value = sum(one.value for one in found) / len(found)
    half = sum(one.high - one.low for one in found) / len(found) / 2
    return Estimate(value, value - half, value + half)


@compiled_only
def test_three_servers_are_as_busy_as_in_the_book() -> None:
    found = simulate_queue(three_servers(), calls=1_000_000, seed=1)
    # Source: Larson, Odoni: Urban Operations Research, 1981, 5.4.4.
    for one, published in zip(found.workload, (0.5574, 0.4734, 0.4693), strict=True):
        assert abs(one.value - published) <= 0.003
        assert agrees(one, published)
    assert sum(map(sum, found.served_by)) == found.calls


@outside
@compiled_only
def test_all_that_is_known_of_the_three_servers_is_found(outside_data: Callable[[str], Path]) -> None:
    """Workloads as published; who waits, and who goes where how often, as the balance equations have it."""
    known = json.loads(outside_data("queueing/larson_odoni_3server.json").read_text(encoding="utf-8"))
    groups = [{"name": one["name"], "rate": one["lambda"], "preference": one["pref"]} for one in known["groups"]]
    inputs, exact = known["published_inputs"], known["computed_here_not_published"]["infinite"]
    assert math.isclose(sum(one["rate"] for one in groups), inputs["lambda_total"])
    model = model_of({"servers": 3, "service_rate": inputs["mu"], "line": "infinite", "groups": groups})
    assert model == three_servers_named(groups)
    found = simulate_queue(model, calls=1_000_000, seed=1)
    for one, published, computed in zip(
        found.workload, known["published_exact_workloads"].values(), exact["rho"], strict=True
    ):
        assert abs(one.value - published) <= 0.003
        assert agrees(one, computed)
    assert agrees(found.p_wait, exact["P"]["111"] + exact["P_Q"])
    shares = {
        f"unit{server + 1}->{group['name']}": served / found.calls
        for group, row in zip(groups, found.served_by, strict=True)
        for server, served in enumerate(row)
    }
    assert shares.keys() == exact["f_nj"].keys()
    for name, share in shares.items():
        assert abs(share - exact["f_nj"][name]) <= 0.003


def three_servers_named(groups: list[dict[str, Any]]) -> QueueModel:
    """Return the city of the book as it stands here, its groups called as they are there."""
    data = [
        {"name": named["name"], "rate": one.rate, "preference": list(one.preference)}
        for named, one in zip(groups, three_servers().groups, strict=True)
    ]
    return model_of({"servers": 3, "service_rate": 1.0, "line": "infinite", "groups": data})


@st.composite
def systems(draw: st.DrawFn, *, line: str) -> QueueModel:
    servers = draw(st.integers(1, 6))
    rates = draw(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=4))
    load = draw(st.floats(0.1, 0.85))
    scale = load * servers / sum(rates)
    return model_of(
        {
            "servers": servers,
            "service_rate": 1.0,
            "line": line,
            "groups": [{"rate": rate * scale, "preference": draw(st.permutations(range(servers)))} for rate in rates],
        }
    )


@given(systems(line="infinite"), st.integers(0, 2**64 - 1))
@settings(max_examples=25, deadline=None)
def test_whom_calls_prefer_does_not_change_the_work(model: QueueModel, seed: int) -> None:
    """Work conservation: waits are the same to the last bit for every preference, and servers work what comes."""
    calls = 2_000
    found = simulate_queue(model, calls=calls, seed=seed)
    plain = erlang_model(model.servers, model.rate, line="infinite")
    same = simulate_queue(plain, calls=calls, seed=seed)
    assert found.p_wait == same.p_wait
    assert math.isclose(found.mean_wait.value, same.mean_wait.value, rel_tol=1e-9, abs_tol=1e-12)
    assert math.isclose(mean_of(found.workload).value, mean_of(same.workload).value, rel_tol=1e-9)
    assert agrees(Estimate(mean_of(found.workload).value, 0.0, 2 * model.load), model.load)


@given(st.integers(-(2**70), 2**70), st.integers(0, 2**64 - 1), st.integers(0, 2**63 - 1))
@settings(max_examples=200, deadline=None)
def test_loops_draw_what_the_reference_draws(seed: int, replication: int, index: int) -> None:
    own = Draws(seed, replication).uniform(Purpose.SERVICE, index)
    state, last = words((key(seed, replication, Purpose.SERVICE), index))
    assert uniform(state, last) == own
    assert abs(exponential(state, last) + math.log(own)) <= math.ulp(math.log(own))


@given(systems(line="none"), st.permutations(range(BLOCKS)))
@settings(max_examples=10, deadline=None)
def test_threads_and_the_order_of_blocks_do_not_show(model: QueueModel, order: list[int]) -> None:
    found = simulate_queue(model, calls=1_000, seed=7)
    with ThreadPoolExecutor(3) as pool:
        assert simulate_queue(model, calls=1_000, seed=7, spread=pool.map) == found
    blocks = {number: one_block(model, number, calls=1_000, seed=7) for number in order}
    assert result_of(model, [blocks[number] for number in range(BLOCKS)], seed=7, warm_up=warm_up_of(model)) == found


@st.composite
def plain_systems(draw: st.DrawFn) -> QueueModel:
    """Systems with one group of calls, with a line or without; those without may be asked for more than they can do."""
    line = draw(st.sampled_from(["infinite", "none"]))
    servers = draw(st.integers(1, 12))
    rate = servers * draw(st.floats(0.05, 0.9 if line == "infinite" else 3.0))
    group = {"rate": rate, "preference": draw(st.permutations(range(servers)))}
    return model_of({"servers": servers, "service_rate": 1.0, "line": line, "groups": [group]})


@given(plain_systems(), st.integers(BLOCKS, 5_000), st.integers(0, 2**64 - 1))
@settings(max_examples=40, deadline=None)
def test_blocks_side_by_side_are_the_same_as_alone(model: QueueModel, calls: int, seed: int) -> None:
    """To the last bit, also where some blocks have a call more than others."""
    for number in (0, PARTS - 1):
        first = number * (BLOCKS // PARTS)
        alone = [one_block(model, first + lane, calls=calls, seed=seed) for lane in range(BLOCKS // PARTS)]
        assert list(part_of(model, number, calls=calls, seed=seed)) == alone


WITHOUT_NUMBA = """
import json, sys
sys.modules["numba"] = sys.modules["numpy"] = None
from youbei.engine.simulation.loops import IS_COMPILED
from youbei.engine.simulation.queue_model import model_of
from youbei.engine.simulation.queueing import simulate_queue
assert not IS_COMPILED
for model in json.load(sys.stdin):
    print(json.dumps(simulate_queue(model_of(model), calls=20_000, seed=2026).as_data()))
"""


@compiled_only
def test_plain_python_gives_the_same_to_the_last_bit() -> None:
    preference = [[2, 0, 1], [1, 2, 0]]
    models: list[dict[str, Any]] = [
        {
            "servers": 3,
            "service_rate": 0.7,
            "line": line,
            "groups": [{"rate": 0.4, "preference": one} for one in preference],
        }
        for line in ("infinite", "none")
    ]
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_NUMBA], input=json.dumps(models), capture_output=True, text=True, check=True
    )
    for model, line in zip(models, said.stdout.splitlines(), strict=True):
        assert json.loads(line) == simulate_queue(model_of(model), calls=20_000, seed=2026).as_data()


@compiled_only
def test_the_intervals_cover() -> None:
    """Of 400 intervals of 95 %, 92 to 98 in a hundred hold the truth. Source of the truth: the same book, exactly."""
    model, truth = three_servers(), (0.23684211, 0.15789474, 0.557364, 0.473372, 0.469264)
    hits = [0] * len(truth)
    for seed in range(400):
        found = simulate_queue(model, calls=20_000, seed=seed)
        for which, one in enumerate((found.p_wait, found.mean_wait, *found.workload)):
            hits[which] += one.low <= truth[which] <= one.high
    assert all(0.915 * 400 <= hit <= 0.985 * 400 for hit in hits), hits


@compiled_only
def test_the_empty_beginning_does_not_show() -> None:
    """Many short measurements of a busy system average to the truth: the warm-up is left out."""
    model = erlang_model(10, 9.0, line="infinite")
    found = [simulate_queue(model, calls=200, seed=seed).p_wait.value for seed in range(300)]
    mean = sum(found) / len(found)
    spread = math.sqrt(sum((one - mean) ** 2 for one in found) / (len(found) - 1) / len(found))
    assert abs(mean - 0.66873152) < 3.5 * spread
    assert spread < 0.01


GOOD: dict[str, Any] = {"servers": 2, "service_rate": 1.0, "line": "infinite", "groups": [{"name": "a", "rate": 1.0}]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"servers": 0}, "servers"),
        ({"servers": 1.5}, "servers"),
        ({"servers": True}, "servers"),
        ({"servers": 10**9}, "servers"),
        ({"service_rate": 0}, "service_rate"),
        ({"service_rate": -1}, "service_rate"),
        ({"service_rate": math.nan}, "service_rate"),
        ({"service_rate": math.inf}, "service_rate"),
        ({"service_rate": None}, "service_rate"),
        ({"line": "short"}, "line"),
        ({"groups": []}, "groups"),
        ({"groups": {}}, "groups"),
        ({"groups": ["a"]}, "groups[0]"),
        ({"groups": [{"name": "a", "rate": 0}]}, "groups[0].rate"),
        ({"groups": [{"name": 3, "rate": 1}]}, "groups[0]"),
        ({"groups": [{"rate": 1, "preference": [0, 2]}]}, "only 0 to 1"),
        ({"groups": [{"rate": 1, "preference": [0, -1]}]}, "only 0 to 1"),
        ({"groups": [{"rate": 1, "preference": [0]}]}, "lacks 1"),
        ({"groups": [{"rate": 1, "preference": [0, 0, 1]}]}, "names 0 twice"),
        ({"groups": [{"rate": 1, "preference": "01"}]}, "list of servers"),
        ({"groups": [{"rate": 2.0}]}, "without end"),
        ({"groups": [{"rate": 1, "prefrence": [0, 1]}]}, "prefrence"),
        ({"server": 3}, "server"),
    ],
)
def test_a_model_that_is_none_is_refused_with_a_sentence(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadModel) as refused:
        model_of({**GOOD, **change})
    assert says in refused.value.text.en
    assert refused.value.text.zh.endswith("。")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"servers": 1e999}', b"[" * 100_000, b"null"])
def test_a_file_that_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(BadModel):
        read_model(content)


@pytest.mark.parametrize("calls", [-1, 0, BLOCKS - 1, 10**12])
def test_an_absurd_number_of_calls_is_refused(calls: int) -> None:
    with pytest.raises(BadQueueRun):
        simulate_queue(model_of(GOOD), calls=calls, seed=1)


def test_a_system_at_its_limit_needs_many_calls_and_says_how_many() -> None:
    with pytest.raises(BadQueueRun, match="at least"):
        simulate_queue(erlang_model(1, 0.99999, line="infinite"), calls=10_000, seed=1)


def test_a_simulation_can_be_stopped_and_says_so() -> None:
    found = simulate_queue(three_servers(), calls=1_000, seed=1, go_on=lambda done: done < 500)
    assert found.is_cancelled
    assert found.blocks == 2 * BLOCKS // PARTS
    assert found.calls == found.blocks * 16 == 512
