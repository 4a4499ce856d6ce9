"""The gradient at every lag that the page shows is what Python computes from the same weights and inputs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from javascript import NUMERIC, mutated, node
from rnn_guide import bptt, cells

STEPS, BATCH = 100, 16
SCRIPT = """
const { drawn, sharesLeft } = await import(process.argv[1]);
const fresh = JSON.parse(process.argv[2]);
const encode = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
console.log(JSON.stringify({ ...drawn(fresh), shares: sharesLeft(fresh) }, encode));
"""
CELLS = {"SimpleRNN": cells.simple_rnn_step, "LSTM": cells.lstm_step, "GRU": cells.gru_step}
CASES = [
    {"layer": "SimpleRNN", "inputs": "noise8", "units": 16, "bias": 0, "scale": 1.5, "seed": 4},
    {"layer": "LSTM", "inputs": "adding", "units": 32, "bias": 5, "scale": 1, "seed": 0},
    {"layer": "GRU", "inputs": "noise2", "units": 8, "bias": 2.5, "scale": 0.5, "seed": 9},
]


def compare(library: Path, fresh: dict[str, Any]) -> None:
    """Fail where a library measures anything else than Python does."""
    run = node("--input-type=module", "--eval", SCRIPT, (library / "fresh.js").as_uri(), json.dumps(fresh))
    assert run.returncode == 0, run.stderr
    given = json.loads(run.stdout)
    n = fresh["units"]
    x, d_outputs = (np.array(given[name]).reshape(STEPS, BATCH, -1).transpose(1, 0, 2) for name in ("x", "dOutputs"))
    W, U, b = (np.array(part) for part in given["weights"])
    weights = [W.reshape(x.shape[2], -1), U.reshape(n, -1), b.reshape(2, -1) if fresh["layer"] == "GRU" else b]
    lengths = bptt.gradient_by_lag(CELLS[fresh["layer"]], x, weights, d_outputs)
    np.testing.assert_allclose(given["shares"], lengths / lengths[0], rtol=1e-9)
    # As fresh layers of Keras's are: U orthogonal but for its factor, and the bias in one gate.
    product = weights[1] @ weights[1].T
    np.testing.assert_allclose(product, fresh["scale"] ** 2 * np.eye(n), atol=1e-5)


@pytest.mark.parametrize("fresh", CASES, ids=lambda fresh: fresh["layer"])
def test_the_shares_are_pythons(fresh: dict[str, Any]) -> None:
    compare(NUMERIC, fresh)


@pytest.mark.parametrize(
    ("right", "wrong"), [("length / lengths[0]", "length / lengths[1]"), ("scale * weight", "scale + weight")]
)
def test_other_shares_would_be_found(right: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        compare(mutated(tmp_path, "fresh", right, wrong), CASES[0])
