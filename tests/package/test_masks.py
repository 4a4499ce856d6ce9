"""What docs/behaviour/masks.md says of masks, so that a Keras that does otherwise is noticed on the day it arrives."""

import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import nightly
from rnn_guide import cells

LAYERS = ("SimpleRNN", "GRU", "LSTM")
REAL = np.array([[False, True, True, False, True, False]])
X = np.random.default_rng(0).standard_normal((1, 6, 3), dtype="float32")
BARE = np.array([[3, 1, 4, 2]])
PADDED = {"left": [[0, 0, 0, 3, 1, 4, 2]], "right": [[3, 1, 4, 2, 0, 0, 0]], "middle": [[3, 0, 1, 4, 0, 2, 0]]}
padded = pytest.mark.parametrize("side", PADDED)
# Biases that are not zero: with zeros a recurrent layer stays at zero on padding on the left.
BIASED: dict[str, Any] = {"bias_initializer": "normal"}
# Where Keras decides what runs on cuDNN. (In its package, the module's name is taken by a function.)
KERNELS: Any = sys.modules["keras.src.backend.tensorflow.rnn"]


class Probe(keras.layers.Layer):
    """Keeps the mask that arrives, as a recurrent layer would get it."""

    supports_masking = True

    def call(self, x: Any, mask: Any = None) -> Any:
        self.seen = mask
        return x


class Double(keras.layers.Layer):
    """A layer that says nothing of masks."""

    def call(self, x: Any) -> Any:
        return 2 * x


def arriving(y: Any) -> Any:
    probe = Probe()
    probe(y)
    return probe.seen


def embedded() -> Any:
    return keras.layers.Embedding(5, 3, mask_zero=True)(np.array([[3, 1, 4, 0, 0]]))


def off(model: Any, side: str) -> float:
    """Return how far a model's answer for padded tokens is from its answer for the bare ones."""
    return float(np.abs(model(np.array(PADDED[side])) - model(BARE)).max())


def stack(*layers: Any) -> Any:
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.layers.Embedding(5, 3, mask_zero=True), *layers])


@pytest.mark.parametrize("name", LAYERS)
def test_a_mask_is_the_same_as_dropping_the_masked_steps(name: str) -> None:
    layer = getattr(keras.layers, name)(4, return_sequences=True, return_state=True, **BIASED)
    outputs, *states = layer(X, mask=REAL)
    shorter, *expected = layer(X[REAL][None])
    np.testing.assert_allclose(outputs.numpy()[REAL], shorter[0], atol=1e-6)
    np.testing.assert_allclose(states, expected, atol=1e-6)
    assert np.abs(layer(X)[1] - expected[0]).max() > 1e-2  # without the mask


@pytest.mark.parametrize("name", LAYERS)
def test_a_masked_step_repeats_the_output_before_and_the_first_gives_zero(name: str) -> None:
    layer = getattr(keras.layers, name)(4, return_sequences=True, **BIASED)
    outputs = layer(X, mask=REAL).numpy()[0]
    assert not outputs[0].any()
    np.testing.assert_array_equal(outputs[[3, 5]], outputs[[2, 4]])
    assert outputs[2].all()


def test_the_loop_with_one_line_for_the_mask_is_keras() -> None:
    layer = keras.layers.GRU(4, **BIASED)
    theirs = layer(X, mask=REAL)
    h = np.zeros((1, 4))
    for t in range(X.shape[1]):
        h = np.where(REAL[:, t, None], cells.gru_step(X[:, t], h, layer.get_weights()), h)
    np.testing.assert_allclose(h, theirs, atol=1e-6)


@pytest.mark.parametrize("name", LAYERS)
def test_zero_output_for_mask_also_zeroes_a_last_output_that_is_masked(name: str) -> None:
    """The docstring says that it is used with return_sequences alone."""
    layer = getattr(keras.layers, name)(4, zero_output_for_mask=True, return_state=True, **BIASED)
    output, state, *_ = layer(X, mask=REAL)
    assert not output.numpy().any()
    assert state.numpy().all()


def test_leading_masked_steps_give_zero_whatever_the_initial_state() -> None:
    """So it is on TensorFlow and PyTorch; on JAX they give the initial state."""
    layer = keras.layers.GRU(4, return_state=True)
    output, state = layer(X, mask=np.zeros_like(REAL), initial_state=np.ones((1, 4), "float32"))
    assert not output.numpy().any()
    assert (state.numpy() == 1).all()


