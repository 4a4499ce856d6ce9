"""Write sums from the most significant digit on, with and without attention.

    python experiments/attention.py           # the runs that the record does not hold yet
    python experiments/attention.py --jobs 1

Each run is one line of the record: what was trained, the share of whole
answers right as training goes on, and after it by the number of digits, with
numbers longer than any in training too. There is no ``--check``: delete the
record to do the runs again.
"""

import os
from typing import Any, NamedTuple

import numpy as np

import record
from rnn_guide import sequences

MADE_BY = [sequences.written_sums]
QUESTIONS, HELD_OUT, BATCH, UPDATES, EVERY = 44_000, 4000, 128, 6000, 1000
CHARACTERS = ["", *sorted("0123456789+")]  # number 0 is the end
FRESH = 100  # updates after which a network that learns from its own answers writes them anew


class Run(NamedTuple):
    """What is trained."""

    attention: bool
    reverse: bool  # the question
    units: int
    own: bool  # whether it is fed what it wrote itself, or the true characters
    seed: int


def runs() -> list[Run]:
    """Return all runs of the study."""
    kinds = [(attention, reverse, 64, False) for attention in (True, False) for reverse in (True, False)]
    kinds += [(False, True, 128, False), (True, True, 64, True)]
    return [Run(*kind, seed) for kind in kinds for seed in range(3)]


def encode(texts: list[str], length: int, before: bool = False) -> Any:
    """Return the characters' numbers, with zeros after each text or before it."""
    x = np.zeros((len(texts), length), dtype="int32")
    for row, text in zip(x, texts, strict=True):
        start = length - len(text) if before else 0
        row[start : start + len(text)] = [CHARACTERS.index(character) for character in text]
    return x


def arrays(pairs: list[tuple[str, str]], digits: int, reverse: bool) -> tuple[Any, Any]:
    """Return questions and answers as numbers."""
    questions = [question[::-1] if reverse else question for question, _ in pairs]
    return encode(questions, 2 * digits + 1, before=True), encode([answer for _, answer in pairs], digits + 2)


def shift(y: Any) -> Any:
    """Return what is written before each place of an answer."""
    return np.pad(y[:, :-1], [(0, 0), (1, 0)])


def build(keras: Any, run: Run) -> Any:
    """Return the network of a run, ready to be trained."""
    from keras import layers, ops

    question, written = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    size = len(CHARACTERS)
    encoder = layers.GRU(run.units, return_sequences=True, return_state=True)
    states, last = encoder(ops.one_hot(question, size))
    h = layers.GRU(run.units, return_sequences=True)(ops.one_hot(written, size), initial_state=last)
    if run.attention:
        h = layers.Concatenate()([h, layers.Attention(use_scale=True)([h, states])])
    h = layers.Dense(run.units, activation="relu")(h)
    model = keras.Model([question, written], layers.Dense(size)(h))
    rate = keras.optimizers.schedules.CosineDecay(0.01, UPDATES)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    adam = keras.optimizers.Adam(rate, global_clipnorm=1.0)
    model.compile(adam, loss, jit_compile=True, steps_per_execution=10)
    return model


def write(model: Any, x: Any, length: int) -> Any:
    """Return the answers, each character of which goes in again for the next."""
    written = np.zeros((len(x), length + 1), dtype="int32")
    for k in range(length):
        written[:, k + 1] = model.predict([x, written[:, :length]], batch_size=1000, verbose=0)[:, k].argmax(axis=-1)
    return written[:, 1:]


def whole(answers: Any, y: Any) -> float:
    """Return the share of answers without a wrong character."""
    return round(float((answers == y).all(axis=1).mean()), 4)


def follow(run: Run, updates: int | None = None) -> dict[str, Any]:
    """Train once, or begin to, and return the shares of right answers."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    import keras

    pairs = sequences.written_sums(QUESTIONS, 3, seed=run.seed)
    x, y = arrays(pairs[:-HELD_OUT], 3, run.reverse)
    held_x, held_y = arrays(pairs[-HELD_OUT:], 3, run.reverse)
    keras.utils.set_random_seed(run.seed)
    model = build(keras, run)
    rng = np.random.default_rng(run.seed)
    order = np.concatenate([rng.permutation(len(y)) for _ in range(-(-UPDATES * BATCH // len(y)))])
    step, curve = FRESH if run.own else EVERY, []
    for done in range(0, updates or UPDATES, step):
        part = order[done * BATCH : (done + step) * BATCH]
        fed = write(model, x[part], 5) if run.own else y[part]
        model.fit([x[part], shift(fed)], y[part], batch_size=BATCH, shuffle=False, verbose=0)
        if not (done + step) % EVERY:
            curve.append(whole(write(model, held_x[:1000], 5), held_y[:1000]))
    by_digits = {}
    answers = write(model, held_x, 5)
    longest = np.array([max(map(len, question.split("+"))) for question, _ in pairs[-HELD_OUT:]])
    for digits in (2, 3):
        by_digits[str(digits)] = whole(answers[longest == digits], held_y[longest == digits])
    for digits in (4, 5):
        long_x, long_y = arrays(sequences.written_sums(1000, digits, digits, seed=9000), digits, run.reverse)
        by_digits[str(digits)] = whole(write(model, long_x, digits + 2), long_y)
    told = model.predict([held_x, shift(held_y)], batch_size=1000, verbose=0).argmax(axis=-1)
    return {
        "parameters": model.count_params(),
        "curve": curve,
        "whole": whole(answers, held_y),
        "by digits": by_digits,
        "characters": {
            "fed its own": round(float((answers == held_y).mean()), 4),
            "fed the true": round(float((told == held_y).mean()), 4),
        },
        "first wrong": np.bincount((answers != held_y).argmax(axis=1)[(answers != held_y).any(axis=1)]).tolist(),
    }


if __name__ == "__main__":
    record.main(__file__, runs(), follow, MADE_BY)
