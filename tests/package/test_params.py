"""Counts against the published figures, Keras and PyTorch."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mutants import mutant
from rnn_guide import params

sizes = st.integers(1, 40)
KERAS = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
TORCH = {"simple_rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (params.simple_rnn(64, 128), 24_704),
        (params.lstm(64, 128), 98_816),
        (params.lstm(64, 128, use_bias=False), 98_304),
        (params.gru(64, 128), 74_496),
        (params.gru(64, 128, reset_after=False), 74_112),
        (params.gru(64, 128, use_bias=False), 73_728),
        (params.bidirectional(params.lstm(64, 128)), 197_632),
        (params.stacked(params.lstm, 64, [128, 32]), 119_424),
        (params.stacked(params.lstm, 64, [128, 32], bidirectional=True), 271_616),
        (params.simple_rnn(64, 128, layout="torch"), 24_832),
        (params.lstm(64, 128, layout="torch"), 99_328),
        (params.gru(64, 128, layout="torch"), 74_496),
        (params.lstm(64, 128, layout="torch", proj_size=32), 54_272),
        (params.conv_lstm(3, 8, 3, rank=1), 1_088),
        (params.conv_lstm(3, 8, 3, rank=2), 3_200),
        (params.conv_lstm(3, 8, 3, rank=3), 9_536),
        (params.peephole_lstm(64, 128), 99_200),
        (params.coupled_gate_lstm(64, 128), 74_112),
        (params.mgu(64, 128), 49_408),
        (params.min_lstm(64, 128), 24_960),
        (params.min_gru(64, 128), 16_640),
        (params.embedding(1000, 64), 64_000),
        (params.dense(128, 10), 1_290),
        (params.conv(3, 64, 7), 9_472),
        (params.multi_head_attention(512, 8, 64), 1_050_624),
        (params.batch_norm(64), 256),
        (params.embedding(1000, 64) + params.lstm(64, 128) + params.dense(128, 10), 164_106),
    ],
)
def test_published_counts(count: params.Count, expected: int) -> None:
    assert int(count) == expected
    assert sum(weight.size for weight in count.weights) == expected


@given(st.sampled_from(sorted(KERAS)), sizes, st.integers(1, 3000), st.booleans(), st.sampled_from(["keras", "torch"]))
def test_units_are_found_from_a_count(name: str, m: int, n: int, use_bias: bool, layout: str) -> None:
    layer = getattr(params, name)
    count = int(layer(m, n, use_bias=use_bias, layout=layout))
    assert params.find_units(count, layer, m, use_bias=use_bias, layout=layout) == n
    with pytest.raises(ValueError, match=f"; got {count + 1}$"):
        params.find_units(count + 1, layer, m, use_bias=use_bias, layout=layout)


@pytest.mark.parametrize("count", [1, 0, -5, True, 98_816.0])
def test_what_is_no_count_is_refused(count: object) -> None:
    with pytest.raises((TypeError, ValueError), match="count must be"):
        params.find_units(count, params.lstm, 64)  # type: ignore[arg-type]


def same_as_keras(count: params.Count, layer: Any, *input_shape: int | None) -> None:
    layer.build(input_shape)
    assert int(count) == layer.count_params()
    assert [weight.shape for weight in count.weights] == [weight.shape for weight in layer.weights]


@given(st.sampled_from(sorted(KERAS)), sizes, sizes, st.booleans(), st.booleans(), st.booleans())
def test_recurrent_layers_as_keras_builds_them(
    name: str, m: int, n: int, use_bias: bool, reset_after: bool, both_ways: bool
) -> None:
    options = {"use_bias": use_bias} | ({"reset_after": reset_after} if name == "gru" else {})
    count = getattr(params, name)(m, n, **options)
    layer = KERAS[name](n, **options)
    if both_ways:
        same_as_keras(params.bidirectional(count), keras.layers.Bidirectional(layer), None, None, m)
    else:
        same_as_keras(count, layer, None, None, m)
        assert [weight.name for weight in count.weights] == [weight.name for weight in layer.weights]


@given(sizes, sizes, st.lists(st.integers(1, 4), min_size=1, max_size=3), st.booleans())
def test_conv_lstm_as_keras_builds_it(channels: int, filters: int, kernel_size: list[int], use_bias: bool) -> None:
    rank = len(kernel_size)
    layer = getattr(keras.layers, f"ConvLSTM{rank}D")(filters, tuple(kernel_size), use_bias=use_bias)
    count = params.conv_lstm(channels, filters, tuple(kernel_size), rank=rank, use_bias=use_bias)
    same_as_keras(count, layer, None, 5, *[6] * rank, channels)


@given(sizes, sizes, st.booleans())
def test_dense_and_embedding_as_keras_builds_them(a: int, b: int, use_bias: bool) -> None:
    same_as_keras(params.dense(a, b, use_bias=use_bias), keras.layers.Dense(b, use_bias=use_bias), None, a)
    same_as_keras(params.embedding(a, b), keras.layers.Embedding(a, b), None, None)


@given(sizes, st.lists(sizes, min_size=1, max_size=3), st.booleans())
def test_stacked_layers_as_keras_builds_them(m: int, units: list[int], both_ways: bool) -> None:
    layers = [keras.layers.GRU(n, return_sequences=True) for n in units]
    model = keras.Sequential([keras.layers.Bidirectional(layer) if both_ways else layer for layer in layers])
    same_as_keras(params.stacked(params.gru, m, units, bidirectional=both_ways), model, None, None, m)


@given(st.sampled_from(sorted(TORCH)), sizes, sizes, st.integers(1, 3), st.booleans(), st.booleans())
def test_recurrent_layers_as_pytorch_builds_them(
    name: str, m: int, n: int, layers: int, use_bias: bool, both_ways: bool
) -> None:
    module = TORCH[name](m, n, layers, bias=use_bias, bidirectional=both_ways)
    count = params.stacked(
        getattr(params, name), m, [n] * layers, bidirectional=both_ways, use_bias=use_bias, layout="torch"
    )
    same_as_pytorch(count, module)


@given(sizes, st.integers(2, 40), st.data(), st.integers(1, 3), st.booleans(), st.booleans())
def test_projected_lstm_as_pytorch_builds_it(
    m: int, n: int, data: st.DataObject, layers: int, use_bias: bool, both_ways: bool
) -> None:
    p = data.draw(st.integers(1, n - 1))
    module = torch.nn.LSTM(m, n, layers, bias=use_bias, bidirectional=both_ways, proj_size=p)
    options: dict[str, Any] = {"use_bias": use_bias, "layout": "torch", "proj_size": p}
    same_as_pytorch(params.stacked(params.lstm, m, [n] * layers, bidirectional=both_ways, **options), module)


def same_as_pytorch(count: params.Count, module: torch.nn.Module) -> None:
    arrays = {name: tuple(array.shape) for name, array in module.named_parameters()}
    assert {weight.name: weight.shape for weight in count.weights} == arrays
    assert int(count) == sum(array.numel() for array in module.parameters())


COUNTS = st.one_of(
    st.builds(params.simple_rnn, sizes, sizes, use_bias=st.booleans(), layout=st.sampled_from(["keras", "torch"])),
    st.builds(params.lstm, sizes, sizes, use_bias=st.booleans(), layout=st.sampled_from(["keras", "torch"])),
    st.builds(params.gru, sizes, sizes, use_bias=st.booleans(), reset_after=st.booleans()),
    st.builds(params.conv, sizes, sizes, sizes, rank=st.integers(1, 3), transpose=st.booleans()),
    st.builds(lambda c, f, g: params.conv(c * g, f * g, (2, 3), groups=g), sizes, sizes, sizes),
    st.builds(params.depthwise_conv, sizes, sizes, depth_multiplier=sizes, use_bias=st.booleans()),
    st.builds(params.separable_conv, sizes, sizes, sizes, depth_multiplier=sizes, use_bias=st.booleans()),
    st.builds(params.multi_head_attention, sizes, sizes, sizes, use_gate=st.booleans(), use_bias=st.booleans()),
    st.builds(params.multi_head_attention, sizes, sizes, sizes, value_dim=sizes, key_value_heads=sizes),
    st.builds(params.batch_norm, sizes, center=st.booleans(), scale=st.booleans(), renorm=st.booleans()),
    st.builds(params.layer_norm, st.tuples(sizes, sizes)),
    st.builds(params.attention, concat=st.booleans()),
    st.builds(params.conv_lstm, sizes, sizes, sizes, rank=st.integers(1, 3), use_bias=st.booleans()),
    *[
        st.builds(getattr(params, name), sizes, sizes)
        for name in ("peephole_lstm", "coupled_gate_lstm", "mgu", "min_lstm", "min_gru", "embedding", "dense")
    ],
)


@given(st.lists(COUNTS, min_size=1, max_size=3), st.booleans())
def test_every_reading_of_a_formula_has_the_same_value(counts: list[params.Count], both_ways: bool) -> None:
    total = counts[0]
    for count in counts[1:]:
        total = total + count
    if both_ways:
        total = params.bidirectional(total)
    numbers, result = str(total).split(" = ")
    assert eval(numbers.replace("·", "*").replace("^", "**")) == int(total)
    assert result == f"{int(total):,}"
    latex, latex_result = total.latex.split(" = ")
    assert eval(latex.replace(r"\cdot", "*").replace("^", "**")) == int(total)
    assert latex_result == result.replace(",", r"\,")
    assert sum(weight.size for weight in total.weights) == int(total)
    for weight in total.weights:
        assert eval(weight.numbers.replace("·", "*")) == weight.size == np.prod(weight.shape)


def test_letters_and_numbers_are_one_expression() -> None:
    values = {"m": 64, "n": 128}
    for function in (params.simple_rnn, params.lstm, params.gru, params.peephole_lstm, params.mgu, params.min_lstm):
        count = function(64, 128)
        assert eval(count.formula.replace("·", "*"), {}, values) == int(count)
        for weight in count.weights:
            assert eval(weight.formula.replace("·", "*"), {}, values) == weight.size


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("4 * ((m + n) * n + bias)", "4 * ((m + n) * n)"),
        ("4 * ((m + n) * n + bias)", "3 * ((m + n) * n + bias)"),
        ("4 * ((m + n) * n + bias)", "4 * ((m + n) * n + 2 * bias)"),
        ('"ifco"', '"ifc"'),
    ],
)
def test_a_wrong_formula_is_caught(right: str, wrong: str) -> None:
    with pytest.raises(AssertionError):
        same_as_keras(mutant(params.lstm, right, wrong)(3, 5), keras.layers.LSTM(5), None, None, 3)


Call = Callable[[], object]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: params.lstm(0, 128), ValueError, "input_dim must be a positive int, got 0"),
        (lambda: params.lstm(64, -1), ValueError, "units must be a positive int, got -1"),
        (lambda: params.gru(True, 1), TypeError, "input_dim must be a positive int, got True"),
        (lambda: params.gru(np.True_, 1), TypeError, "input_dim must be a positive int, got np.True_"),
        (lambda: params.gru(1.0, 1), TypeError, "input_dim must be a positive int, got 1.0"),
        (lambda: params.dense("3", 1), TypeError, "input_dim must be a positive int, got '3'"),
        (lambda: params.embedding(None, 1), TypeError, "input_dim must be a positive int, got None"),
        (lambda: params.lstm(1, 1, use_bias=0), TypeError, "use_bias must be True or False, got 0"),
        (lambda: params.gru(1, 1, reset_after=None), TypeError, "reset_after must be True or False, got None"),
        (lambda: params.gru(1, 1, layout="jax"), ValueError, "layout must be 'keras' or 'torch', got 'jax'"),
        (lambda: params.gru(1, 1, layout="torch", reset_after=False), ValueError, "reset_after must be True with"),
        (lambda: params.lstm(1, 2, proj_size=1), ValueError, "proj_size must go with layout='torch', got 1"),
        (
            lambda: params.lstm(1, 2, layout="torch", proj_size=2),
            ValueError,
            "proj_size must be below units (2), got 2",
        ),
        (lambda: params.conv_lstm(1, 1, 3, rank=4), ValueError, "rank must be 1, 2 or 3, got 4"),
        (lambda: params.conv_lstm(1, 1, (3,)), ValueError, "kernel_size must have rank (2) entries, got (3,)"),
        (lambda: params.conv_lstm(1, 1, (3, 0)), ValueError, "kernel_size must be a positive int, got 0"),
        (
            lambda: params.conv(3, 4, 3, groups=2),
            ValueError,
            "groups must divide input_channels and filters, got 2 for",
        ),
        (lambda: params.conv(3, 4, 3, transpose=1), TypeError, "transpose must be True or False, got 1"),
        (lambda: params.layer_norm((2, 0)), ValueError, "features must be a positive int, got 0"),
        (lambda: params.layer_norm(2, center=False, scale=False), ValueError, "center or scale must be True"),
        (lambda: params.attention(use_scale=False), ValueError, "use_scale or concat must be True"),
        (lambda: params.multi_head_attention(4, 2, 3, value_dim=0), ValueError, "value_dim must be a positive int"),
        (lambda: params.bidirectional(3), TypeError, "layer must be a Count, such as lstm(64, 128), got 3"),
        (lambda: params.stacked(params.lstm, 1, []), ValueError, "units must name at least one layer, got []"),
        (lambda: params.stacked(params.lstm, 1, 3), TypeError, "units must be a list of positive ints, got 3"),
        (lambda: params.lstm(1, 2, biases=3), TypeError, "unexpected keyword argument 'biases'"),
    ],
)
def test_bad_input_is_named_in_one_line(call: Call, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numpy_integers_are_sizes() -> None:
    assert int(params.lstm(np.int64(64), np.uint8(128))) == 98_816


def test_imports_nothing() -> None:
    program = "import sys; before = set(sys.modules); import rnn_guide.params; print(*set(sys.modules) - before)"
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    modules = set(output.split())
    assert "rnn_guide.params.recurrent" in modules
    assert {module for module in modules if not module.startswith("rnn_guide.params")} == {"rnn_guide"}


# A count in a reader's hands.


@given(COUNTS, COUNTS)
def test_a_count_compares_as_its_number(one: params.Count, other: params.Count) -> None:
    for a, b in ((one, other), (one, int(other)), (int(one), other), (one, float(other)), (one, np.int64(int(other)))):
        assert bool(a == b) is (int(one) == int(other))
        assert bool(a != b) is (int(one) != int(other))
        assert bool(a < b) is (int(one) < int(other))
        assert bool(a <= b) is (int(one) <= int(other))
        assert bool(a > b) is (int(one) > int(other))
        assert bool(a >= b) is (int(one) >= int(other))
    assert hash(one) == hash(int(one))
    assert {one: "count"}[int(one)] == "count"  # type: ignore[index]
    assert sorted([one, other])[0] == min(int(one), int(other))


@given(COUNTS, st.integers(1, 5), st.sampled_from([int, np.int64, np.uint8]))
def test_copies_are_a_sum(count: params.Count, copies: int, kind: Callable[[int], Any]) -> None:
    total = sum([count] * copies)
    assert isinstance(total, params.Count)
    for product in (kind(copies) * count, count * kind(copies)):
        assert isinstance(product, params.Count)
        assert product == total == copies * int(count)
        assert [repr(weight) for weight in product.weights] == [repr(weight) for weight in total.weights]
        numbers, _ = str(product).split(" = ")
        assert eval(numbers.replace("·", "*").replace("^", "**")) == int(product)


def test_a_count_is_read_by_python_and_by_a_notebook() -> None:
    count = params.lstm(64, 128)
    assert f"{count:,}" == "98,816"
    assert f"{count:.2e} {count:>7}" == "9.88e+04   98816"
    assert f"{count}" == str(count) == "4·((64+128)·128+128) = 98,816"
    assert count._repr_latex_() == r"$4 \cdot ((64+128) \cdot 128+128) = 98\,816$"
    assert repr(count) == "Count(4·((64+128)·128+128) = 98,816)"
    assert (float(count), hex(count), range(count)[-1]) == (98_816.0, "0x18200", 98_815)
    assert np.zeros(params.dense(1, 2)).shape == (4,)  # type: ignore[call-overload]
    assert params.find_units(count, params.lstm, 64) == 128
    assert count != "98,816"
    assert count is not None
    assert count != [98_816]
    assert (np.array([1, 98_816]) == count).tolist() == (count == np.array([1, 98_816])).tolist() == [False, True]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda c: c + 3, TypeError, "a Count can be added to a Count, got 3, which has no weights"),
        (lambda c: 3 + c, TypeError, "a Count can be added to a Count, got 3, which has no weights"),
        (lambda c: c + "3", TypeError, "a Count can be added to a Count, got '3', which has no weights"),
        (lambda c: sum([c], 1), TypeError, "a Count can be added to a Count, got 1, which has no weights"),
        (lambda c: c * 1.5, TypeError, "copies must be a positive int, got 1.5"),
        (lambda c: 1.5 * c, TypeError, "copies must be a positive int, got 1.5"),
        (lambda c: c * True, TypeError, "copies must be a positive int, got True"),
        (lambda c: c * [1], TypeError, "copies must be a positive int, got [1]"),
        (lambda c: c * c, TypeError, "copies must be a positive int, got Count("),
        (lambda c: c * 0, ValueError, "copies must be a positive int, got 0"),
        (lambda c: -2 * c, ValueError, "copies must be a positive int, got -2"),
        (lambda c: c < "3", TypeError, "'<' not supported between"),
        (lambda c: f"{c:s}", ValueError, "Unknown format code 's'"),
        (lambda c: params.dense(c, 10), TypeError, "input_dim must be a positive int, got Count("),
        (lambda c: params.lstm(64, c), TypeError, "units must be a positive int, got Count("),
        (
            lambda _: params.lstm(64, np.ones((2, 2))),
            TypeError,
            "units must be a positive int, got array([[1., 1.], [1",
        ),
    ],
)
def test_what_a_count_cannot_do_is_said_in_one_line(
    call: Callable[[params.Count], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        call(params.lstm(64, 128))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
