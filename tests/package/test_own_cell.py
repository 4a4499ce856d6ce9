"""What docs/behaviour/own-cell.md says of custom cells, with the page's own cells of code."""

import ast
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from book import DOCS
from reading.visible import parts
from rnn_guide import cells, params

X = np.random.default_rng(0).standard_normal((3, 6, 3), dtype="float32")
RNN = keras.layers.RNN


def defined(page: Path) -> dict[str, Any]:
    """Return what a page's cells of code import and define; what they run is left out."""
    code = "\n".join(part.text for part in parts(page.read_text("utf-8")) if part.kind == "visible")
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    tree = ast.Module([node for node in ast.parse(code).body if isinstance(node, kinds)], [])
    space: dict[str, Any] = {}
    exec(compile(tree, str(page), "exec"), space)
    return space


PAGE = defined(DOCS / "behaviour" / "own-cell.md")
MGUCell, mgu_step = PAGE["MGUCell"], PAGE["mgu_step"]


def filled(layer: Any) -> Any:
    layer.build(X.shape)
    rng = np.random.default_rng(1)
    layer.set_weights([rng.standard_normal(weight.shape) for weight in layer.weights])
    return layer


def test_the_cell_is_its_numpy_step_and_a_gru_with_one_gate() -> None:
    layer = filled(RNN(MGUCell(4), return_sequences=True))
    weights = layer.get_weights()
    ours, _ = cells.run(mgu_step, X, weights)
    np.testing.assert_allclose(layer(X), ours, atol=1e-5)
    halves = [np.split(weight, 2, axis=-1) for weight in weights]
    gru = keras.layers.GRU(4, reset_after=False, return_sequences=True)
    gru.build(X.shape)
    gru.set_weights([np.concatenate([-f, f, h], axis=-1) for f, h in halves])
    np.testing.assert_allclose(gru(X), ours, atol=1e-5)
    gru.set_weights([np.concatenate([f, f, h], axis=-1) for f, h in halves])  # z = r is another layer
    assert np.abs(gru(X) - ours).max() > 0.1
    assert layer.count_params() == int(params.mgu(3, 4))


def test_it_is_masked_runs_both_ways_and_is_stacked() -> None:
    layer = filled(RNN(MGUCell(4)))
    real = np.array([[True, True, False, True, False, False]] * 3)
    np.testing.assert_allclose(layer(X, mask=real), layer(X[:, real[0]]), atol=1e-6)
    assert keras.layers.Bidirectional(RNN(MGUCell(4)))(X).shape == (3, 8)
    one_loop = filled(RNN([MGUCell(5), MGUCell(4)]))
    lower, upper = RNN(MGUCell(5), return_sequences=True), RNN(MGUCell(4))
    upper(lower(X))
    lower.set_weights(one_loop.get_weights()[:3])
    upper.set_weights(one_loop.get_weights()[3:])
    np.testing.assert_allclose(one_loop(X), upper(lower(X)), atol=1e-6)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # h5py
def test_it_is_saved_and_loaded_if_it_is_registered(tmp_path: Path) -> None:
    file = tmp_path / "model.keras"
    for wrap in (lambda layer: layer, keras.layers.Bidirectional):
        model = keras.Sequential([keras.Input((None, 3)), wrap(RNN(MGUCell(4)))])
        model.save(file)
        np.testing.assert_array_equal(keras.models.load_model(file)(X), model(X))
    unknown = PAGE["Unknown"]
    model = keras.Sequential([keras.Input((None, 3)), RNN(unknown(4))])
    model.save(file)
    with pytest.raises(TypeError, match="Could not locate class 'Unknown'"):
        keras.models.load_model(file)
    again = keras.models.load_model(file, custom_objects={"Unknown": unknown})
    np.testing.assert_array_equal(again(X), model(X))


def test_an_output_alone_is_noticed_unless_the_batch_is_of_two() -> None:
    only = PAGE["OnlyH"]
    with pytest.raises(ValueError, match="too many values to unpack"):
        RNN(only(4))(X)
    assert RNN(only(4))(X[:2]).shape == (4,)


def test_a_layer_made_in_call_is_not_trained() -> None:
    layer = RNN(PAGE["MadeInCall"]())
    assert layer(X).shape == (3, 4)
    assert layer.weights == []


def test_a_cell_without_a_size_is_refused() -> None:
    with pytest.raises(ValueError, match="should have a `state_size` attribute"):
        RNN(PAGE["NoSize"]())


def test_nested_inputs_fail_and_joined_ones_run() -> None:
    nested, joined = PAGE["NestedCell"], PAGE["JoinedCell"]
    two = keras.Input((None, 2)), keras.Input((None, 3, 3))
    with pytest.raises(IndexError, match="tuple index out of range"):
        RNN(nested())(two)
    cell = PAGE["OwnWeights"]()
    with pytest.raises(ValueError, match="output_size must be an integer"):
        RNN(cell)(two)
    cell.output_size, cell.state_size = 2, [2, 9]
    with pytest.raises(ValueError, match="Cannot convert '2' to a shape"):
        RNN(cell)(two)
    with pytest.raises(AttributeError, match="'tuple' object has no attribute 'shape'"):
        RNN(cell)((X, X))
    layer = RNN(joined(), return_sequences=True)
    assert layer(np.zeros((4, 6, 11), "float32")).shape == (4, 6, 11)


def test_sizes_that_are_no_integers_are_refused() -> None:
    cell = MGUCell(3)
    cell.state_size = [tf.TensorShape([3])]
    with pytest.raises(ValueError, match="mixed types"):
        RNN(cell)(X)
    cell = MGUCell(3)
    cell.output_size = [3]
    with pytest.raises(ValueError, match="output_size must be an integer"):
        RNN(cell)(keras.Input((None, 3)))


def test_a_first_state_can_be_learnt() -> None:
    layer = RNN(PAGE["Started"](4), return_state=True)
    layer.build(X.shape)
    assert (layer(X, mask=np.zeros((3, 6), bool))[1].numpy() == 1).all()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(X)[0])
    assert tape.gradient(loss, layer.cell.start.value).numpy().all()
