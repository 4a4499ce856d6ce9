"""Time a recurrent layer of Keras beside what rnn_guide makes of it for PyTorch and ONNX Runtime.

Every figure is a ratio to Keras's compiled function at the same shape, from one run on one machine, each with one
thread. Above 1 is slower than Keras.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
os.environ |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"}

import keras
import numpy as np
import onnxruntime
import tensorflow as tf
import torch

from rnn_guide.onnx import to_onnx
from rnn_guide.torch import to_torch

FEATURES, UNITS, STEPS = 64, 128, 100
ROUNDS = 15


def seconds(run: Callable[[], Any]) -> float:
    """Return the middle of some timings, the first two left out."""
    times = []
    for _ in range(ROUNDS + 2):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times[2:])


def runs(layer: keras.Layer, x: np.ndarray[Any, Any]) -> dict[str, Callable[[], Any]]:
    """Return what runs the layer on the sequences, by name."""
    tensor = tf.constant(x)
    compiled = tf.function(lambda: layer(tensor))
    xla = tf.function(lambda: layer(tensor), jit_compile=True)
    module, torch_x = to_torch(layer), torch.tensor(x)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    written = to_onnx(layer).SerializeToString()
    session = onnxruntime.InferenceSession(written, options, providers=["CPUExecutionProvider"])

    def run_torch() -> Any:
        with torch.inference_mode():
            return module(torch_x)

    return {
        "Keras": compiled,
        "Keras, XLA": xla,
        "PyTorch": run_torch,
        "ONNX Runtime": lambda: session.run(None, {"input": x}),
    }


def main() -> None:
    """Print a row for each layer and batch."""
    torch.set_num_threads(1)
    print(f"{FEATURES} features, {UNITS} units, {STEPS} steps")
    print(f"{'layer':12}{'batch':>6}{'Keras':>10}{'with XLA':>10}{'PyTorch':>10}{'ONNX Runtime':>14}", flush=True)
    for kind in (keras.layers.SimpleRNN, keras.layers.LSTM, keras.layers.GRU):
        for batch in (1, 32):
            layer = kind(UNITS, return_sequences=True)
            x = np.random.default_rng(0).normal(size=(batch, STEPS, FEATURES)).astype("float32")
            layer(x)
            times = {name: seconds(run) for name, run in runs(layer, x).items()}
            keras_alone = times["Keras"]
            ratios = [f"{times[name] / keras_alone:.2f}" for name in times]
            print(
                f"{kind.__name__:12}{batch:6}{ratios[0]:>10}{ratios[1]:>10}{ratios[2]:>10}{ratios[3]:>14}", flush=True
            )


if __name__ == "__main__":
    main()
