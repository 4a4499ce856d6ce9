"""The records hold what the studies ask for, made by the code as it stands."""

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import add_numbers
import attention
import colour_python
import counters
import exchange
import gates_open
import in_page
import kernels
import moving
import nightly
import onnx_routes
import record
import river
import scripts
import several_steps
import speed
import which_layer
import write_characters
from mutants import mutant
from rnn_guide import bptt, cells, records

STUDIES = {
    "add_numbers": add_numbers,
    "attention": attention,
    "colour_python": colour_python,
    "counters": counters,
    "exchange": exchange,
    "gates_open": gates_open,
    "in_page": in_page,
    "kernels": kernels,
    "moving": moving,
    "nightly": nightly,
    "onnx_routes": onnx_routes,
    "river": river,
    "several_steps": several_steps,
    "speed": speed,
    "which_layer": which_layer,
    "write_characters": write_characters,
}
study = pytest.mark.parametrize("name", STUDIES)


@study
def test_the_record_is_of_this_code_and_whole(name: str) -> None:
    module = STUDIES[name]
    lines = (records.FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0])["code"] == record.code_hash(str(module.__file__), module.MADE_BY), (
        f"the code has changed since: run `python experiments/{name}.py`, with --check if it takes that"
    )
    done = [run["run"] for run in records.load(name)]
    assert sorted(map(str, done)) == sorted(str(run._asdict()) for run in module.runs())


def test_every_record_has_a_study_and_every_study_a_record() -> None:
    assert {path.stem for path in records.FOLDER.glob("*.jsonl")} == {*STUDIES, "scripts"}


def test_the_record_of_the_scripts_is_of_these_scripts() -> None:
    kept = [run["run"] for run in records.load("scripts")]
    assert sorted(map(str, kept)) == sorted(map(str, scripts.runs())), "run `python experiments/scripts.py`"


def test_a_script_runs_again_when_its_code_or_its_command_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, kept = tmp_path / "say.py", tmp_path / "scripts.jsonl"
    script.write_text('"""Say it."""\nimport sys\n\nprint(sys.argv[1:])\n')
    monkeypatch.setattr(scripts, "EXAMPLES", tmp_path)
    monkeypatch.setattr(scripts, "RECORD", kept)
    monkeypatch.setattr(scripts, "COMMANDS", ["say.py 'a b'"])

    def outputs() -> list[str]:
        scripts.main()
        return [" ".join(json.loads(line)["output"]) for line in kept.read_text().splitlines()[1:]]

    assert outputs() == ["['a b']"]
    monkeypatch.setattr(scripts, "COMMANDS", ["say.py 'a b'", "say.py c"])
    assert outputs() == ["['a b']", "['c']"]
    # What it kept is not run again: this text could not come out of the script.
    kept.write_text(kept.read_text().replace("['c']", "kept"))
    script.write_text(script.read_text().replace("Say it", "Say it aloud"))
    assert outputs() == ["['a b']", "kept"]
    script.write_text(script.read_text().replace("[1:]", "[1:] * 2"))
    monkeypatch.setattr(scripts, "COMMANDS", ["say.py c"])
    assert outputs() == ["['c', 'c']"]
    before = kept.read_text()
    script.write_text("raise SystemExit(1)\n")
    with pytest.raises(subprocess.CalledProcessError):
        scripts.main()
    assert kept.read_text() == before


def test_a_change_of_code_makes_a_record_stale_and_a_comment_does_not(tmp_path: Path) -> None:
    text = Path(gates_open.__file__).read_text("utf-8")
    (tmp_path / "study.py").write_text(text)
    before = record.code_hash(str(tmp_path / "study.py"), [bptt.backpropagate])
    remarks = [
        ("class Run", "# a word\n\n\nclass Run"),
        ('"""Follow', '"""Go'),
        ("SEEDS = range(10)", "SEEDS = range(10)  # a word at the end of a line"),
        ("SEEDS = range(10)", 'SEEDS = range(\n    10\n)\n"""A word about the seeds."""'),
        ('"""What is trained."""', ""),
        ('"gru"', "'gru'"),
    ]
    for right, remarked in remarks:
        assert right in text
        (tmp_path / "study.py").write_text(text.replace(right, remarked))
        assert record.code_hash(str(tmp_path / "study.py"), [bptt.backpropagate]) == before, remarked
    (tmp_path / "study.py").write_text(text.replace("UNITS, BATCH, EVERY = 32", "UNITS, BATCH, EVERY = 33"))
    assert record.code_hash(str(tmp_path / "study.py"), [bptt.backpropagate]) != before
    (tmp_path / "study.py").write_text(text)
    assert record.code_hash(str(tmp_path / "study.py"), [bptt.gradient_by_lag]) != before


