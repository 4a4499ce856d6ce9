"""A sentence that the book quotes has to stand where the book says; an erratum that has been mended has to leave."""

import inspect

import keras
import numpy as np
import pytest
import torch

from book import DOCS
from rnn_guide.cells import sigmoid

QUOTES = [
    (
        keras.layers.GRU,
        "The default one is based on v3 and has reset gate applied to hidden state before matrix multiplication.",
        "reference/errata.md",
    ),
    (keras.layers.GRU, "requirements to use the cuDNN implementation", "gates/gru.md"),
    (keras.layers.GRU, "The second variant is compatible", "gates/gru.md"),
    (keras.layers.GRU, "6. `reset_after` is `True`", "gates/gru.md"),
    (
        keras.layers.LSTM,
        'Setting it to `True` will also force `bias_initializer="zeros"`.',
        "reference/errata.md",
    ),
    (
        keras.layers.RNN,
        "To reset the states of your model, call `.reset_state()` on either a specific layer, or on your entire model.",
        "reference/errata.md",
    ),
    (
        keras.layers.RNN,
        "You can specify the initial state of RNN layers numerically by calling `reset_state()` with the keyword "
        "argument `states`.",
        "reference/errata.md",
    ),
    (keras.layers.Bidirectional, "Bidirectional(LSTM(10, return_sequences=True),", "reference/errata.md"),
    (torch.nn.LSTM, "the input, forget, cell, and output gates", "reference/errata.md"),
]


def docstring(layer: type) -> str:
    """Return the docstring in one line, its links as their words."""
    return " ".join(str(layer.__doc__).replace("[v3](https://arxiv.org/abs/1406.1078v3)", "v3").split())


@pytest.mark.parametrize(("layer", "quoted", "page"), QUOTES)
def test_a_quotation_stands_where_the_page_says(layer: type, quoted: str, page: str) -> None:
    assert quoted in docstring(layer)
    assert quoted in (DOCS / page).read_text("utf-8")


def test_keras_still_calls_the_wrong_gru_the_default() -> None:
    assert "The default one is based on v3" in docstring(keras.layers.GRU)
    assert keras.layers.GRU(1).reset_after is True


def test_a_forget_bias_of_one_still_leaves_the_other_biases_to_the_initializer() -> None:
    layer = keras.layers.LSTM(1, bias_initializer=keras.initializers.Constant(0.5))
    layer.build((None, None, 1))
    assert layer.unit_forget_bias is True
    assert layer.get_weights()[2].tolist() == [0.5, 1, 0.5, 0.5]


def test_a_model_still_has_no_reset_and_a_layer_takes_no_states() -> None:
    model = keras.Sequential([keras.Input(batch_shape=(1, 2, 1)), keras.layers.GRU(1, stateful=True)])
    assert not hasattr(model, "reset_state")
    (layer,) = model.layers
    with pytest.raises(TypeError, match="unexpected keyword argument 'states'"):
        layer.reset_state(states=[np.ones((1, 1))])
    layer.states[0].assign(np.ones((1, 1)))
    layer.reset_state()
    assert layer.states[0].numpy() == 0


def test_the_example_of_bidirectional_still_lacks_a_bracket() -> None:
    example = str(keras.layers.Bidirectional.__doc__).split("```python")[1].split("```")[0]
    with pytest.raises(SyntaxError, match="does not match"):
        compile(inspect.cleandoc(example), "example", "exec")


def test_a_cell_with_two_inputs_still_sees_the_shape_of_one() -> None:
    class Cell(keras.layers.Layer):
        state_size = 1

        def build(self, shapes: tuple[tuple[int, ...], ...]) -> None:
            self.seen = shapes
            self.width = shapes[1][-1]

    cell = Cell()
    with pytest.raises(IndexError):
        keras.layers.RNN(cell)((np.zeros((2, 5, 3)), np.zeros((2, 5, 6))))
    assert cell.seen == ((2, 5, 3),)


def test_keras_gives_separate_biases_for_the_sake_of_cudnn() -> None:
    said = docstring(keras.layers.GRU).split("The second variant is compatible")[1].split("To use this variant")[0]
    assert "with CuDNNGRU" in said
    assert "Thus it has separate biases for `kernel` and `recurrent_kernel`" in said


def test_pytorch_has_a_second_bias_for_the_sake_of_cudnn() -> None:
    source = " ".join(inspect.getsource(torch.nn.RNNBase).replace("#", " ").split())
    assert "Second bias vector included for CuDNN compatibility. Only one bias vector is needed" in source
    assert "as a comment in PyTorch's source says" in (DOCS / "gates" / "counting-parameters.md").read_text("utf-8")


def test_the_logistic_function_rounds_to_its_ends() -> None:
    page = (DOCS / "reference" / "errata.md").read_text("utf-8")
    assert "`sigmoid(np.array(40.0))` is exactly 1" in page
    assert sigmoid(np.array(40.0)) == 1
    assert sigmoid(np.array(30.0)) < 1
