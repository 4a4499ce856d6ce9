"""Time the script that adds numbers, beside the public Keras example of the same task.

Both learn from the same 45,000 sums of up to three digits, in turn and in one
process, until they get the same share of 5,000 held-out sums wholly right. The
example is built as its page describes it. Asking for the share is not timed.
"""

import argparse
import importlib.util
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}

import keras
import numpy as np
from keras import layers

SCRIPT = Path(__file__).resolve().parent.parent / "examples" / "add_numbers.py"
CHARACTERS = ["", *sorted("0123456789+")]  # number 0 is the end, and the example's space
HELD_OUT = 5000


def load_script() -> ModuleType:
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("add_numbers", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def time_to(share: float, limit: float, train: Callable[[], None], right: Callable[[], float], title: str) -> float:
    """Train until the share of right answers is reached, and return the seconds, or end if they pass a limit."""
    seconds = 0.0
    while (found := right()) < share:
        if seconds > limit:
            sys.exit(f"{title}: {found:.1%} after {seconds:.0f} s")
        start = time.perf_counter()
        train()
        seconds += time.perf_counter() - start
    print(f"{title:20}{found:6.1%} right after {seconds:4.0f} s of training", flush=True)
    return seconds


def script_model(script: ModuleType, x: Any, y: Any) -> tuple[Callable[[], None], Callable[[], float]]:
    """Return what trains the script's network with attention for 250 updates, and what tests it."""
    keras.utils.set_random_seed(0)
    model = script.sequence_to_sequence(len(CHARACTERS), attention=True)
    rate = keras.optimizers.schedules.CosineDecay(0.01, 6000)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    adam = keras.optimizers.Adam(rate, global_clipnorm=1.0)
    model.compile(adam, loss, jit_compile=True, steps_per_execution=10)
    written, rng = np.pad(y[:, :-1], [(0, 0), (1, 0)]), np.random.default_rng(0)

    def train() -> None:
        part = rng.choice(len(y) - HELD_OUT, 250 * script.BATCH, replace=False)
        model.fit([x[part], written[part]], y[part], batch_size=script.BATCH, shuffle=False, verbose=0)

    def right() -> float:
        answers = script.write(model, x[-HELD_OUT:], y.shape[1])
        return float((answers == y[-HELD_OUT:]).all(axis=1).mean())

    return train, right


def example_model(x: Any, y: Any) -> tuple[Callable[[], None], Callable[[], float]]:
    """Return what trains the example's network for a quarter of an epoch, and what tests it."""
    keras.utils.set_random_seed(0)
    size, length = len(CHARACTERS), y.shape[1]
    model = keras.Sequential(
        [
            keras.Input((x.shape[1], size)),
            layers.LSTM(128),
            layers.RepeatVector(length),
            layers.LSTM(128, return_sequences=True),
            layers.Dense(size, activation="softmax"),
        ]
    )
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    one_hot, rng = np.eye(size, dtype="float32"), np.random.default_rng(0)
    x, y = one_hot[x], one_hot[y]

    def train() -> None:
        part = rng.choice(len(y) - HELD_OUT, (len(y) - HELD_OUT) // 128 * 32, replace=False)
        model.fit(x[part], y[part], batch_size=32, verbose=0)

    def right() -> float:
        answers = model.predict(x[-HELD_OUT:], batch_size=1000, verbose=0).argmax(axis=-1)
        return float((answers == y[-HELD_OUT:].argmax(axis=-1)).all(axis=1).mean())

    return train, right


def main() -> None:
    """Print the seconds of both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=0.95, help="of whole answers to reach (0.95)")
    parser.add_argument("--limit", type=float, default=900, help="seconds of training at most (900)")
    options = parser.parse_args()
    script = load_script()
    questions, answers = zip(*script.draw(50_000, 3, 0), strict=True)
    x = script.encode([question[::-1] for question in questions], CHARACTERS, 7, before=True)
    y = script.encode(answers, CHARACTERS, 5)
    ours = time_to(options.share, options.limit, *script_model(script, x, y), "add_numbers.py")
    theirs = time_to(options.share, options.limit, *example_model(x, y[:, :4]), "Keras's example")
    print(f"ratio               {ours / theirs:5.2f}")


if __name__ == "__main__":
    main()
