"""Follow the gradient at every lag, and the gates, through training on the adding problem.

    python experiments/gates_open.py            # the runs that gates_open.jsonl does not hold yet
    python experiments/gates_open.py --jobs 4

Each run is one line of the record: what was trained, and a row of figures for
every 25th step. All figures are taken in float64, by the NumPy code of the
package, on sequences that training never sees. An interrupted study goes on
where it stopped.

The cells are trained as Keras builds them (``built``). Two more runs ask for
the cause: in ``open`` the gate that guards the state stands open before the
first step, at a bias of 5; in ``held`` that gate's weights never change.
"""

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import record
from rnn_guide import bptt, cells, sequences

MADE_BY = [
    cells.sigmoid, cells.simple_rnn_step, cells.lstm_step, cells.gru_step, cells.run, bptt.simple_rnn_step_backward,
    bptt.lstm_step_backward, bptt.gru_step_backward, bptt.backpropagate, bptt.gradient_by_lag,
    sequences.adding_problem,
]  # fmt: skip
UNITS, BATCH, EVERY = 32, 64, 25
STEPS = {50: 1500, 100: 3000}  # of training, by the length of the sequences
SEEDS = range(10)
GUARD: dict[str, tuple[Callable[..., Any], int, int]] = {  # step, maps, the guard's block
    "lstm": (cells.lstm_step, 4, 1),
    "gru": (cells.gru_step, 3, 0),
}
COLUMNS = ["step", "mse", "half", "whole", "gate", "widest"]


class Run(NamedTuple):
    """What is trained."""

    cell: str
    length: int
    rate: float
    form: str
    seed: int


def runs() -> list[Run]:
    """Return all runs of the study."""
    built = [("gru", 0.005), ("lstm", 0.005), ("simple_rnn", 0.005), ("simple_rnn", 0.001), ("simple_rnn", 0.0003)]
    study = [Run(cell, T, rate, "built", seed) for T in STEPS for seed in SEEDS for cell, rate in built]
    return study + [
        Run(cell, 100, 0.005, form, seed) for form in ("held", "open") for seed in SEEDS[:5] for cell in ("gru", "lstm")
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
    figures = [np.mean(error**2), curve[run.length // 2], curve[-1]]
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


def follow(run: Run) -> dict[str, Any]:
    """Train once, and return a row of figures for every 25th step."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    import keras

    keras.utils.set_random_seed(run.seed)
    layer = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM, "simple_rnn": keras.layers.SimpleRNN}[run.cell](UNITS)
    model = keras.Sequential([keras.Input((None, 2)), layer, keras.layers.Dense(1)])
    if run.form != "built":
        _change(keras, layer, run)
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
    x, y = sequences.adding_problem(BATCH * STEPS[run.length], run.length, seed=run.seed)
    each = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, **_: note(batch + 1))
    model.fit(x, y, batch_size=BATCH, shuffle=False, verbose=0, callbacks=[each])
    return {"columns": COLUMNS, "rows": rows, "first": curves[0], "last": curves[-1]}


def _change(keras: Any, layer: Any, run: Run) -> None:
    """Open the guard before training, or hold its weights where they are."""
    _, maps, block = GUARD[run.cell]
    columns = slice(block * UNITS, (block + 1) * UNITS)
    if run.form == "open":
        weights = layer.get_weights()
        weights[2][..., columns] = 0
        weights[2].reshape(-1, maps * UNITS)[0, columns] = 5
        layer.set_weights(weights)
        return

    class Held(keras.constraints.Constraint):  # type: ignore[misc]
        def __init__(self, values: Any) -> None:
            self.values = np.array(values)
            self.held = np.zeros(self.values.shape, dtype=bool)
            self.held[..., columns] = True

        def __call__(self, weight: Any) -> Any:
            return keras.ops.where(self.held, self.values, weight)

    for variable in layer.trainable_variables:
        variable.constraint = Held(variable.numpy())


if __name__ == "__main__":
    record.main(__file__, runs(), follow, MADE_BY)
