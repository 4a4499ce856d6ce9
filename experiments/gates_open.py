"""Follow the gradient at every lag, and the gates, through training on the adding problem.

    python experiments/gates_open.py            # the runs that the record does not hold yet
    python experiments/gates_open.py --jobs 4
    python experiments/gates_open.py --check    # is the record's code this code, as far as the figures go?

Each run is one line of the record: what was trained, and a row of figures for
every 25th step. All figures are taken in float64, by the NumPy code of the
package, on sequences that training never sees. An interrupted study goes on
where it stopped.

The cells are trained as Keras builds them. More runs ask for the cause. In
some the gate that guards the state starts with a larger ``bias``; in others
that gate's weights are ``held`` where they started.
"""

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import record
from rnn_guide import bptt, cells, sequences

MADE_BY = [cells, bptt, sequences.adding_problem]  # whole, for their functions call others
UNITS, BATCH, EVERY = 32, 64, 25
STEPS = {50: 1500, 100: 3000}  # of training, by the length of the sequences
SEEDS = range(10)
GUARD: dict[str, tuple[Callable[..., Any], int, int]] = {  # step, maps, the guard's block
    "lstm": (cells.lstm_step, 4, 1),
    "gru": (cells.gru_step, 3, 0),
}
COLUMNS = ["step", "mse", "last", "half", "whole", "gate", "widest"]


class Run(NamedTuple):
    """What is trained."""

    cell: str
    length: int
    rate: float
    seed: int
    bias: float | None = None  # of the guard at the start; None is Keras's own
    held: bool = False


def runs() -> list[Run]:
    """Return all runs of the study."""
    built = [("gru", 0.005), ("lstm", 0.005), ("simple_rnn", 0.005), ("simple_rnn", 0.001), ("simple_rnn", 0.0003)]
    changes: list[dict[str, Any]] = [{"held": True}, {"bias": 2}, {"bias": 3}, {"bias": 5}]
    return [
        *(Run(cell, T, rate, seed) for T in STEPS for seed in SEEDS for cell, rate in built),
        *(Run(cell, 100, 0.005, seed, **change) for change in changes for seed in SEEDS[:5] for cell in GUARD),
    ]


def measure(run: Run, weights: list[Any], x: Any, y: Any) -> tuple[list[float], list[float]]:
    """Return a row of the record, but for the step, and the gradient at every lag relative to lag 0."""
    *recurrent, kernel, bias = [weight.astype("float64") for weight in weights]
    step = GUARD[run.cell][0] if run.cell in GUARD else cells.simple_rnn_step
    outputs, _ = cells.run(step, x, recurrent)
    error = outputs[:, -1] @ kernel + bias - y
    few = slice(64)
    d_outputs = np.zeros_like(outputs[few])
    d_outputs[:, -1] = 2 * error[few] @ kernel.T
    norms = bptt.gradient_by_lag(step, x[few], recurrent, d_outputs)
    curve = (norms / norms[0]).tolist()
    figures = [np.mean(error**2), norms[0], curve[run.length // 2], curve[-1]]
    if run.cell in GUARD:
        gate = guard(run, x[few], outputs[few], recurrent)
        figures += [gate.mean(), gate.max()]
    return [float(f"{figure:.4g}") for figure in figures], [float(f"{value:.3g}") for value in curve]


def guard(run: Run, x: Any, outputs: Any, weights: list[Any]) -> Any:
    """Return the mean of the gate that keeps the state, sigma(f) or z, for each unit."""
    _, maps, block = GUARD[run.cell]
    W, U, b = [np.split(weight, maps, axis=-1)[block] for weight in weights]
    before = np.concatenate([np.zeros_like(outputs[:, :1]), outputs[:, :-1]], axis=1)
    return cells.sigmoid(x @ W + before @ U + b.reshape(-1, UNITS).sum(axis=0)).mean(axis=(0, 1))


def follow(run: Run, updates: int | None = None) -> dict[str, Any]:
    """Train once, or begin to, and return a row of figures for every 25th step."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    import keras

    keras.utils.set_random_seed(run.seed)
    layer = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM, "simple_rnn": keras.layers.SimpleRNN}[run.cell](UNITS)
    model = keras.Sequential([keras.Input((None, 2)), layer, keras.layers.Dense(1)])
    if run.bias is not None:
        _open(layer, run)
    if run.held:
        _hold(keras, layer, run)
    model.compile(
        optimizer=keras.optimizers.Adam(run.rate, global_clipnorm=1.0),
        loss="mse",
        jit_compile=True,
        steps_per_execution=EVERY,
    )
    unseen = [part.astype("float64") for part in sequences.adding_problem(1000, run.length, seed=1000 + run.seed)]
    rows, curves = [], []

    def note(step: int) -> None:
        row, curve = measure(run, model.get_weights(), *unseen)
        rows.append([step, *row])
        curves.append(curve)

    note(0)
    # All are drawn even where only the first are learned from: drawing fewer would draw others.
    drawn = sequences.adding_problem(BATCH * STEPS[run.length], run.length, seed=run.seed)
    x, y = [part[: BATCH * (updates or STEPS[run.length])] for part in drawn]
    each = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, **_: note(batch + 1))
    model.fit(x, y, batch_size=BATCH, shuffle=False, verbose=0, callbacks=[each])
    return {"columns": COLUMNS, "rows": rows, "first": curves[0], "last": curves[-1]}


def _columns(run: Run) -> slice:
    _, _, block = GUARD[run.cell]
    return slice(block * UNITS, (block + 1) * UNITS)


def _open(layer: Any, run: Run) -> None:
    """Give the guard its bias; of a GRU's two, the input's."""
    W, U, b = layer.get_weights()
    b[..., _columns(run)] = 0
    b.reshape(-1, W.shape[1])[0, _columns(run)] = run.bias
    layer.set_weights([W, U, b])


def _hold(keras: Any, layer: Any, run: Run) -> None:
    """Put the guard's weights back after each update."""

    class Held(keras.constraints.Constraint):  # type: ignore[misc]
        def __init__(self, start: Any) -> None:
            self.start = start
            self.held = np.zeros(start.shape, dtype=bool)
            self.held[..., _columns(run)] = True

        def __call__(self, weight: Any) -> Any:
            return keras.ops.where(self.held, self.start, weight)

    for variable in layer.trainable_variables:
        variable.constraint = Held(variable.numpy())


if __name__ == "__main__":
    record.main(__file__, runs(), follow, MADE_BY)
