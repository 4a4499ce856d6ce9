"""The NumPy cells against Keras, over drawn sizes, options, weights and inputs."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mutants import mutant
from rnn_guide import cells

LAYERS = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
STEPS: dict[str, Callable[..., Any]] = {
    "simple_rnn": cells.simple_rnn_step,
    "lstm": cells.lstm_step,
    "gru": cells.gru_step,
}
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}
Case = dict[str, Any]

cases = st.fixed_dictionaries(
    {
        "batch": st.integers(1, 4),
        "steps": st.integers(1, 8),
        "m": st.integers(1, 6),
        "n": st.integers(1, 6),
        "scale": st.sampled_from([0.1, 0.3]),
        "use_bias": st.booleans(),
        "initial_state": st.booleans(),
        "seed": st.integers(0, 2**32 - 1),
    }
)


def same_as_keras(name: str, step: Callable[..., Any], case: Case, dtype: str, **options: bool) -> None:
    """Assert that the loop over ``step`` gives what the Keras layer gives, at each step and at the end."""
    rng = np.random.default_rng(case["seed"])
    layer = LAYERS[name](
        case["n"], return_sequences=True, return_state=True, dtype=dtype, use_bias=case["use_bias"], **options
    )
    layer.build((None, None, case["m"]))
    # A recurrent matrix with a norm above 1 multiplies a rounding error at each step: in float32 a difference of
    # 1e-7 grows past 1e-6 in both codes alike. Such matrices are drawn in float64, where 1e-16 leaves room.
    scale = case["scale"] * (10 if dtype == "float64" else 1)
    weights = [scale * rng.standard_normal(weight.shape).astype(dtype) for weight in layer.weights]
    layer.set_weights(weights)
    x = rng.standard_normal((case["batch"], case["steps"], case["m"])).astype(dtype)
    states = [rng.uniform(-1, 1, (case["batch"], case["n"])).astype(dtype) for _ in range(2 if name == "lstm" else 1)]
    start = states if case["initial_state"] else None
    expected, *expected_states = [np.asarray(array) for array in layer(x, initial_state=start)]
    if start is not None:
        start = tuple(start) if name == "lstm" else start[0]
    outputs, state = cells.run(step, x, layer.get_weights(), start)
    assert outputs.dtype == dtype
    np.testing.assert_allclose(outputs, expected, rtol=0, atol=TOLERANCE[dtype])
    for ours, theirs in zip(state if name == "lstm" else [state], expected_states, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(STEPS))
@given(case=cases)
def test_same_as_keras(name: str, dtype: str, case: Case) -> None:
    same_as_keras(name, STEPS[name], case, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(case=cases)
def test_gru_with_reset_before_same_as_keras(dtype: str, case: Case) -> None:
    same_as_keras("gru", partial(cells.gru_step, reset_after=False), case, dtype, reset_after=False)


@pytest.mark.parametrize("name", sorted(STEPS))
@given(case=cases, scale=st.sampled_from([1.0, 3.0]))
def test_one_step_same_as_keras_in_float32_with_large_weights(name: str, case: Case, scale: float) -> None:
    """Large weights are left out above because errors grow from step to step; in one step they cannot."""
    same_as_keras(name, STEPS[name], {**case, "steps": 1, "scale": scale}, "float32")


@given(case=cases, scale=st.sampled_from([1.0, 3.0]))
def test_one_step_of_the_gru_with_reset_before_in_float32_with_large_weights(case: Case, scale: float) -> None:
    step = partial(cells.gru_step, reset_after=False)
    same_as_keras("gru", step, {**case, "steps": 1, "scale": scale}, "float32", reset_after=False)


CASE: Case = {"batch": 2, "steps": 3, "m": 2, "n": 3, "scale": 0.3, "use_bias": True, "initial_state": True, "seed": 0}


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("simple_rnn", "h @ U", "h @ U.T"),
        ("simple_rnn", " + b)", ")"),
        ("lstm", "i, f, candidate, o =", "f, i, candidate, o ="),
        ("lstm", "i, f, candidate, o =", "i, f, o, candidate ="),
        ("lstm", "h @ U + b", "h @ U"),
        ("lstm", "np.tanh(candidate)", "sigmoid(candidate)"),
        ("gru", "x_z, x_r, x_h = np.split(x @ W + b[0]", "x_r, x_z, x_h = np.split(x @ W + b[0]"),
        ("gru", "h @ U + b[1]", "h @ U"),
        ("gru", "r * h_h", "h_h"),
        ("gru", "z * h + (1 - z) * candidate", "(1 - z) * h + z * candidate"),
    ],
)
def test_a_wrong_cell_is_caught(name: str, right: str, wrong: str) -> None:
    same_as_keras(name, STEPS[name], CASE, "float32")
    with pytest.raises(AssertionError):
        same_as_keras(name, mutant(STEPS[name], right, wrong), CASE, "float32")


def test_the_two_grus_differ_on_the_same_weights() -> None:
    rng = np.random.default_rng(0)
    W, U = rng.standard_normal((2, 9)), rng.standard_normal((3, 9))
    x, h = rng.standard_normal((4, 2)), rng.uniform(-1, 1, (4, 3))
    after = cells.gru_step(x, h, [W, U])
    before = cells.gru_step(x, h, [W, U], reset_after=False)
    assert np.abs(after - before).max() > 0.01


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sigmoid_neither_overflows_nor_changes_dtype(dtype: str) -> None:
    x = np.array([-1e4, -5.0, 0.0, 5.0, 1e4], dtype=dtype)
    assert cells.sigmoid(x).dtype == dtype
    np.testing.assert_allclose(
        cells.sigmoid(x)[1:4], 1 / (1 + np.exp(-x[1:4])), rtol=1e-5 if dtype == "float32" else 1e-12
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda x, w: cells.run(cells.lstm_step, x[0], w),
            "x must have shape (batch, time steps, features), got (5, 2)",
        ),
        (lambda x, w: cells.run(cells.lstm_step, x[:, :0], w), "x must have shape (batch, time steps, features), got"),
        (lambda x, w: cells.run(cells.lstm_step, x[..., :1], w), "weights must have shapes [(1, 12), (3, 12), (12,)]"),
        (lambda x, w: cells.run(cells.gru_step, x, w), "weights must have shapes [(2, 9), (3, 9), (2, 9)]"),
        (lambda x, w: cells.simple_rnn_step(x[:, 0], np.zeros((1, 3)), w[:1]), "got [(2, 12)]"),
    ],
)
def test_shapes_that_do_not_fit_are_named(call: Callable[..., object], message: str) -> None:
    weights = [np.zeros((2, 12)), np.zeros((3, 12)), np.zeros(12)]
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        call(np.zeros((1, 5, 2)), weights)
    assert "\n" not in str(caught.value)
