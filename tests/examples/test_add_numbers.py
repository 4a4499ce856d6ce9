"""The script that turns one text into another: sums, or the reader's own pairs."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from examples import load, run

ROWS = ["commonest characters", "nearest question", "perceptron", "GRUs without attention", "GRUs with attention"]


def shares(output: str) -> dict[str, float]:
    return {title: float(share) for title, share in re.findall(r"^(.+?)  +([\d.]+)%$", output, re.M)}


@pytest.fixture
def backwards(tmp_path: Path) -> Path:
    """Pairs of which each answer is the question from back to front."""
    words = ["".join(word) for length in (3, 4) for word in itertools.product("abcdé", repeat=length)]
    path = tmp_path / "backwards.csv"
    path.write_text("".join(f"{word},{word[::-1]}\n" for word in words), "utf-8")
    return path


def test_it_learns_from_pairs_of_the_readers(tmp_path: Path, backwards: Path) -> None:
    result = run("add_numbers", tmp_path, "--pairs", backwards.name, "--updates", "600", "--ask", "abcé", "dab")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout.startswith("682 pairs to learn from, 68 held out, seed 0\n")
    found = shares(result.stdout)
    assert list(found) == ROWS
    assert found["GRUs with attention"] > 90
    assert max(found["commonest characters"], found["nearest question"]) < 20
    assert result.stdout.endswith("abcé: écba\ndab: bad\n")


def test_the_same_seed_gives_the_same_output(tmp_path: Path, backwards: Path) -> None:
    quick = ("--pairs", backwards.name, "--updates", "100", "--ask", "abc", "--seed")
    first = run("add_numbers", tmp_path, *quick, "1").stdout
    assert first == run("add_numbers", tmp_path, *quick, "1").stdout
    assert shares(first) != shares(run("add_numbers", tmp_path, *quick, "2").stdout)


def test_sums_are_learnt_sooner_with_attention(tmp_path: Path) -> None:
    result = run("add_numbers", tmp_path, "--updates", "3000", "--ask", "7+5")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("40,000 pairs to learn from, 4,000 held out, seed 0\n")
    found = shares(result.stdout)
    assert list(found) == ROWS
    assert max(found["commonest characters"], found["nearest question"]) < 1
    assert found["GRUs with attention"] > found["GRUs without attention"] + 5
    assert re.search(r"^7\+5: \d+$", result.stdout, re.M)


GOOD = "".join(f"q{k},a{k}\n" for k in range(49))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "pairs.csv: No such file or directory"),
        (b"", "must hold at least 50 different questions, got 0"),
        (GOOD.encode(), "must hold at least 50 different questions, got 49"),
        ((GOOD + "q0,a0\n").encode(), "must hold at least 50 different questions, got 49"),
        ((GOOD + "q49\n").encode(), "row 50 must be a question and an answer, got ['q49']"),
        ((GOOD + "q49,a,b\n").encode(), "row 50 must be a question and an answer, got ['q49', 'a', 'b']"),
        ((GOOD + "q49,\n").encode(), "row 50 must be a question and an answer, got ['q49', '']"),
        ((GOOD + "q49,ä\n").encode("latin-1"), "'utf-8' codec can't decode byte 0xe4"),
    ],
)
def test_a_bad_file_ends_with_one_line_and_exit_code_2(content: bytes | None, complaint: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "pairs.csv").write_bytes(content)
    result = run("add_numbers", tmp_path, "--pairs", "pairs.csv")
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert complaint in result.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("--updates 0", "argument --updates: invalid positive_int value: '0'"),
        ("--seed -1", "argument --seed: must be from 0 to 2**32 - 1, got -1"),
        ("--ask 57+6x", "argument --ask: '57+6x' has 'x', which is in no pair"),
    ],
)
def test_bad_arguments_end_with_one_line_and_exit_code_2(arguments: str, complaint: str, tmp_path: Path) -> None:
    result = run("add_numbers", tmp_path, *arguments.split())
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [f"add_numbers.py: {complaint}"]


def test_of_equal_questions_the_first_counts_and_tabs_part_columns(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(GOOD.replace(",", "\t") + "q0\tother\n\nx, y\tz\n", "utf-8")
    pairs = load("add_numbers").read(str(path))
    assert sorted(pairs) == sorted([(f"q{k}", f"a{k}") for k in range(49)] + [("x, y", "z")])


def test_characters_are_numbered_in_their_places() -> None:
    script = load("add_numbers")
    characters = ["", "a", "b", "c"]
    np.testing.assert_array_equal(script.encode(["abc", "b"], characters, 4), [[1, 2, 3, 0], [2, 0, 0, 0]])
    np.testing.assert_array_equal(script.encode(["abc", "b"], characters, 4, before=True), [[0, 1, 2, 3], [0, 0, 0, 2]])


def test_the_nearest_question_shares_most_characters() -> None:
    known, answers = np.array([[1, 2, 3], [1, 2, 4], [5, 5, 5]]), np.array([[1], [2], [3]])
    found = load("add_numbers").nearest(np.array([[1, 2, 4], [5, 9, 9]]), known, answers)
    np.testing.assert_array_equal(found, [[2], [3]])


def test_each_character_written_goes_in_again() -> None:
    """A stand-in that answers with the character after the last one written."""

    class Counts:
        def predict(self, inputs: list[np.ndarray], **_: object) -> np.ndarray:
            return np.eye(9)[inputs[1] + 1]

    np.testing.assert_array_equal(load("add_numbers").write(Counts(), np.zeros((2, 3)), 4), [[1, 2, 3, 4]] * 2)
