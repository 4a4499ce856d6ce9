"""Train small language models that differ in their cell, units and layers.

    python experiments/which_layer.py    # the runs that the record does not hold yet

They predict the next character of a town's name, as in write_characters.py, but
learn from fewer names. Each run is one line of the record: a network, trained
from every seed at every learning rate, with its bits per character on names to
choose on after every 40 updates. What is learnt from few names is overfitted
soon, so the figures of a training are those of its best moment on these names.
The milliseconds are of the fastest 40 updates. Other work ran on the machine, so
they cannot be compared with each other: speed.py compares their times. The
runs are short, so there is no ``--check``: delete the record to do them again.
"""

import os
import time
from typing import Any, NamedTuple

import numpy as np

import record
import write_characters as study
from rnn_guide.sequences import names

MADE_BY = [names, study]
BATCH, BLOCK, BLOCKS, ROWS = 32, 40, 5, 32
SEEDS = range(3)
# Layer, units, number of layers: the learning rates for 8,000 names and for 1,000. Trials with another seed chose which
# rates to compare.
KINDS: dict[Any, dict[int, list[float]]] = {
    ("GRU", 128, 1): {8000: [0.016, 0.032], 1000: [0.016]},
    ("LSTM", 111, 1): {8000: [0.032, 0.064]},  # about as many parameters, as the next
    ("GRU", 81, 2): {8000: [0.016, 0.032]},
    ("GRU", 64, 1): {8000: [0.032], 1000: [0.016]},
    ("GRU", 32, 1): {8000: [0.032], 1000: [0.016]},
    ("GRU", 16, 1): {8000: [0.032], 1000: [0.016]},
    ("LSTM", 128, 1): {8000: [0.032]},
    ("SimpleRNN", 128, 1): {8000: [0.004]},
}


class Run(NamedTuple):
    """A network."""

    layer: str
    units: int
    layers: int


def runs() -> list[Run]:
    """Return all runs of the study."""
    return [Run(*kind) for kind in KINDS]


def in_rows(texts: list[str], symbols: list[str]) -> tuple[Any, Any, Any]:
    """Return names in ROWS rows, the character that follows each, and which of these are no country's symbol."""
    codes = study.encode(texts, symbols)
    place = np.concatenate([np.arange(len(text)) for text in texts])
    end = 31_000 // ROWS * ROWS
    return codes[:end].reshape(ROWS, -1), codes[1 : end + 1], place[1 : end + 1] > 0


def follow(run: Run) -> dict[str, Any]:
    """Train from each seed at each rate, and return the bits per character."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    import keras
    from keras import layers

    (train, *others), symbols = study.parts()
    validation, test = (in_rows(texts, symbols) for texts in others)
    wide = keras.initializers.RandomNormal(stddev=1.0)

    def build(seed: int) -> Any:
        keras.utils.set_random_seed(seed)
        middle = [getattr(layers, run.layer)(run.units, return_sequences=True) for _ in range(run.layers)]
        embedding = layers.Embedding(len(symbols), 32, embeddings_initializer=wide)
        inputs = keras.Input((None,), dtype="int32")
        return keras.Sequential([inputs, embedding, *middle, layers.Dense(len(symbols))])

    def bits(x: Any, y: Any, counted: Any) -> float:
        return round(float(study.bits(model, x, y)[counted].mean()), 4)

    model = build(0)  # compiled once, and given fresh weights for each training
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(global_clipnorm=1.0), loss, jit_compile=True, steps_per_execution=10)
    trained, fastest = [], float("inf")
    for count, rates in KINDS[run].items():
        x, y = study.pieces(study.encode(train[:count], symbols))
        known = in_rows(train[:count] * (8000 // count), symbols)
        for rate in rates:
            for seed in SEEDS:
                model.set_weights(build(seed).get_weights())
                for variable in model.optimizer.variables:
                    variable.assign(np.zeros(variable.shape))
                rng = np.random.default_rng(seed)
                often = -(-BATCH * BLOCK * BLOCKS // len(x))
                order = np.concatenate([rng.permutation(len(x)) for _ in range(often)])
                curve, best = [], []
                for block in range(BLOCKS):
                    model.optimizer.learning_rate = rate * (1 + np.cos(np.pi * block / BLOCKS)) / 2
                    part = order[block * BATCH * BLOCK : (block + 1) * BATCH * BLOCK]
                    start = time.perf_counter()
                    model.fit(x[part], y[part], batch_size=BATCH, shuffle=False, verbose=0)
                    fastest = min(fastest, time.perf_counter() - start)
                    curve.append(bits(*validation))
                    if curve[-1] == min(curve):
                        best = model.get_weights()
                model.set_weights(best)
                figures = {"training": bits(*known), "validation": min(curve), "test": bits(*test)}
                trained.append({"names": count, "rate": rate, "seed": seed, **figures, "curve": curve})
    milliseconds = round(1000 * fastest / BLOCK, 1)
    return {"parameters": model.count_params(), "milliseconds": milliseconds, "trained": trained}


if __name__ == "__main__":
    record.main(__file__, runs(), follow, MADE_BY)
