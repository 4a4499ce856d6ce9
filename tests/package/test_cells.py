"""The NumPy cells against Keras, over drawn sizes, options, weights and inputs."""

import re
from collections.abc import Callable
from functools import partial, wraps
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


# What is given.

DTYPES = ["bool", "int8", "uint8", "int64", "float32", "float64"]
NUMBERS = np.random.default_rng(0)


def example(name: str, dtypes: list[str]) -> tuple[Any, list[Any], Any]:
    """Return a sequence, weights and a state whose dtypes are those given, and whose values fit all of them."""
    blocks = {"simple_rnn": 1, "lstm": 4, "gru": 3}[name]
    bias = (2, 9) if name == "gru" else (blocks * 3,)
    shapes = [(5, 4, 2), (2, blocks * 3), (3, blocks * 3), bias, *[(5, 3)] * (2 if name == "lstm" else 1)]
    x, W, U, b, *state = [
        NUMBERS.integers(0, 2, shape).astype(dtype) for shape, dtype in zip(shapes, dtypes, strict=False)
    ]
    return x, [W, U, b], tuple(state) if name == "lstm" else state[0]


@given(st.sampled_from(sorted(STEPS)), st.lists(st.sampled_from(DTYPES), min_size=6, max_size=6))
def test_integers_and_booleans_count_as_the_same_floats(name: str, dtypes: list[str]) -> None:
    x, weights, state = example(name, dtypes)
    outputs, _ = cells.run(STEPS[name], x, weights, state)
    common = np.result_type(x, *weights, *(state if name == "lstm" else [state]))
    expected = common if common.kind == "f" else np.dtype("float64")
    assert outputs.dtype == expected
    exact = [array.astype("float64") for array in (x, *weights, *(state if name == "lstm" else [state]))]
    start = tuple(exact[4:]) if name == "lstm" else exact[4]
    theirs, _ = cells.run(STEPS[name], exact[0], exact[1:4], start)
    np.testing.assert_allclose(outputs, theirs, rtol=1e-4 if expected == "float32" else 1e-12)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_small_integers_do_not_overflow(name: str) -> None:
    """100 · 2 is no int8. NumPy multiplies int8 by int8 in int8, where it is -56."""
    x, weights, _ = example(name, ["int8"] * 6)
    x, weights = np.full_like(x, 100), [np.full_like(weight, 2) for weight in weights]
    outputs, _ = cells.run(STEPS[name], x, weights)
    floats = cells.run(STEPS[name], x.astype("float64"), [weight.astype("float64") for weight in weights])[0]
    np.testing.assert_array_equal(outputs, floats)
    assert cells.simple_rnn_step(x[:, 0, :1], np.zeros((5, 1), "int8"), [[[2]], [[2]]])[0, 0] == np.tanh(200.0)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_lists_are_arrays(name: str) -> None:
    x, weights, state = example(name, ["float64"] * 6)
    lists = [part.tolist() for part in state] if name == "lstm" else state.tolist()
    expected, _ = cells.run(STEPS[name], x, weights, state)
    outputs, _ = cells.run(STEPS[name], x.tolist(), [weight.tolist() for weight in weights], lists)
    np.testing.assert_array_equal(outputs, expected)
    first = STEPS[name](x[:, 0].tolist(), lists, [weight.tolist() for weight in weights])
    np.testing.assert_array_equal(first[0] if name == "lstm" else first, expected[:, 0])
    assert cells.sigmoid([0.0, 0.0]).tolist() == [0.5, 0.5]  # type: ignore[arg-type]


@given(st.sampled_from(sorted(STEPS)), st.data())
def test_a_state_of_another_batch_or_length_is_never_broadcast(name: str, data: st.DataObject) -> None:
    x, weights, _ = example(name, ["float64"] * 6)
    other = st.tuples(st.integers(1, 6), st.integers(1, 4)).filter((5, 3).__ne__)
    shape = data.draw(st.one_of(other, st.just((3,)), st.just(()), st.just((1, 5, 3))))
    state = (np.zeros((5, 3)), np.zeros(shape)) if name == "lstm" else np.zeros(shape)
    with pytest.raises(ValueError, match=re.escape(f"initial_state must have shape (5, 3), got {shape}")):
        cells.run(STEPS[name], x, weights, state)
    with pytest.raises(ValueError, match="must have shape") as caught:
        STEPS[name](x[:, 0], state, weights)
    assert "\n" not in str(caught.value)


