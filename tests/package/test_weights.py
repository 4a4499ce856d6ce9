"""Converted weights, run by Keras, PyTorch and ONNX Runtime."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import moving
from recurrent import RUN, Case, cases, sequences_and_states
from rnn_guide import records
from rnn_guide.weights import LAYOUTS, convert
from rnn_guide.weights.layouts import GATES

# Three frameworks run in each case: a quarter of the others' cases. Full run: pytest --hypothesis-profile=full
FEWER = settings(max_examples=settings.default.max_examples // 4)
# float32 keeps 24 bits, 6e-8 of a number; a few steps of a few units lose three or four of them.
CLOSE = {"float32": {"rtol": 2e-5, "atol": 5e-6}, "float64": {"rtol": 1e-12, "atol": 1e-12}}
ALL = ["keras", "torch", "onnx"]


def assert_same(one: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...], dtype: str = "float32") -> None:
    for mine, theirs in zip(one, other, strict=True):
        np.testing.assert_allclose(mine, theirs, **CLOSE[dtype])


def holds(framework: str, case: Case) -> bool:
    return case.kind != "gru" or ("after" if case.reset_after else "before") in LAYOUTS[framework].resets


@pytest.mark.parametrize("source", ALL)
@FEWER
@given(data=st.data())
def test_every_framework_computes_the_same_with_converted_weights(source: str, data: st.DataObject) -> None:
    case = data.draw(cases(**{"reset_after": True} if source == "torch" else {}))
    arrays = case.weights(source)
    x, states = sequences_and_states(case)
    expected = RUN[source](case, arrays, x, states)
    for target in ALL:
        if holds(target, case):
            moved = convert(arrays, case.kind, source, target, **case.options)
            assert_same(RUN[target](case, moved, x, states), expected)


@FEWER
@given(cases(dtype="float64", reset_after=True), st.booleans())
def test_in_float64_keras_and_pytorch_agree_to_1e_12(case: Case, backwards: bool) -> None:
    source, target = ("torch", "keras") if backwards else ("keras", "torch")
    arrays = case.weights(source)
    x, states = sequences_and_states(case)
    moved = convert(arrays, case.kind, source, target, **case.options)
    assert_same(RUN[target](case, moved, x, states), RUN[source](case, arrays, x, states), "float64")


def listed(arrays: Any) -> list[np.ndarray]:
    if isinstance(arrays, dict):
        return [arrays[name] for name in sorted(arrays)]
    return [array for each in arrays for array in (listed(each) if isinstance(each, dict) else [each])]


@given(cases(), st.sampled_from(ALL), st.sampled_from(ALL))
def test_there_and_back_is_exact_where_the_target_keeps_as_many_biases(case: Case, source: str, target: str) -> None:
    if not (holds(source, case) and holds(target, case)):
        return
    arrays = case.weights(source)
    back = convert(
        convert(arrays, case.kind, source, target, **case.options), case.kind, target, source, **case.options
    )
    folded = case.use_bias and target == "keras" and source != "keras" and not (case.kind == "gru" and case.reset_after)
    for before, after in zip(listed(arrays), listed(back), strict=True):
        is_bias = before.ndim == 1 or (source == "onnx" and before.ndim == 2)
        assert np.array_equal(before, after) or (folded and is_bias)
        assert before.dtype == after.dtype


def test_folded_biases_are_their_sum_and_lose_it() -> None:
    case = Case("lstm", 3, 2, 1, 1, 1, False, True, True, seed=0)
    state = case.weights("torch")
    _, _, bias = convert(state, "lstm", "torch", "keras")
    np.testing.assert_array_equal(bias, state["bias_ih_l0"] + state["bias_hh_l0"])
    back = convert([*convert(state, "lstm", "torch", "keras")], "lstm", "keras", "torch")
    np.testing.assert_array_equal(back["bias_ih_l0"], bias)
    assert not back["bias_hh_l0"].any()


def test_the_result_shares_no_memory_with_what_was_given() -> None:
    for kind in GATES:
        for source in ALL:
            case = Case(kind, 1, 1, 1, 1, 1, False, True, True, seed=0)
            arrays = case.weights(source)
            for target in ALL:
                for mine in listed(convert(arrays, kind, source, target)):
                    assert not any(np.shares_memory(mine, theirs) for theirs in listed(arrays))


def test_tensors_are_taken_as_they_are() -> None:
    module = torch.nn.GRU(3, 2)
    kernel, *_ = convert(module.state_dict(), "gru", "torch", "keras")
    assert kernel.shape == (3, 6)


@pytest.mark.parametrize("name", moving.MISTAKES)
def test_a_mistake_that_people_made_is_caught(name: str) -> None:
    kind, source, target, bidirectional, make = moving.MISTAKES[name]
    for seed in range(10):
        case = Case(kind, 4, 4, 2, 4, 1, bidirectional, True, True, seed=seed)
        arrays = case.weights(source)
        x, states = sequences_and_states(case)
        expected = RUN[source](case, arrays, x, states)
        right = convert(arrays, kind, source, target, **case.options)
        assert_same(RUN[target](case, right, x, states), expected)
        with pytest.raises(AssertionError):
            assert_same(RUN[target](case, make(right, arrays), x, states), expected)


@pytest.mark.parametrize("name", moving.MISTAKES)
def test_what_the_page_says_of_a_mistake_comes_out_again(name: str) -> None:
    (kept,) = [line for line in records.load("moving") if line["run"]["mistake"] == name]
    again = moving.follow(moving.Run(name))
    assert again["wrong"] == pytest.approx(kept["wrong"], rel=0.1)
    assert again["right"] < 1e-5 < again["least"]


def test_the_other_form_of_the_reset_gate_is_caught() -> None:
    for reset_after in (True, False):
        case = Case("gru", 3, 3, 2, 4, 1, False, True, reset_after, seed=0)
        arrays = case.weights("keras")
        x, states = sequences_and_states(case)
        expected = RUN["keras"](case, arrays, x, states)
        moved = convert(arrays, "gru", "keras", "onnx", **case.options)
        assert_same(RUN["onnx"](case, moved, x, states), expected)
        with pytest.raises(AssertionError):
            assert_same(RUN["onnx"](case, moved, x, states, linear_before_reset=int(not reset_after)), expected)


def ones(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    return [np.ones(shape) for shape in shapes]


LSTM = ones((2, 12), (3, 12), (12,))
STATE = convert(LSTM, "lstm", "keras", "torch")
PROJECTED = {name: tensor.numpy() for name, tensor in torch.nn.LSTM(2, 3, proj_size=1).state_dict().items()}


@pytest.mark.parametrize(
    ("arrays", "layer", "source", "target", "options", "complaint"),
    [
        (LSTM, "rnn", "keras", "torch", {}, "layer must be one of 'simple_rnn', 'lstm', 'gru'; got 'rnn'"),
        (LSTM, 4, "keras", "torch", {}, "layer must be one of 'simple_rnn', 'lstm', 'gru'; got 4"),
        (LSTM, "lstm", "jax", "torch", {}, "source must be one of 'keras', 'torch', 'onnx'; got 'jax'"),
        (LSTM, "lstm", "keras", "tflite", {}, "target must be one of 'keras', 'torch', 'onnx'; got 'tflite'"),
        (LSTM, "lstm", "keras", "torch", {"use_bias": 1}, "use_bias must be True or False, got 1"),
        (3, "lstm", "keras", "torch", {}, "arrays must be a list of arrays, got 3"),
        ([], "lstm", "keras", "torch", {}, r"arrays must be 3 arrays for each layer \(use_bias=True\), got 0"),
        (LSTM[:2], "lstm", "keras", "torch", {}, r"3 arrays for each layer \(use_bias=True\), got 2"),
        (LSTM, "lstm", "keras", "torch", {"bidirectional": True}, "for each layer and direction .*, got 3"),
        (["a", *LSTM[1:]], "lstm", "keras", "torch", {}, r"arrays\[0\] must be an array of real numbers, got 'a'"),
        ([LSTM[0].T, *LSTM[1:]], "lstm", "keras", "torch", {}, r"kernel of layer 0 .*\(12, 12\); got \(12, 2\)"),
        ([np.float64(1), *LSTM[1:]], "lstm", "keras", "torch", {}, r"kernel of layer 0 must have.*; got \(\)"),
        ([LSTM[0], np.float64(1), LSTM[2]], "lstm", "keras", "torch", {}, r"recurrent kernel of layer 0 .*; got \(\)"),
        ([*LSTM[:2], np.ones(3)], "lstm", "keras", "torch", {}, r"bias of layer 0 must have.*\(12,\); got \(3,\)"),
        (LSTM, "gru", "keras", "onnx", {}, r"two biases of a GRU with reset_after, shape \(2, 3n\), got \(12,\)"),
        (LSTM, "simple_rnn", "keras", "onnx", {}, r"must fit a simple_rnn of 3 units on 2 features.*got \(3, 12\)"),
        (
            ones((2, 9), (3, 9), (9,)), "gru", "keras", "torch", {"reset_after": False},
            "reset_after must be True for 'torch', got False: its GRU multiplies first",
        ),
        (STATE, "gru", "torch", "keras", {"reset_after": False}, "reset_after must be True for 'torch', got False"),
        (LSTM * 2, "lstm", "keras", "torch", {}, "layer 1 must read 3 features, got 2"),
        (LSTM, "lstm", "torch", "keras", {}, "arrays must be a mapping from names such as 'weight_ih_l0'"),
        (PROJECTED, "lstm", "torch", "keras", {}, "arrays must be without a projection, got weight_hr_l0"),
        (STATE, "lstm", "torch", "keras", {"use_bias": False}, "with bias_ih_l0, bias_hh_l0 besides"),
        (STATE, "lstm", "torch", "keras", {"bidirectional": True}, "without weight_ih_l0_reverse"),
        ({"lstm.weight_ih_l0": 0}, "lstm", "torch", "keras", {}, "with lstm.weight_ih_l0 besides"),
        (STATE, "gru", "torch", "keras", {}, "must fit a gru of 3 units"),
        ({**STATE, "weight_ih_l0": np.ones(7)}, "lstm", "torch", "keras", {}, r"weight_ih_l0 must have 4·n rows.*7"),
        ({**STATE, "weight_ih_l0": np.ones(8)}, "lstm", "torch", "keras", {}, r"kernel of layer 0 .*; got \(8,\)"),
        ([], "lstm", "onnx", "keras", {}, "arrays must be a mapping with W and R, or a list of such"),
        ({"W": 1, "R": 1, "P": 1}, "lstm", "onnx", "keras", {}, "arrays must be without peepholes, got P"),
        ({"W": np.ones((1, 12, 2))}, "lstm", "onnx", "keras", {"use_bias": False}, "named W, R; got them without R"),
        (
            {"W": np.ones((1, 12, 2)), "R": np.ones((1, 12, 3))}, "lstm", "onnx", "keras",
            {"use_bias": False, "bidirectional": True}, "arrays must have 2 on their first axis",
        ),
        (
            {"W": np.float64(1), "R": np.ones((1, 12, 3))}, "lstm", "onnx", "keras", {"use_bias": False},
            "arrays must have 1 on their first axis",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_moved_is_refused_in_one_line(
    arrays: Any, layer: Any, source: str, target: str, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=complaint) as refused:
        convert(arrays, layer, source, target, **options)
    assert "\n" not in str(refused.value)


def test_a_parameter_that_still_learns_is_refused_in_one_line() -> None:
    with pytest.raises(TypeError, match="arrays must be detached"):
        convert(dict(torch.nn.GRU(2, 3).named_parameters()), "gru", "torch", "keras")
