"""Models of Keras as models of ONNX, run by ONNX Runtime."""

from functools import partial
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

import onnx_routes
from recurrent import run_model
from rnn_guide import records
from rnn_guide.onnx import to_onnx

FEWER = settings(max_examples=settings.default.max_examples // 4)
CLOSE = {"rtol": 2e-5, "atol": 5e-6}
FEATURES, VOCABULARY = 4, 9
ACTIVATIONS = ["tanh", "sigmoid", "relu", "softsign", "softplus", "elu", "leaky_relu", "hard_sigmoid", "linear"]
GATES = ["sigmoid", "hard_sigmoid"]


@st.composite
def recurrent_layers(draw: st.DrawFn, *, sequences: bool, activations: bool = True) -> Any:
    """Draw what makes a layer: Keras draws its seed, which a strategy must not."""
    kind = draw(st.sampled_from([layers.SimpleRNN, layers.LSTM, layers.GRU]))
    options: dict[str, Any] = {"return_sequences": sequences, "use_bias": draw(st.booleans())}
    if activations:
        options["activation"] = draw(st.sampled_from(ACTIVATIONS))
    if kind is not layers.SimpleRNN:
        options["recurrent_activation"] = draw(st.sampled_from(GATES))
    if kind is layers.GRU:
        options["reset_after"] = draw(st.booleans())
    merge = draw(st.sampled_from([None, "concat", "sum", "mul", "ave"]))
    if merge is not None:
        return partial(both_ways, kind, draw(st.integers(1, 4)), merge, **options)
    options |= {"go_backwards": draw(st.booleans()), "zero_output_for_mask": draw(st.booleans())}
    return partial(kind, draw(st.integers(1, 4)), **options)


def both_ways(kind: Any, units: int, merge_mode: str, **options: Any) -> Any:
    return layers.Bidirectional(kind(units, **options), merge_mode=merge_mode)


def built(layer: Any) -> Any:
    layer.build((None, None, FEATURES))
    return layer


def fill(model: Any, seed: int) -> None:
    """Give weights of ordinary size, so that a mistake shows."""
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(scale=0.7, size=array.shape) for array in model.get_weights()])


def outputs(model: Any, x: np.ndarray, **options: Any) -> dict[str, np.ndarray]:
    written = to_onnx(model, **options)
    return dict(zip([each.name for each in written.graph.output], run_model(written, {"input": x}), strict=True))


def operators(model: Any, **options: Any) -> list[str]:
    return [node.op_type for node in to_onnx(model, **options).graph.node]


@FEWER
@given(
    recurrent_layers(sequences=True, activations=False), st.booleans(), st.integers(1, 3), st.integers(1, 5), st.data()
)
def test_a_model_computes_the_same_in_onnx_runtime(
    lower: Any, sequences: bool, batch: int, steps: int, data: st.DataObject
) -> None:
    upper = data.draw(recurrent_layers(sequences=sequences, activations=False))
    top = layers.Dense(2, activation=data.draw(st.sampled_from([*ACTIVATIONS, "softmax", "log_softmax"])))
    model = keras.Sequential([keras.Input((None, FEATURES)), lower(), layers.Dropout(0.5), upper(), top])
    fill(model, seed=steps)
    x = np.random.default_rng(batch).normal(size=(batch, steps, FEATURES)).astype("float32")
    expected = model(x)
    output = outputs(model, x)["output"]
    assert output.shape == expected.shape
    np.testing.assert_allclose(output, expected, **CLOSE)


@FEWER
@given(recurrent_layers(sequences=True), st.integers(0, 2**32 - 1))
def test_a_layer_alone_with_any_activation(make: Any, seed: int) -> None:
    layer = built(make())
    fill(layer, seed)
    x = np.random.default_rng(seed).normal(size=(2, 4, FEATURES)).astype("float32")
    np.testing.assert_allclose(outputs(layer, x)["output"], layer(x), **CLOSE)


@FEWER
@given(
    recurrent_layers(sequences=True, activations=False),
    st.booleans(),
    st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=4),
    st.booleans(),
    st.data(),
)
def test_a_masked_step_is_skipped_wherever_it_lies(
    lower: Any, sequences: bool, ids: list[list[int]], embedded: bool, data: st.DataObject
) -> None:
    upper = data.draw(recurrent_layers(sequences=sequences, activations=False))
    x = np.array(ids, "int32")
    if embedded:
        below = [keras.Input((None,), dtype="int32"), layers.Embedding(VOCABULARY, FEATURES, mask_zero=True)]
    else:
        x = np.stack([x, 2 * (x == 1), x], axis=-1).astype("float32")
        below = [keras.Input((None, 3)), layers.Masking()]
    model = keras.Sequential([*below, lower(), upper()])
    fill(model, seed=len(ids))
    np.testing.assert_allclose(outputs(model, x)["output"], model(x), **CLOSE)


