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
