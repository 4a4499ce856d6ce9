"""What a training in the page notes of its network is what Python computes from the same weights and inputs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from javascript import NUMERIC, mutated, node
from rnn_guide import bptt, cells

STEPS, UNITS, BATCH = 20, 8, 32
SCRIPT = """
const { Trial } = await import(process.argv[1]);
const trial = new Trial({ ...JSON.parse(process.argv[2]), units: 8, steps: 20, rate: 0.01, seed: 3 });
for (let k = 0; k < 30; k++) trial.update();
const { x, answers, layer, dense, denseBias } = trial.training;
const { losses, gates, widest } = trial.notes;
const told = { loss: losses[30], share: trial.shareByLag(), gate: gates[30], widest: widest[30] };
const encode = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
console.log(JSON.stringify({ x, answers, layer, dense, denseBias, told }, encode));
"""


CELLS = [
    ("SimpleRNN", 0, cells.simple_rnn_step, 1, None),
    ("LSTM", 2, cells.lstm_step, 4, 1),
    ("GRU", 1, cells.gru_step, 3, 0),
]


def compare(
    library: Path, layer: str, bias: int, step: Callable[..., Any], maps: int, block: int | None, task: str
) -> None:
    """Fail where a trial of a library notes anything else than Python computes."""
    setting = json.dumps({"layer": layer, "task": task, "bias": bias})
    run = node("--input-type=module", "--eval", SCRIPT, (library / "trial.js").as_uri(), setting)
    assert run.returncode == 0, run.stderr
    given = json.loads(run.stdout)
    x = np.array(given["x"]).reshape(STEPS, BATCH, -1).transpose(1, 0, 2)
    W, U, b = (np.array(part) for part in given["layer"])
    weights = [W.reshape(x.shape[2], -1), U.reshape(UNITS, -1), b.reshape(2, -1) if layer == "GRU" else b]
    answers, dense = np.array(given["answers"]), np.array(given["dense"])
    outputs, _ = cells.run(step, x, weights)
    y = outputs[:, -1] @ dense + given["denseBias"][0]
    if task == "bit":
        losses, d_y = np.logaddexp(0, y) - y * answers, cells.sigmoid(y) - answers
    else:
        losses, d_y = (y - answers) ** 2, 2 * (y - answers)
    d_outputs = np.zeros_like(outputs)
    d_outputs[:, -1] = d_y[:, None] / BATCH * dense
    lengths = bptt.gradient_by_lag(step, x, weights, d_outputs)
    told = given["told"]
    assert told["loss"] == pytest.approx(losses.mean(), rel=1e-12)
    np.testing.assert_allclose(told["share"], lengths / lengths[0], rtol=1e-9)
    if block is None:
        return
    W, U, b = (np.split(weight, maps, axis=-1)[block] for weight in weights)
    before = np.pad(outputs[:, :-1], [(0, 0), (1, 0), (0, 0)])
    gate = cells.sigmoid(x @ W + before @ U + b.reshape(-1, UNITS).sum(axis=0)).mean(axis=(0, 1))
    assert told["gate"] == pytest.approx(gate.mean(), rel=1e-12)
    assert told["widest"] == pytest.approx(gate.max(), rel=1e-12)


@pytest.mark.parametrize("task", ["adding", "bit"])
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell[0])
def test_the_notes_of_a_trial_are_pythons(cell: Any, task: str) -> None:
    compare(NUMERIC, *cell, task)


@pytest.mark.parametrize(
    ("cell", "right", "wrong"),
    [
        (CELLS[0], "length / lengths[0]", "length / lengths[1]"),
        (CELLS[1], "[5 * units, units]", "[5 * units, 0]"),
        (CELLS[2], "[4 * units, 0]", "[4 * units, units]"),
        (CELLS[2], "sum / (steps * BATCH)", "sum / steps"),
    ],
)
def test_other_notes_would_be_found(cell: Any, right: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        compare(mutated(tmp_path, "trial", right, wrong), *cell, "adding")
