"""What docs/behaviour/outputs-and-states.md says of Keras's outputs and states; a new version may change it."""

from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np
import pytest

B, T, M, N = 3, 12, 2, 4
NAMES = ("SimpleRNN", "GRU", "LSTM")
X = np.random.default_rng(0).standard_normal((B, T, M), dtype="float32")
PIECES = np.concatenate([X[:, t : t + 4] for t in (0, 4, 8)])


def shapes(arrays: Any) -> Any:
    return keras.tree.map_structure(lambda array: tuple(array.shape), arrays)


def stateful_model(units: int = N) -> keras.Model:
    keras.utils.set_random_seed(0)
    layer = keras.layers.LSTM(units, stateful=True)
    model = keras.Sequential([keras.Input((4, M), batch_size=B), layer, keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0), "mse")  # no weight changes
    return model


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sequences", [False, True])
def test_output_first_then_the_states(name: str, sequences: bool) -> None:
    layer = getattr(keras.layers, name)(N, return_sequences=sequences, return_state=True)
    output, *states = layer(X)
    assert tuple(output.shape) == ((B, T, N) if sequences else (B, N))
    assert shapes(states) == [(B, N)] * (2 if name == "LSTM" else 1)
    last = output[:, -1] if sequences else output
    assert np.array_equal(last, states[0])
    assert not any(np.array_equal(last, state) for state in states[1:])


def test_dense_and_time_distributed_dense_are_the_same() -> None:
    every = keras.layers.LSTM(N, return_sequences=True)(X)
    plain, wrapped = keras.layers.Dense(5), keras.layers.TimeDistributed(keras.layers.Dense(5))
    outputs, calls = [], []
    for layer in (plain, wrapped):
        layer.build((B, T, N))
        layer.set_weights(plain.get_weights())
        with mock.patch.object(keras.layers.Dense, "call", autospec=True, side_effect=keras.layers.Dense.call) as call:
            outputs.append(layer(every))
        calls.append(call.call_count)
    assert np.abs(outputs[0] - outputs[1]).max() < 1e-6
    assert plain.count_params() == wrapped.count_params() == (N + 1) * 5
    assert calls == [1, T]


def test_time_distributed_is_needed_where_a_step_is_an_image_or_a_sequence() -> None:
    images, words = np.zeros((B, T, 8, 8, 1)), np.zeros((B, T, 6, M))
    conv, lstm = (lambda: keras.layers.Conv2D(4, 3)), (lambda: keras.layers.LSTM(N))
    for layer, inputs, shape in ((conv, images, (B, T, 6, 6, 4)), (lstm, words, (B, T, N))):
        assert keras.layers.TimeDistributed(layer())(inputs).shape == shape
        with pytest.raises(ValueError, match=r"ndim|Kernel shape"):
            layer()(inputs)
    assert keras.layers.TimeDistributed(keras.layers.Flatten())(images).shape == (B, T, 64)
    assert keras.layers.Flatten()(images).shape == (B, T * 64)


def test_a_mask_goes_through_time_distributed_step_by_step() -> None:
    words = np.random.default_rng(1).standard_normal((B, T, 6, M), dtype="float32")
    mask = np.ones((B, T, 6), dtype=bool)
    mask[..., 4:] = mask[:, 9:] = False
    inner, outer = keras.layers.TimeDistributed(keras.layers.LSTM(N)), keras.layers.LSTM(N)
    by_word = inner(words, mask=mask)
    bare = outer(inner(words[:, :9, :4]))
    assert np.abs(outer(by_word, mask=mask.any(axis=-1)) - bare).max() < 1e-6
    assert np.abs(outer(inner(words)) - bare).max() > 1e-3
    with pytest.raises(IndexError):
        inner(words, mask=mask[..., 0])


@pytest.mark.parametrize("name", NAMES)
def test_a_cell_returns_its_output_and_a_list_of_states(name: str) -> None:
    cell = getattr(keras.layers, f"{name}Cell")(N)
    output, states = cell(X[:, 0], cell.get_initial_state(batch_size=B))
    assert isinstance(states, list)
    assert shapes([output, *states]) == [(B, N)] * (3 if name == "LSTM" else 2)


