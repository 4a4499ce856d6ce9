"""The command line, run as its users run it."""

import importlib
import os
import subprocess
import sys
import tomllib
import warnings
import zipfile
from pathlib import Path
from typing import Any

import keras
import pytest

from book import ROOT
from rnn_guide.__main__ import main


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rnn_guide", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(
    ("command", "total"),
    [
        ("gru 64 128", "74,496"),
        ("gru 64 128 --reset-before", "74,112"),
        ("lstm 64 128", "98,816"),
        ("lstm 64 128 --no-bias", "98,304"),
        ("lstm 64 128 --torch --proj-size 32", "54,272"),
        ("lstm 64 128 32", "119,424"),
        ("lstm 64 128 32 --bidirectional", "271,616"),
        ("simple_rnn 64 128 --torch", "24,832"),
        ("conv_lstm 3 8 3 --rank 3", "9,536"),
        ("min_gru 64 128", "16,640"),
        ("embedding 1000 64", "64,000"),
        ("dense 128 10", "1,290"),
    ],
)
def test_prints_the_count(command: str, total: str) -> None:
    result = run(*command.split())
    assert result.returncode == 0
    assert result.stdout.splitlines()[1].endswith(f"= {total}")
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("", "the following arguments are required: LAYER"),
        ("transformer 1 2", "argument LAYER: invalid choice: 'transformer'"),
        ("lstm", "the following arguments are required: input_dim, units"),
        ("lstm 64 0", "units must be a positive int, got 0"),
        ("lstm 64 128 -3", "units must be a positive int, got -3"),
        ("lstm 64 many", "argument units: invalid int value: 'many'"),
        ("lstm 64 1.5", "argument units: invalid int value: '1.5'"),
        ("lstm 64 128 --peepholes", "unrecognized arguments: --peepholes"),
        ("lstm 64 128 --proj-size 3", "proj_size must go with layout='torch', got 3"),
        ("gru 64 128 --torch --reset-before", "reset_after must be True with layout='torch', got False"),
        ("conv_lstm 3 8 3 --rank 4", "rank must be 1, 2 or 3, got 4"),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_2(command: str, complaint: str) -> None:
    result = run(*command.split())
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert complaint in result.stderr


@pytest.mark.parametrize("command", ["--help", "lstm --help", "conv_lstm --help"])
def test_help_teaches(command: str) -> None:
    result = run(*command.split())
    assert result.returncode == 0
    assert (
        "input features" in result.stdout
        or "features at each time step" in result.stdout
        or "channels" in result.stdout
    )


def test_loads_no_library() -> None:
    program = "import sys; from rnn_guide.__main__ import main; main(['lstm', '1', '1']); print(*sorted(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = result.stdout.split()
    assert "argparse" in loaded
    assert not {"numpy", "matplotlib", "keras", "tensorflow"} & set(loaded)


def test_a_terminal_without_the_signs_still_gets_the_numbers() -> None:
    command = [sys.executable, "-m", "rnn_guide", "gru", "64", "128"]
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    result = subprocess.run(command, env=ascii_only, capture_output=True, text=True, check=True)
    assert "= 74,496" in result.stdout


def test_the_name_on_the_command_line_is_this_program() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    module, function = scripts["rnn-guide"].split(":")
    assert getattr(importlib.import_module(module), function) is main


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_what_cannot_be_written_is_said_in_one_line() -> None:
    command = [sys.executable, "-m", "rnn_guide", "gru", "64", "128"]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "python -m rnn_guide: cannot write: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="a pipe of this kind is POSIX's")
def test_a_reader_that_has_gone_ends_it_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "rnn_guide", "gru", "64", "128"]
    result = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (result.returncode, result.stderr) == (141, "")


# A saved model.


def saved(folder: Path, *row: Any) -> Path:
    model = keras.Sequential([keras.Input((4, 3)), *row], name="model")
    with warnings.catch_warnings(action="ignore"):  # Keras's own, of NumPy
        model.save(folder / "model.keras")
    return folder / "model.keras"


def test_explains_a_saved_model(tmp_path: Path) -> None:
    path = saved(tmp_path, keras.layers.LSTM(5, name="lstm"), keras.layers.Dense(2, name="out"))
    result = run("explain", str(path), "--statistics")
    assert (result.returncode, result.stderr) == (0, "")
    assert "lstm  LSTM  4·((3+5)·5+5) = 180\n" in result.stdout
    assert "|bias| > 2" in result.stdout
    assert result.stdout.splitlines()[-1].split() == ["total", "192"]


def test_counts_multiply_adds_of_a_saved_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path, keras.layers.LSTM(5, name="lstm"), keras.layers.Dense(2, name="out"))
    main(["explain", str(path), "--steps", "10"])
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"multiply-adds  {4 * 4 * (3 + 5) * 5 + 5 * 2} for an input of shape (1, 4, 3)"
    assert "steps must be a positive int, got 0" in refused(path, capsys, "--steps", "0")


def refused(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Return the one line that explain ends with, and hold that it is one, with exit code 2."""
    with pytest.raises(SystemExit) as ended:
        main(["explain", str(path), *options])
    output, complaint = capsys.readouterr()
    assert ended.value.code == 2
    assert output == ""
    assert complaint.count("\n") == 1
    return complaint


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_file_made_to_run_code_runs_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = saved(tmp_path, keras.layers.Lambda(lambda x: (open("ran", "w").close(), x)[1]))  # noqa: PTH123
    ran = tmp_path / "ran"
    ran.unlink()  # by the layer when it was made
    assert "carries code of its own, such as a Lambda layer, and none of it was run" in refused(path, capsys)
    assert not ran.exists()
    keras.saving.load_model(path, compile=False, safe_mode=False)
    assert ran.exists()  # so the file does run code where it may


@keras.saving.register_keras_serializable("readers")
class Own(keras.layers.Dense):  # type: ignore[misc]
    """A layer that Keras alone does not have."""


def test_layers_of_ones_own_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, Own(2))
    for name in [name for name in keras.saving.get_custom_objects() if name.endswith("Own")]:
        monkeypatch.delitem(keras.saving.get_custom_objects(), name)
    assert "Could not locate class 'Own'; load it where that is defined" in refused(path, capsys)


@pytest.mark.parametrize("how", ["cut off", "without its configuration", "weights of another model", "no model"])
def test_a_damaged_file_is_refused(how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path, keras.layers.LSTM(5))
    if how == "cut off":
        path.write_bytes(path.read_bytes()[:-100])
    elif how == "no model":
        path.write_text("a text\nof two lines")
    else:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        if how == "without its configuration":
            del parts["config.json"]
        else:
            parts["config.json"] = parts["config.json"].replace(b'"units": 5', b'"units": 6')
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
    complaint = refused(path, capsys)
    assert str(path) in complaint
    assert len(complaint) < 500


@pytest.mark.parametrize("name", ["missing.keras", "old.h5", "folder", "folder.keras"])
def test_what_is_no_keras_3_model_is_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    if name == "old.h5":
        path.write_bytes(b"\x89HDF\r\n\x1a\n")
    elif name != "missing.keras":
        path.mkdir()
        (path / "saved_model.pb").touch()
    expected = "there is no file" if name == "missing.keras" else "is not a model that Keras 3 saved"
    assert expected in refused(path, capsys)