LSTM = [np.zeros((2, 12)), np.zeros((3, 12)), np.zeros(12)]
RNN = [np.zeros((2, 3)), np.zeros((3, 3))]
X, H = np.zeros((5, 4, 2)), np.zeros((5, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cells.run(cells.lstm_step, X, LSTM, H), "initial_state must be a pair (h, c), got an array of shape"),
        (
            lambda: cells.run(cells.lstm_step, X[:2], LSTM, H[:2]),
            "initial_state must be a pair (h, c), got an array of shape (2, 3)",
        ),
        (lambda: cells.run(cells.lstm_step, X, LSTM, 0), "initial_state must be a pair (h, c), got 0"),
        (lambda: cells.run(cells.simple_rnn_step, X, RNN, (H, H)), "initial_state must have shape (5, 3), got (2, 5,"),
        (lambda: cells.run(cells.simple_rnn_step, X, RNN, "zeros"), "initial_state must be an array of real numbers"),
        (lambda: cells.run(cells.simple_rnn_step, X, None), "weights must be a list of arrays, got None"),
        (lambda: cells.run(cells.simple_rnn_step, X, RNN[:1]), "weights must be a kernel, a recurrent kernel and"),
        (lambda: cells.run(cells.simple_rnn_step, X, [RNN[0], [[1], [2, 3]]]), "weights[1] must be an array of real"),
        (lambda: cells.run(cells.simple_rnn_step, X * 1j, RNN), "x must be an array of real numbers, got an array of"),
        (lambda: cells.run(cells.simple_rnn_step, None, RNN), "x must be an array of real numbers, got None"),
        (lambda: cells.run(lambda *_: H, X, [1]), "initial_state must be given"),
        (lambda: cells.lstm_step(X[:, 0], H, LSTM), "state must be a pair (h, c), got an array of shape (5, 3)"),
        (lambda: cells.simple_rnn_step(X[0, 0], H[0], RNN), "x must have shape (batch, features), got (2,)"),
        (lambda: cells.gru_step(X[:, 0], H[:1], RNN), "h must have shape (5, 3), got (1, 3)"),
        (lambda: cells.gru_step(X[:, 0], H[0], RNN), "h must have shape (5, n), got (3,)"),
    ],
)
def test_what_is_no_state_and_no_array_is_named_in_one_line(call: Callable[[], object], message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_a_wrapped_lstm_starts_with_a_pair(batch: int) -> None:
    """Two sequences are the trap: an array of two rows unpacks into an h and a c as a pair does."""

    @wraps(cells.lstm_step)
    def counted(*args: Any) -> Any:
        return cells.lstm_step(*args)

    weights = [NUMBERS.standard_normal(weight.shape) for weight in LSTM]
    expected, _ = cells.run(cells.lstm_step, X[:batch], weights)
    for step in (partial(cells.lstm_step), partial(partial(cells.lstm_step)), counted, partial(counted)):
        np.testing.assert_array_equal(cells.run(step, X[:batch], weights)[0], expected)
    with pytest.raises(TypeError, match=re.escape("state must be a pair (h, c)")):
        cells.run(lambda *args: cells.lstm_step(*args), X[:batch], weights)


def test_a_step_of_the_readers_own_gets_what_it_was_given() -> None:
    table = np.arange(6.0).reshape(2, 3)

    def look_up(x: Any, state: Any, weights: Any) -> Any:
        assert x.dtype == "int64"
        return state[0] + weights["table"][x[:, 0]], state[1] + 1

    letters = np.ones((5, 4, 1), "int64")
    outputs, (_, steps) = cells.run(look_up, letters, {"table": table}, (0, 0))  # type: ignore[arg-type]
    np.testing.assert_array_equal(outputs[0], table[1] * np.arange(1, 5)[:, None])
    assert steps == 4
    outputs, last = cells.run(lambda x, h, _: h + x, letters, [0, [[0]]])  # type: ignore[list-item]
    assert (last.dtype, last.max()) == (np.dtype("int64"), 4)


def starts_in_the_dtype_of_everything() -> None:
    """Assert that x in float32 beside weights in float64, or integers, do not set the state's dtype alone."""
    seen = []

    def own(_: Any, h: Any, __: Any) -> Any:
        seen.append(h.dtype)
        return h

    for x, weights in ((X.astype("float32"), RNN), (X.astype("int8"), RNN)):
        for step in (lambda *given: own(*given), wraps(cells.simple_rnn_step)(own)):
            cells.run(step, x, weights)
    assert set(seen) == {np.dtype("float64")}


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("_start", "_floating(x, *weights)", "x.dtype"),
        ("_zeros", "np.result_type(x, *map(np.asarray, weights))", "x.dtype"),
    ],
)
def test_a_state_in_the_inputs_dtype_is_caught(
    name: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts_in_the_dtype_of_everything()
    monkeypatch.setattr(cells, name, mutant(getattr(cells, name), right, wrong))
    with pytest.raises(AssertionError):
        starts_in_the_dtype_of_everything()
