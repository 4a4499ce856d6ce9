"""Time what two processes exchange, and a training step without and with the exchange, for networks of several sizes.

    python experiments/exchange.py    # a minute; nothing else should keep the machine busy

Keras on JAX, two processes on two cores. One process alone, on one core, trains on half of each batch, which is what
each of the two computes; what they need beyond that is the exchange. The one and the two take turns, so that what
slows the machine slows both.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import record
from rnn_guide.records import FOLDER

UNITS = (16, 64, 128)
STEPS, FEATURES, SHARE = 40, 2, 64  # of a sequence; of a time step; sequences for each process
UPDATES = 20  # in a turn
WARM, TURNS = 2, 7  # turns that compile; turns that count
RECORD = FOLDER / "exchange.jsonl"
MADE_BY: list[Any] = []


class Run(NamedTuple):
    """What is timed: a training step on one or two processes, or the exchange of as many numbers as U has."""

    what: str
    processes: int
    units: int


def runs() -> list[Run]:
    """Return everything that is timed."""
    kinds = [("step", 1), ("step", 2), ("exchange", 2)]
    return [Run(what, processes, units) for what, processes in kinds for units in UNITS]


def join(processes: int, process: int, port: str) -> None:
    """Connect with the other process, or be alone, on one of the cores that two would share."""
    if processes == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import jax
    import keras

    if processes > 1:
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        keras.distribution.initialize(f"127.0.0.1:{port}", processes, process)
    keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))


def step(units: int) -> Callable[[], Any]:
    """Return what trains a model for one turn."""
    import keras
    import numpy as np
    from keras import layers

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((STEPS, FEATURES)), layers.LSTM(units), layers.Dense(1)])
    model.compile("adam", "mse")
    x = np.random.default_rng(0).random((UPDATES * SHARE, STEPS, FEATURES)).astype("float32")
    y = x.sum(axis=(1, 2))[:, None]
    return lambda: model.fit(x, y, batch_size=SHARE, verbose=0)


def exchange(units: int) -> Callable[[], Any]:
    """Return what adds up as many numbers as U has, in a compiled loop, as often as there are updates."""
    import jax
    import numpy as np
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    mesh = Mesh(np.array(jax.devices()), ("batch",))
    part, same = NamedSharding(mesh, PartitionSpec("batch")), NamedSharding(mesh, PartitionSpec())
    own = np.ones((1, units, 4 * units), "float32")
    x = jax.make_array_from_process_local_data(part, own)
    total = jax.device_put(np.zeros(own.shape[1:], "float32"), same)

    def add(total: Any, x: Any) -> Any:
        return jax.lax.with_sharding_constraint((x + 1e-9 * total).sum(axis=0), same)

    loop = jax.jit(lambda total, x: jax.lax.fori_loop(0, UPDATES, lambda _, total: add(total, x), total))
    return lambda: loop(total, x).block_until_ready()


def take_turns(processes: int) -> None:
    """For each line that comes in, do everything once, and say the milliseconds of each step or exchange."""
    make = {"step": step, "exchange": exchange}
    turns = [(run, make[run.what](run.units)) for run in runs() if run.processes == processes]
    for _ in sys.stdin:
        for run, turn in turns:
            start = time.perf_counter()
            turn()
            ms = 1000 * (time.perf_counter() - start) / UPDATES
            print(json.dumps({"run": run._asdict(), "ms": round(ms, 3)}), flush=True)
        print("over", flush=True)


def launch() -> list[list["subprocess.Popen[str]"]]:
    """Return the process that is alone, and the two."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    return [
        [
            subprocess.Popen(
                [sys.executable, __file__, str(processes), str(k), port],
                env=os.environ | {"KERAS_BACKEND": "jax"},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL if k else subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            for k in range(processes)
        ]
        for processes in (1, 2)
    ]


def main() -> None:
    """Let the one process and the two take turns, and write the record."""
    groups = launch()
    times: dict[str, list[float]] = {}
    for turn in range(WARM + TURNS):
        for group in groups:
            for process in group:
                assert process.stdin
                process.stdin.write("\n")
                process.stdin.flush()
            assert group[0].stdout
            for line in iter(group[0].stdout.readline, "over\n"):
                if not line:
                    raise SystemExit("a process ended")
                if line.startswith("{"):  # gloo says something, too
                    said = json.loads(line)
                    times.setdefault(json.dumps(said["run"]), []).append(said["ms"])
        print(f"turn {turn + 1} of {WARM + TURNS}", flush=True)
    for group in groups:
        for process in group:
            assert process.stdin
            process.stdin.close()  # of both, for at the end each waits for the other
        for process in group:
            process.wait()
    lines = [json.dumps(record.made_with(__file__, MADE_BY))]
    lines += [json.dumps({"run": json.loads(run), "ms": ms[WARM:]}) for run, ms in times.items()]
    record.replace(RECORD, ("\n".join(lines) + "\n").encode())
    print(*lines[1:], sep="\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        join(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
        take_turns(int(sys.argv[1]))
    else:
        main()
