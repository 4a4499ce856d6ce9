"""Add digit by digit, and ask after the carries that no random sum has.

    python experiments/add_numbers.py           # the runs that the record does not hold yet
    python experiments/add_numbers.py --jobs 1

Each run is one line of the record: what was trained, the share of whole sums
that it gets right when a carry must pass through a given number of pairs, and
for a recurrent layer how far apart a carry keeps its states. The runs are
short, so there is no ``--check``: delete the record to do them again.
"""

import os
from typing import Any, NamedTuple

import numpy as np

import record
from rnn_guide import sequences

MADE_BY = [sequences.digit_sums]
DIGITS, SUMS, BATCH, EPOCHS = 8, 20_000, 100, 16
NINES = (0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50, 100, 1000)  # pairs that the carry passes through
STEPS = 100  # over which states are followed


class Run(NamedTuple):
    """What is trained."""

    reader: str  # a cell, or a window of so many pairs
    long: bool  # whether 3 of 10 training sums have a carry, or none, passing through all pairs after the first
    seed: int


def runs() -> list[Run]:
    """Return all runs of the study."""
    readers = {"simple_rnn": 5, "gru": 5, "lstm": 5, "window 4": 3, "window 8": 3}
    return [Run(name, long, seed) for name, seeds in readers.items() for long in (False, True) for seed in range(seeds)]


def training_sums(run: Run) -> tuple[Any, Any]:
    """Return random sums, of which some have long carries if the run says so."""
    x, y = sequences.digit_sums(SUMS, DIGITS, seed=run.seed)
    if run.long:
        some = SUMS * 3 // 10
        x[:some], y[:some] = sequences.digit_sums(some, DIGITS, nines=DIGITS - 1, seed=1000 + run.seed)
    return x, y


def apart(keras: Any, model: Any) -> list[float]:
    """Return how far apart a carry keeps two states, at lags 0 to STEPS of a run of nines, relative to lag 0."""
    digits = np.random.default_rng(0).integers(0, 10, (100, STEPS + 2))
    states = []
    for first in (4, 5):  # 4 + 4 gives no carry, 5 + 5 gives one
        pairs = np.stack([digits, 9 - digits])
        pairs[..., 0] = first
        both = np.eye(10, dtype="float32")[pairs]
        x = np.concatenate([both[0], both[1]], axis=-1)
        states.append(keras.Model(model.inputs, model.layers[0].output).predict(x, verbose=0))
    # Only from the second step on do both read the same pairs.
    distance = np.linalg.norm(states[1] - states[0], axis=-1).mean(axis=0)
    return [float(f"{value:.3g}") for value in distance[1:] / distance[1]]


def follow(run: Run, updates: int | None = None) -> dict[str, Any]:
    """Train once, or begin to, and return the shares of sums without an error."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    import keras
    from keras import layers

    keras.utils.set_random_seed(run.seed)
    if run.reader.startswith("window"):
        width = int(run.reader.split()[1])
        read = [
            layers.Conv1D(64, width, padding="causal", activation="relu"),
            layers.Dense(64, activation="relu"),
        ]
    else:
        cell = {"simple_rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}[run.reader]
        read = [cell(16, return_sequences=True), layers.Dense(32, activation="relu")]
    model = keras.Sequential([keras.Input((None, 20)), *read, layers.Dense(10)])
    rate = keras.optimizers.schedules.CosineDecay(0.01, SUMS // BATCH * EPOCHS)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, jit_compile=True, steps_per_execution=10)
    x, y = [part[: BATCH * updates if updates else None] for part in training_sums(run)]
    model.fit(x, y, batch_size=BATCH, epochs=1 if updates else EPOCHS, verbose=0)

    def right(count: int, digits: int, nines: int, seed: int) -> float:
        x, y = sequences.digit_sums(count, digits, nines, seed)
        return round(float(np.mean((model.predict(x, verbose=0).argmax(axis=-1) == y).all(axis=1))), 3)

    found = {
        "parameters": model.count_params(),
        "random": [right(200, digits, 0, 5000) for digits in (DIGITS, 1000)],
        "right": [right(200, max(nines + 2, DIGITS), nines, 6000 + nines) for nines in NINES],
    }
    return found if run.reader.startswith("window") else found | {"apart": apart(keras, model)}


if __name__ == "__main__":
    record.main(__file__, runs(), follow, MADE_BY)
