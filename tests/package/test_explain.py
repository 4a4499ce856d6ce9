"""Every weight of any Keras model, against Keras's own counts."""

import json
import re
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
from rnn_guide import params
from rnn_guide.keras import Explanation, Part, Row, explain, formulas, report


def value(formula: str) -> Any:
    return eval(formula.replace("·", "*").replace("^", "**"))


def as_keras_has_it(model: Any) -> Explanation:
    """Hold against Keras all that can be held against it, and the three forms against what they promise."""
    found = explain(model)
    assert found.total == model.count_params() == sum(row.count for row in found.rows)
    lines: list[str] = []
    if isinstance(model, keras.Model):
        model.summary(print_fn=lines.append)
        shown = dict(re.findall(r"(Trainable|Non-trainable) params: ([\d,]+)", "\n".join(lines)))
        assert shown == {"Trainable": f"{found.trainable:,}", "Non-trainable": f"{found.non_trainable:,}"}
    assert Counter(row.shape for row in found.rows) == Counter(tuple(each.shape) for each in model.weights)
    assert len({row.path for row in found.rows}) == len(found.rows)
    for part in found.parts:
        assert part.formula is None or value(part.formula) == part.count == sum(row.count for row in part.rows)
        for row in part.rows:
            assert row.count == np.prod(row.shape)
            assert (row.formula is None) is (part.formula is None)
            assert row.formula is None or value(row.formula) == row.count
    shown_well(found)
    return found


def shown_well(found: Explanation) -> None:
    text = str(found)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert text.splitlines()[-1].split() == ["total", f"{found.total:,}"]
    table = ET.fromstring(found._repr_html_())
    bodies = table.findall(".//tbody")
    assert len(bodies) == len(found.parts) + 1
    width = 4 if found.trainable == found.total else 5
    rows = [cells for line in table.iter("tr") if len(cells := line.findall("td")) == width]
    assert [cells[3].text for cells in rows] == [f"{row.count:,}" for row in found.rows]
    plain = found.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert [row["count"] for part in plain["parts"] for row in part["rows"]] == [row.count for row in found.rows]