@pytest.mark.parametrize("go_backwards", [False, True])
def test_keras_gives_zeros_for_a_masked_last_step_if_asked_for_zeros(go_backwards: bool) -> None:
    layer = layers.GRU(3, zero_output_for_mask=True, go_backwards=go_backwards)
    model = keras.Sequential([keras.Input((None, 1)), layers.Masking(), layer])
    fill(model, seed=0)
    x = np.array([[1, 2, 0], [0, 1, 2], [1, 0, 2]], "float32")[:, :, None]
    expected = model(x).numpy()
    assert (expected == 0).all(axis=1).tolist() == ([False, True, False] if go_backwards else [True, False, False])
    np.testing.assert_allclose(outputs(model, x)["output"], expected, **CLOSE)


def test_without_the_mask_the_answer_is_another() -> None:
    def model(*, mask_zero: bool) -> Any:
        made = keras.Sequential(
            [keras.Input((None,), dtype="int32"), layers.Embedding(9, 4, mask_zero=mask_zero), layers.GRU(3)]
        )
        fill(made, seed=0)
        return made

    x = np.array([[1, 2, 0, 0], [0, 0, 3, 4]], "int32")
    masked = model(mask_zero=True)(x).numpy()
    np.testing.assert_allclose(outputs(model(mask_zero=True), x)["output"], masked, **CLOSE)
    assert (np.abs(outputs(model(mask_zero=False), x)["output"] - masked).max(axis=1) > 1e-3).all()


@pytest.mark.parametrize("kind", [layers.SimpleRNN, layers.LSTM, layers.GRU])
@pytest.mark.parametrize("stateful_input", [True, False])
def test_a_stream_in_pieces_equals_the_whole(kind: Any, stateful_input: bool) -> None:
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), kind(3, return_sequences=True, name="low"), kind(2, name="high")]
    )
    fill(model, seed=1)
    x = np.random.default_rng(2).normal(size=(2, 7, FEATURES)).astype("float32")
    written = to_onnx(model, states=True)
    session = onnxruntime.InferenceSession(written.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()][1:]
    assert names[0] == "low_h_initial"
    units = {"low": 3, "high": 2}
    states = {name: np.zeros((2, units[name.split("_")[0]]), "float32") for name in names}
    for piece in (x[:, :3], x[:, 3:4], x[:, 4:]):
        made = [each.name for each in session.get_outputs()]
        given = dict(zip(made, session.run(None, {"input": piece, **states}), strict=True))
        if stateful_input:
            states = {name: given[name.replace("initial", "final")] for name in names}
    difference = np.abs(given["output"] - model(x).numpy()).max()
    assert difference < 1e-5 if stateful_input else difference > 1e-3


def test_the_states_of_both_directions_have_names() -> None:
    layer = layers.Bidirectional(layers.LSTM(3, return_state=True), name="both")
    x = np.random.default_rng(0).normal(size=(2, 5, FEATURES)).astype("float32")
    expected = layer(x)
    given = outputs(layer, x)
    names = [f"both_{side}_{part}_final" for side in ("forward", "backward") for part in "hc"]
    for name, state in zip(names, expected[1:], strict=True):
        np.testing.assert_allclose(given[name], state, **CLOSE)
    assert {each.name for each in to_onnx(layer, states=True).graph.input} == {
        "input", *(name.replace("final", "initial") for name in names)
    }  # fmt: skip


def test_each_layer_is_one_operator_of_onnx_and_lengths_are_open() -> None:
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(VOCABULARY, FEATURES),
            layers.SimpleRNN(3, return_sequences=True),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
            layers.GRU(3),
            layers.Dense(2),
        ]
    )
    found = operators(model)
    assert [name for name in found if name in {"RNN", "LSTM", "GRU", "Loop", "Scan"}] == ["RNN", "LSTM", "GRU"]
    assert len(found) < 30
    shape = [each.dim_param for each in to_onnx(model).graph.input[0].type.tensor_type.shape.dim]
    assert shape == ["batch", "steps"]
    for batch, steps in ((1, 1), (5, 40)):
        x = np.random.default_rng(0).integers(VOCABULARY, size=(batch, steps), dtype="int32")
        np.testing.assert_allclose(outputs(model, x)["output"], model(x), **CLOSE)