PASSED_ON = {
    "Dense": lambda: keras.layers.Dense(2),
    "Dropout": lambda: keras.layers.Dropout(0.1),
    "LayerNormalization": lambda: keras.layers.LayerNormalization(),
    "TimeDistributed": lambda: keras.layers.TimeDistributed(keras.layers.Dense(2)),
    "LSTM": lambda: keras.layers.LSTM(2, return_sequences=True),
    "RNN": lambda: keras.layers.RNN(keras.layers.LSTMCell(2), return_sequences=True),
    "Bidirectional": lambda: keras.layers.Bidirectional(keras.layers.LSTM(2, return_sequences=True)),
    "Lambda with a mask": lambda: keras.layers.Lambda(lambda x: 2 * x, mask=lambda _, mask: mask),
}
LOST = {
    "Conv1D": lambda: keras.layers.Conv1D(2, 2),
    "Flatten": lambda: keras.layers.Flatten(),
    "Reshape": lambda: keras.layers.Reshape((5, 3)),
    "Lambda": lambda: keras.layers.Lambda(lambda x: 2 * x),
    "a layer of one's own": Double,
}


@pytest.mark.parametrize("name", PASSED_ON)
def test_a_mask_is_passed_on(name: str) -> None:
    np.testing.assert_array_equal(arriving(PASSED_ON[name]()(embedded())), [[True, True, True, False, False]])


@pytest.mark.parametrize("name", LOST)
def test_a_mask_is_lost_with_a_warning(name: str) -> None:
    layer, y = LOST[name](), embedded()
    with pytest.warns(UserWarning, match="does not support masking"):
        assert arriving(layer(y)) is None


def test_a_mask_is_lost_in_arithmetic_and_used_up_by_a_last_output(recwarn: pytest.WarningsRecorder) -> None:
    y = embedded()
    assert arriving(y) is not None
    assert arriving(2 * y) is None
    assert arriving(keras.layers.LSTM(2)(y)) is None
    assert arriving(keras.layers.GlobalAveragePooling1D()(y)) is None
    assert not [found for found in recwarn if "masking" in str(found.message)]


def test_a_layer_backwards_passes_on_the_mask_in_the_order_of_time() -> None:
    """Its outputs are in the other order."""
    y = keras.layers.GRU(2, return_sequences=True, go_backwards=True, **BIASED)(embedded())
    assert y.numpy().any(axis=-1).tolist() == [[False, False, True, True, True]]
    assert arriving(y).numpy().tolist() == [[True, True, True, False, False]]


def shown(y: Any) -> str | None:
    mask = getattr(y, "_keras_mask", None)
    return None if mask is None else "".join("01"[int(step)] for step in np.array(mask)[0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Add", ("11100", None, None)),
        ("Average", ("11100", None, None)),
        ("Multiply", ("11100", None, None)),
        ("Maximum", ("11100", None, None)),
        ("Concatenate", ("11100", "11111", "11111")),
        ("Attention", ("11100", "11100", None)),
        ("AdditiveAttention", ("11100", "11100", None)),
        ("MultiHeadAttention", ("11100", "11100", None)),
    ],
)
def test_the_mask_of_two_inputs(name: str, expected: tuple[str | None, ...], recwarn: pytest.WarningsRecorder) -> None:
    """Of two masks, of a mask and none, of none and a mask."""
    tokens = np.array([[3, 1, 4, 0, 0]])
    embedding, plain = keras.layers.Embedding(5, 3, mask_zero=True), keras.layers.Embedding(5, 3)
    multi = name == "MultiHeadAttention"
    layer = getattr(keras.layers, name)(**({"num_heads": 1, "key_dim": 3} if multi else {}))
    found = []
    for kind in ("two", "first", "second"):
        one = plain(tokens) if kind == "second" else embedding(tokens)
        other = plain(tokens) if kind == "first" else embedding(np.array([[3, 1, 0, 0, 0]]))
        found.append(shown(layer(one, other) if multi else layer([one, other])))
    assert tuple(found) == expected
    assert not [warning for warning in recwarn if "mask" in str(warning.message)]


@pytest.mark.parametrize("functional", [True, False])
def test_multi_head_attention_takes_the_mask_off_its_input_unless_the_model_is_functional(functional: bool) -> None:
    embedding, attention = keras.layers.Embedding(5, 3, mask_zero=True), keras.layers.MultiHeadAttention(1, 3)
    add, gru = keras.layers.Add(), keras.layers.GRU(4, **BIASED)

    def residual(ids: Any) -> Any:
        y = embedding(ids)
        return gru(add([y, attention(y, y)]))

    ids = keras.Input((None,), dtype="int32")
    model = keras.Model(ids, residual(ids)) if functional else residual
    assert (off(model, "right") < 1e-6) is functional


@pytest.mark.parametrize(("backend", "refused"), [("tensorflow", False), ("torch", True), ("jax", True)])
@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_which_backend_refuses_a_mask_on_its_fast_kernel(backend: str, refused: bool, name: str) -> None:
    """Read in the code, for there is no GPU."""
    code = (Path(keras.__file__).parent / "src" / "backend" / backend / "rnn.py").read_text("utf-8")
    body = code.split(f"\ndef {name}(")[1].split("\ndef ")[0]
    assert ("mask is not None:\n        raise" in body) is refused


@padded
def test_padding_changes_nothing_in_a_stack(side: str) -> None:
    layers = keras.layers
    rest = [layers.LSTM(4, return_sequences=True), layers.GRU(4, return_sequences=True), layers.SimpleRNN(4)]
    assert off(stack(*rest), side) < 1e-6