ONE = [
    (layers.Dense(5), (None, 3)),
    (layers.Dense(5, use_bias=False), (None, 3)),
    (layers.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d"), (None, 4, 3)),
    (layers.EinsumDense("...x,xyz->...yz", (5, 2)), (None, 4, 3)),
    (layers.PReLU(), (None, 4, 3)),
    (layers.PReLU(shared_axes=[1]), (None, 4, 3)),
    (layers.Normalization(), (None, 4, 3)),
    (layers.Normalization(axis=(1, 2)), (None, 4, 3)),
    (layers.Embedding(7, 4), (None, 3)),
    (layers.SimpleRNN(5, use_bias=False), (None, 4, 3)),
    (layers.LSTM(5, unit_forget_bias=False, go_backwards=True, return_state=True), (None, 4, 3)),
    (layers.GRU(5, reset_after=False), (None, 4, 3)),
    (layers.GRU(5, use_bias=False, dropout=0.5), (None, 4, 3)),
    (layers.RNN(layers.SimpleRNNCell(5)), (None, 4, 3)),
    (layers.RNN([layers.LSTMCell(5), layers.GRUCell(2)]), (None, 4, 3)),
    *[(layers.Bidirectional(layers.GRU(5), merge_mode=mode), (None, 4, 3)) for mode in ("concat", "sum", "mul", "ave")],
    (layers.Bidirectional(layers.LSTM(5), merge_mode=None), (None, 4, 3)),
    (layers.Bidirectional(layers.RNN(layers.LSTMCell(5))), (None, 4, 3)),
    (layers.TimeDistributed(layers.Dense(5)), (None, 4, 3)),
    (layers.ConvLSTM1D(5, 3), (None, 4, 6, 3)),
    (layers.ConvLSTM2D(5, (3, 2), use_bias=False), (None, 4, 6, 6, 3)),
    (layers.ConvLSTM3D(5, 2, unit_forget_bias=False), (None, 2, 3, 3, 3, 2)),
    (layers.Conv1D(4, 3, padding="causal"), (None, 6, 2)),
    (layers.Conv2D(6, (3, 2), groups=3), (None, 6, 6, 9)),
    (layers.Conv3D(4, 2, use_bias=False), (None, 3, 3, 3, 2)),
    (layers.Conv1DTranspose(5, 3), (None, 6, 2)),
    (layers.Conv2DTranspose(5, (3, 2), use_bias=False), (None, 6, 6, 2)),
    (layers.Conv3DTranspose(5, 2), (None, 3, 3, 3, 2)),
    (layers.DepthwiseConv1D(3, depth_multiplier=2), (None, 6, 4)),
    (layers.DepthwiseConv2D((3, 2), use_bias=False), (None, 6, 6, 4)),
    (layers.SeparableConv1D(5, 3, depth_multiplier=2), (None, 6, 4)),
    (layers.SeparableConv2D(5, (3, 2), use_bias=False), (None, 6, 6, 4)),
    (layers.BatchNormalization(scale=False), (None, 4, 3)),
    (layers.BatchNormalization(renorm=True), (None, 3)),
    (layers.LayerNormalization(axis=[1, 2]), (None, 4, 3)),
    (layers.LayerNormalization(center=False), (None, 4, 3)),
    (layers.GroupNormalization(2, axis=-2), (None, 4, 3)),
    (layers.RMSNormalization(), (None, 4, 3)),
    (layers.AdditiveAttention(), [(None, 4, 3), (None, 5, 3)]),
    (layers.Attention(use_scale=True, score_mode="concat"), [(None, 4, 3), (None, 5, 3)]),
]


@pytest.mark.parametrize(("layer", "shape"), ONE, ids=lambda each: type(each).__name__)
def test_every_option_of_a_layer_has_its_formula(layer: Any, shape: Any) -> None:
    layer.build(shape)
    found = as_keras_has_it(layer)
    assert [row.shape for row in found.rows] == [tuple(each.shape) for each in layer.weights]
    assert all(row.formula for row in found.rows)
    assert "no formula here" not in str(found)


def test_a_deprecated_option_has_its_formula_too() -> None:
    with pytest.warns(UserWarning, match="rms_scaling"):
        layer = layers.LayerNormalization(rms_scaling=True)
    layer.build((None, 4, 3))
    assert [row.formula for row in as_keras_has_it(layer).rows] == ["3"]


HEADS = [
    (layers.MultiHeadAttention(2, 3), (4, 4, 4)),
    (layers.MultiHeadAttention(2, 3, value_dim=5, output_shape=7, use_bias=False), (4, 6, 8)),
    (layers.MultiHeadAttention(2, 3, use_gate=True), (4, 4, 4)),
    (layers.GroupQueryAttention(3, 4, 2), (4, 6, 8)),
    (layers.GroupQueryAttention(3, 4, 4, use_gate=True, use_bias=False), (4, 4, 4)),
]


@pytest.mark.parametrize(("layer", "features"), HEADS, ids=lambda each: type(each).__name__)
def test_attention_of_many_heads(layer: Any, features: tuple[int, int, int]) -> None:
    layer.build(*[(None, steps, size) for steps, size in zip((5, 6, 6), features, strict=True)])
    found = as_keras_has_it(layer)
    assert [part.kind for part in found.parts] == [type(layer).__name__]
    assert all(row.formula for row in found.rows)


def test_the_formulas_of_self_attention_are_taken_together() -> None:
    layer = layers.MultiHeadAttention(2, 3)
    layer.build((None, 5, 4), (None, 5, 4))
    assert explain(layer).parts[0].formula == "3·(4·2·3+2·3)+2·3·4+4"


# Models drawn: each layer takes a batch of sequences and gives one.

few = st.integers(1, 5)
flags = st.booleans()


class Minimal(layers.Layer):  # type: ignore[misc]
    """A cell of one's own."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = self.state_size = units

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.gate = self.add_weight(shape=(self.units,), name="gate", trainable=False)

    def call(self, x: Any, states: Any) -> Any:
        state = keras.ops.tanh(x @ self.kernel + self.gate * states[0])
        return state, [state]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


def drawn(kind: Any, *parts: Any, **options: Any) -> Any:
    """Draw how a layer is made: what Keras makes while hypothesis draws, it makes with random numbers of its own."""
    return st.builds(lambda *given, **named: partial(kind, *given, **named), *parts, **options)


def made(recipe: Any) -> Any:
    if isinstance(recipe, list):
        return [made(each) for each in recipe]
    if not isinstance(recipe, partial):
        return recipe
    return recipe.func(*[made(each) for each in recipe.args], **recipe.keywords)


EVERY = {"return_sequences": st.just(True), "use_bias": flags}
CELLS = st.one_of(drawn(layers.LSTMCell, few), drawn(layers.GRUCell, few, reset_after=flags), drawn(Minimal, few))
RECURRENT = st.one_of(
    drawn(layers.SimpleRNN, few, **EVERY),
    drawn(layers.LSTM, few, unit_forget_bias=flags, **EVERY),
    drawn(layers.GRU, few, reset_after=flags, **EVERY),
)
SEQUENCE_LAYERS = st.one_of(
    RECURRENT,
    drawn(layers.RNN, st.lists(CELLS, min_size=1, max_size=2), return_sequences=st.just(True)),
    drawn(layers.Bidirectional, RECURRENT, merge_mode=st.sampled_from(["concat", "sum", "ave", "mul"])),
    drawn(layers.TimeDistributed, drawn(layers.Dense, few, use_bias=flags)),
    drawn(layers.Dense, few),
    drawn(layers.Conv1D, few, few, padding=st.just("same"), use_bias=flags),
    drawn(layers.SeparableConv1D, few, few, padding=st.just("same"), depth_multiplier=few),
    drawn(layers.BatchNormalization, center=flags, scale=flags),
    drawn(layers.LayerNormalization, center=flags, scale=flags),
    drawn(layers.PReLU, shared_axes=st.just((1,))),
    drawn(layers.Dropout, st.just(0.5)),
)


class Own(keras.Model):  # type: ignore[misc]
    """A subclassed model: the layers in a row, and a weight of its own."""

    def __init__(self, row: list[Any]) -> None:
        super().__init__()
        self.row = row
        self.factor = self.add_weight(shape=(1,), name="factor")

    def call(self, x: Any) -> Any:
        for layer in self.row:
            x = layer(x)
        return self.factor * x


def functional(row: list[Any], features: int) -> Any:
    inputs = keras.Input((4, features))
    outputs = inputs
    for layer in row:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs)


@settings(max_examples=40)
@given(
    st.lists(SEQUENCE_LAYERS, min_size=1, max_size=4), few, st.sampled_from(["row", "graph", "own", "nested"]), flags
)
def test_any_model_has_keras_totals(recipes: list[Any], features: int, kind: str, freeze: bool) -> None:
    row = made(recipes)
    if kind == "own":
        model = Own(row)
        model(np.zeros((1, 4, features)))
    else:
        model = keras.Sequential([keras.Input((4, features)), *row]) if kind == "row" else functional(row, features)
    if kind == "nested":
        model = functional([layers.Dense(features), keras.Sequential([model, layers.LSTM(2)])], 3)
    row[0].trainable = not freeze
    found = as_keras_has_it(model)
    inside = [part for part in found.parts if row[0].name in part.path.split("/")]
    assert not freeze or not any(each.trainable for part in inside for each in part.rows)
    unknown = sum(isinstance(layer, (Minimal, Own)) for layer in model._flatten_layers())
    assert sum(part.formula is None for part in found.parts) == unknown


# What no formula fits.


class WithVector(layers.LSTM):  # type: ignore[misc]
    """An LSTM with a weight more, beside its cell."""

    def build(self, shape: Any) -> None:
        super().build(shape)
        self.extra = self.add_weight(shape=(self.units,), name="extra")


class PeepholeCell(layers.LSTMCell):  # type: ignore[misc]
    """An LSTM's cell with a weight more."""

    def build(self, shape: Any) -> None:
        super().build(shape)
        self.peepholes = self.add_weight(shape=(3 * self.units,), name="peepholes")


class Swapped(layers.Dense):  # type: ignore[misc]
    """A Dense whose weights are of the same sizes in another order."""

    def build(self, shape: Any) -> None:
        self.offset = self.add_weight(shape=(shape[-1], self.units), name="bias")
        self._kernel = self.add_weight(shape=(self.units,), name="kernel")


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.RNN(PeepholeCell(5)), (None, 4, 3)),
        (layers.RNN(Minimal(5)), (None, 4, 3)),
        (Swapped(4), (None, 4)),
        (layers.SpectralNormalization(Swapped(4)), (None, 3)),
    ],
    ids=["cell with a weight more", "own cell", "other order", "SpectralNormalization"],
)
def test_without_a_formula_the_words_say_so(layer: Any, shape: Any) -> None:
    layer.build(shape)
    has_no_formula(layer)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_dense_layer_changed_for_tuning_or_for_speed_has_no_formula() -> None:
    for change in (lambda dense: dense.enable_lora(2), lambda dense: dense.quantize("int8")):
        layer = layers.Dense(4)
        layer.build((None, 3))
        change(layer)
        has_no_formula(layer)