def test_the_first_row_comes_out_again() -> None:
    """Before training nothing depends on the machine but rounding."""
    wanted = gates_open.Run("gru", 50, 0.005, 0)
    kept = next(run for run in records.load("gates_open") if run["run"] == wanted._asdict())
    again = gates_open.follow(wanted, 25)
    assert [row[0] for row in again["rows"]] == [0, 25]
    assert again["rows"][0] == pytest.approx(kept["rows"][0], rel=1e-3)
    assert again["rows"][1] != pytest.approx(kept["rows"][0], rel=1e-3)
    # Not drawn anew, or the first updates of a check would see other sequences than those of the record.
    assert again["rows"][1][1] == pytest.approx(kept["rows"][1][1], rel=1e-2)


def test_an_unknown_record_is_named() -> None:
    names = ", ".join(sorted([*STUDIES, "scripts"]))
    with pytest.raises(ValueError, match=f"name must be one of {names}, got 'none'"):
        records.load("none")


def test_a_record_of_other_code_is_neither_lost_nor_added_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "gates_open.jsonl"
    path.write_text('{"code": "other"}\n{"run": {"seed": 0}}\n')
    before = path.read_bytes()
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["gates_open.py"])
    with pytest.raises(SystemExit) as caught:
        record.main(str(gates_open.__file__), [], gates_open.follow, gates_open.MADE_BY)
    assert caught.value.code == 2
    assert "gates_open.jsonl was made by other code" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_the_hash_covers_what_the_cells_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """_unpack is no name of the study, and yet a change of it could change every figure."""
    before = record.code_hash(str(gates_open.__file__), gates_open.MADE_BY)
    real = inspect.getsource

    def changed(part: Any) -> str:
        return real(part).replace("weights[2] if len(weights) == 3 else", "weights[2] if len(weights) == 4 else")

    monkeypatch.setattr(inspect, "getsource", changed)
    assert record.code_hash(str(gates_open.__file__), gates_open.MADE_BY) != before


# A check, with a study that takes no time.


class Run(NamedTuple):
    rate: float
    seed: int


RUNS = [Run(rate, seed) for seed in range(2) for rate in (0.1, 0.2)]
HEAD = {"code": "new", "python": "3.11", "numpy": "2"}


def follow(run: Run, updates: int | None = None) -> dict[str, Any]:
    rows = [[step, 1 / (1 + run.rate * step + run.seed), 0.5] for step in range(0, (updates or 300) + 1, 25)]
    return {"columns": ["step", "mse", "last", "gate"], "rows": rows, "first": [1.0, 0.5], "last": [1.0, 0.1]}


def follow_other_start(run: Run, updates: int | None = None) -> dict[str, Any]:
    again = follow(run, updates)
    return again | {"rows": [[0, 1.0, 0.502], *again["rows"][1:]]} if run.rate == 0.2 else again


def follow_other_curve(run: Run, updates: int | None = None) -> dict[str, Any]:
    return follow(run, updates) | {"first": [1.0, 0.502]}


def follow_other_rate(run: Run, updates: int | None = None) -> dict[str, Any]:
    return follow(run._replace(rate=1.02 * run.rate), updates)


def follow_into_nothing(run: Run, updates: int | None = None) -> dict[str, Any]:
    again = follow(run, updates)
    return again | {"rows": [*again["rows"][:-1], [100, float("nan"), 0.5]]}


def follow_fewer_columns(run: Run, updates: int | None = None) -> dict[str, Any]:
    return follow(run, updates) | {"columns": ["step", "mse"]}


def follow_more_figures(run: Run, updates: int | None = None) -> dict[str, Any]:
    again = follow(run, updates)
    return again | {"rows": [[*row, 0.5] for row in again["rows"]]}


