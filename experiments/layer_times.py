"""Time an update of the three layers, side by side.

    python experiments/layer_times.py --jobs 1    # the runs that the record does not hold yet

In each round every network makes 20 updates, one network after the other, so that
what else the machine does hits all of them. The record has the milliseconds of
an update for each round: those that the processor worked, not those that passed.
There is no ``--check``.
"""

import os
import time
from typing import Any, NamedTuple

import numpy as np

import record

MADE_BY: list[Any] = []
NETWORKS = [("SimpleRNN", 128), ("GRU", 128), ("LSTM", 128), ("LSTM", 111)]
BATCH, STEPS, FEATURES, UPDATES, ROUNDS = 32, 64, 32, 40, 5


class Run(NamedTuple):
    """How the updates are compiled."""

    jit_compile: str | bool  # "auto" is what Keras does if nothing is said


def runs() -> list[Run]:
    """Return all runs of the study."""
    return [Run("auto"), Run(True)]


def follow(run: Run) -> dict[str, Any]:
    """Return the milliseconds of an update of each network, round by round."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    import keras
    from keras import layers

    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCH * UPDATES, STEPS, FEATURES), dtype="float32")
    y = rng.standard_normal((BATCH * UPDATES, STEPS, 1), dtype="float32")
    models = {}
    for name, units in NETWORKS:
        layer = getattr(layers, name)(units, return_sequences=True)
        model = keras.Sequential([keras.Input((STEPS, FEATURES)), layer, layers.Dense(1)])
        model.compile("adam", "mse", jit_compile=run.jit_compile, steps_per_execution=10)
        models[f"{name} {units}"] = model
    times: dict[str, list[float]] = {title: [] for title in models}
    for number in range(1 + ROUNDS):  # the first one compiles
        for title, model in models.items():
            start = time.process_time()
            model.fit(x, y, batch_size=BATCH, shuffle=False, verbose=0)
            if number:
                times[title].append(round(1000 * (time.process_time() - start) / UPDATES, 2))
    parameters = {title: model.layers[0].count_params() for title, model in models.items()}
    return {"parameters": parameters, "milliseconds": times}


if __name__ == "__main__":
    record.main(__file__, runs(), follow, MADE_BY)