def test_an_embedding_reads_int32_and_not_numpy_s_int64() -> None:
    model = keras.Sequential([keras.Input((None,), dtype="int32"), layers.Embedding(9, 4), layers.GRU(3)])
    x = np.array([[1, 2, 3]])
    np.testing.assert_allclose(outputs(model, x.astype("int32"))["output"], model(x), **CLOSE)
    with pytest.raises(Exception, match="Unexpected input data type"):
        outputs(model, x.astype("int64"))


def test_a_functional_chain_is_taken_with_a_fixed_length() -> None:
    inputs = keras.Input((5, FEATURES))
    x = layers.TimeDistributed(layers.Dense(3, activation="relu"))(inputs)
    outer = layers.Activation("softmax")(layers.GRU(3)(x))
    model = keras.Model(inputs, outer)
    fill(model, seed=0)
    dimensions = to_onnx(model).graph.input[0].type.tensor_type.shape.dim
    assert [each.dim_param or each.dim_value for each in dimensions] == ["batch", 5, FEATURES]
    x = np.random.default_rng(0).normal(size=(2, 5, FEATURES)).astype("float32")
    np.testing.assert_allclose(outputs(model, x)["output"], model(x), **CLOSE)


class Own(keras.Model):
    """A model that says nowhere what it consists of."""

    def __init__(self) -> None:
        super().__init__(name="own")
        self.layer = layers.GRU(3)

    def call(self, x: Any) -> Any:
        return self.layer(x)


def chain(*each: Any) -> Any:
    return keras.Sequential([keras.Input((None, FEATURES)), *each], name="chain")


def two_inputs() -> Any:
    one, state = keras.Input((None, FEATURES)), keras.Input((3,))
    return keras.Model([one, state], layers.GRU(3)(one, initial_state=state), name="two")


def branch() -> Any:
    inputs = keras.Input((None, FEATURES))
    return keras.Model(inputs, layers.Add(name="sum")([layers.GRU(3)(inputs), layers.GRU(3)(inputs)]), name="branch")


@pytest.mark.parametrize(
    ("model", "options", "complaint"),
    [
        (3, {}, "model must be a model or a layer of Keras, got int"),
        (layers.GRU(3, name="new"), {}, "'new' has no weights yet"),
        (built(layers.GRU(3)), {"states": 1}, "states must be True or False, got 1"),
        (built(layers.Dense(3, name="dense")), {}, "model must be a recurrent layer, or a Sequential or functional"),
        (Own(), {}, "'own' is a Own of your own"),
        (keras.Sequential([layers.GRU(3)], name="new"), {}, "model must be built, 'new' has no weights yet"),
        (two_inputs(), {}, "'two' is none: it has 2 inputs and 1 outputs"),
        (branch(), {}, "'branch' is none at 'sum'"),
        (chain(layers.Conv1D(3, 2, name="conv")), {}, "'conv' is a Conv1D"),
        (chain(layers.GRU(3, activation="gelu", name="a")), {}, "activations that ONNX has, .*; 'a' has gelu"),
        (chain(layers.GRU(3, activation=lambda x: x, name="a")), {}, "'a' has your own <lambda>"),
        (chain(layers.Dense(3, activation="gelu")), {}, "activation must be one of .*; got gelu"),
        (chain(layers.GRU(3, dtype="float64", name="a")), {}, "must compute in float32, 'a' computes in float64"),
        (built(layers.GRU(3, dtype="float64", name="a")), {}, "must compute in float32, 'a' computes in float64"),
        (built(layers.Bidirectional(layers.GRU(3), merge_mode=None, name="a")), {}, "'a' has merge_mode=None"),
        (chain(layers.RNN([layers.GRUCell(3), layers.GRUCell(3)])), {}, "got RNN of StackedRNNCells"),
    ],
)
def test_what_onnx_cannot_hold_is_refused_in_one_line(model: Any, options: dict[str, Any], complaint: str) -> None:
    with pytest.raises((TypeError, ValueError), match=complaint) as refused:
        to_onnx(model, **options)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "run", [run for run in onnx_routes.runs() if run.route == "rnn_guide"], ids=lambda run: run.layer
)
def test_what_the_page_says_of_this_route_comes_out_again(run: onnx_routes.Run) -> None:
    (kept,) = [line for line in records.load("onnx_routes") if line["run"] == run._asdict()]
    again = onnx_routes.follow(run)
    assert (again["nodes"], again["operators"]) == (kept["nodes"], kept["operators"])
    assert max(again["differences"] + kept["differences"]) < 1e-5
