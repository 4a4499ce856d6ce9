"""The records hold what the studies ask for, made by the code as it stands."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import gates_open
import record
from rnn_guide import bptt, records

STUDIES = {"gates_open": gates_open}
study = pytest.mark.parametrize("name", STUDIES)


@study
def test_the_record_is_of_this_code_and_whole(name: str) -> None:
    module = STUDIES[name]
    lines = (records.FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0])["code"] == record.code_hash(str(module.__file__), module.MADE_BY), (
        f"the code has changed since: run `python experiments/{name}.py`"
    )
    done = [run["run"] for run in records.load(name)]
    assert sorted(map(str, done)) == sorted(str(run._asdict()) for run in module.runs())


def test_every_record_has_a_study_and_every_study_a_record() -> None:
    assert {path.stem for path in records.FOLDER.glob("*.jsonl")} == set(STUDIES)


def test_a_change_of_code_makes_a_record_stale_and_a_comment_does_not(tmp_path: Path) -> None:
    text = Path(gates_open.__file__).read_text("utf-8")
    (tmp_path / "study.py").write_text(text)
    before = record.code_hash(str(tmp_path / "study.py"), [bptt.backpropagate])
    remarked = text.replace("class Run", "# a word\n\n\nclass Run").replace('"""Follow', '"""Go')
    (tmp_path / "study.py").write_text(remarked)
    assert record.code_hash(str(tmp_path / "study.py"), [bptt.backpropagate]) == before
    (tmp_path / "study.py").write_text(text.replace("UNITS, BATCH, EVERY = 32", "UNITS, BATCH, EVERY = 33"))
    assert record.code_hash(str(tmp_path / "study.py"), [bptt.backpropagate]) != before
    (tmp_path / "study.py").write_text(text)
    assert record.code_hash(str(tmp_path / "study.py"), [bptt.gradient_by_lag]) != before


def test_the_first_row_comes_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before training nothing depends on the machine but rounding."""
    wanted = gates_open.Run("gru", 50, 0.005, 0)
    kept = next(run for run in records.load("gates_open") if run["run"] == wanted._asdict())
    monkeypatch.setitem(gates_open.STEPS, 50, 25)
    again = gates_open.follow(wanted)
    assert [row[0] for row in again["rows"]] == [0, 25]
    assert again["rows"][0] == pytest.approx(kept["rows"][0], rel=1e-3)
    assert again["rows"][1] != pytest.approx(kept["rows"][0], rel=1e-3)


def test_an_unknown_record_is_named() -> None:
    with pytest.raises(ValueError, match="name must be one of gates_open, got 'none'"):
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


def test_a_study_refuses_a_wrong_number_of_jobs_and_touches_nothing() -> None:
    before = (records.FOLDER / "gates_open.jsonl").read_bytes()
    command = [sys.executable, str(gates_open.__file__), "--jobs", "0"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1].endswith("argument --jobs: expected a positive int, got 0")
    assert (records.FOLDER / "gates_open.jsonl").read_bytes() == before
