"""What docs/behaviour/directions-and-stacks.md says of Keras's layers; a new version may change it."""

from typing import Any
from unittest import mock

import keras
import numpy as np
import pytest

B, T, M, N = 3, 5, 2, 4
X = np.random.default_rng(0).standard_normal((B, T, M), dtype="float32")
RNN = ("SimpleRNN", "GRU", "LSTM")


def gap(one: Any, other: Any) -> float:
    return float(np.abs(np.array(one) - np.array(other)).max())


def with_weights(layer: keras.Layer, weights: list[Any]) -> keras.Layer:
    layer.build((None, None, M))
    layer.set_weights(weights)
    return layer


def directions(name: str, **options: Any) -> tuple[keras.Layer, keras.Layer, keras.Layer]:
    """Return a bidirectional layer, and the layers of its two directions as plain ones that read forwards."""
    make = getattr(keras.layers, name)
    both = keras.layers.Bidirectional(make(N, **options))
    both.build((None, None, M))
    weights = both.get_weights()
    half = len(weights) // 2
    return both, with_weights(make(N), weights[:half]), with_weights(make(N), weights[half:])


@pytest.mark.parametrize("name", RNN)
def test_the_last_output_joins_forward_last_and_backward_first(name: str) -> None:
    both, forward, backward = directions(name)
    assert gap(both(X), np.concatenate([forward(X), backward(X[:, ::-1])], axis=-1)) < 1e-6
    assert gap(both(X)[:, N:], backward(X)) > 1e-3


@pytest.mark.parametrize("name", RNN)
def test_the_backward_half_of_the_last_step_has_read_one_step(name: str) -> None:
    both, forward, backward = directions(name, return_sequences=True)
    y = both(X)
    assert gap(y[:, -1, :N], forward(X)) < 1e-6
    assert gap(y[:, -1, N:], backward(X[:, -1:])) < 1e-6
    assert gap(y[:, 0, N:], backward(X[:, ::-1])) < 1e-6
    assert gap(y[:, -1, N:], backward(X[:, ::-1])) > 1e-3


def test_merge_modes() -> None:
    both, forward, backward = directions("LSTM")
    f, b = np.array(forward(X)), np.array(backward(X[:, ::-1]))
    wanted = {"concat": np.concatenate([f, b], axis=-1), "sum": f + b, "ave": (f + b) / 2, "mul": f * b, None: (f, b)}
    for mode, want in wanted.items():
        layer = keras.layers.Bidirectional(keras.layers.LSTM(N), merge_mode=mode)
        assert gap(with_weights(layer, both.get_weights())(X), want) < 1e-6


@pytest.mark.parametrize("name", RNN)
def test_states_forward_first_and_back_in_the_same_order(name: str) -> None:
    both, forward, backward = directions(name, return_state=True)
    output, *states = keras.Sequential([keras.Input((T, M)), both])(X)  # keras #19478
    half = len(states) // 2
    assert half == (2 if name == "LSTM" else 1)
    assert np.array_equal(output[:, :N], states[0])
    assert np.array_equal(output[:, N:], states[half])
    ahead, back = forward(X, initial_state=states[:half]), backward(X[:, ::-1], initial_state=states[half:])
    want = np.concatenate([ahead, back], axis=-1)
    assert gap(both(X, initial_state=states)[0], want) < 1e-6
    assert gap(both(X, initial_state=states[half:] + states[:half])[0], want) > 1e-3


def test_one_array_as_initial_state_is_halved_along_the_batch() -> None:
    both, *_ = directions("GRU")
    start = X[:2, 0].repeat(2, axis=1)
    right = both(X[:2], initial_state=[start, start])
    halved = both(X[:2], initial_state=[start[:1].repeat(2, axis=0), start[1:].repeat(2, axis=0)])
    assert gap(both(X[:2], initial_state=start), halved) < 1e-6
    assert gap(right, halved) > 1e-3


def test_a_stateful_bidirectional_cannot_return_its_states() -> None:
    layer = keras.layers.Bidirectional(keras.layers.LSTM(N, return_state=True, stateful=True))
    with pytest.raises(TypeError, match="generator"):
        layer(X)
    plain = keras.layers.Bidirectional(keras.layers.LSTM(N, stateful=True))
    plain(X)
    assert len(plain.states) == 4


def test_going_backwards_returns_the_last_step_first() -> None:
    ahead = keras.layers.LSTM(N, return_sequences=True)
    want = ahead(X[:, ::-1])
    back = keras.layers.LSTM(N, return_sequences=True, go_backwards=True)
    assert gap(with_weights(back, ahead.get_weights())(X), want) < 1e-6


@pytest.mark.parametrize("name", RNN)
def test_a_stack_needs_return_sequences(name: str) -> None:
    make = getattr(keras.layers, name)
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        make(3)(make(N)(X))
    assert make(3)(make(N, return_sequences=True)(X)).shape == (B, 3)


