"""Time a training step of recurrent layers in many settings, on Keras's backends and with PyTorch alone, in one run.

    python experiments/speed.py    # a few minutes; nothing else should keep the machine busy

Each backend runs in a process of its own. They take turns, so that what slows the machine slows all of them.
The record holds the milliseconds of a step in each turn, and the seconds until the first step is done; what they are
good for are the ratios, which the study prints.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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
UPDATES = {"small": 50, "large": 20}  # in a turn
TURNS = 5
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
    return [run for run in dict.fromkeys(every) if run[1::2] != ("LSTM", "reset_after=False")]


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
    """For each line that comes in train everything for one turn, and say the milliseconds of a step."""
    make = {"torch alone": torch_turn, "products": products}.get(backend, keras_turn)
    turns: list[tuple[Run, Callable[[], Any]]] = []
    for _ in sys.stdin:
        first = not turns
        for run, turn in turns or ((run, make(run)) for run in runs() if run.backend == backend):
            start = time.perf_counter()
            turn()
            seconds = time.perf_counter() - start
            if first:  # it has compiled what it runs
                turns.append((run, turn))
            print(json.dumps({"run": run._asdict(), "seconds": seconds}), flush=True)
        print(flush=True)


def main() -> None:
    """Let the processes take turns, and write the record."""
    processes = [start(backend) for backend in BACKENDS]
    times: dict[str, list[float]] = {}
    for turn in range(TURNS + 1):
        for backend, process in zip(BACKENDS, processes, strict=True):
            for line in said(process):
                times.setdefault(json.dumps(line["run"]), []).append(line["seconds"])
            print(f"turn {turn} of {TURNS}: {backend}", flush=True)
    for process in processes:
        process.communicate()
    lines = [json.dumps(record.made_with(__file__, MADE_BY) | {"cores": os.cpu_count()})]
    for name, (first, *seconds) in times.items():
        run = Run(**json.loads(name))
        steps = len(data(run)[0]) // batch_size(run)
        each = [round(1000 * turn / steps, 3) for turn in seconds]
        lines.append(json.dumps({"run": run._asdict(), "ms": each, "start": round(first - median(seconds), 1)}))
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


def said(process: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    """Let a process take its turn, and return what it says."""
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    for line in iter(process.stdout.readline, "\n"):
        if not line:
            raise SystemExit("a process ended")
        yield json.loads(line)


def show() -> None:
    """Print each setting's time as a ratio to the same layer with TensorFlow and the defaults."""
    kept = {Run(**line["run"]): line for line in records.load("speed")}
    for run, line in kept.items():
        base = kept[run._replace(backend="tensorflow", setting="defaults")]
        ratios = [ours / theirs for ours, theirs in zip(line["ms"], base["ms"], strict=True)]
        if run.setting == "batch of 256":
            ratios = [ratio / 4 for ratio in ratios]  # for as many sequences
        print(
            *run,
            f"{median(line['ms']):.1f} ms",
            f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
            f"{line['start']:.1f} s",
            sep="\t",
        )


if __name__ == "__main__":
    if sys.argv[1:]:
        take_turns(sys.argv[1])
    else:
        main()
