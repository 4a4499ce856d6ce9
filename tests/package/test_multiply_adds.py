"""What a layer computes, against runs in NumPy that count their own products."""

import json
import xml.etree.ElementTree as ET
from collections import Counter
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from mutants import mutant
from rnn_guide import cells, params
from rnn_guide.keras import Explanation, explain, formulas
from rnn_guide.keras.work import ATTENTION, UNITS

# Arrays that count what is done with them.

TALLY: Counter[str] = Counter()
NAMES = {np.add: "sums", np.subtract: "sums", np.multiply: "products", np.tanh: "activations"}


class Counted(np.ndarray):
    """An array whose products, sums and so on are counted as they are computed."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [np.asarray(each) for each in inputs]
        result = np.asarray(getattr(ufunc, method)(*plain, **options))
        if ufunc is np.matmul:
            TALLY["multiply_adds"] += result.size * plain[0].shape[-1]
        elif ufunc in NAMES:
            TALLY[NAMES[ufunc]] += result.size
        return result.view(Counted)


def sigmoid(x: Any) -> Any:
    TALLY["activations"] += x.size
    return (1 / (1 + np.exp(-np.asarray(x)))).view(Counted)


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "sigmoid", sigmoid)


def weights_of(layer: Any) -> list[Any]:
    return [np.array(each).view(Counted) for each in layer.get_weights()]


# The layers in NumPy. Each gives what Keras gives.


def recurrent(layer: Any, x: Any) -> Any:
    weights, n = weights_of(layer), layer.units
    h = np.zeros((len(x), n)).view(Counted)
    state, outputs = (h, h) if isinstance(layer, layers.LSTM) else h, []
    for t in range(x.shape[1]):
        if isinstance(layer, layers.LSTM):
            state = cells.lstm_step.__wrapped__(x[:, t], state, weights)  # type: ignore[attr-defined]
        elif isinstance(layer, layers.GRU):
            step = cells.gru_step.__wrapped__  # type: ignore[attr-defined]
            state = step(x[:, t], state, weights, reset_after=layer.reset_after)
        else:
            state = cells.simple_rnn_step.__wrapped__(x[:, t], state, weights)  # type: ignore[attr-defined]
        outputs.append(state[0] if isinstance(state, tuple) else state)
    return np.stack(outputs, 1).view(Counted) if layer.return_sequences else outputs[-1]


def both_ways(layer: Any, x: Any) -> Any:
    ways = [recurrent(layer.forward_layer, x), recurrent(layer.backward_layer, x[:, ::-1])]
    return np.concatenate([ways[0], ways[1][:, ::-1]], -1)


def dense(layer: Any, x: Any) -> Any:
    weights = weights_of(layer)
    return x @ weights[0] + weights[1] if len(weights) > 1 else x @ weights[0]


def convolved(x: Any, kernel: Any, strides: Any, padding: str, dilation: Any = None, groups: int = 1) -> Any:
    """Multiply every window with the kernel; channels last."""
    sides = kernel.shape[:-2]
    dilation = dilation or (1,) * len(sides)
    wide = [(side - 1) * d + 1 for side, d in zip(sides, dilation, strict=True)]
    if padding == "same":
        lengths = [-(-length // s) for length, s in zip(x.shape[1:-1], strides, strict=True)]
        more = [
            max((n - 1) * s + w - length, 0)
            for n, s, w, length in zip(lengths, strides, wide, x.shape[1:-1], strict=True)
        ]
        x = np.pad(np.asarray(x), [(0, 0), *[(m // 2, m - m // 2) for m in more], (0, 0)]).view(Counted)
    lengths = [(length - w) // s + 1 for length, s, w in zip(x.shape[1:-1], strides, wide, strict=True)]
    part, filters = kernel.shape[-2], kernel.shape[-1] // groups
    output = np.zeros((len(x), *lengths, kernel.shape[-1]))
    for place in np.ndindex(*lengths):
        window = tuple(slice(p * s, p * s + w, d) for p, s, w, d in zip(place, strides, wide, dilation, strict=True))
        for g in range(groups):
            seen = x[(slice(None), *window, slice(g * part, (g + 1) * part))].reshape(len(x), -1)
            of_group = kernel[..., g * filters : (g + 1) * filters].reshape(-1, filters)
            output[(slice(None), *place, slice(g * filters, (g + 1) * filters))] = seen @ of_group
    return output.view(Counted)


def conv(layer: Any, x: Any) -> Any:
    weights = weights_of(layer)
    y = convolved(x, weights[0], layer.strides, layer.padding, layer.dilation_rate, layer.groups)
    return y + weights[1] if layer.use_bias else y


def depthwise(layer: Any, x: Any, kernel: Any = None) -> Any:
    kernel = weights_of(layer)[0] if kernel is None else kernel
    each = [
        convolved(x[..., c : c + 1], kernel[..., c : c + 1, :], layer.strides, layer.padding)
        for c in range(x.shape[-1])
    ]
    y = np.concatenate(each, -1).view(Counted)
    return y + weights_of(layer)[1] if layer.use_bias and isinstance(layer, layers.DepthwiseConv1D) else y


def separable(layer: Any, x: Any) -> Any:
    depth, point, bias = weights_of(layer)
    return depthwise(layer, x, depth) @ point[0] + bias


def transposed(layer: Any, x: Any) -> Any:
    """Every entry of the input writes a window of the output; one spatial axis."""
    (kernel, bias), (stride,) = weights_of(layer), layer.strides
    side, filters, channels = kernel.shape
    output = np.zeros((len(x), (x.shape[1] - 1) * stride + max(side, stride), filters))
    for t in range(x.shape[1]):
        window = x[:, t] @ kernel.reshape(-1, channels).T
        output[:, t * stride : t * stride + side] += np.asarray(window).reshape(-1, side, filters)
    return output + np.asarray(bias)


def conv_lstm(layer: Any, x: Any) -> Any:
    kernel, back, bias = weights_of(layer)
    c = h = None
    for t in range(x.shape[1]):
        seen = convolved(x[:, t], kernel, layer.strides, layer.padding)
        if h is None:
            h = c = np.zeros((*seen.shape[:-1], layer.filters)).view(Counted)
        i, f, candidate, o = np.split(seen + convolved(h, back, (1,) * (back.ndim - 2), "same") + bias, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(candidate)
        h = sigmoid(o) * np.tanh(c)
    return h


def softmax(scores: Any) -> Any:
    TALLY["softmax"] += scores.size
    e = np.exp(np.asarray(scores) - np.asarray(scores).max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)).view(Counted)


def heads(layer: Any, query: Any, value: Any) -> Any:
    weights = weights_of(layer)
    gate = None
    if hasattr(layer, "_gate_dense"):
        gate = weights[4:6]
        weights = weights[:4] + weights[6:]
    maps = [*zip(weights[0:6:2], weights[1:6:2], strict=True)]
    q, k, v = (
        (x @ kernel.reshape(x.shape[-1], -1) + bias.reshape(-1)).reshape(*x.shape[:2], *bias.shape)
        for x, (kernel, bias) in zip((query, value, value), maps, strict=True)
    )
    width = q.shape[2] // k.shape[2]
    k, v = k.repeat(width, 2), v.repeat(width, 2)
    q = q * (1 / np.sqrt(q.shape[-1]))
    shares = softmax(q.transpose(0, 2, 1, 3) @ k.transpose(0, 2, 3, 1))
    mixed = (shares @ v.transpose(0, 2, 1, 3)).transpose(0, 2, 1, 3)
    if gate is not None:
        opened = query @ gate[0].reshape(query.shape[-1], -1) + gate[1].reshape(-1)
        mixed = mixed * sigmoid(opened).reshape(mixed.shape)
    kernel, bias = weights[6:]
    return mixed.reshape(*mixed.shape[:2], -1) @ kernel.reshape(-1, kernel.shape[-1]) + bias


def dot_attention(layer: Any, query: Any, value: Any) -> Any:
    scores = query @ value.transpose(0, 2, 1)
    return softmax(scores * weights_of(layer)[0] if layer.use_scale else scores) @ value


def additive_attention(layer: Any, query: Any, value: Any) -> Any:
    (scale,) = weights_of(layer)
    added = np.tanh(query[:, :, None] + value[:, None])
    return softmax((added @ scale[:, None])[..., 0]) @ value


def concat_attention(layer: Any, query: Any, value: Any) -> Any:
    scale, factor = weights_of(layer)
    added = np.tanh(scale * (query[:, :, None] + value[:, None]))
    TALLY["sums"] += added.size
    return softmax(factor * np.asarray(added).sum(-1).view(Counted)) @ value


# Each beside its formula, at drawn sizes.

size = st.integers(1, 5)
flag = st.booleans()
STEPS = 4


def attended(layer: Any, features: int, keys: int) -> Any:
    """Return a model of attention from 4 queries to some keys."""
    query, value = keras.Input((None, features)), keras.Input((keys, features))
    many = isinstance(layer, (layers.MultiHeadAttention, layers.GroupQueryAttention))
    return keras.Model([query, value], layer(query, value) if many else layer([query, value]))


def made(kind: Any, *parts: Any, **options: Any) -> Any:
    """Draw how a layer is made: what Keras makes while hypothesis draws, it makes with random numbers of its own."""
    return st.builds(partial, st.just(kind), *parts, **options)


def rnn(kind: Any, **options: Any) -> tuple[Any, Any, list[str]]:
    drawn = {name: st.just(value) for name, value in options.items()}
    return (
        made(kind, size, return_sequences=flag, **drawn),
        recurrent,
        ["sums", "products", "activations"] if options.get("use_bias", True) else [],
    )


CASES: dict[str, tuple[Any, Any, list[str]]] = {
    "SimpleRNN": rnn(layers.SimpleRNN),
    "LSTM": rnn(layers.LSTM),
    "LSTM without bias": rnn(layers.LSTM, use_bias=False),
    "GRU": rnn(layers.GRU),
    "GRU, reset before": rnn(layers.GRU, reset_after=False),
    "GRU without bias": rnn(layers.GRU, use_bias=False),
    "Bidirectional": (
        made(lambda n: layers.Bidirectional(layers.LSTM(n, return_sequences=True)), size),
        both_ways,
        ["sums", "products", "activations"],
    ),
    "Dense": (made(layers.Dense, size, use_bias=flag), dense, ["sums"]),
    "EinsumDense": (
        made(lambda n: layers.EinsumDense("abc,cd->abd", (None, n), bias_axes="d"), size),
        dense,
        ["sums"],
    ),
    "EinsumDense, dots": (made(lambda n: layers.EinsumDense("...c,cd->...d", n, bias_axes="d"), size), dense, ["sums"]),
    "TimeDistributed": (
        made(lambda n: layers.TimeDistributed(layers.Dense(n)), size),
        lambda layer, x: dense(layer.layer, x),
        ["sums"],
    ),
    "Conv1D": (
        made(layers.Conv1D, size, st.integers(1, 3), strides=st.integers(1, 3), padding=st.sampled_from(["same"])),
        conv,
        ["sums"],
    ),
    "Conv1D, dilated": (made(layers.Conv1D, size, st.just(2), dilation_rate=st.integers(1, 3)), conv, ["sums"]),
    "DepthwiseConv1D": (
        made(layers.DepthwiseConv1D, st.integers(1, 3), strides=st.integers(1, 2), depth_multiplier=size),
        depthwise,
        ["sums"],
    ),
    "SeparableConv1D": (
        made(layers.SeparableConv1D, size, st.integers(1, 3), strides=st.integers(1, 2), depth_multiplier=size),
        separable,
        ["sums"],
    ),
    "Conv1DTranspose": (
        made(layers.Conv1DTranspose, size, st.integers(1, 3), strides=st.integers(1, 3)),
        transposed,
        [],
    ),
}
SEVERAL = ["sums", "products", "activations", "softmax"]
TWO: dict[str, tuple[Any, Any, list[str]]] = {
    "MultiHeadAttention": (
        # Keys of one feature are left out: with as many heads as steps, Keras on TensorFlow adds a bias of
        # shape (heads, 1) along the steps (keras.ops.add takes it for one of channels).
        made(
            layers.MultiHeadAttention,
            size,
            st.integers(2, 5),
            value_dim=st.integers(2, 5),
            output_shape=size,
            use_gate=flag,
        ),
        heads,
        SEVERAL,
    ),
    "GroupQueryAttention": (
        made(lambda d, g, r: layers.GroupQueryAttention(d + 1, g * r, g), size, st.integers(1, 3), st.integers(1, 2)),
        heads,
        SEVERAL,
    ),
    "Attention": (made(layers.Attention, use_scale=flag), dot_attention, SEVERAL),
    "Attention, concat": (
        made(layers.Attention, use_scale=st.just(True), score_mode=st.just("concat")),
        concat_attention,
        SEVERAL,
    ),
    "AdditiveAttention": (made(layers.AdditiveAttention), additive_attention, SEVERAL),
}


def held_against_a_run(model: Any, layer: Any, run: Any, inputs: list[Any], counted: list[str]) -> None:
    """The run gives what Keras gives, and it has as many products as the explanation says."""
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(size=each.shape) for each in layer.get_weights()])
    expected = model(inputs if len(inputs) > 1 else inputs[0])
    TALLY.clear()
    output = run(layer, *[each.view(Counted) for each in inputs])
    np.testing.assert_allclose(np.asarray(output), expected, rtol=1e-3, atol=1e-4)
    found = explain(model, steps=STEPS)
    assert found.uncounted == ()
    assert found.multiply_adds == TALLY["multiply_adds"]
    work: Counter[str] = Counter()
    for use in (use for part in found.parts for use in part.uses):
        assert eval(use.formula.replace("·", "*").replace("^", "**").replace("/", "//")) == use.each
        work.update({name: count * use.times for name, count in use.elementwise.items()})
    assert {name: work[name] for name in counted} == {name: TALLY[name] for name in counted}


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=6)
@given(st.data(), size)
def test_as_many_as_a_run_in_numpy(name: str, data: st.DataObject, features: int) -> None:
    recipe, run, counted = CASES[name]
    layer = data.draw(recipe)()
    model = keras.Sequential([keras.Input((None, features)), layer])
    inputs = np.random.default_rng(1).normal(size=(1, STEPS, features)).astype("float32")
    held_against_a_run(model, layer, run, [inputs], counted)


@pytest.mark.parametrize("name", TWO)
@settings(max_examples=6)
@given(st.data(), size, st.integers(2, 5))
def test_attention_has_as_many_as_a_run_in_numpy(name: str, data: st.DataObject, features: int, keys: int) -> None:
    recipe, run, counted = TWO[name]
    layer = data.draw(recipe)()
    rng = np.random.default_rng(1)
    inputs = [rng.normal(size=(1, length, features)).astype("float32") for length in (STEPS, keys)]
    held_against_a_run(attended(layer, features, keys), layer, run, inputs, counted)


IMAGES = [
    (layers.Conv2D(6, (3, 2), strides=2, groups=3, padding="same"), (7, 5, 3), conv),
    (layers.Conv2D(4, 2, strides=(1, 2), use_bias=False), (4, 5, 3), conv),
    (layers.Conv3D(2, 2), (3, 4, 3, 2), conv),
    (layers.ConvLSTM1D(3, 2, strides=2), (STEPS, 6, 2), conv_lstm),
    (layers.ConvLSTM2D(2, (3, 2), padding="same"), (STEPS, 4, 3, 2), conv_lstm),
    (layers.ConvLSTM3D(2, 2), (STEPS, 3, 3, 3, 2), conv_lstm),
]


@pytest.mark.parametrize(("layer", "shape", "run"), IMAGES, ids=lambda each: type(each).__name__)
def test_images_have_as_many_as_a_run_in_numpy(layer: Any, shape: Any, run: Any) -> None:
    model = keras.Sequential([keras.Input(shape), layer])
    inputs = np.random.default_rng(1).normal(size=(1, *shape)).astype("float32")
    held_against_a_run(model, layer, run, [inputs], ["sums"] if run is conv else ["sums", "products", "activations"])


@given(size, size, flag, flag)
def test_a_step_uses_every_weight_of_a_kernel_once(m: int, n: int, use_bias: bool, reset_after: bool) -> None:
    counts = [
        params.simple_rnn(m, n, use_bias=use_bias),
        params.lstm(m, n, use_bias=use_bias),
        params.gru(m, n, use_bias=use_bias, reset_after=reset_after),
        params.dense(m, n, use_bias=use_bias),
        params.conv(m, n, 3, use_bias=use_bias),
        params.depthwise_conv(m, 3, depth_multiplier=n, use_bias=use_bias),
        params.separable_conv(m, n, 3, use_bias=use_bias),
        params.conv_lstm(m, n, 3, use_bias=use_bias),
        params.lstm(m, n + 1, layout="torch", proj_size=n, use_bias=use_bias),
        params.gru(m, n, layout="torch", use_bias=use_bias),
        params.stacked(params.gru, m, [n, m], bidirectional=True),
    ]
    for count in counts:
        kernels = sum(weight.size for weight in count.weights if "bias" not in weight.name)
        assert count.work is not None
        assert int(count.work) == kernels


# The figures, and the ways to miss them.


def of_layer(layer: Any, steps: int = 10) -> Explanation:
    return explain(keras.Sequential([keras.Input((None, 64)), layer]), steps=steps)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.LSTM(128), 983_040),
        (layers.GRU(128), 737_280),
        (layers.GRU(128, reset_after=False), 737_280),
        (layers.SimpleRNN(128), 245_760),
        (layers.Bidirectional(layers.LSTM(128)), 1_966_080),
    ],
    ids=lambda each: type(each).__name__,
)
def test_the_figures(layer: Any, expected: int) -> None:
    found = of_layer(layer)
    assert found.multiply_adds == expected
    assert f"multiply-adds  {expected:,} for an input of shape (1, 10, 64)" in str(found)


def test_ways_to_count_that_are_wrong_miss_the_figure() -> None:
    right = of_layer(layers.LSTM(128)).multiply_adds
    per_step, bias = 4 * (64 + 128) * 128, 4 * 128
    assert right == 10 * per_step
    assert right not in {
        10 * (per_step + bias),
        10 * (per_step + 2 * bias),  # PyTorch's two biases
        2 * right,  # FLOPs
        per_step,  # the steps forgotten
        10 * 4 * 64 * 128,  # the state forgotten
    }


@pytest.mark.parametrize(
    ("function", "right", "wrong"),
    [
        (params.lstm, "4 * (m + n) * n, sums", "4 * ((m + n) * n + biases), sums"),
        (params.lstm, "4 * (m + n) * n, sums", "2 * 4 * (m + n) * n, sums"),
        (params.gru, "3 * (m + n) * n, sums", "3 * (m + n) * n + 3 * biases, sums"),
        (params.gru, "sums=3 * (n + biases)", "sums=3 * biases"),
        (params.simple_rnn, "activations=n", "activations=2 * n"),
    ],
)
def test_a_wrong_formula_would_be_seen(function: Any, right: str, wrong: str) -> None:
    layer = {"lstm": layers.LSTM, "gru": layers.GRU, "simple_rnn": layers.SimpleRNN}[function.__name__](3)
    layer.build((None, None, 2))
    TALLY.clear()
    recurrent(layer, np.ones((1, 1, 2)).view(Counted))
    counted = dict(TALLY)

    def worked(count: Any) -> dict[str, int]:
        return {"multiply_adds": int(count.work), **count.work.elementwise}

    assert worked(function(2, 3)) == counted
    assert worked(mutant(function, right, wrong)(2, 3)) != counted


# The lengths that layers see.


def lengths(model: Any, steps: int = 12) -> dict[str, int]:
    found = explain(model, steps=steps)
    return {part.path: use.times for part in found.parts for use in part.uses}


def test_each_layer_counts_the_steps_that_it_sees() -> None:
    row = [
        layers.Embedding(9, 4, name="embedding"),
        layers.Conv1D(4, 3, strides=2, padding="causal", name="conv"),
        layers.MaxPooling1D(2),
        layers.LSTM(3, return_sequences=True, name="lstm"),
        layers.Bidirectional(layers.GRU(3, name="gru"), name="both"),
        layers.Dense(2, name="out"),
    ]
    model = keras.Sequential([keras.Input((None,), dtype="int32"), *row])
    assert lengths(model) == {
        "embedding": 12, "conv": 6, "lstm": 3, "both/forward_gru": 3, "both/backward_gru": 3, "out": 1
    }  # fmt: skip


def test_lengths_that_the_model_fixes_stay() -> None:
    model = keras.Sequential([keras.Input((5, 2), batch_size=3), layers.LSTM(3, stateful=True, name="lstm")])
    state = model.layers[0].states[0].numpy()
    assert lengths(model) == {"lstm": 15}
    assert "for an input of shape (3, 5, 2)" in str(explain(model, steps=12))
    np.testing.assert_array_equal(model.layers[0].states[0].numpy(), state)


def test_a_loop_over_time_repeats_all_that_is_in_it() -> None:
    inner = keras.Sequential(
        [keras.Input((6, 2)), layers.LSTM(3, name="lstm"), layers.Dense(2, name="out")], name="inner"
    )
    model = keras.Sequential([keras.Input((None, 6, 2)), layers.TimeDistributed(inner, name="each")])
    assert lengths(model) == {"each/inner/lstm": 72, "each/inner/out": 12}
    cells_ = layers.RNN([layers.LSTMCell(3, name="a"), layers.GRUCell(2, name="b")], return_sequences=True)
    model = keras.Sequential([keras.Input((None, 6, 2)), layers.TimeDistributed(cells_)])
    assert set(lengths(model).values()) == {72}


def test_a_shared_layer_is_counted_for_each_use() -> None:
    shared, a, b = layers.LSTM(3, return_sequences=True, name="shared"), keras.Input((None, 3)), keras.Input((4, 3))
    inner = keras.Model(a, shared(a), name="inner")
    model = keras.Model([a, b], [inner(shared(a)), shared(b)])
    found = explain(model, steps=10)
    assert found.total == params.lstm(3, 3)
    (use,) = found.parts[0].uses
    assert (use.calls, use.times, use.multiply_adds) == (3, 24, 24 * 4 * 6 * 3)
    assert "1,728 in 24 steps of 3 calls" in str(found)
    assert "for an input of shape (1, 10, 3) and (1, 4, 3)" in str(found)


# What has no formula.


class Halved(layers.Dense):  # type: ignore[misc]
    """A Dense with the weights of one, that computes something else."""

    def call(self, x: Any) -> Any:
        return super().call(super().call(x))


class OwnCell(layers.Layer):  # type: ignore[misc]
    """A cell with a layer in it."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.state_size, self.inside = units, layers.Dense(units, name="inside")

    def build(self, shape: Any) -> None:
        self.inside.build(shape)

    def call(self, x: Any, states: Any) -> Any:
        return self.inside(x), [keras.ops.matmul(states[0], keras.ops.ones((self.state_size, self.state_size)))]


