"""Time a training step of recurrent layers in many settings, on Keras's backends and with PyTorch alone, in one run.

    python experiments/speed.py    # a few minutes; nothing else should keep the machine busy

Each backend runs in a process of its own. Right before a setting is timed, the same layer is timed with TensorFlow and
Keras's defaults, so that what slows the machine slows both. The record holds the milliseconds of a step of both in each
turn, and the seconds that the first turn took longer than the others; what they are good for are the ratios.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import product
from statistics import median
from typing import Any, NamedTuple

import numpy as np

import record
from rnn_guide import records
from rnn_guide.records import FOLDER

BACKENDS = ("tensorflow", "jax", "torch", "torch alone", "products")
LAYERS = ("SimpleRNN", "LSTM", "GRU")
STEPS, BATCH = 100, 64
SIZES = {"small": (2, 32), "large": (64, 128)}  # features, units
UPDATES = {"small": 40, "large": 10}  # in a turn
TURNS = 4
RECORD = FOLDER / "speed.jsonl"
MADE_BY: list[Any] = []


class Run(NamedTuple):
    """One setting."""

    backend: str
    layer: str
    size: str
    setting: str


# Of the layer; of model.compile; of the batch.
SETTINGS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "jit_compile": {"jit_compile": True},
    "steps_per_execution=10": {"steps_per_execution": 10},
    "both": {"jit_compile": True, "steps_per_execution": 10},
    "unroll": {"unroll": True},
    "unroll and jit_compile": {"unroll": True, "jit_compile": True},
    "recurrent_dropout": {"recurrent_dropout": 0.1},
    "dropout": {"dropout": 0.1},
    "mask": {},
    "cell in RNN": {},
    "reset_after=False": {"reset_after": False},
    "batch of 256": {},
    "mixed_bfloat16": {"dtype": "mixed_bfloat16"},
}
OF_COMPILE = ("jit_compile", "steps_per_execution")


def runs() -> list[Run]:
    """Return all settings."""
    every = [Run(*names, "defaults") for names in product(BACKENDS, LAYERS, SIZES)]
    every += [Run("tensorflow", "LSTM", *names) for names in product(SIZES, SETTINGS)]
    every += [Run("tensorflow", "GRU", *names) for names in product(SIZES, ["both", "reset_after=False"])]
    every += [Run("jax", *names, "steps_per_execution=10") for names in product(LAYERS[1:], SIZES)]
    left_out = [("LSTM", "small", "reset_after=False"), ("LSTM", "large", "reset_after=False")]
    left_out += [("LSTM", "large", "unroll and jit_compile")]  # it compiles for more than a minute
    return [run for run in dict.fromkeys(every) if run[1:] not in left_out]


def data(run: Run) -> tuple[Any, Any]:
    """Return the sequences of one turn, and what is to be learnt."""
    rng = np.random.default_rng(0)
    sequences = UPDATES[run.size] * BATCH // batch_size(run) * batch_size(run)
    x = rng.standard_normal((sequences, STEPS, SIZES[run.size][0])).astype("float32")
    return x, x[:, :, :1].mean(axis=1)


def batch_size(run: Run) -> int:
    """Return how many sequences a step sees."""
    return 256 if run.setting == "batch of 256" else BATCH


def keras_turn(run: Run) -> Callable[[], Any]:
    """Return what trains a model of Keras for one turn."""
    import keras
    from keras import layers

    features, units = SIZES[run.size]
    options = SETTINGS[run.setting]
    of_layer = {name: value for name, value in options.items() if name not in OF_COMPILE}
    keras.utils.set_random_seed(0)
    if run.setting == "cell in RNN":
        layer = layers.RNN(getattr(layers, f"{run.layer}Cell")(units))
    else:
        layer = getattr(layers, run.layer)(units, **of_layer)
    before = [layers.Masking(9.0)] if run.setting == "mask" else []  # no number is 9: nothing is masked
    model = keras.Sequential([keras.Input((STEPS, features)), *before, layer, layers.Dense(1, dtype="float32")])
    model.compile("adam", "mse", **{name: options[name] for name in OF_COMPILE if name in options})
    x, y = data(run)
    return lambda: model.fit(x, y, batch_size=batch_size(run), shuffle=False, verbose=0)


def torch_turn(run: Run) -> Callable[[], Any]:
    """Return what trains the same network in PyTorch for one turn."""
    import torch

    features, units = SIZES[run.size]
    torch.manual_seed(0)
    name = "RNN" if run.layer == "SimpleRNN" else run.layer
    layer, dense = getattr(torch.nn, name)(features, units, batch_first=True), torch.nn.Linear(units, 1)
    adam = torch.optim.Adam([*layer.parameters(), *dense.parameters()])
    x, y = map(torch.from_numpy, data(run))

    def turn() -> None:
        for part in range(0, len(x), BATCH):
            adam.zero_grad()
            outputs, _ = layer(x[part : part + BATCH])
            torch.nn.functional.mse_loss(dense(outputs[:, -1]), y[part : part + BATCH]).backward()
            adam.step()

    return turn


def products(run: Run) -> Callable[[], Any]:
    """Return the matrix products of one turn and nothing else: forwards, and twice as many backwards."""
    features, units = SIZES[run.size]
    width = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[run.layer] * units
    x = np.ones((BATCH * STEPS, features), "float32")
    h, maps = np.ones((BATCH, units), "float32"), np.ones((BATCH, width), "float32")
    W, U = np.ones((features, width), "float32"), np.ones((units, width), "float32")
    every = np.ones((BATCH * STEPS, width), "float32")
    states = np.ones((BATCH * STEPS, units), "float32")

    def turn() -> None:
        for _ in range(UPDATES[run.size]):
            x @ W, x.T @ every, states.T @ every  # what does not wait for the state before: one product for all steps
            for _ in range(STEPS):
                h @ U, maps @ U.T

    return turn


def take_turns(backend: str) -> None:
    """For each run that comes in train one turn, and say the seconds."""
    make = {"torch alone": torch_turn, "products": products}.get(backend, keras_turn)
    turns: dict[str, Callable[[], Any]] = {}
    for line in sys.stdin:
        if line not in turns:
            turns[line] = make(Run(**json.loads(line)))
        start = time.perf_counter()
        turns[line]()
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)


def main() -> None:
    """Time every run beside its base, turn by turn, and write the record."""
    processes = {backend: start(backend) for backend in BACKENDS}
    times: dict[Run, list[float]] = {run: [] for run in runs()}
    bases: dict[Run, list[float]] = {run: [] for run in runs()}
    for turn in range(TURNS + 1):
        for run in runs():
            base = run._replace(backend="tensorflow", setting="defaults")
            bases[run].append(seconds(processes["tensorflow"], base))
            times[run].append(seconds(processes[run.backend], run))
        print(f"turn {turn} of {TURNS}", flush=True)
    for process in processes.values():
        process.communicate()
    lines = [json.dumps(record.made_with(__file__, MADE_BY) | {"cores": os.cpu_count()})]
    for run, (first, *own) in times.items():
        updates, others = len(data(run)[0]) // batch_size(run), bases[run][1:]
        found: dict[str, Any] = {"run": run._asdict()}
        found["ms"] = [round(1000 * one / updates, 3) for one in own]
        found["base"] = [round(1000 * one / UPDATES[run.size], 3) for one in others]
        lines.append(json.dumps(found | {"start": round(first - median(own), 1)}))
    record.replace(RECORD, ("\n".join(lines) + "\n").encode())
    show()


def start(backend: str) -> "subprocess.Popen[str]":
    """Return a process for a backend."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
    keras_backend = backend if backend in ("tensorflow", "jax", "torch") else "numpy"
    return subprocess.Popen(
        [sys.executable, __file__, backend],
        env=os.environ | quiet | {"KERAS_BACKEND": keras_backend},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def seconds(process: "subprocess.Popen[str]", run: Run) -> float:
    """Let a process train one turn, and return the seconds that it says."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(run._asdict()) + "\n")
    process.stdin.flush()
    for line in process.stdout:
        if line.startswith('{"seconds"'):
            return float(json.loads(line)["seconds"])
    raise SystemExit("a process ended")


def show() -> None:
    """Print each setting's time as a ratio to the same layer with TensorFlow and the defaults."""
    for line in records.load("speed"):
        ratios = [own / base for own, base in zip(line["ms"], line["base"], strict=True)]
        if line["run"]["setting"] == "batch of 256":
            ratios = [ratio / 4 for ratio in ratios]  # for as many sequences
        ends = f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(*line["run"].values(), f"{median(line['ms']):.1f} ms", ends, f"{line['start']:.1f} s", sep="\t")


if __name__ == "__main__":
    if sys.argv[1:]:
        take_turns(sys.argv[1])
    else:
        main()
