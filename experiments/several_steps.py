"""Forecast a chaotic series 1 to 24 steps ahead, in several ways, beside what a sceptic would bring.

    python experiments/several_steps.py --jobs 1   # the runs that the record does not hold yet
    python experiments/several_steps.py --check    # is the record's code this code, as far as the figures go?

A run to ``choose`` tries the settings of a model, and has the root mean squared error at each
lead on the validation values. A run for the ``test`` takes the setting that did best there, and
has the errors on the test values. An interrupted study goes on where it stopped.
"""

import os
from typing import Any, NamedTuple

import numpy as np

import record
from rnn_guide import records, sequences

MADE_BY = [sequences.mackey_glass]
LEARN, VALIDATE, TEST = 1975, 1000, 2000  # values of the series; 1,975 of them make 15 batches of windows
LENGTH, STEPS, UNITS, BATCH, EPOCHS = 32, 24, 32, 128, 120
LEADS = (8, 16, 24)  # that have a network of their own
RATES = {  # tried; of "noise" the standard deviation, of "lead" what did best for "next" and "all"
    "next": [0.01, 0.02, 0.04],
    "noise": [0.05, 0.1],
    "all": [0.01, 0.02, 0.04],
    "lead": [0.02, 0.04],
    "own": [0.001, 0.003, 0.01],
    "longer": [0.001, 0.003, 0.01],  # as many epochs more as "own", but still of the next value alone
    "pair": [0.01, 0.02],
    "perceptron next": [0.003, 0.01, 0.02],
    "perceptron all": [0.003, 0.01, 0.02],
}
FREE = {  # of training: penalty, and of "kernel" the width too
    "ridge next": [(penalty,) for penalty in (0.01, 0.1, 1.0, 10.0)],
    "ridge all": [(penalty,) for penalty in (0.01, 0.1, 1.0, 10.0)],
    "kernel next": [(penalty, width) for penalty in (0.01, 0.03, 0.1, 0.3) for width in (0.05, 0.1, 0.2)],
    "kernel all": [(penalty, width) for penalty in (0.01, 0.03, 0.1, 0.3) for width in (0.05, 0.1, 0.2)],
}
TRIED: dict[str, list[Any]] = RATES | FREE  # type: ignore[assignment]


class Run(NamedTuple):
    """What is trained: to ``choose`` a setting, or for the ``test``."""

    model: str
    part: str
    seed: int


def runs() -> list[Run]:
    """Return all runs of the study."""
    choose = [Run(model, "choose", 0) for model in TRIED]
    free = [Run(model, "test", 0) for model in FREE]
    return [*choose, *free, *(Run(model, "test", seed) for seed in range(3) for model in RATES)]


def parts() -> dict[str, tuple[Any, Any]]:
    """Return windows and what follows each, of the three parts of the series, each cut by itself."""
    series = sequences.mackey_glass(LEARN + VALIDATE + TEST)
    scaled = (series - series[:LEARN].mean()) / series[:LEARN].std()
    found = {}
    for name, part in zip(("learn", "choose", "test"), np.split(scaled, [LEARN, LEARN + VALIDATE]), strict=True):
        pieces = np.lib.stride_tricks.sliding_window_view(part, LENGTH + STEPS)
        found[name] = pieces[:, :LENGTH, None], pieces[:, LENGTH:]
    return found


def slide(step: Any, x: Any) -> Any:
    """Return what a forecast of the next value gives, when its answers move into the window."""
    window, written = x, []
    for _ in range(STEPS):
        written.append(step(window))
        window = np.concatenate([window[:, 1:], written[-1][:, None, None]], axis=1)
    return np.stack(written, axis=1)


def solved(run: Run, setting: tuple[float, ...], x: Any, y: Any, ask: Any) -> Any:
    """Return the forecasts of ridge, on the window or on how like it is to each window known."""
    penalty, *width = setting
    known = x[..., 0].astype(float)

    def seen(window: Any) -> Any:
        flat = window[..., 0].astype(float)
        if not width:
            return flat
        apart = (flat**2).sum(axis=1)[:, None] + (known**2).sum(axis=1) - 2 * flat @ known.T
        return np.exp(-width[0] * apart)

    square, right = (seen(x), y) if width else (known.T @ known, known.T @ y)
    weights = np.linalg.solve(square + penalty * np.eye(len(square)), right)
    if run.model.endswith("all"):
        return seen(ask) @ weights
    return slide(lambda window: seen(window) @ weights[:, 0], ask)


