"""Whole recurrent layers, from Keras to PyTorch and back."""

import subprocess
import sys
from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from recurrent import Case, cases, sequences_and_states, torch_module
from rnn_guide.torch import LAYERS, to_keras, to_torch

FEWER = settings(max_examples=settings.default.max_examples // 4)
CLOSE = {"rtol": 2e-5, "atol": 5e-6}


def built(layer: Any, features: int = 4) -> Any:
    layer.build((None, None, features))
    return layer


def filled(case: Case) -> Any:
    """Return a module of PyTorch with drawn weights."""
    module = torch_module(case)
    module.load_state_dict({name: torch.tensor(array) for name, array in case.weights("torch").items()})
    return module


@FEWER
@given(cases(reset_after=True))
def test_a_module_and_its_layer_compute_the_same_and_come_back_equal(case: Case) -> None:
    module = filled(case)
    x, _ = sequences_and_states(case)
    expected = module(torch.tensor(x))[0].detach().numpy()
    layer = to_keras(module)
    np.testing.assert_allclose(layer(x), expected, **CLOSE)
    again = to_torch(layer)
    assert type(again) is type(module)
    np.testing.assert_allclose(again(torch.tensor(x))[0].detach(), expected, **CLOSE)


@FEWER
@given(cases(levels=1, reset_after=True), st.booleans())
def test_the_state_of_a_layer_is_the_module_s(case: Case, in_both: bool) -> None:
    case = Case(**{**{k: v for k, v in vars(case).items() if k != "random"}, "bidirectional": in_both})
    layer = LAYERS[case.kind](case.units, use_bias=case.use_bias, return_sequences=True, return_state=True)
    layer = built(layers.Bidirectional(layer) if in_both else layer, case.features)
    layer.set_weights(case.weights("keras"))
    x, states = sequences_and_states(case)
    y, *last = layer(x, initial_state=[part[k] for k in range(case.directions) for part in states])
    first = tuple(torch.tensor(part) for part in states)
    output, ended = to_torch(layer)(torch.tensor(x), first if case.kind == "lstm" else first[0])
    np.testing.assert_allclose(output.detach(), y, **CLOSE)
    ended = ended if case.kind == "lstm" else (ended,)
    for k in range(case.directions):
        for part in range(len(states)):
            np.testing.assert_allclose(ended[part][k].detach(), last[k * len(states) + part], **CLOSE)


def test_a_mask_s_lengths_are_pytorch_s() -> None:
    layer = built(layers.Bidirectional(layers.LSTM(3)))
    x = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
    lengths = np.array([6, 2, 4])
    expected = layer(x, mask=np.arange(6) < lengths[:, None])
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.tensor(x), torch.tensor(lengths), batch_first=True, enforce_sorted=False
    )
    _, (h, _) = to_torch(layer)(packed)
    np.testing.assert_allclose(np.concatenate(list(h.detach()), axis=-1), expected, **CLOSE)
    _, (h, _) = to_torch(layer)(torch.tensor(x))
    assert np.abs(np.concatenate(list(h.detach()), axis=-1) - np.asarray(expected)).max() > 1e-3


def test_at_padded_steps_keras_repeats_the_output_and_pytorch_gives_zeros() -> None:
    layer = built(layers.GRU(3, return_sequences=True))
    x = np.random.default_rng(0).normal(size=(1, 4, 4)).astype("float32")
    ours = np.asarray(layer(x, mask=np.array([[True, True, False, False]])))
    packed = torch.nn.utils.rnn.pack_padded_sequence(torch.tensor(x), torch.tensor([2]), batch_first=True)
    theirs, _ = torch.nn.utils.rnn.pad_packed_sequence(to_torch(layer)(packed)[0], batch_first=True, total_length=4)
    np.testing.assert_allclose(theirs[:, :2].detach(), ours[:, :2], **CLOSE)
    assert np.array_equal(ours[:, 2:], np.repeat(ours[:, 1:2], 2, axis=1))
    assert not theirs[:, 2:].any()


def test_the_last_step_of_a_bidirectional_module_is_not_keras_s_output() -> None:
    layer = built(layers.Bidirectional(layers.LSTM(3)))
    x = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    y, (h, _) = to_torch(layer)(torch.tensor(x))
    np.testing.assert_allclose(torch.cat([h[0], h[1]], dim=-1).detach(), layer(x), **CLOSE)
    assert np.abs(y[:, -1].detach().numpy() - np.asarray(layer(x))).max() > 1e-2


