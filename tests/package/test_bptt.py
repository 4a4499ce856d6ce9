"""The backward passes against finite differences and TensorFlow's tape, over drawn sizes."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mutants import mutant
from rnn_guide import bptt, cells

reset_before = partial(cells.gru_step, reset_after=False)
CELLS: dict[str, tuple[Callable[..., Any], Any]] = {
    "simple_rnn": (cells.simple_rnn_step, keras.layers.SimpleRNN),
    "lstm": (cells.lstm_step, keras.layers.LSTM),
    "gru": (cells.gru_step, keras.layers.GRU),
    "gru_reset_before": (reset_before, partial(keras.layers.GRU, reset_after=False)),
}
Case = dict[str, Any]
cell = pytest.mark.parametrize("name", sorted(CELLS))

cases = st.fixed_dictionaries(
    {
        "batch": st.integers(1, 3),
        "steps": st.integers(1, 6),
        "m": st.integers(1, 4),
        "n": st.integers(1, 4),
        "scale": st.sampled_from([0.3, 1.0, 2.0]),
        "use_bias": st.booleans(),
        "seed": st.integers(0, 2**32 - 1),
    }
)


class Problem:
    """A layer, a sequence, a start, and a loss: a weighted sum of the outputs at all time steps."""

    def __init__(self, name: str, case: Case, step: Callable[..., Any] | None = None) -> None:
        rng = np.random.default_rng(case["seed"])
        self.step, layer = CELLS[name]
        self.step = step or self.step
        self.layer = layer(case["n"], return_sequences=True, dtype="float64", use_bias=case["use_bias"])
        self.layer.build((None, None, case["m"]))
        self.weights = [case["scale"] * rng.standard_normal(weight.shape) for weight in self.layer.weights]
        self.layer.set_weights(self.weights)
        self.x = rng.standard_normal((case["batch"], case["steps"], case["m"]))
        self.states = [rng.uniform(-1, 1, (case["batch"], case["n"])) for _ in range(2 if name == "lstm" else 1)]
        self.d_outputs = rng.standard_normal((case["batch"], case["steps"], case["n"]))

    @property
    def start(self) -> Any:
        return tuple(self.states) if len(self.states) == 2 else self.states[0]

    def loss(self) -> Any:
        outputs, _ = cells.run(self.step, self.x, self.weights, self.start)
        return np.sum(outputs * self.d_outputs)

    def arrays(self) -> list[Any]:
        """Return all that the loss depends on, in the order of the gradients below."""
        return [self.x, *self.weights, *self.states]

    def gradients(self) -> list[Any]:
        ours = bptt.backpropagate(self.step, self.x, self.weights, self.d_outputs, self.start)
        first = ours.initial_state if len(self.states) == 2 else (ours.initial_state,)
        return [ours.x, *ours.weights, *first]


def off(ours: Any, theirs: Any) -> float:
    """Return the largest difference, relative to the largest entry."""
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max() / max(np.abs(theirs).max(), 1e-3))


def differences(problem: Problem, step: float = 1e-5) -> list[Any]:
    """Return the derivative of the loss by every entry of every array, by central differences."""
    slopes = []
    for array in problem.arrays():
        slope = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            value, losses = array[place], []
            for sign in (1, -1):
                array[place] = value + sign * step
                losses.append(problem.loss())
            array[place] = value
            slope[place] = (losses[0] - losses[1]) / (2 * step)
        slopes.append(slope)
    return slopes


def agrees_with_differences(problem: Problem) -> None:
    for ours, theirs in zip(problem.gradients(), differences(problem), strict=True):
        assert off(ours, theirs) < 1e-6


@cell
@given(case=cases)
@settings(max_examples=50)
def test_same_as_finite_differences(name: str, case: Case) -> None:
    agrees_with_differences(Problem(name, case))


@cell
@given(case=cases)
@settings(max_examples=100)
def test_same_as_the_tape(name: str, case: Case) -> None:
    problem = Problem(name, case)
    inputs = [tf.constant(array) for array in (problem.x, *problem.states)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = problem.layer(inputs[0], initial_state=inputs[1:])
        loss = tf.reduce_sum(outputs * problem.d_outputs)
    everything = [inputs[0], *(weight.value for weight in problem.layer.weights), *inputs[1:]]
    for ours, theirs in zip(problem.gradients(), tape.gradient(loss, everything), strict=True):
        assert off(ours, theirs.numpy()) < 1e-12


CASE: Case = {"batch": 2, "steps": 4, "m": 2, "n": 3, "scale": 1.0, "use_bias": True, "seed": 0}
BACKWARD = {
    "simple_rnn": bptt.simple_rnn_step_backward,
    "lstm": bptt.lstm_step_backward,
    "gru": bptt.gru_step_backward,
    "gru_reset_before": bptt.gru_step_backward,
}


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("simple_rnn", "d_a @ U.T", "d_a @ U"),
        ("simple_rnn", ") ** 2)", "))"),
        ("lstm", "d_c = d_c + d_h * gate_o", "d_c = d_h * gate_o"),
        ("lstm", "(d_a @ U.T, d_c * gate_f)", "(d_a @ U.T, d_c)"),
        ("lstm", "d_c * c * gate_f * (1 - gate_f)", "d_c * c * gate_f"),
        ("lstm", "d_c * tanh_candidate * gate_i", "d_c * candidate * gate_i"),
        ("lstm", "d_h * tanh_c * gate_o", "d_h * c * gate_o"),
        ("gru", "d_h * z + d_before", "d_before"),
        ("gru", "d_candidate * r]", "d_candidate]"),
        ("gru", "d_h * (h - candidate)", "d_h * (candidate - h)"),
        ("gru_reset_before", "d_reset * r\n", "d_reset\n"),
        ("gru_reset_before", "(r * h).T @ d_candidate", "h.T @ d_candidate"),
    ],
)
def test_a_wrong_derivative_is_caught(name: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    agrees_with_differences(Problem(name, CASE))
    step = CELLS[name][0]
    step = step.func if isinstance(step, partial) else step
    monkeypatch.setitem(bptt._BACKWARD, step, mutant(BACKWARD[name], right, wrong))
    with pytest.raises(AssertionError):
        agrees_with_differences(Problem(name, CASE))


@cell
def test_the_states_gradient_is_that_of_starting_there(name: str) -> None:
    """Cut the sequence after step 2 and start from the state there: the loss has the same derivative by it."""
    problem = Problem(name, CASE)
    whole = bptt.backpropagate(problem.step, problem.x, problem.weights, problem.d_outputs, problem.start)
    _, state = cells.run(problem.step, problem.x[:, :2], problem.weights, problem.start)
    tail = bptt.backpropagate(problem.step, problem.x[:, 2:], problem.weights, problem.d_outputs[:, 2:], state)
    d_start = np.concatenate(tail.initial_state, axis=-1) if name == "lstm" else tail.initial_state
    d_start[:, :3] += problem.d_outputs[:, 1]  # the loss reads the output at step 2, too
    np.testing.assert_allclose(whole.states[:, 1], d_start, rtol=1e-12)


def test_what_does_not_vanish_comes_back_as_large() -> None:
    """An orthogonal U and a state near zero: every step back only turns the gradient. Half of U halves it."""
    U, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((5, 5)))
    d_outputs = np.zeros((2, 40, 5))
    d_outputs[:, -1] = 1
    x = np.zeros((2, 40, 1))
    for factor in (1.0, 0.5):
        norms = bptt.gradient_by_lag(cells.simple_rnn_step, x, [np.ones((1, 5)), factor * U], d_outputs)
        np.testing.assert_allclose(norms / norms[0], factor ** np.arange(40), rtol=1e-12)


def test_norms_too_small_for_float32_are_kept() -> None:
    weights = [np.zeros((1, 1), "float32"), np.full((1, 1), 1e-3, "float32")]
    d_outputs = np.zeros((1, 12, 1), "float32")
    d_outputs[:, -1] = 1
    norms = bptt.gradient_by_lag(cells.simple_rnn_step, np.zeros((1, 12, 1), "float32"), weights, d_outputs)
    assert norms[10] == pytest.approx(1e-30, rel=1e-5)


@pytest.mark.parametrize(
    ("step", "d_outputs", "message"),
    [
        (np.tanh, (1, 5, 3), "step must be simple_rnn_step, lstm_step or gru_step, got <ufunc 'tanh'>"),
        (cells.lstm_step, (1, 3), "d_outputs must have the shape of the outputs, (1, 5, 3), got (1, 3)"),
        (cells.gru_step, (1, 5, 3), "weights must have shapes [(2, 9), (3, 9), (2, 9)]"),
    ],
)
def test_what_does_not_fit_is_named(step: Any, d_outputs: tuple[int, ...], message: str) -> None:
    weights = [np.zeros((2, 12)), np.zeros((3, 12)), np.zeros(12)]
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        bptt.backpropagate(step, np.zeros((1, 5, 2)), weights, np.zeros(d_outputs))
    assert "\n" not in str(caught.value)


DTYPES = ["bool", "int8", "int64", "float32", "float64"]


def given_in(name: str, dtypes: list[str]) -> tuple[list[Any], int]:
    """Return 0 and 1 as the arrays of a problem in those dtypes, and how many of them are weights."""
    problem = Problem(name, CASE)
    arrays = [problem.d_outputs, *problem.arrays()]
    rng = np.random.default_rng(0)
    return [rng.integers(0, 2, a.shape).astype(d) for a, d in zip(arrays, dtypes, strict=False)], len(problem.weights)


def flat(gradients: bptt.Gradients) -> list[Any]:
    first = gradients.initial_state
    return [gradients.x, *gradients.weights, gradients.states, *(first if isinstance(first, tuple) else (first,))]


@cell
@given(dtypes=st.lists(st.sampled_from(DTYPES), min_size=7, max_size=7))
@settings(max_examples=50)
def test_all_derivatives_have_the_dtype_of_everything_together(name: str, dtypes: list[str]) -> None:
    (d_outputs, x, *rest), k = given_in(name, dtypes)
    common = np.result_type(d_outputs, x, *rest)
    expected = common if common.kind == "f" else np.dtype("float64")

    def gradients(d_outputs: Any, x: Any, *rest: Any) -> list[Any]:
        start = rest[k:] if name == "lstm" else rest[k]
        return flat(bptt.backpropagate(CELLS[name][0], x, rest[:k], d_outputs, start))

    theirs = gradients(*[array.astype("float64") for array in (d_outputs, x, *rest)])
    for ours, exact in zip(gradients(d_outputs, x, *rest), theirs, strict=True):
        assert ours.dtype == expected
        np.testing.assert_allclose(ours, exact, rtol=1e-4, atol=1e-6)


def test_integer_derivatives_are_not_cut() -> None:
    """d_outputs of 1 gave a derivative by the input of 0.42 · 0.5, which int64 kept as 0."""
    weights = [np.full((1, 1), 0.5), np.zeros((1, 1)), np.zeros(1)]
    gradients = bptt.backpropagate(cells.simple_rnn_step, np.ones((1, 1, 1)), weights, np.ones((1, 1, 1), "int64"))
    assert gradients.x.item() == pytest.approx(0.5 * (1 - np.tanh(0.5) ** 2))


@cell
def test_lists_are_arrays(name: str) -> None:
    problem = Problem(name, CASE)
    states = [state.tolist() for state in problem.states]
    weights, start = [weight.tolist() for weight in problem.weights], states if name == "lstm" else states[0]
    ours = bptt.backpropagate(problem.step, problem.x.tolist(), weights, problem.d_outputs.tolist(), start)
    expected = bptt.backpropagate(problem.step, problem.x, problem.weights, problem.d_outputs, problem.start)
    for one, other in zip(flat(ours), flat(expected), strict=True):
        np.testing.assert_array_equal(one, other)
    back = _backward(name)
    d_h = problem.d_outputs[:, 0]
    d_state = (d_h, d_h) if name == "lstm" else d_h
    d_lists = [d_h.tolist()] * 2 if name == "lstm" else d_h.tolist()
    expected = back(problem.x[:, 0], problem.start, problem.weights, d_state)
    np.testing.assert_array_equal(back(problem.x[:, 0].tolist(), start, weights, d_lists)[0], expected[0])


def _backward(name: str) -> Callable[..., Any]:
    return partial(BACKWARD[name], reset_after=False) if name == "gru_reset_before" else BACKWARD[name]


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_a_wrapped_lstm_has_the_same_derivatives(batch: int) -> None:
    problem = Problem("lstm", CASE | {"batch": batch})
    given_to = (problem.x, problem.weights, problem.d_outputs)
    expected, ours = (bptt.backpropagate(step, *given_to) for step in (cells.lstm_step, partial(cells.lstm_step)))
    for one, other in zip(flat(ours), flat(expected), strict=True):
        np.testing.assert_array_equal(one, other)


@cell
@pytest.mark.parametrize("place", ["x", "h", "d_h", "c", "d_c"])
def test_a_backward_step_never_broadcasts(name: str, place: str) -> None:
    problem = Problem(name, CASE)
    if name != "lstm" and "c" in place:
        return
    parts = {"x": problem.x[:, 0], "h": problem.states[0], "d_h": problem.d_outputs[:, 0]}
    parts |= {"c": problem.states[-1], "d_c": problem.d_outputs[:, 1]}
    parts[place] = parts[place][:1]
    state, d_state = parts["h"], parts["d_h"]
    if name == "lstm":
        state, d_state = (state, parts["c"]), (d_state, parts["d_c"])  # type: ignore[assignment]
    with pytest.raises(ValueError, match=r"(h|state) must have shape \(\d, 3\), got \(\d, 3\)$"):
        _backward(name)(parts["x"], state, problem.weights, d_state)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"d_outputs": None}, "d_outputs must be an array of real numbers, got None"),
        ({"d_outputs": [[1.0], [2.0, 3.0]]}, "d_outputs must be an array of real numbers, got [[1.0], [2.0, 3.0]]"),
        ({"initial_state": np.zeros((2, 3))}, "initial_state must be a pair (h, c), got an array of shape (2, 3)"),
        ({"initial_state": (np.zeros((1, 3)),) * 2}, "initial_state must have shape (2, 3), got (1, 3)"),
        ({"x": np.ones((2, 4, 2)) * 1j}, "x must be an array of real numbers, got an array of shape (2, 4, 2) and"),
        ({"weights": 3}, "weights must be a list of arrays, got 3"),
        ({"step": []}, "step must be simple_rnn_step, lstm_step or gru_step, got []"),
        ({"step": lambda *_: None}, "step must be simple_rnn_step, lstm_step or gru_step, got <function"),
    ],
)
def test_what_is_no_array_and_no_state_is_named_in_one_line(change: dict[str, Any], message: str) -> None:
    problem = Problem("lstm", CASE)
    right = {"step": cells.lstm_step, "x": problem.x, "weights": problem.weights, "d_outputs": problem.d_outputs}
    for function in (bptt.backpropagate, bptt.gradient_by_lag):
        with pytest.raises((TypeError, ValueError)) as caught:
            function(**(right | change))
        assert str(caught.value).startswith(message)
        assert "\n" not in str(caught.value)