def test_rnn_over_cells_returns_a_list_of_states_for_each_cell() -> None:
    cells = [keras.layers.LSTMCell(4), keras.layers.LSTMCell(6)]
    layer = keras.layers.RNN(cells, return_state=True)
    model = keras.Sequential([keras.Input((T, M)), layer])  # keras #19482
    output, *states = model(X)
    assert shapes([output, *states]) == [(B, 6), [(B, 4)] * 2, [(B, 6)] * 2]
    layer(X, initial_state=states)
    with pytest.raises(IndexError):
        layer(X, initial_state=keras.tree.flatten(states))


def test_states_handed_on_equal_one_long_sequence() -> None:
    layer = keras.layers.LSTM(N, return_state=True)
    whole = layer(X)[0]
    states = layer(X[:, :5])[1:]
    assert np.abs(layer(X[:, 5:], initial_state=states)[0] - whole).max() < 1e-6
    for wrong in (None, states[::-1]):
        assert np.abs(layer(X[:, 5:], initial_state=wrong)[0] - whole).max() > 1e-3


def test_stateful_pieces_by_time_equal_one_long_sequence() -> None:
    model = stateful_model()
    long = keras.Sequential(
        [keras.Input((None, M)), keras.layers.LSTM(N, return_sequences=True), keras.layers.Dense(1)]
    )
    long.set_weights(model.get_weights())
    want = np.array(long(X))[:, 3::4, 0]
    by_time = model.predict(PIECES, batch_size=B, verbose=0).reshape(3, B).T
    assert np.abs(by_time - want).max() < 1e-6
    model.layers[0].reset_state()
    by_row = model.predict(X.reshape(9, 4, M), batch_size=B, verbose=0).reshape(B, 3)
    assert np.abs(by_row - want).max() > 1e-3


def test_fit_does_not_reset_between_epochs() -> None:
    y = np.ones((9, 1))
    reset = keras.callbacks.LambdaCallback(on_epoch_begin=lambda *_: layer.reset_state())
    for callbacks, equal in (([], False), ([reset], True)):
        model = stateful_model()
        layer = model.layers[0]
        options = {"batch_size": B, "shuffle": False, "verbose": 0, "callbacks": callbacks}
        first, second = model.fit(PIECES, y, epochs=2, **options).history["loss"]
        assert (first == second) is equal


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras, when it saves
def test_files_keep_the_weights_and_not_the_states(tmp_path: Path) -> None:
    model = stateful_model()
    model(PIECES[:B])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for ours, theirs in zip(model.get_weights(), loaded.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)
    for ours, theirs in zip(model.layers[0].states, loaded.layers[0].states, strict=True):
        assert np.any(ours.numpy())
        assert not np.any(theirs.numpy())


def test_how_to_reset() -> None:
    model = stateful_model()
    layer = model.layers[0]
    for reset in (layer.reset_state, layer.reset_states):
        model(PIECES[:B])
        assert np.any(layer.states[0].numpy())
        reset()
        assert not any(np.any(state.numpy()) for state in layer.states)
    with pytest.raises(TypeError, match="unexpected keyword argument 'states'"):
        layer.reset_state(states=[np.zeros((B, N))] * 2)
    assert not hasattr(model, "reset_state")
    assert not hasattr(model, "reset_states")


def test_the_batch_size_is_fixed_and_checked_only_where_it_is_known() -> None:
    with pytest.raises(ValueError, match="batch size must be static"):
        keras.Sequential([keras.Input((4, M)), keras.layers.LSTM(N, stateful=True)])
    model = stateful_model()
    with pytest.raises(ValueError, match="Expected batch size: 3"):
        model(PIECES[:2])
    assert len(model.predict(PIECES[:7], batch_size=B, verbose=0)) == 9  # keras #21183


def test_a_stateful_rnn_over_cells_cannot_be_reset() -> None:
    layer = keras.layers.RNN([keras.layers.GRUCell(N), keras.layers.GRUCell(N)], stateful=True)
    layer(X)
    with pytest.raises(AttributeError, match="assign"):
        layer.reset_state()


def test_a_sequential_model_passes_every_array_on() -> None:
    with pytest.raises(ValueError, match=r"expects 1 input.*received 3"):
        keras.Sequential([keras.Input((T, M)), keras.layers.LSTM(N, return_state=True), keras.layers.Dense(1)])
