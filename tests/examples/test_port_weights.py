"""The script that moves a model: what it writes computes the same, and what it cannot move stays where it is."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
import pytest
import torch
from keras import layers

from book import ROOT
from examples import run
from recurrent import run_model

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras, when it saves


@pytest.fixture
def model(tmp_path: Path) -> Any:
    keras.utils.set_random_seed(0)
    made = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(9, 4, mask_zero=True),
            layers.Bidirectional(layers.GRU(5, return_sequences=True), name="both"),
            layers.LSTM(6, name="top"),
            layers.Dense(2),
        ]
    )
    random = np.random.default_rng(0)
    made.set_weights([random.normal(size=array.shape) for array in made.get_weights()])
    made.save(tmp_path / "model.keras")
    return made


def port(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the script, which here leaves a file behind."""
    command = [sys.executable, ROOT / "examples" / "port_weights.py", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_demonstration_moves_six_layers(tmp_path: Path) -> None:
    head, *rows = run("port_weights", tmp_path).stdout.splitlines()
    assert head.split() == ["from", "Keras", "to", "PyTorch", "and", "back", "to", "ONNX"]
    assert len(rows) == 6
    for row in rows:
        cells = row.split()[-3:]
        if row.startswith("GRU, reset before"):
            assert row.split()[3:6] == ["none", "there", "none"]
            cells = cells[-1:]
        assert all(0 <= float(cell) < 1e-5 for cell in cells), row


def test_the_file_for_onnx_computes_the_same(model: Any, tmp_path: Path) -> None:
    done = port(tmp_path, "model.keras", "model.onnx")
    assert done.stdout.startswith("model.onnx: the outputs differ by ")
    x = np.array([[1, 2, 0, 3], [4, 0, 0, 0]], "int32")
    (output,) = run_model(onnx.load(tmp_path / "model.onnx"), {"input": x})
    np.testing.assert_allclose(output, model(x), rtol=1e-5, atol=1e-5)


def test_a_state_dict_and_back_is_the_same_model(model: Any, tmp_path: Path) -> None:
    assert port(tmp_path, "model.keras", "weights.pt").returncode == 0
    state = torch.load(tmp_path / "weights.pt", weights_only=True)
    assert {name.split(".")[0] for name in state} == {"both", "top"}
    torch.save({name: 2 * tensor for name, tensor in state.items()}, tmp_path / "weights.pt")
    done = port(tmp_path, "weights.pt", "new.keras", "--like", "model.keras")
    assert done.returncode == 0, done.stderr
    new = keras.saving.load_model(tmp_path / "new.keras")
    for layer in ("both", "top"):
        for ours, theirs in zip(new.get_layer(layer).get_weights(), model.get_layer(layer).get_weights(), strict=True):
            np.testing.assert_array_equal(ours, 2 * theirs)


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("model.keras", "the following arguments are required: target"),
        ("model.keras model.h5", "expected .keras to .onnx, .keras to .pt or .pt to .keras; got .keras to .h5"),
        ("weights.pt new.keras", "argument --like: goes with weights.pt as the source, and only there"),
        ("model.keras new.onnx --like model.keras", "argument --like: goes with weights.pt as the source"),
        ("missing.keras new.onnx", "there is no file missing.keras"),
        ("text.keras new.onnx", "text.keras is no model that Keras 3 saved"),
        ("text.pt new.keras --like model.keras", "text.pt is no state dict that PyTorch saved"),
        ("model.keras missing/new.onnx", "there is no folder missing"),
        ("dense.keras weights.pt", "the model has no recurrent layer"),
        ("dense.keras new.onnx", "'conv' is a Conv1D"),
        ("--seed -1", "argument --seed: must be at least 0, got -1"),
    ],
)
def test_bad_input_ends_with_one_line_and_writes_nothing(words: str, complaint: str, tmp_path: Path) -> None:
    for name in ("text.keras", "text.pt"):
        (tmp_path / name).write_text("no model", "utf-8")
    keras.Sequential([keras.Input((None, 4)), layers.Conv1D(2, 1, name="conv")]).save(tmp_path / "dense.keras")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = run("port_weights", tmp_path, *words.split())
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
    assert complaint in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