def has_no_formula(layer: Any) -> None:
    found = as_keras_has_it(layer)
    assert found.rows
    assert all(row.formula is None for row in found.rows)
    assert "no formula here" in str(found)
    assert "no formula here" in found._repr_html_()
    assert {str(row.shape) for row in found.rows} <= set(re.findall(r"\(.*?\)", str(found)))


def test_a_weight_more_beside_the_cell_has_no_formula_and_the_cell_has_its() -> None:
    layer = WithVector(5)
    layer.build((None, 4, 3))
    found = as_keras_has_it(layer)
    assert [(part.kind, part.formula) for part in found.parts] == [
        ("WithVector", None),
        ("LSTMCell", "4·((3+5)·5+5)"),
    ]


def test_a_wrong_formula_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = layers.Dense(4)
    layer.build((None, 3))
    assert explain(layer).parts[0].formula == "3·4+4"
    for wrong in (params.dense(3, 5), params.dense(4, 3), params.dense(3, 4, use_bias=False), params.gru(3, 4)):
        monkeypatch.setitem(formulas.READINGS, layers.Dense, lambda _, count=wrong: count)
        assert explain(layer).parts[0].formula is None
        assert (
            mutant(formulas.count_of, "return count if same else None", "return count")(layer) is wrong
        )  # what would be shown


