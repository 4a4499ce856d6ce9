"""Writing characters: probabilities that sum to 1, names kept apart, the loop that writes, and a text of one's own."""

import re
from pathlib import Path

import numpy as np
import pytest

from examples import load, run
from rnn_guide.sequences import place_names

script = load("write_characters")
QUICK = "--epochs", "1", "--per-country", "100"


def test_the_script_and_the_book_learn_from_the_same_names() -> None:
    parts, exist = script.load_towns(300, 3)
    names, labels = place_names(300, seed=3, smallest=500)
    texts = [f"{[*script.COUNTRIES][label]}{name}\n" for name, label in zip(names, labels, strict=True)]
    assert parts[0] == texts[: len(parts[0])]
    assert {*parts[1], *parts[2]} <= {*texts[len(parts[0]) :]}
    assert not {text[1:] for text in parts[0]} & {text[1:] for part in parts[1:] for text in part}
    assert {text[1:-1] for part in parts for text in part} <= exist


def test_the_probabilities_of_the_counts_sum_to_1() -> None:
    train, characters = ["①abcab\n", "①abd\n", "②ba\n"], "abcd\n"
    for begin in "①", "①ab", "②b", "②dd":
        found = np.array([script.count(train, [begin + character])[-1] for character in characters])
        for longest in range(script.LONGEST + 1):
            p = script.smooth(found, longest, 2, len(characters))
            assert p.sum() == pytest.approx(1)
            assert p.min() > 0


def test_the_counts_are_those_of_witten_and_bell() -> None:
    # After "b" of ①: c once, d once, so 2 followed, of 2 kinds. In ①: a 3 of 8, and 5 kinds.
    found = script.count(["①abc\n", "①abda"], ["①ba"])
    single = (3 + 5 * (1 / 5)) / (8 + 5)
    assert script.smooth(found, 0, 1, 5)[1] == pytest.approx(single)
    assert script.smooth(found, 1, 1, 5)[1] == pytest.approx((0 + 2 * single) / (2 + 2))


def test_a_compressor_that_knows_the_text_needs_little() -> None:
    text = "".join(np.random.default_rng(0).choice([*"abcdefgh"], 4000))
    for compress in script.COMPRESSORS.values():
        assert script.compressed(compress, ["\n"], ["\n" + text]) > 3
    assert script.compressed(script.COMPRESSORS["xz"], ["\n" + text], ["\n" + text]) < 0.1


def test_reading_and_writing_are_one_computation() -> None:
    """What the loop gives at each character is what the layer gives, so a cold loop writes the likeliest."""
    texts = ["①abcabc\n", "②cbacba\n"] * 200
    symbols = sorted({*"".join(texts), script.RARE})
    model = script.learn(texts, texts[:40], symbols, 20, 0)
    p = script.read(model, texts[:2], symbols)
    assert len(p) == sum(len(text) - 1 for text in texts[:2])
    assert p.min() > 0.7
    rng = np.random.default_rng(0)
    for first, name in ("①", "abcabc"), ("②", "cbacba"):
        assert script.write(model, symbols, first, 0.01, rng) == name
        assert script.write(model, symbols, first + name[:3], 0.01, rng) == name
    assert len(script.write(model, symbols, "\n", 1.0, rng, length=50)) == 49


def test_every_model_gets_its_bits_and_every_country_its_names(tmp_path: Path) -> None:
    result = run("write_characters", tmp_path, *QUICK)
    assert (result.returncode, result.stderr) == (0, "")
    rows = re.findall(r"^(.+?)  +([\d.]+) bits$", result.stdout, re.M)
    assert [title.split()[0] for title, _ in rows][2:] == ["counts", "GRU"]
    assert all(2 < float(figure) < 8 for _, figure in rows)
    assert re.findall(r"^([A-Z]{2}) ", result.stdout, re.M) == [*script.COUNTRIES.values()]
    assert result.stdout == run("write_characters", tmp_path, *QUICK).stdout


def test_a_text_of_your_own(tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_text("ab cd ef gh. " * 300, "utf-8")
    result = run("write_characters", tmp_path, "--text", str(book), "--begin", "ab c", "--epochs", "2")
    assert (result.returncode, result.stderr) == (0, "")
    assert re.search(r"^counts after up to \d characters +0\.\d\d bits$", result.stdout, re.M)
    assert "ab c" in result.stdout.split("\n\n")[1]


@pytest.mark.parametrize(
    ("content", "arguments", "complaint"),
    [
        (b"", "--text own.txt", "own.txt: must have at least 1,000 characters, got 0"),
        (b"\xff" * 2000, "--text own.txt", "own.txt: is not UTF-8"),
        (b"", "--text other.txt", "other.txt: No such file or directory"),
        (b"", "--begin Nowa", "argument --begin: must begin with one of BR DE ES FR GB IN IT JP PL TR, got 'Nowa'"),
        (b"", "--temperature 0", "argument --temperature: must be from 0.01 to 100, got 0.0"),
        (b"", "--temperature nan", "argument --temperature: must be from 0.01 to 100, got nan"),
        (b"", "--epochs 0", "argument --epochs: invalid positive_int value: '0'"),
        (b"", "--seed -1", "argument --seed: must be from 0 to 2**32 - 1, got -1"),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_2(
    content: bytes, arguments: str, complaint: str, tmp_path: Path
) -> None:
    (tmp_path / "own.txt").write_bytes(content)
    result = run("write_characters", tmp_path, *arguments.split())
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"write_characters.py: {complaint}\n"
