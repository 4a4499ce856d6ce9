"""The sums: right, with the carries they promise, and as the script draws them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import load
from mutants import mutant
from rnn_guide.sequences import digit_sums, written_sums


def as_number(digits: Any) -> int:
    return int("".join(map(str, reversed(digits.tolist()))))


def adds_up(draw: Callable[..., Any], digits: int, nines: int, seed: int) -> None:
    """Assert that the digits are those of the sums, and that each sequence has the run of nines, anywhere."""
    x, y = draw(60, digits, nines, seed)
    assert (x.shape, y.shape, x.dtype, y.dtype) == ((60, digits + 1, 20), (60, digits + 1), "float32", "int64")
    assert set(np.unique(x)) == {0, 1}
    np.testing.assert_array_equal(x.reshape(60, -1, 2, 10).sum(axis=-1), 1)
    first, second = x[..., :10].argmax(axis=-1), x[..., 10:].argmax(axis=-1)
    assert not first[:, -1].any()
    assert not second[:, -1].any()
    for one, other, answer in zip(first, second, y, strict=True):
        assert as_number(one) + as_number(other) == as_number(answer)
    text = ["".join("9" if total == 9 else "." for total in row[1:]) for row in first + second]
    assert all("9" * nines in row for row in text)
    if nines and digits <= 8:
        assert {row.index("9" * nines) for row in text} >= {0, digits - 1 - nines}
        starts = first[:, 0] + second[:, 0]
        assert (starts > 9).any()
        assert (starts < 9).any()


@given(st.integers(1, 12), st.data())
def test_digit_sums_add_up(digits: int, data: st.DataObject) -> None:
    adds_up(digit_sums, digits, data.draw(st.integers(0, digits - 1)), data.draw(st.integers(0, 2**32)))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("np.divmod(total + carry, 10)", "np.divmod(total, 10)"),
        ("np.divmod(total + carry, 10)", "np.divmod(total + carry, 11)"),
        ("9 - pairs[0, here]", "8 - pairs[0, here]"),
        ("digits - nines + 1", "digits - nines"),
        ("integers(1, digits", "integers(0, digits"),
        ("< start + nines)", "< start + nines - 1)"),
        ("pairs[..., :digits] =", "pairs[...] ="),
        ("[both[0], both[1]]", "[both[0], both[0]]"),
    ],
)
def test_a_wrong_sum_is_caught(right: str, wrong: str) -> None:
    with pytest.raises((AssertionError, ValueError)):
        adds_up(mutant(digit_sums, right, wrong), 7, 3, 0)


def test_digits_are_uniform_and_rarely_carry_far() -> None:
    x, _ = digit_sums(2000, 50)
    digits = x[:, :50].reshape(2000, 50, 2, 10).mean(axis=(0, 1))
    np.testing.assert_allclose(digits, 0.1, atol=0.005)
    nines = x[:, :50, :10].argmax(axis=-1) + x[:, :50, 10:].argmax(axis=-1) == 9
    assert nines.mean() == pytest.approx(0.1, abs=0.005)


@given(st.integers(2, 4), st.integers(1, 2), st.integers(0, 2**32))
def test_written_sums_are_right_and_different(digits: int, least: int, seed: int) -> None:
    pairs = written_sums(200, digits, least, seed)
    asked = set()
    for question, answer in pairs:
        a, b = question.split("+")
        assert int(a) + int(b) == int(answer)
        assert str(int(a)) == a
        assert str(int(b)) == b
        assert least <= min(len(a), len(b)) <= max(len(a), len(b)) <= digits
        asked.add((min(a, b), max(a, b)))
    assert len(asked) == 200


def test_short_and_long_numbers_are_as_common_and_mixed() -> None:
    pairs = written_sums(3000, 6)
    lengths = np.array([[len(number) for number in question.split("+")] for question, _ in pairs])
    np.testing.assert_allclose(np.bincount(lengths[:, 0], minlength=7)[1:] / 3000, 1 / 6, atol=0.05)
    first, second = lengths[:1500].mean(), lengths[1500:].mean()
    assert first == pytest.approx(second, abs=0.1)


def test_the_script_and_the_book_learn_from_the_same_sums() -> None:
    assert load("add_numbers").draw(500, 3, 5) == written_sums(500, 3, seed=5)


def test_a_seed_draws_the_same_again() -> None:
    for draw in (lambda seed: digit_sums(5, 4, seed=seed), lambda seed: written_sums(5, 3, seed=seed)):
        assert str(draw(3)) == str(draw(3)) != str(draw(4))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: digit_sums(0, 2), ValueError, "sequences must be a positive int, got 0"),
        (lambda: digit_sums(1, 2.5), TypeError, "digits must be a positive int, got 2.5"),
        (lambda: digit_sums(1, 2, -1), ValueError, "nines must be an int of at least 0, got -1"),
        (lambda: digit_sums(1, 2, 2), ValueError, "nines must be below digits, which is 2, got 2"),
        (lambda: digit_sums(1, 2, seed=None), TypeError, "seed must be an int of at least 0, got None"),
        (lambda: written_sums(0, 2), ValueError, "questions must be a positive int, got 0"),
        (lambda: written_sums(1, 2, 3), ValueError, "least must be at most digits, which is 2, got 3"),
        (lambda: written_sums(28, 1), ValueError, "questions must be at most 27, half of all there are, got 28"),
        (lambda: written_sums(1, True), TypeError, "digits must be a positive int, got True"),
    ],
)
def test_bad_input_is_named_in_one_line(call: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_all_that_may_be_asked_for_is_drawn() -> None:
    assert len(written_sums(27, 1)) == 27
