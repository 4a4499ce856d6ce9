"""Export recurrent layers of Keras to ONNX by each route, and run what comes out.

    python experiments/onnx_routes.py

Needs tf2onnx and onnxscript, which Keras's own export asks for, besides what the tests need. Each backend of
Keras exports in a process of its own.
"""

import collections
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import record
from rnn_guide.cells import Array
from rnn_guide.records import FOLDER

RECORD = FOLDER / "onnx_routes.jsonl"
MADE_BY: list[Any] = []
BATCH = 3
LENGTHS = (5, 20)
# Whose export it is, and on which backend Keras runs.
ROUTES = {"rnn_guide": "tensorflow", "Keras on TensorFlow": "tensorflow", "Keras on PyTorch": "torch"}
LAYERS = ("SimpleRNN", "LSTM", "GRU", "Bidirectional LSTM", "Embedding with mask, LSTM")


class Run(NamedTuple):
    """One export."""

    route: str
    layer: str


def runs() -> list[Run]:
    """Return every layer by every route."""
    return [Run(*names) for names in product(ROUTES, LAYERS)]


def model_of(name: str) -> tuple[Any, Callable[[int], Array]]:
    """Return a model with open batch and time, called once as its export asks, and what makes its sequences."""
    import keras
    from keras import layers

    random = np.random.default_rng(0)
    keras.utils.set_random_seed(0)
    if name.startswith("Embedding"):
        below: list[Any] = [keras.Input((None,), dtype="int32"), layers.Embedding(9, 4, mask_zero=True)]
        top: Any = layers.LSTM(8)
    else:
        below = [keras.Input((None, 4))]
        kind = getattr(layers, name.split()[-1])
        top = layers.Bidirectional(kind(8)) if name.startswith("Bidirectional") else kind(8)
    model = keras.Sequential([*below, top])

    def sequences(steps: int) -> Array:
        if name.startswith("Embedding"):
            return random.integers(9, size=(BATCH, steps)).astype("int32")
        return random.normal(size=(BATCH, steps, 4)).astype("float32")

    model(sequences(LENGTHS[0]))
    return model, sequences


def follow(run: Run) -> dict[str, Any]:
    """Export a model, and return its operators and how far ONNX Runtime is from Keras at each length."""
    import keras
    import onnx
    import onnxruntime

    model, sequences = model_of(run.layer)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        try:
            if run.route == "rnn_guide":
                from rnn_guide.onnx import to_onnx

                onnx.save(to_onnx(model), path)
            else:
                model.export(path, format="onnx", verbose=False)
            found = operators(onnx.load(path).graph)
            session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        except Exception as error:
            return {"error": " ".join(f"{type(error).__name__}: {error}".split())[:200]}
    differences: list[float | str] = []
    for steps in LENGTHS:
        x = sequences(steps)
        try:
            (output,) = session.run(None, {session.get_inputs()[0].name: x})
        except Exception as error:
            differences.append(f"{type(error).__name__} when run")
            continue
        far = float(np.abs(output - keras.ops.convert_to_numpy(model(x))).max())
        differences.append(float(f"{far:.2g}"))
    recurrent = sorted({"RNN", "LSTM", "GRU", "Loop"} & set(found))
    return {"nodes": found.total(), "operators": recurrent, "differences": differences}


def operators(graph: Any) -> collections.Counter[str]:
    """Count a graph's operators, those inside its loops too."""
    counts: collections.Counter[str] = collections.Counter()
    for node in graph.node:
        counts[node.op_type] += 1
        for attribute in node.attribute:
            if attribute.HasField("g"):
                counts += operators(attribute.g)
    return counts


def main() -> None:
    """Export every layer by every route, and write the record."""
    made_with = record.made_with(__file__, MADE_BY)
    made_with |= {name: version(name) for name in ("torch", "onnx", "onnxruntime", "tf2onnx", "onnxscript")}
    lines = [json.dumps(made_with)]
    for route, backend in ROUTES.items():
        environment = os.environ | {"KERAS_BACKEND": backend}
        command = [sys.executable, __file__, route]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        lines += [line for line in done.stdout.splitlines() if line.startswith('{"run"')]
    record.replace(RECORD, ("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if sys.argv[1:]:
        for run in runs():
            if run.route == sys.argv[1]:
                print(json.dumps({"run": run._asdict()} | follow(run)), flush=True)
    else:
        main()
