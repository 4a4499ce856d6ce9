"""The script that colours Python source: what it prints, what it takes, what it refuses."""

import re
from pathlib import Path

import numpy as np
import pytest

import scripts
from examples import load, run
from rnn_guide import records
from rnn_guide.sequences import CLASSES, python_source

QUICK = ("--snippets", "64", "--epochs", "1")


def shares(printed: str) -> dict[str, float]:
    """Return the table that the script prints, by the first word of each row."""
    return {title.split()[0]: float(share) for title, share in re.findall(r"^(.+?)  +([\d.]+)%$", printed, re.M)}


def test_the_record_holds_the_network_and_what_a_sceptic_brings() -> None:
    kept = [run for run in records.load("scripts") if run["run"]["command"] in scripts.COMMANDS]
    output = next(run["output"] for run in kept if run["run"]["command"] == "colour_python.py")
    found = shares("\n".join(output))
    assert list(found) == ["largest", "counts", "dilated", "GRU"]
    assert 25 < found["largest"] < 40
    assert 78 < found["counts"] < 90
    assert 95 < found["dilated"] < 100  # near the GRU, and from another seed perhaps above it
    assert 97 < found["GRU"] < 100


def test_a_file_is_coloured_and_comes_out_as_it_is(tmp_path: Path) -> None:
    text = 'def f(x):\n    return "é", x  # done\n'
    (tmp_path / "mine.py").write_text(text, "utf-8")
    result = run("colour_python", tmp_path, *QUICK, "--colour", "mine.py")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    first, *rows, last = result.stdout.removesuffix(f"{text}\n").splitlines()
    assert first == "64 snippets to learn from, 400 to test on, seed 0"
    assert last.startswith("GRU (18,247 parameters)")
    assert len(rows) == 3
    assert result.stdout.endswith(f"\n{text}\n")  # no colours where nobody watches


def test_it_learns_from_a_folder(tmp_path: Path) -> None:
    body = "\n".join(f"    value = value + {k}  # add {k}" for k in range(20))
    for k in range(120):
        (tmp_path / f"part_{k}.py").write_text(f"def add_{k}(value):\n{body}\n    return value\n")
    result = run("colour_python", tmp_path, "--learn", ".", "--epochs", "1")
    assert result.returncode == 0, result.stderr
    assert int(result.stdout.split()[0]) > 60
    assert len(shares(result.stdout)) == 4


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("--colour none.py", "argument --colour: cannot read 'none.py': No such file or directory"),
        ("--colour .", "argument --colour: cannot read '.': Is a directory"),
        ("--colour empty.py", "argument --colour: 'empty.py' is empty"),
        ("--colour latin.py", "argument --colour: 'latin.py' is not UTF-8"),
        ("--learn none", "argument --learn: must be a folder, got 'none'"),
        ("--learn bare", "argument --learn: must hold functions of 400 characters for 32 snippets"),
        ("--snippets 0", "argument --snippets: invalid positive_int value: '0'"),
        ("--epochs x", "argument --epochs: invalid positive_int value: 'x'"),
        ("--seed -1", "argument --seed: must be from 0 to 2**32 - 1, got -1"),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_2(arguments: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "empty.py").touch()
    (tmp_path / "latin.py").write_bytes("é = 1".encode("latin-1"))
    (tmp_path / "bare").mkdir()
    result = run("colour_python", tmp_path, *arguments.split())
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert complaint in result.stderr


def test_the_script_and_the_book_learn_from_the_same_snippets() -> None:
    script = load("colour_python")
    library = script.Path(script.sysconfig.get_paths()["stdlib"])
    for part, tenths in (("train", range(2, 10)), ("test", [0])):
        texts, classes = python_source(50, part, seed=3)
        script_texts, script_classes = script.load(library, tenths, 50, 3)
        assert script_texts == texts
        np.testing.assert_array_equal(script_classes, classes)
    assert script.CLASSES == CLASSES


def test_the_counts_use_the_longest_context_that_was_seen() -> None:
    script = load("colour_python")
    found = script.count(["ab" * 200], np.array([[1, 3] * 200], dtype="int8"), ["xb"])
    assert found.tolist() == [[1, 3]]  # x was never seen: 1, a name; b alone was