class InLoop(layers.Layer):  # type: ignore[misc]
    """A loop in the graph, of which nobody can say from outside how often it goes round."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = layers.Dense(3, name="inside")

    def build(self, shape: Any) -> None:
        self.inside.build(shape[1:])

    def call(self, x: Any) -> Any:
        return keras.ops.vectorized_map(self.inside, keras.ops.swapaxes(x, 0, 1))


@pytest.mark.parametrize(
    ("layer", "uncounted", "counted"),
    [
        (Halved(3, name="own"), {"own"}, {}),
        (layers.RNN(OwnCell(3), name="rnn"), {"rnn/own_cell"}, {"rnn/own_cell/inside": 10}),
        (layers.Lambda(lambda x: x @ keras.ops.ones((3, 3)), name="own"), {"own"}, {}),
        (InLoop(), {"in_loop", "in_loop/inside"}, {}),
        (layers.EinsumDense("abc,cd->ad", 3, name="own"), {"own"}, {}),  # b could be summed first
        (layers.SpectralNormalization(layers.Dense(3, name="inside"), name="own"), {"own"}, {"own/inside": 10}),
        (layers.Normalization(mean=0.0, variance=1.0), set(), {}),
        (layers.Dropout(0.5), set(), {}),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_has_no_formula_is_named_and_not_guessed(layer: Any, uncounted: set[str], counted: dict[str, int]) -> None:
    model = keras.Sequential([keras.Input((None, 3)), layer])
    found = explain(model, steps=10)
    plain = {path.rstrip("_0123456789") for path in found.uncounted}
    assert plain == uncounted
    assert {
        part.path.replace("own_cell_1", "own_cell"): use.times for part in found.parts for use in part.uses
    } == counted
    text = " ".join(str(found).split())
    assert ("without" in text) is bool(uncounted)
    assert ("multiply-adds no formula here" in text) is bool(uncounted)


def test_operations_without_a_formula_are_named() -> None:
    x = keras.Input((None, 3))
    product = keras.ops.matmul(x, np.ones((3, 4), "float32"))
    model = keras.Model(x, layers.Dense(2, name="out")(keras.ops.relu(product + 1.0)))
    found = explain(model, steps=10)
    assert found.uncounted == ("matmul",)
    assert found.multiply_adds == 10 * 4 * 2
    model = keras.Model([x, x], layers.Dot(axes=2, name="dot")([x, x]))
    assert explain(model, steps=10).uncounted == ("dot",)


class OwnModel(keras.Model):  # type: ignore[misc]
    """A subclassed model, whose own code nobody has counted."""

    def __init__(self) -> None:
        super().__init__(name="own")
        self.first, self.second = layers.LSTM(3, name="first"), layers.Dense(2, name="second")

    def call(self, x: Any) -> Any:
        return self.second(self.first(x))


def test_a_subclassed_model_is_counted_where_it_calls_layers() -> None:
    model = OwnModel()
    model(keras.Input((None, 4)))
    found = explain(model, steps=10)
    assert found.multiply_adds == 10 * 4 * 7 * 3 + 3 * 2
    assert found.uncounted == ("own",)


# What it takes, and what it leaves alone.


def test_nothing_is_computed_and_nothing_is_changed() -> None:
    called = []

    class Seen(layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            called.append(keras.ops.is_tensor(x) and hasattr(x, "numpy"))
            self.add_loss(keras.ops.sum(x))
            return x

    model = keras.Sequential([keras.Input((None, 4)), layers.BatchNormalization(), layers.LSTM(3), Seen()])
    called.clear()
    call, losses = keras.Operation.__call__, len(model.losses)
    before = [np.array(each) for each in model.get_weights()]
    explain(model, steps=1_000_000)
    assert called == [False]
    assert keras.Operation.__call__ is call
    assert len(model.losses) == losses
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
    assert model(np.zeros((1, 2, 4))).shape == (1, 3)


@pytest.mark.parametrize(("wrong", "error"), [(0, ValueError), (-3, ValueError), (2.5, TypeError), (True, TypeError)])
def test_what_is_no_number_of_steps_is_refused(wrong: Any, error: type[Exception]) -> None:
    layer = layers.LSTM(3)
    layer.build((None, None, 2))
    with pytest.raises(error, match="steps must be a positive int"):
        explain(layer, steps=wrong)


def test_too_few_steps_are_refused_in_one_line() -> None:
    model = keras.Sequential([keras.Input((None, 2)), layers.Conv1D(3, 5)])
    assert explain(model, steps=5).multiply_adds == 5 * 2 * 3
    call = keras.Operation.__call__
    with pytest.raises(ValueError, match=r"cannot be called on \[\(1, 3, 2\)\]") as caught:
        explain(model, steps=3)
    assert "\n" not in str(caught.value)
    assert keras.Operation.__call__ is call


@pytest.mark.parametrize(
    ("layer", "shapes"),
    [
        (layers.GRU(3), [(None, None, 2)]),
        (layers.MultiHeadAttention(2, 3), [(None, None, 4), (None, 5, 4)]),
        (layers.Attention(), [[(None, None, 4), (None, 5, 4)]]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_layer_alone(layer: Any, shapes: Any) -> None:
    layer.build(*shapes)
    assert explain(layer, steps=7).multiply_adds > 0
    assert "shape (1, 7, " in str(explain(layer, steps=7))


# What is shown.


def test_the_three_forms() -> None:
    x = keras.Input((None, 64))
    y = layers.Lambda(lambda x: x, name="a>b")(layers.LSTM(128, return_sequences=True, name="lstm")(x))
    found = explain(keras.Model(x, layers.Attention(name="attention")([y, y])), steps=10)
    text = str(found)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "  multiply-adds     4·(64+128)·128 = 98,304 a step, 983,040 in 10 steps\n" in text
    assert "  element-wise      1,152 sums, 384 products, 640 activations a step\n" in text
    assert "attention  Attention  no weights\n" in text
    assert text.splitlines()[-1].split() == ["without", "a>b:", "no", "formula", "here"]
    table = ET.fromstring(found._repr_html_())
    shown = ["".join(cell.itertext()) for cell in table.iter() if cell.tag in ("td", "th")]
    assert "4·(64+128)·128 = 98,304 a step, 983,040 in 10 steps" in shown
    assert "a>b: no formula here" in shown
    plain = found.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["multiply_adds"] == sum(part["multiply_adds"] or 0 for part in plain["parts"]) == 1_008_640
    assert plain["uncounted"] == ["a>b"]
    assert plain["inputs"] == [[1, 10, 64]]


def test_without_steps_nothing_changes() -> None:
    layer = layers.LSTM(3)
    layer.build((None, None, 2))
    found = explain(layer)
    assert (found.inputs, found.multiply_adds, found.uncounted) == ((), 0, ())
    assert "multiply" not in str(found) + found._repr_html_() + json.dumps(found.to_dict())


def test_long_work_is_folded() -> None:
    layer = layers.MultiHeadAttention(20, 30, value_dim=31, name="attention" * 9)
    layer.build((None, None, 400), (None, 5_000_000, 400))
    text = str(explain(layer, steps=100_000))
    assert max(len(line) for line in text.splitlines()) <= 80
    assert f"{explain(layer, steps=100_000).multiply_adds:,}" in text


def test_every_formula_of_weights_has_one_of_work() -> None:
    """A layer with a formula for its weights has one for its work, and a unit."""
    assert set(formulas.READINGS) == set(UNITS) | set(ATTENTION)
    assert not set(UNITS) & set(ATTENTION)
