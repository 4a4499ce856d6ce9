"""What Keras does without a word: each claim of docs/behaviour/wrong-results.md that another version may change."""

import warnings
from pathlib import Path
from unittest import mock

import keras
import numpy as np
import pytest
from keras import layers

X = np.random.default_rng(0).standard_normal((3, 5, 4)).astype("float32")


def output_of_a_layer_made_under(seed: int, *, made_first: bool) -> np.ndarray:
    keras.utils.set_random_seed(seed)
    layer = layers.LSTM(4) if made_first else None
    keras.utils.set_random_seed(0)
    return np.array((layer or layers.LSTM(4))(X))


def test_a_seed_reaches_only_layers_made_after_it() -> None:
    early, late = (
        [output_of_a_layer_made_under(seed, made_first=made_first) for seed in (1, 2)] for made_first in (False, True)
    )
    assert np.array_equal(*early)
    assert not np.array_equal(*late)


@pytest.mark.parametrize(("targets", "zero"), [((3, 5), True), ((3, 5, 1), True), ((3, 1), False), ((3,), False)])
def test_mean_squared_error_stretches_targets(targets: tuple[int, ...], zero: bool) -> None:
    outputs = X[..., :1]
    given = outputs.reshape(targets) if zero else outputs[:, -1].reshape(targets)
    assert (float(keras.losses.MeanSquaredError()(given, outputs)) == 0) is zero


@pytest.mark.parametrize("return_sequences", [True, False])
def test_attention_takes_the_batch_for_time_steps(return_sequences: bool) -> None:
    encoder, attention = layers.LSTM(4, return_sequences=return_sequences), layers.Attention()
    changed = X.copy()
    changed[2] += 1
    first, again = (np.array(attention([X, encoder(data)]))[0] for data in (X, changed))
    assert np.array_equal(first, again) is return_sequences


@pytest.mark.parametrize(
    ("layer", "kept", "warned"),
    [
        (layers.Dense(4), True, False),
        (layers.Dropout(0.1), True, False),
        (layers.LayerNormalization(), True, False),
        (layers.LSTM(4, return_sequences=True), True, False),
        (layers.Conv1D(4, 1), False, True),
        (layers.Reshape((4, 4)), False, True),
        (layers.Lambda(lambda array: 2 * array), False, True),
        (lambda array: 2 * array, False, False),
    ],
)
def test_who_hands_a_mask_on(layer: layers.Layer, kept: bool, warned: bool) -> None:
    masked = layers.Embedding(9, 4, mask_zero=True)(np.array([[4, 2, 0, 0]]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        output = layer(masked)
    assert (getattr(output, "_keras_mask", None) is not None) is kept
    assert any("destroy the mask" in str(warning.message) for warning in caught) is warned


@pytest.mark.parametrize(("Layer", "gates"), [(layers.LSTM, 4), (layers.GRU, 3)])
def test_recurrent_dropout_has_a_mask_for_each_gate(Layer: type, gates: int) -> None:
    assert Layer(8).cell.implementation == 2
    layer = Layer(8, recurrent_dropout=0.5)
    assert layer.cell.implementation == 1
    layer.build((None, None, 3))
    masks = np.array(layer.cell.get_recurrent_dropout_mask(np.zeros((1, 8), "float32")))
    assert masks.shape == (gates, 1, 8)
    assert len(np.unique(masks, axis=0)) > 1


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_a_file_does_not_keep_use_cudnn(tmp_path: Path) -> None:
    both = layers.Bidirectional(layers.GRU(2, use_cudnn=False))
    assert both.forward_layer.use_cudnn is False
    model = keras.Sequential([keras.Input((5, 4)), layers.LSTM(2, use_cudnn=False, return_sequences=True), both])
    model.save(tmp_path / "model.keras")
    lstm, both = keras.models.load_model(tmp_path / "model.keras").layers
    assert (lstm.use_cudnn, both.forward_layer.use_cudnn, both.backward_layer.use_cudnn) == ("auto",) * 3


@pytest.mark.parametrize("Layer", [layers.LSTM, layers.GRU])
@pytest.mark.parametrize("use_cudnn", ["auto", False])
def test_a_layer_that_will_use_cudnn_keeps_xla_off(Layer: type, use_cudnn: str | bool) -> None:
    with mock.patch("keras.src.backend.cudnn_ok", return_value=True):
        layer = Layer(2, use_cudnn=use_cudnn)
    model = keras.Sequential([keras.Input((5, 4)), layer])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.compile("sgd", "mse", jit_compile=True)
    assert layer.supports_jit is model.jit_compile is (use_cudnn is False)
    assert any("jit_compile=False" in str(warning.message) for warning in caught) is (use_cudnn == "auto")


@pytest.mark.parametrize("features", [2, 3])
def test_add_takes_one_number_a_step_for_a_bias_where_there_are_as_many_features(features: int) -> None:
    steps, each = np.zeros((1, 3, features), "float32"), np.array([[1.0], [2.0], [3.0]], "float32")
    inputs = keras.Input((3, features))
    wide = np.broadcast_to(each, (3, features))
    is_right = features != 3
    layer = layers.Add()([steps, each[None]])
    for added in (keras.ops.add(steps, each), keras.Model(inputs, inputs + each)(steps), layer):
        assert np.array_equal(added, steps + each) is is_right
    for added in (keras.ops.add(steps, wide), keras.ops.add(each, steps)):
        assert np.array_equal(added, steps + each)
