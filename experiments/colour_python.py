"""Train eight networks to colour Python source, from three seeds each, and measure them on files held out.

    python experiments/colour_python.py    # the runs that the record does not hold yet

All but the smallest have about as many parameters, and each trains for about
30 seconds of computing. Rates and epochs were chosen on validation files, from
another seed. The test files are looked at once in each run, when it is trained.
"""

import os
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

import record
from rnn_guide.sequences import CLASSES, python_source, source

MADE_BY = [source]
SNIPPETS, LENGTH, BATCH = 3000, 400, 32
EVERY = 30  # updates, of the first epoch, between losses that a check compares
SEEDS = range(3)
# Units or filters, learning rate at the start, epochs.
KINDS = {
    "window 16": (61, 0.02, 8),
    "dilated 127": (31, 0.02, 12),
    "dilated 127, wide": (45, 0.01, 10),
    "dilated 511": (26, 0.01, 9),
    "SimpleRNN": (116, 0.01, 8),
    "LSTM": (55, 0.04, 6),
    "GRU": (64, 0.02, 6),
    "GRU both ways": (43, 0.04, 4),
}
DILATIONS = {"dilated 127": 5, "dilated 127, wide": 5, "dilated 511": 7}  # layers after the first
DISTANCES = [0, 1, 5, 10, 20, 50, 100, 150, 200, 300, 400]  # from the opening quote: the edges of the bins


class Run(NamedTuple):
    """What is trained."""

    kind: str
    seed: int


def runs() -> list[Run]:
    """Return all runs of the study."""
    return [Run(kind, seed) for seed in SEEDS for kind in KINDS]


def build(kind: str, steps: int) -> Any:
    """Return the compiled model of a kind, whose learning rate falls to zero over so many updates."""
    import keras
    from keras import layers

    size, rate, _ = KINDS[kind]
    inputs = keras.Input((None,), dtype="int32")
    h = layers.Embedding(128, 16)(inputs)
    if kind == "window 16":
        h = layers.Conv1D(size, 16, padding="causal", activation="relu")(h)
    elif kind in DILATIONS:
        conv: Callable[..., Any] = layers.Conv1D
        h = conv(size, 3, padding="causal", activation="relu")(h)
        for power in range(1, DILATIONS[kind] + 1):
            h = h + conv(size, 3, padding="causal", dilation_rate=2**power, activation="relu")(h)
    elif kind == "GRU both ways":
        h = layers.Bidirectional(layers.GRU(size, return_sequences=True))(h)
    else:
        h = getattr(layers, kind)(size, return_sequences=True)(h)
    model = keras.Model(inputs, layers.Dense(len(CLASSES))(h))
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps), global_clipnorm=1.0)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def encode(texts: list[str]) -> Any:
    """Return the characters' codes, shape (texts, characters)."""
    return np.array([list(text.encode("ascii")) for text in texts], dtype="int32")


def follow(run: Run, updates: int | None = None) -> dict[str, Any]:
    """Train once, or begin to, and return what share of the characters is right, and where."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    import keras

    texts, classes = python_source(SNIPPETS, "train", LENGTH)
    few_texts, few_classes = python_source(BATCH, "validation", LENGTH)
    test_texts, truth = python_source(400, "test", LENGTH)
    epochs = KINDS[run.kind][2]
    keras.utils.set_random_seed(run.seed)
    model = build(run.kind, epochs * -(-SNIPPETS // BATCH))
    rows: list[list[float]] = []

    def note(update: int) -> None:
        if update % EVERY == 0 and len(rows) <= 3:
            loss = float(model.loss(few_classes, model(encode(few_texts))))
            rows.append([update, float(f"{loss:.4g}")])
        if updates is not None and update >= min(updates, 3 * EVERY):
            model.stop_training = True

    note(0)
    each = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, **_: note(batch + 1))
    losses = model.fit(encode(texts), classes, batch_size=BATCH, epochs=epochs, verbose=0, callbacks=[each]).history[
        "loss"
    ]
    right = model.predict(encode(test_texts), batch_size=100, verbose=0).argmax(axis=-1) == truth
    far = distance(truth)
    bins = [right[(low <= far) & (far < high)] for low, high in pairwise(DISTANCES)]
    return {
        "parameters": model.count_params(),
        "columns": ["update", "loss"],
        "rows": rows,
        "by epoch": [float(f"{loss:.4g}") for loss in losses],
        "characters": share(right),
        "snippets": share(right.all(axis=1)),
        "classes": [share(right[truth == kind]) for kind in range(len(CLASSES))],
        "in strings": [share(each) for each in bins],
    }


def distance(classes: Any) -> Any:
    """Return for each character of a string how many characters after its first it is, elsewhere -1."""
    far = np.full(classes.shape, -1)
    for place in range(classes.shape[1]):
        before = far[:, place - 1] if place else -1
        far[:, place] = np.where(classes[:, place] == CLASSES.index("string"), before + 1, -1)
    return far


def share(right: Any) -> float:
    """Return the share that is right, rounded for the record."""
    return round(float(right.mean()), 5)


if __name__ == "__main__":
    record.main(__file__, runs(), follow, MADE_BY)