# Shared, frozen, unbuilt.


def test_a_shared_layer_is_counted_once() -> None:
    shared, a, b = layers.LSTM(3, return_sequences=True, name="shared"), keras.Input((4, 3)), keras.Input((4, 3))
    inner = keras.Model(a, shared(a), name="inner")
    model = keras.Model([a, b], layers.Concatenate()([shared(a), shared(b), inner(b)]))
    found = as_keras_has_it(model)
    assert found.total == params.lstm(3, 3)
    assert [(part.path, part.same_as) for part in found.parts] == [("shared", None), ("inner", "shared")]
    assert "inner  Functional  counted with shared" in str(found)


def test_tied_weights_are_counted_with_the_layer_that_has_them_first() -> None:
    class Tied(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.embedding = layers.Embedding(7, 3)
            self.out = Back(self.embedding)

        def call(self, x: Any) -> Any:
            return self.out(self.embedding(x))

    class Back(layers.Layer):  # type: ignore[misc]
        def __init__(self, embedding: Any) -> None:
            super().__init__()
            self.embedding = embedding

        def build(self, _: Any) -> None:
            self.offset = self.add_weight(shape=(7,), name="offset")

        def call(self, x: Any) -> Any:
            return x @ keras.ops.transpose(self.embedding.embeddings) + self.offset

    model = Tied()
    model(np.zeros((1, 2), "int32"))
    found = as_keras_has_it(model)
    assert [(row.count, row.formula) for row in found.rows] == [(21, "7·3"), (7, None)]


def test_frozen_weights_are_told_apart() -> None:
    row = [layers.Embedding(7, 4), layers.BatchNormalization(name="norm"), layers.GRU(3, name="gru"), layers.Dense(2)]
    model = keras.Sequential([keras.Input((5,)), *row])
    model.layers[2].trainable = False
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)  # its weights are no parameters, but summary() totals them
    found = as_keras_has_it(model)
    still = {row.path for row in found.rows if not row.trainable}
    assert still == {f"norm/moving_{what}" for what in ("mean", "variance")} | {
        f"gru/{what}" for what in ("kernel", "recurrent_kernel", "bias")
    }
    assert str(found).count("not trained") == 5
    model.trainable = False
    assert as_keras_has_it(model).trainable == 0