@padded
def test_padding_changes_nothing_in_bidirectional_layers(side: str) -> None:
    layers = keras.layers
    rest = [layers.Bidirectional(layers.LSTM(4, return_sequences=True)), layers.Bidirectional(layers.GRU(4))]
    assert off(stack(*rest), side) < 1e-6


@padded
def test_a_mask_handed_on_by_hand_holds_where_recurrent_layers_pass_none(
    side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras.layers.RNN, "compute_mask", lambda *_: None)
    layers = keras.layers
    alone = stack(layers.LSTM(4, return_sequences=True), layers.GRU(4, **BIASED))
    keras.utils.set_random_seed(0)
    ids = keras.Input((None,), dtype="int32")
    keep = keras.ops.not_equal(ids, 0)
    y = layers.LSTM(4, return_sequences=True)(layers.Embedding(5, 3)(ids), mask=keep)
    by_hand = keras.Model(ids, layers.GRU(4, **BIASED)(2 * y, mask=keep))
    assert off(by_hand, side) < 1e-6
    assert off(alone, side) > 1e-4


def test_bidirectional_gives_zeros_at_masked_steps() -> None:
    layer = keras.layers.Bidirectional(keras.layers.GRU(2, return_sequences=True, **BIASED))
    assert layer(embedded()).numpy().any(axis=-1).tolist() == [[True, True, True, False, False]]
    assert layer.forward_layer.zero_output_for_mask
    assert layer.backward_layer.zero_output_for_mask


@pytest.mark.parametrize("passed", [True, False])
def test_the_loss_is_the_mean_over_the_real_steps_while_the_mask_arrives(
    passed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not passed:
        monkeypatch.setattr(keras.layers.RNN, "compute_mask", lambda *_: None)
    batch = np.array([[3, 1, 4, 2, 0, 0], [1, 2, 0, 0, 0, 0]])
    targets = np.random.default_rng(0).standard_normal((2, 6, 1))
    real = batch != 0
    model = stack(keras.layers.LSTM(4, return_sequences=True), keras.layers.Dense(1))
    errors = (model(batch) - targets).numpy()[..., 0]
    squares, sizes = errors**2, np.abs(errors)

    def evaluate(loss: Any = "mse", weight: Any = None) -> list[float]:
        mae = keras.metrics.MeanAbsoluteError
        model.compile(loss=loss, metrics=[mae("metric")], weighted_metrics=[mae("weighted")])
        found = model.evaluate(batch, targets, sample_weight=weight, verbose=0, return_dict=True)
        return [found[title] for title in ("loss", "metric", "weighted")]

    counted = real if passed else np.ones_like(real)
    metric = sizes[counted].mean()
    assert evaluate() == pytest.approx([squares[counted].mean(), metric, metric], rel=1e-4)
    if not passed:
        weight = real.astype("float32")
        mean = keras.losses.MeanSquaredError(reduction="mean_with_sample_weight")
        weighted = sizes[real].mean()
        assert evaluate("mse", weight) == pytest.approx([squares[real].sum() / 12, metric, weighted], rel=1e-4)
        assert evaluate(mean, weight) == pytest.approx([squares[real].mean(), metric, weighted], rel=1e-4)


@pytest.mark.parametrize(("steps", "valid"), [("1111", 1), ("1100", 1), ("0011", 0), ("1010", 0), ("0000", 0)])
def test_tensorflow_lets_only_padding_on_the_right_run_on_cudnn(steps: str, valid: int) -> None:
    mask = np.array([[step == "1" for step in steps]])
    for check in (KERNELS._assert_valid_mask, tf.function(KERNELS._assert_valid_mask)):
        if valid:
            check(mask)
        else:
            with pytest.raises(tf.errors.InvalidArgumentError, match="right-padded"):
                check(mask)


@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_a_refused_mask_falls_back_to_the_loop_where_the_layer_is_called(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = getattr(keras.layers, name)(4, **BIASED)
    expected = layer(X, mask=REAL)
    tried = []
    monkeypatch.setattr(KERNELS, "_is_gpu_available", lambda: tried.append(True) or True)
    np.testing.assert_array_equal(layer(X, mask=REAL), expected)
    assert tried


def test_a_layer_made_again_from_its_configuration_forgets_use_cudnn() -> None:
    layer = keras.layers.LSTM(4, zero_output_for_mask=True, use_cudnn=False)
    again = keras.layers.LSTM.from_config(layer.get_config())
    assert (again.zero_output_for_mask, again.use_cudnn) == (True, "auto")
    both = keras.layers.Bidirectional(keras.layers.LSTM(4, use_cudnn=False))
    assert both.forward_layer.use_cudnn is both.backward_layer.use_cudnn is False


@pytest.mark.parametrize("run", nightly.runs(), ids=lambda run: run.model)
def test_what_the_coming_version_does_is_not_done_yet(run: nightly.Run) -> None:
    assert nightly.follow(run) == {"difference": 0.0, "warns": False}