def build(keras: Any, model: str) -> tuple[Any, Any]:
    """Return an untrained network and, of the same layers, the one that writes all steps."""
    layers = keras.layers
    x = keras.Input((LENGTH, 1))
    if model.startswith("perceptron"):
        hidden = layers.Dense(64, "relu")(layers.Dense(128, "relu")(layers.Flatten()(x)))
        network = keras.Model(x, layers.Dense(STEPS if model.endswith("all") else 1)(hidden))
        return network, network
    gru, dense = layers.GRU(UNITS), layers.Dense(STEPS if model == "all" else 1)
    h = gru(x)
    first = dense(h)
    network = keras.Model(x, first)
    if model in ("all", "lead"):
        return network, network
    written = [first]
    cell, (y, state) = gru.cell, (first, h)
    if model == "pair":  # the decoder has weights of its own, and begins with the last value known
        cell, y, written = layers.GRUCell(UNITS), x[:, -1], []
    while len(written) < STEPS:
        out, [state] = cell(y, [state])
        y = dense(out)
        written.append(y)
    writer = keras.Model(x, layers.Concatenate()(written))
    return (writer if model == "pair" else network), writer


def train(keras: Any, network: Any, x: Any, y: Any, rate: float, epochs: int, updates: int | None = None) -> Any:
    """Train a network, or begin to, and return the loss of each epoch."""
    batches = len(x) // BATCH
    falling = keras.optimizers.schedules.CosineDecay(rate, epochs * batches)
    adam = keras.optimizers.Adam(falling, global_clipnorm=1.0)
    network.compile(adam, "mse", jit_compile=True, steps_per_execution=batches)
    epochs = -(-updates // batches) if updates else epochs
    return network.fit(x, y, batch_size=BATCH, epochs=epochs, verbose=0).history["loss"]


def learnt(run: Run, setting: Any, lead: int, known: Any, ask: Any, updates: int | None) -> tuple[Any, Any]:
    """Train once, or begin to: return the losses and the forecasts, of a network for one lead its only one."""
    import keras

    x, y = known
    keras.utils.set_random_seed(run.seed)
    network, writer = build(keras, run.model)
    wanted, rate, epochs, trained = y[:, :1], setting, EPOCHS, network
    if run.model == "lead":
        wanted = y[:, lead - 1 : lead]
    elif run.model == "pair":
        wanted, epochs = y, EPOCHS // 2
    elif run.model.endswith("all"):
        wanted = y
    elif run.model == "noise":
        rate = best("next")
        trained = keras.Sequential([keras.Input((LENGTH, 1)), keras.layers.GaussianNoise(setting), network])
    elif run.model in ("own", "longer"):
        rate = best("next")
    losses = train(keras, trained, x, wanted, rate, epochs, updates)
    if run.model in ("own", "longer") and not updates:
        again = (writer, x, y) if run.model == "own" else (network, x, wanted)
        losses += train(keras, *again, setting, EPOCHS // 6)
    if run.model == "perceptron next":
        return losses, slide(lambda window: network.predict_on_batch(window)[:, 0], ask)
    return losses, writer.predict(ask, batch_size=len(ask), verbose=0)


def best(model: str) -> Any:
    """Return the setting with the smallest error on the validation values, all leads together."""
    (run,) = (run for run in records.load("several_steps") if run["run"] == Run(model, "choose", 0)._asdict())
    setting = min(run["errors"], key=lambda tried: np.mean(np.square(tried["errors"])))["setting"]
    return tuple(setting) if isinstance(setting, list) else setting


def follow(run: Run, updates: int | None = None) -> dict[str, Any]:
    """Do one run, or begin to, and return the errors at each lead."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    cut = parts()
    x, y = cut[run.part]
    settings = TRIED[run.model] if run.part == "choose" else [best(run.model)]
    leads = list(range(1, STEPS + 1)) if run.model != "lead" else LEADS if run.part == "test" else LEADS[1:2]
    given: dict[str, Any] = {"columns": ["epoch", "loss"], "rows": [], "leads": leads, "errors": []}
    for setting in settings[:1] if updates else settings:
        if run.model in FREE:
            errors = rmse(solved(run, setting, *cut["learn"], x), y)
            given.setdefault("first", errors)
        else:
            errors = []
            for lead in leads if run.model == "lead" else [0]:
                losses, answers = learnt(run, setting, lead, cut["learn"], x, updates)
                errors += rmse(answers, y[:, lead - 1 : lead] if lead else y)
                given["rows"] = given["rows"] or [[k, rounded(loss)] for k, loss in enumerate(losses, start=1)]
        given["errors"].append({"setting": setting, "errors": errors})
    return given


def rmse(answers: Any, truth: Any) -> list[float]:
    """Return the root mean squared error at each lead."""
    return [rounded(error) for error in np.sqrt(np.mean((answers - truth) ** 2, axis=0))]


def rounded(value: float) -> float:
    """Return a figure to four digits."""
    return float(f"{value:.4g}")


if __name__ == "__main__":
    chosen = [run for run in runs() if run.part == "choose"]
    record.main(__file__, chosen, follow, MADE_BY)  # first, for the others take what it chose
    record.main(__file__, runs(), follow, MADE_BY)
