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


class Noise(keras.layers.Layer):  # type: ignore[misc]
    """A layer that draws numbers and counts its calls, in training and out of it."""

    def __init__(self) -> None:
        super().__init__()
        self.seeds = keras.random.SeedGenerator(0)
        self.of_tensorflow = tf.Variable(0.0)

    def build(self, _: Any) -> None:
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x: Any) -> Any:
        self.calls.assign_add(1.0)
        self.of_tensorflow.assign_add(1.0)
        return x + keras.random.normal(keras.ops.shape(x), seed=self.seeds)


STATEFUL: dict[str, Callable[[], Any]] = {
    "lstm": lambda: keras.layers.LSTM(3, stateful=True),
    "gru": lambda: keras.layers.GRU(3, stateful=True),
    "simple_rnn": lambda: keras.layers.SimpleRNN(3, stateful=True),
    "stacked": lambda: keras.layers.RNN([keras.layers.LSTMCell(2), keras.layers.GRUCell(3)], stateful=True),
    "both_ways": lambda: keras.layers.Bidirectional(keras.layers.LSTM(3, stateful=True)),
    "nested": lambda: keras.Sequential([keras.layers.LSTM(3, stateful=True)]),
}


def stateful_model(name: str) -> tuple[Any, Any, Any, Any]:
    """Return a model that carries its state and draws numbers, what it takes, and the layer to follow."""
    keras.utils.set_random_seed(0)
    middle = STATEFUL[name]()
    model = keras.Sequential([keras.Input((None, 2), batch_size=2), Noise(), middle, keras.layers.Dense(1)])
    x, y = np.random.default_rng(0).standard_normal((2, 4, 2)).astype("float32"), np.ones((2, 1))
    model(x)  # so that there is a state, and it is not zero
    layer = {"both_ways": lambda: middle.forward_layer, "nested": lambda: middle.layers[0]}.get(name, lambda: middle)()
    return model, x, y, layer


def everything(model: Any, layer: Any) -> list[Any]:
    """Keras counts neither the states nor what is TensorFlow's own among the variables."""
    others = [model.layers[0].of_tensorflow, *keras.tree.flatten(layer.states)]
    return [variable.numpy() for variable in (*model.variables, *others)]


@pytest.mark.parametrize("name", STATEFUL)
def test_what_a_model_carries_from_call_to_call_is_as_before(name: str) -> None:
    model, x, y, layer = stateful_model(name)
    before = everything(model, layer)
    norms = gradient_by_lag(model, x, y, mse, layer)
    for ours, theirs in zip(everything(model, layer), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(gradient_by_lag(model, x, y, mse, layer), norms)
    model(x)
    assert any((one != other).any() for one, other in zip(everything(model, layer), before, strict=True))


@pytest.mark.parametrize("name", ["lstm", "both_ways"])
def test_a_call_that_raises_leaves_the_model_too(name: str) -> None:
    model, x, y, layer = stateful_model(name)
    before = everything(model, layer)

    def broken(*_: Any) -> Any:
        raise RuntimeError("no loss today")

    with pytest.raises(RuntimeError, match="no loss today"):
        gradient_by_lag(model, x, y, broken, layer)
    for ours, theirs in zip(everything(model, layer), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert "inner_loop" not in vars(layer)


def test_a_layer_keeps_a_loop_of_its_own() -> None:
    layer = keras.layers.LSTM(2)
    model = small_model(layer)
    own = layer.inner_loop = partial(type(layer).inner_loop, layer)
    gradient_by_lag(model, np.ones((1, 3, 2)), np.ones((1, 1)), mse)
    assert layer.inner_loop is own


def test_a_model_that_is_not_built_is_not_built_on_the_way() -> None:
    model = keras.Sequential([keras.layers.LSTM(2, stateful=True), keras.layers.Dense(1)])
    before = len(model.variables)
    with pytest.raises(ValueError, match=r"^model must be built, call it once on what it takes; got <Sequential"):
        gradient_by_lag(model, np.ones((1, 3, 2)), np.ones((1, 1)), mse)
    assert len(model.variables) == before
