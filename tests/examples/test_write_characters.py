"""Writing characters: probabilities that sum to 1, names kept apart, the loop that writes, and a text of one's own."""

import re
from pathlib import Path

import numpy as np
import pytest

import scripts
from examples import load, run
from rnn_guide import records
from rnn_guide.sequences import place_names

script = load("write_characters")
QUICK = "--epochs", "1", "--per-country", "100"


def test_the_script_and_the_book_learn_from_the_same_names() -> None:
    *parts, exist = script.load_towns(300, 3)
    names, labels = place_names(300, seed=3, smallest=500)
    texts = [f"{[*script.COUNTRIES][label]}{name}\n" for name, label in zip(names, labels, strict=True)]
    assert parts[0] == texts[: len(parts[0])]
    assert {*parts[1], *parts[2]} <= {*texts[len(parts[0]) :]}
    assert not {text[1:] for text in parts[0]} & {text[1:] for part in parts[1:] for text in part}
    assert {text[1:-1] for part in parts for text in part} <= exist


def test_the_probabilities_of_the_counts_sum_to_1() -> None:
    train, characters = ["①abcab\n", "①abd\n", "②ba\n"], "abcd\n"
    for begin in "①", "①ab", "②b", "②dd":
        bits = np.array([script.count(train, [begin + character], characters)[-1] for character in characters])
        assert bits.shape == (len(characters), script.LONGEST + 1, len(script.WEIGHTS))
        np.testing.assert_allclose((2**-bits).sum(axis=0), 1)


def test_the_counts_are_those_of_witten_and_bell() -> None:
    # After "b" of ①: c once, d once, so 2 followed, of 2 kinds. In ①: a 3 of 8, and 5 kinds.
    last = 2 ** -script.count(["①abc\n", "①abda"], ["①ba"], "abcd\n")[-1]
    for weight, p in zip(script.WEIGHTS, last.T, strict=True):
        single = (3 + weight * 5 * (1 / 5)) / (8 + weight * 5)
        assert p[:2] == pytest.approx([single, (0 + weight * 2 * single) / (2 + weight * 2)])


def test_the_record_holds_the_counts_and_the_network_that_loses_to_them() -> None:
    kept = [run for run in records.load("scripts") if run["run"]["command"] in scripts.COMMANDS]
    output = next(run["output"] for run in kept if run["run"]["command"].startswith("write_characters.py"))
    rows = re.findall(r"^(counts of|counts after|GRU) .*?([\d.]+) bits$", "\n".join(output), re.M)
    single, counts, network = (float(figure) for _, figure in rows)
    assert 2.6 < counts < 2.75
    assert counts < network < 3
    assert 4.6 < single < 4.9


def test_reading_and_writing_are_one_computation() -> None:
    """What the loop gives at each character is what the layer gives, so a cold loop writes the likeliest."""
    texts = ["①abcabc\n", "②cbacba\n"] * 200
    symbols = sorted({*"".join(texts), script.RARE})
    model = script.learn(texts, texts[:40], symbols, 20, 0)
    bits = script.read(model, texts[:2], symbols)
    assert len(bits) == sum(len(text) - 1 for text in texts[:2])
    assert bits.max() < 0.5
    rng = np.random.default_rng(0)
    for first, name in ("①", "abcabc"), ("②", "cbacba"):
        assert script.write(model, symbols, first, 0.01, rng) == name
        assert script.write(model, symbols, first + name[:3], 0.01, rng) == name
    assert len(script.write(model, symbols, "\n", 1.0, rng, length=50)) == 49


def test_every_model_gets_its_bits_and_every_country_its_names(tmp_path: Path) -> None:
    result = run("write_characters", tmp_path, *QUICK)
    assert (result.returncode, result.stderr) == (0, "")
    rows = re.findall(r"^(.+?)  +([\d.]+) bits$", result.stdout, re.M)
    assert [title.split()[0] for title, _ in rows] == ["counts", "counts", "GRU"]
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
        (b"", "--per-country 9", "argument --per-country: must be at least 100, got 9"),
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
