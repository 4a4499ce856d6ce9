"""The states' gradients of a Keras layer against the NumPy cells, and the loop that finds them against Keras's own."""

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

from rnn_guide import bptt, cells
from rnn_guide.keras import gradient_by_lag
from rnn_guide.keras.gradients import _loop

mse = keras.losses.mean_squared_error
CELLS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "simple_rnn": (cells.simple_rnn_step, keras.layers.SimpleRNN),
    "lstm": (cells.lstm_step, keras.layers.LSTM),
    "gru": (cells.gru_step, keras.layers.GRU),
    "gru_reset_before": (
        partial(cells.gru_step, reset_after=False),
        partial(keras.layers.GRU, reset_after=False),
    ),
}


@pytest.mark.parametrize("name", sorted(CELLS))
@given(size=st.tuples(*[st.integers(1, 5)] * 4), every_step=st.booleans(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_same_as_the_numpy_cells(name: str, size: tuple[int, ...], every_step: bool, seed: int) -> None:
    batch, steps, m, n = size
    step, make = CELLS[name]
    rng = np.random.default_rng(seed)
    layer, head = make(n, return_sequences=every_step, dtype="float64"), keras.layers.Dense(1, dtype="float64")
    model = keras.Sequential([keras.Input((None, m), dtype="float64"), layer, head])
    model.set_weights([rng.standard_normal(weight.shape) for weight in model.weights])
    x, y = rng.standard_normal((batch, steps, m)), rng.standard_normal((batch, steps, 1) if every_step else (batch, 1))
    theirs = gradient_by_lag(model, x, y, mse)

    *recurrent, kernel, bias = model.get_weights()
    outputs, _ = cells.run(step, x, recurrent)
    d_outputs = np.zeros_like(outputs)
    read = slice(None) if every_step else slice(-1, None)
    target = y if every_step else y[:, None]
    d_outputs[:, read] = 2 * (outputs[:, read] @ kernel + bias - target) @ kernel.T
    ours = bptt.gradient_by_lag(step, x, recurrent, d_outputs)
    np.testing.assert_allclose(theirs, ours, rtol=1e-10, atol=1e-300)


cells_of_keras = [
    partial(keras.layers.SimpleRNN, 3),
    partial(keras.layers.LSTM, 3),
    partial(keras.layers.GRU, 3),
    lambda **options: keras.layers.RNN([keras.layers.LSTMCell(2), keras.layers.GRUCell(3)], **options),
]


@given(
    make=st.sampled_from(cells_of_keras),
    return_sequences=st.booleans(),
    go_backwards=st.booleans(),
    masked=st.booleans(),
    zero_output_for_mask=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_loop_is_that_of_keras(make: Any, masked: bool, seed: int, **options: bool) -> None:
    rng = np.random.default_rng(seed)
    layer = make(return_state=True, **options)
    x = rng.standard_normal((4, 5, 2)).astype("float32")
    mask = tf.constant(rng.random((4, 5)) < 0.6) if masked else None
    expected = keras.tree.flatten(layer(x, mask=mask))
    calls: list[Any] = []
    layer.inner_loop = _loop(layer, calls)
    for ours, theirs in zip(keras.tree.flatten(layer(x, mask=mask)), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    assert len(calls[0]) == 5


def test_a_masked_step_hands_the_gradient_on() -> None:
    """Padding on the right: the state at the end is the state after the last real step, and so is its gradient."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((None, 2)), keras.layers.Masking(), keras.layers.GRU(4), keras.layers.Dense(1)]
    )
    x, y = np.random.default_rng(0).standard_normal((3, 6, 2)).astype("float32"), np.ones((3, 1))
    padded = np.concatenate([x, np.zeros((3, 4, 2), "float32")], axis=1)
    norms = gradient_by_lag(model, padded, y, mse)
    np.testing.assert_allclose(norms[:5], norms[0], rtol=1e-6)
    np.testing.assert_allclose(norms[4:], gradient_by_lag(model, x, y, mse), rtol=1e-5)


def test_any_model_and_left_as_it_was() -> None:
    """A subclassed model with a two-way layer inside: each direction by itself."""

    class Tagger(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.both_ways = keras.layers.Bidirectional(keras.layers.LSTM(4))
            self.head = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.head(self.both_ways(x))

    model = Tagger()
    x, y = np.random.default_rng(0).standard_normal((3, 7, 2)).astype("float32"), np.ones((3, 1))
    before = model(x).numpy()
    for layer in (model.both_ways.forward_layer, model.both_ways.backward_layer):
        norms = gradient_by_lag(model, x, y, mse, layer)
        assert norms.shape == (7,)
        assert norms[0] > 0
        assert "inner_loop" not in vars(layer)
    np.testing.assert_array_equal(model(x), before)


def test_in_stacked_cells_the_output_is_the_last_cells_state() -> None:
    """The loss reads the upper cell's state, so at lag 0 its derivative by it is that of the loss by the output."""
    cell = keras.layers.RNN([keras.layers.LSTMCell(2), keras.layers.GRUCell(3)])
    model = small_model(cell)
    x, y = np.ones((1, 4, 2), "float32"), np.zeros((1, 1))
    norms = gradient_by_lag(model, x, y, mse)
    kernel = model.get_weights()[-2]
    assert norms[0] == pytest.approx(np.linalg.norm(2 * model(x).numpy() @ kernel.T), rel=1e-5)


def small_model(*layers: Any) -> Any:
    return keras.Sequential([keras.Input((None, 2)), *layers, keras.layers.Dense(1)])


def test_what_cannot_be_asked_is_said_in_one_line() -> None:
    x, y = np.ones((2, 3, 2)), np.ones((2, 1))
    two = small_model(keras.layers.LSTM(2, return_sequences=True), keras.layers.LSTM(2))
    with pytest.raises(ValueError, match="layer must be given unless the model has one recurrent layer, it has 2"):
        gradient_by_lag(two, x, y, mse)
    assert gradient_by_lag(two, x, y, mse, two.layers[0]).shape == (3,)
    with pytest.raises(TypeError, match="layer must be a recurrent layer of Keras, got <Dense"):
        gradient_by_lag(two, x, y, mse, two.layers[-1])
    other = keras.layers.LSTM(2, name="other")
    with pytest.raises(ValueError, match=re.escape("'other' is called 0 times")):
        gradient_by_lag(two, x, y, mse, other)
    shared = keras.layers.GRU(2, return_sequences=True, name="shared")
    inputs = keras.Input((None, 2))
    twice = keras.Model(inputs, shared(shared(inputs)))
    with pytest.raises(ValueError, match=re.escape("layer must be called once by the model, 'shared' is called 2")):
        gradient_by_lag(twice, x, y[:, None], mse)
