"""The river: its own table, its scores, its figure, and that no day sees the days after it."""

import re
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pytest

from examples import load, run
from mutants import mutant
from rnn_guide.sequences import fulda_river

script = load("river")
QUICK = "--epochs", "1", "--window", "30"


def table(folder: Path, change: Callable[[list[str]], object] = len) -> Path:
    """Write a river that is the rain of the last two days, below 0 on some."""
    days = 400
    rain = np.random.default_rng(0).random(days).round(3)
    first = np.datetime64("2001-01-01")
    rows = ["day,rain,flow"]
    rows += [f"{first + k},{rain[k]},{rain[k] + rain[k - 1] - 1:.3f}" for k in range(days)]
    change(rows)
    file = folder / "own.csv"
    file.write_text("\n".join(rows) + "\n", "utf-8")
    return file


def own(file: Path, *more: str) -> tuple[str, ...]:
    return "--csv", str(file), "--date", "day", "--target", "flow", "--features", "rain", *QUICK, *more


def test_the_script_and_the_book_learn_from_the_same_river() -> None:
    for ours, theirs in zip(script.load(), fulda_river(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_every_model_gets_a_score(tmp_path: Path) -> None:
    result = run("river", tmp_path, *QUICK)
    assert (result.returncode, result.stderr) == (0, "")
    shares = re.findall(r"^(.+?) +(-?[\d.]+)%$", result.stdout, re.M)
    assert [title.split()[0].strip(",") for title, _ in shares] == [
        "season",
        "ridge",
        "perceptron",
        "perceptron",
        "GRU",
    ]
    assert result.stdout.startswith("2,528 days to learn from, then 1,096 days to test on, seed 0\n")
    assert result.stdout == run("river", tmp_path, *QUICK).stdout
    assert 10 < float(dict(shares)["season"]) < 30


def test_a_table_of_your_own(tmp_path: Path) -> None:
    result = run("river", tmp_path, *own(table(tmp_path)))
    assert (result.returncode, result.stderr) == (0, "")
    assert re.search(r"^ridge  +(100\.0|99\.\d)%$", result.stdout, re.M)  # a sum of two days is linear


def test_the_figure_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    picture = tmp_path / "river.svg"
    days, flow = np.arange(3).astype("datetime64[D]"), np.arange(3.0)
    script.draw(picture, days, flow, "GRU", flow)
    assert picture.read_text("utf-8").rstrip().endswith("</svg>")
    with pytest.raises(ValueError, match="shape"):
        script.draw(tmp_path / "other.svg", days, flow, "GRU", flow[:2])
    assert list(tmp_path.iterdir()) == [picture]


def blank(rows: list[str]) -> None:
    rows[7] = "2001-01-07,,0.5"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (blank, "own.csv: row 8: could not convert string to float: ''"),
        (lambda rows: rows.__setitem__(7, "2001-01-07,nan,0.5"), "own.csv: row 8: every number must be finite, got"),
        (lambda rows: rows.__setitem__(7, "2001-01-07,inf,0.5"), "own.csv: row 8: every number must be finite, got"),
        (lambda rows: rows.__setitem__(7, "7.1.2001,1,0.5"), "own.csv: row 8: Invalid isoformat string: '7.1.2001'"),
        (lambda rows: rows.__setitem__(7, "2001-01-07"), "own.csv: row 8: float() argument must be"),
        (lambda rows: rows.pop(7), "own.csv: row 8: a day after 2001-01-06 must follow, got 2001-01-08"),
        (lambda rows: rows.append(rows[-1]), "own.csv: row 402: a day after 2002-02-04 must follow, got 2002-02-04"),
        (lambda rows: rows.reverse(), "own.csv: has no column 'day'; it has 2002-02-04, "),
        (lambda rows: rows.clear(), "own.csv: has no rows below the names of its columns"),
        (lambda rows: rows.__delitem__(slice(1, None)), "own.csv: has no rows below the names of its columns"),
        (lambda rows: rows.__setitem__(0, "day,Rain,flow"), "own.csv: has no column 'rain'; it has day, Rain, flow"),
        (lambda rows: rows.__delitem__(slice(150, None)), "149 days are too few for a window of 30: 100 must be left"),
        (lambda rows: rows.__setitem__(slice(1, None), [re.sub("[^,]*$", "1", row) for row in rows[1:]]), "one value"),
    ],
)
def test_a_bad_table_ends_with_one_line_and_exit_code_2(
    change: Callable[[list[str]], object], complaint: str, tmp_path: Path
) -> None:
    result = run("river", tmp_path, *own(table(tmp_path, change=change)))
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert complaint in result.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (own(Path("none.csv")), "none.csv: No such file or directory"),
        (own(Path()), ".: Is a directory"),
        (own(Path("latin.csv")), "latin.csv: is not UTF-8"),
        (("--csv", "latin.csv"), "--csv, --date, --target and --features go together"),
        (("--target", "flow"), "--csv, --date, --target and --features go together"),
        (("--figure", "none/river.svg"), "argument --figure: must be an .svg, .png or .pdf in a folder that is there"),
        (("--figure", "river.txt"), "argument --figure: must be an .svg, .png or .pdf in a folder that is there"),
        (("--window", "0"), "argument --window: invalid positive_int value: '0'"),
        (("--window", "9999"), "3653 days are too few for a window of 9999"),
        (("--seed", "-1"), "argument --seed: must be from 0 to 2**32 - 1, got -1"),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_2(
    arguments: tuple[str, ...], complaint: str, tmp_path: Path
) -> None:
    (tmp_path / "latin.csv").write_bytes("day,flöw\n".encode("latin-1"))
    result = run("river", tmp_path, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert complaint in result.stderr


# Does a day see the days after it?


def sees_no_later_day(windows: Callable[..., Any], scales: Callable[..., Any]) -> None:
    """Assert that what the models read up to a day stays the same when all later days change."""
    rng = np.random.default_rng(0)
    before = rng.normal(size=(60, 2))
    train, day = np.arange(9, 40), 50
    after = before.copy()
    after[day + 1 :] += 9
    np.testing.assert_array_equal(*[windows(each, np.array([day]), 10) for each in (before, after)])
    after[train[-1] + 1 :] += 9
    np.testing.assert_array_equal(*[scales(each, train) for each in (before, after)])


def test_no_day_sees_a_later_day() -> None:
    sees_no_later_day(script.windows, script.scales)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("windows", "np.arange(1 - length, 1)", "np.arange(2 - length, 2)"),
        ("windows", "np.arange(1 - length, 1)", "np.arange(-length // 2, length // 2)"),
        ("scales", "values[train].mean", "values.mean"),
        ("scales", "deviation = values[train]", "deviation = values"),
    ],
)
def test_a_planted_leak_is_found(name: str, right: str, wrong: str) -> None:
    parts: dict[str, FunctionType] = {"windows": script.windows, "scales": script.scales}
    parts[name] = mutant(parts[name], right, wrong)
    with pytest.raises(AssertionError):
        sees_no_later_day(**parts)