def test_dropout_between_layers_and_the_dtype_are_kept() -> None:
    module = torch.nn.GRU(4, 3, num_layers=3, dropout=0.25, dtype=torch.float64)
    model = to_keras(module)
    assert [type(layer).__name__ for layer in model.layers] == ["GRU", "Dropout", "GRU", "Dropout", "GRU"]
    again = to_torch(model)
    assert (again.dropout, again.num_layers, again.training) == (0.25, 3, False)
    assert all(torch.equal(one, other) for one, other in zip(module.parameters(), again.parameters(), strict=True))


def test_an_rnn_of_a_cell_is_taken() -> None:
    layer = built(layers.RNN(layers.LSTMCell(3), return_sequences=True))
    x = np.ones((2, 5, 4), "float32")
    np.testing.assert_allclose(to_torch(layer)(torch.tensor(x))[0].detach(), layer(x), **CLOSE)


class Own(layers.LSTM):
    """An LSTM that might compute anything."""


def stack(*each: Any) -> Any:
    return keras.Sequential([keras.Input((None, 4)), *each])


@pytest.mark.parametrize(
    ("layer", "complaint"),
    [
        (3, "layer must be a SimpleRNN, LSTM or GRU, .*; got int"),
        ([], "layer must be a recurrent layer or a stack of them, got none"),
        (built(layers.Dense(3)), "got Dense"),
        (built(Own(3)), "got Own"),
        (built(layers.RNN([layers.LSTMCell(3), layers.LSTMCell(3)])), "got RNN of StackedRNNCells"),
        (layers.LSTM(3, name="new"), "layer must be built, 'new' has no weights yet"),
        (built(layers.LSTM(3, activation="relu", name="a")), "'a' has activation=relu"),
        (built(layers.LSTM(3, activation=lambda x: x, name="a")), "'a' has activation=your own <lambda>"),
        (built(layers.GRU(3, recurrent_activation="hard_sigmoid")), "has recurrent_activation=hard_sigmoid"),
        (built(layers.GRU(3, reset_after=False)), "has reset_after=False"),
        (built(layers.GRU(3, go_backwards=True)), "has go_backwards=True"),
        (built(layers.Bidirectional(layers.GRU(3), merge_mode="sum")), "has merge_mode=sum"),
        (stack(layers.GRU(3, return_sequences=True), layers.GRU(2)), "must be a stack of equal layers"),
        (stack(layers.GRU(3, return_sequences=True), layers.LSTM(3)), "must be a stack of equal layers"),
        (
            stack(layers.GRU(3, return_sequences=True), layers.Dropout(0.1), layers.GRU(3, return_sequences=True),
                  layers.Dropout(0.2), layers.GRU(3)),
            "got Dropout",
        ),
        (stack(layers.GRU(3, return_sequences=True), layers.Dense(3)), "got Dense"),
        (
            [built(layers.GRU(4, name="low")), built(layers.GRU(4))],
            "'low' has return_sequences=False below another layer",
        ),
    ],
)  # fmt: skip
def test_what_pytorch_has_not_is_refused_in_one_line(layer: Any, complaint: str) -> None:
    with pytest.raises((TypeError, ValueError), match=complaint) as refused:
        to_torch(layer)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("module", "complaint"),
    [
        (torch.nn.LSTM(4, 3, proj_size=2), "module must be without a projection, which Keras has not; got proj_size=2"),
        (torch.nn.Linear(4, 3), "module must be a torch.nn.RNN, LSTM or GRU, got Linear"),
        (torch.nn.LSTMCell(4, 3), "got LSTMCell"),
    ],
)
def test_what_keras_has_not_is_refused_in_one_line(module: Any, complaint: str) -> None:
    with pytest.raises((TypeError, ValueError), match=complaint):
        to_keras(module)


@pytest.mark.parametrize(("package", "name"), [("torch", "PyTorch"), ("onnx", "the package onnx")])
def test_a_missing_package_is_named_in_one_line(package: str, name: str) -> None:
    program = f"import sys; sys.modules['{package}'] = None; import rnn_guide.{package}"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    last = run.stderr.splitlines()[-1]
    assert last == f"ModuleNotFoundError: rnn_guide.{package} needs {name}: pip install {package}"