class Forward(keras.Model):  # type: ignore[misc]
    """A subclassed model without a build of its own, and with a layer that it never calls."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = layers.LSTM(3, name="same"), layers.Dense(2, name="same")
        self.idle = layers.Dense(9, name="idle")

    def call(self, x: Any) -> Any:
        return self.second(self.first(x))


@pytest.mark.filterwarnings("ignore:`build\\(\\)` was called on layer")
@pytest.mark.parametrize("how", ["Sequential", "subclassed", "build that builds nothing"])
def test_an_unbuilt_model_is_refused(how: str) -> None:
    model = keras.Sequential([layers.LSTM(3)]) if how == "Sequential" else Forward()
    if how == "build that builds nothing":
        model.build((None, 4, 3))
        assert model.built
        assert model.count_params() == 0
    with pytest.raises(ValueError, match=r"must be built, .* model\.build\(input_shape\), or call") as caught:
        explain(model)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:`build\\(\\)` was called on layer")
def test_a_layer_that_was_never_called_is_said_to_be_unbuilt() -> None:
    model = Forward()
    model(np.zeros((1, 4, 3)))
    found = as_keras_has_it(model)
    assert [(part.path, part.built) for part in found.parts] == [("same", True), ("same (2)", True), ("idle", False)]
    assert "idle  Dense  not built" in str(found)


@pytest.mark.parametrize("wrong", [None, "model.keras", keras.layers.LSTM])
def test_what_is_no_model_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="model must be a model or a layer of Keras, got"):
        explain(wrong)


def test_paths_tell_apart_what_keras_paths_do_not() -> None:
    inputs = keras.Input((4,))
    nested = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="dense")], name="nested")
    model = keras.models.clone_model(keras.Model(inputs, [nested(inputs), layers.Dense(3, name="dense")(inputs)]))
    assert len({each.path for each in model.weights}) < len(model.weights)
    assert {row.path for row in as_keras_has_it(model).rows} == {
        f"{layer}/{name}" for layer in ("dense", "nested/dense") for name in ("kernel", "bias")
    }


# Columns and statistics.


def test_columns_are_the_gates() -> None:
    lstm = layers.LSTM(3)
    lstm.build((None, 4, 2))
    (part,) = explain(lstm).parts
    assert [(block.gate, block.start, block.stop) for block in part.blocks] == [
        ("i", 0, 3), ("f", 3, 6), ("c", 6, 9), ("o", 9, 12)
    ]  # fmt: skip
    bias = np.array(lstm.get_weights()[2])
    assert {block.gate for block in part.blocks if bias[block.start : block.stop].all()} == {"f"}  # it begins open
    gru = layers.GRU(3, bias_initializer="ones")
    x = np.ones((1, 4, 2), "float32")
    assert np.abs(gru(x)).max() > 0.01
    (part,) = explain(gru).parts
    kernel, recurrent, biases = gru.get_weights()
    (update,) = [block for block in part.blocks if block.gate == "z"]
    biases[:, update.start : update.stop] = 100.0
    gru.set_weights([kernel, recurrent, biases])
    assert np.abs(gru(x)).max() == 0.0  # z = 1 keeps the first state, which is zero


def test_a_table_says_what_is_trained_where_something_is_not() -> None:
    row = [layers.Dense(2, name="frozen"), layers.Dense(3, name="out")]
    model = keras.Sequential([keras.Input((4,)), *row])
    assert "trained" not in explain(model)._repr_html_()
    row[0].trainable = False
    table = ET.fromstring(explain(model)._repr_html_())
    assert [line.findall("td")[4].text for line in table.iter("tr") if len(line.findall("td")) == 5] == [
        "no", "no", "yes", "yes"
    ]  # fmt: skip


def statistics(layer: Any) -> dict[str, Any]:
    found = explain(layer, statistics=True)
    shown_well(found)
    return {block.gate: block.statistics for part in found.parts for block in part.blocks}


def test_statistics_are_those_of_each_block() -> None:
    layer = layers.LSTM(3)
    layer.build((None, 4, 2))
    kernel, recurrent, bias = layer.get_weights()
    bias[3:6], bias[9:12] = [3.0, -3.0, 1.0], 0.0
    layer.set_weights([kernel, recurrent, bias])
    found = statistics(layer)
    for k, gate in enumerate("ifco"):
        block = kernel[:, 3 * k : 3 * k + 3].astype("float64")
        assert found[gate].kernel_norm == pytest.approx(np.sqrt((block**2).sum()))
        assert found[gate].kernel_largest == pytest.approx(np.sqrt(np.linalg.eigvalsh(block.T @ block).max()))
        assert found[gate].recurrent_largest <= 1.00001  # a block of orthonormal rows
    assert {gate: found[gate].saturated for gate in "ifco"} == {"i": 0, "f": pytest.approx(2 / 3), "c": 0, "o": 0}


def test_the_two_biases_of_a_gru_are_added() -> None:
    layer = layers.GRU(2)
    layer.build((None, 4, 2))
    kernel, recurrent, biases = layer.get_weights()
    biases[:] = [[1.5, 3.0, 0, 0, 0, 0], [1.5, -3.0, 0, 0, 0, 0]]
    layer.set_weights([kernel, recurrent, biases])
    assert {gate: each.saturated for gate, each in statistics(layer).items()} == {"z": 0.5, "r": 0.0, "h": 0.0}


def test_statistics_of_other_layers() -> None:
    conv = layers.ConvLSTM2D(3, 2, use_bias=False)
    conv.build((None, 4, 5, 5, 2))
    block = conv.get_weights()[0][..., 3:6].reshape(-1, 3)
    found = statistics(conv)
    assert found["f"].kernel_largest == pytest.approx(np.linalg.svd(block)[1][0])
    assert found["f"].saturated is None
    simple = layers.SimpleRNN(3)
    simple.build((None, 4, 2))
    assert statistics(simple)["h"].recurrent_largest == pytest.approx(1.0)  # it begins orthogonal
    both = layers.Bidirectional(layers.LSTM(2))
    both.build((None, 4, 2))
    parts = explain(both, statistics=True).parts
    assert [[block.gate for block in part.blocks if block.statistics] for part in parts] == [list("ifco")] * 2


def test_a_model_that_has_gone_to_nan_can_be_looked_at() -> None:
    layer = layers.LSTM(2)
    layer.build((None, 4, 2))
    kernel, recurrent, bias = layer.get_weights()
    kernel[0, 0] = bias[2] = np.nan
    layer.set_weights([kernel, recurrent, bias])
    found = statistics(layer)
    assert np.isnan(found["i"].kernel_norm)
    assert np.isnan(found["i"].kernel_largest)
    assert np.isfinite(found["f"].kernel_norm)
    assert np.isnan(found["f"].saturated)
    assert explain(layer, statistics=True).to_dict()["parts"][0]["blocks"][0]["statistics"]["kernel_norm"] is None


# On a terminal and in a notebook.


def test_names_are_text_and_nothing_else() -> None:
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(2, name="<b>"), layers.Dense(2, name="\x1b[31m red & \n")]
    )
    found = as_keras_has_it(model)
    assert "\x1b" not in str(found)
    assert "\\x1b[31m red & \\n  Dense" in str(found)
    assert "<b>" not in found._repr_html_()
    assert "&lt;b&gt;" in found._repr_html_()
    assert found.rows[0].path == "<b>/kernel"


def test_long_names_are_shortened_and_stay_apart() -> None:
    middle = "-".join(["middle"] * 20)
    names = [f"beginning-{k}{middle}{middle}-the-end" for k in range(3)]
    names += [f"beginning-of-the-name-{middle}{k}{middle}-the-very-end-of-it" for k in range(3)]
    model = keras.Sequential([keras.Input((4,)), *[layers.Dense(10**k, name=name) for k, name in enumerate(names[:3])]])
    model = keras.Sequential([model, *[layers.Dense(2, name=name) for name in names[3:]]], name=middle)
    found = as_keras_has_it(model)
    heads = [line for line in str(found).splitlines()[2:] if line[:1] not in ("", " ")]
    assert len({head.split()[0] for head in heads if "Dense" in head}) == len(names)


@given(st.lists(st.text("ab/", min_size=1, max_size=30), unique=True, max_size=20))
def test_shortened_paths_stay_apart(paths: list[str]) -> None:
    short = report.shorten(paths, 8)
    assert len(set(short)) == len(paths)
    assert all(len(each) <= 8 for each in short)
    assert all(each == path for each, path in zip(short, paths, strict=True) if len(path) <= 8)


@given(st.text("a+·/ 1", max_size=60), st.integers(1, 20))
def test_folding_loses_nothing_but_blanks(text: str, width: int) -> None:
    lines = report.fold(text, width)
    assert all(len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_what_is_wider_than_a_line_is_folded() -> None:
    formula = "+".join(["1024·1024"] * 12)
    rows = tuple(Row(f"layer/{name}", (10,) * 30, "·".join(["10"] * 30), 10**30, True) for name in ("a", "weight" * 20))
    found = Explanation("model" * 30, (Part("layer", "Kind" * 30, formula, rows),))
    lines = str(found).splitlines()
    assert max(len(line) for line in lines) <= 80
    assert formula in "".join(line.strip() for line in lines[3:7])


def test_a_model_without_weights_has_none() -> None:
    found = as_keras_has_it(keras.Sequential([keras.Input((4,)), layers.Dropout(0.5)]))
    assert found.parts == ()