def see_through(u: Any, **rates: float) -> keras.Layer:
    layer = keras.layers.SimpleRNN(6, activation=None, use_bias=False, return_sequences=True, **rates)
    layer.build((None, None, 6))
    layer.set_weights([np.eye(6), u])
    return layer


def test_dropout_is_the_same_at_every_step_and_only_in_training() -> None:
    ones = np.ones((8, 4, 6), dtype="float32")
    layer = see_through(np.zeros((6, 6)), dropout=0.5)
    y = np.array(layer(ones, training=True))
    assert set(np.unique(y)) == {0.0, 2.0}
    assert np.array_equal(y, y[:, :1].repeat(4, axis=1))
    assert not np.array_equal(y[:1].repeat(8, axis=0), y)
    assert not np.array_equal(y, layer(ones, training=True))
    assert np.array_equal(layer(ones), ones)
    free = np.array(keras.layers.Dropout(0.5)(ones, training=True))
    assert not np.array_equal(free, free[:, :1].repeat(4, axis=1))
    spatial = np.array(keras.layers.SpatialDropout1D(0.5)(ones, training=True))
    assert np.array_equal(spatial, spatial[:, :1].repeat(4, axis=1))


def test_recurrent_dropout_is_the_same_at_every_step_and_only_in_training() -> None:
    pulse = np.zeros((8, 4, 6), dtype="float32")
    pulse[:, 0] = 1
    layer = see_through(np.eye(6), recurrent_dropout=0.5)
    y = np.array(layer(pulse, training=True))
    kept = y[:, 1] > 0
    assert 0 < kept.mean() < 1
    assert np.array_equal(y[kept.nonzero()[0], :, kept.nonzero()[1]], [[1, 2, 4, 8]] * kept.sum())
    assert not y[:, 1:].transpose(0, 2, 1)[~kept].any()
    assert np.array_equal(layer(pulse), np.ones((8, 4, 6)))


@pytest.mark.parametrize(("name", "maps"), [("GRU", 3), ("LSTM", 4)])
def test_recurrent_dropout_has_a_mask_for_each_map_and_leaves_the_memory(name: str, maps: int) -> None:
    for recurrent, expected in ((0.0, None), (0.5, maps)):
        cell = getattr(keras.layers, f"{name}Cell")(N, dropout=0.5, recurrent_dropout=recurrent)
        mask = cell.get_dropout_mask(np.ones((1, M)))
        assert (len(mask) if isinstance(mask, list) else None) == expected
    assert len(cell.get_recurrent_dropout_mask(np.ones((1, N)))) == maps
    layer = getattr(keras.layers, name)(N, recurrent_dropout=0.5)
    layer.build(X.shape)
    w, u, b = layer.get_weights()
    assert gap(layer(X, training=True), layer(X)) > 1e-3
    layer.set_weights([w, 0 * u, b])
    assert gap(layer(X, training=True), layer(X)) < 1e-6  # keras #20276: z * h was masked, too


@pytest.mark.parametrize("name", ["GRU", "LSTM"])
@pytest.mark.parametrize(("rates", "tries"), [({}, 2), ({"dropout": 0.5}, 2), ({"recurrent_dropout": 0.5}, 0)])
def test_recurrent_dropout_does_not_try_the_fast_kernel(name: str, rates: dict[str, float], tries: int) -> None:
    layer = getattr(keras.layers, name)(N, **rates)
    with mock.patch(f"keras.src.backend.{name.lower()}", side_effect=NotImplementedError) as fast:
        layer(X, training=True)
        layer(X)
    assert fast.call_count == tries


def test_the_weights_of_the_wrapped_layer_are_not_used() -> None:
    layer = keras.layers.LSTM(N)
    layer(X)
    both = keras.layers.Bidirectional(layer)
    both(X)
    assert gap(both.get_weights()[0], layer.get_weights()[0]) > 1e-3


@pytest.mark.parametrize("name", RNN)
def test_a_stack_read_in_pieces_needs_the_states_of_every_layer(name: str) -> None:
    make = getattr(keras.layers, name)
    lower, upper = (make(units, return_sequences=True, return_state=True) for units in (4, 3))

    def read(piece: Any, low: Any = None, up: Any = None) -> tuple[Any, Any, Any]:
        y, *low = lower(piece, initial_state=low)
        y, *up = upper(y, initial_state=up)
        return y, low, up

    whole = read(X)[0]
    _, low, up = read(X[:, :2])
    assert gap(read(X[:, 2:], low, up)[0], whole[:, 2:]) < 1e-6
    for states in ((None, up), (low, None)):
        assert gap(read(X[:, 2:], *states)[0], whole[:, 2:]) > 1e-4