def follow_rounded(run: Run, updates: int | None = None) -> dict[str, Any]:
    again = follow(run, updates)
    return again | {"rows": [[step, mse * (1 + 1e-5 * step), 0.5 + 0.01 * step] for step, mse, _ in again["rows"]]}


@pytest.fixture
def old_record(tmp_path: Path) -> Path:
    path = tmp_path / "small.jsonl"
    made = {"code": "old", "python": "3.10", "numpy": "1"}
    lines = [json.dumps(made), *(json.dumps({"run": run._asdict()} | follow(run)) for run in RUNS)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("again", [follow, follow_rounded])
def test_a_record_of_the_same_figures_is_carried_over(
    old_record: Path, again: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before = old_record.read_bytes().splitlines(keepends=True)
    record.check(old_record, RUNS, again, HEAD, 1)
    first, *lines = old_record.read_bytes().splitlines(keepends=True)
    assert lines == before[1:]
    head = json.loads(first)
    assert (head["code"], head["made_by"], head["python"], head["numpy"]) == ("new", "old", "3.10", "1")
    assert (head["checked"]["runs"], head["checked"]["rows"], head["checked"]["python"]) == (2, 10, "3.11")
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "small.jsonl: the first 100 updates of 2 runs, one of every kind"
    assert {line[:6] for line in said[1:3]} == {"1 of 2", "2 of 2"}
    assert said[3:] == ["small.jsonl: 10 rows agree"]
    record.check(old_record, RUNS, again, HEAD | {"code": "newer"}, 1)
    head = json.loads(old_record.read_bytes().splitlines()[0])
    assert (head["code"], head["made_by"]) == ("newer", "old")
    assert list(old_record.parent.iterdir()) == [old_record]


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (follow_other_start, "Run(rate=0.2, seed=0) gives other figures: last at step 0 is 0.502 where the record has"),
        (follow_other_curve, "gives other figures: first is 0.502 where the record has 0.5"),
        (follow_other_rate, "gives other figures: mse at step 25 is"),
        (follow_into_nothing, "gives other figures: mse at step 100 is nan where"),
        (follow_more_figures, "gives other figures: 4 figures at step 0 where the record has 3"),
        (follow_fewer_columns, "gives other figures: other columns or other steps"),
    ],
)
def test_a_record_of_other_figures_is_refused_and_left(
    old_record: Path, again: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = old_record.read_bytes()
    with pytest.raises(SystemExit) as caught:
        record.check(old_record, RUNS, again, HEAD, 1)
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert said in error
    assert old_record.read_bytes() == before
    assert list(old_record.parent.iterdir()) == [old_record]


def test_a_check_needs_a_record_of_every_kind(old_record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        record.check(old_record, [*RUNS, Run(0.3, 0)], follow, HEAD, 1)
    assert capsys.readouterr().err == "small.jsonl lacks Run(rate=0.3, seed=0): nothing to compare with\n"
    with pytest.raises(SystemExit):
        record.check(old_record.with_name("none.jsonl"), RUNS, follow, HEAD, 1)
    assert capsys.readouterr().err == "none.jsonl is not there to be checked\n"


def test_a_check_that_cannot_write_leaves_the_record(old_record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = old_record.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        record.check(old_record, RUNS, follow, HEAD, 1)
    assert old_record.read_bytes() == before
    assert list(old_record.parent.iterdir()) == [old_record]


def test_a_wrong_derivative_would_be_refused() -> None:
    """The study's own figures, before training, with a derivative of the LSTM that is wrong by one factor."""
    wanted = gates_open.Run("lstm", 50, 0.005, 0)
    kept = next(run for run in records.load("gates_open") if run["run"] == wanted._asdict())
    wrong = mutant(bptt.lstm_step_backward, "d_c * gate_f)", "d_c)")
    for step, refused in ((bptt.lstm_step_backward, False), (wrong, True)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(bptt._BACKWARD, cells.lstm_step, step)
            assert bool(record._difference(gates_open.follow(wanted, 25), kept)) is refused


def test_a_study_refuses_a_wrong_number_of_jobs_and_touches_nothing() -> None:
    before = (records.FOLDER / "gates_open.jsonl").read_bytes()
    command = [sys.executable, str(gates_open.__file__), "--jobs", "0"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1].endswith("argument --jobs: expected a positive int, got 0")
    assert (records.FOLDER / "gates_open.jsonl").read_bytes() == before
