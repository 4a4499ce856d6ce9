"""Ask Keras with which code it runs a recurrent layer on a GPU and on a processor, for each option and backend.

    python experiments/kernels.py

No GPU is needed: the backend is told that there is one, and what it would call there says that it was called.
Each backend runs in a process of its own.
"""

import importlib
import json
import os
import subprocess
import sys
from itertools import product
from typing import Any, NamedTuple, NoReturn

import record
from rnn_guide.records import FOLDER

BACKENDS = ("tensorflow", "jax", "torch")
DEVICES = ("GPU", "processor")
LAYERS = ("LSTM", "GRU")
# What a reader writes, and the option itself.
OPTIONS: dict[str, dict[str, Any]] = {
    "the defaults": {},
    "dropout=0.1": {"dropout": 0.1},
    "go_backwards=True": {"go_backwards": True},
    "return_sequences=True": {"return_sequences": True, "return_state": True},
    "a mask": {},
    "recurrent_dropout=0.1": {"recurrent_dropout": 0.1},
    "unroll=True": {"unroll": True},
    "use_bias=False": {"use_bias": False},
    'activation="relu"': {"activation": "relu"},
    'recurrent_activation="hard_sigmoid"': {"recurrent_activation": "hard_sigmoid"},
    "reset_after=False": {"reset_after": False},
    "use_cudnn=False": {"use_cudnn": False},
}
RECORD = FOLDER / "kernels.jsonl"
MADE_BY: list[Any] = []


class CuDNN(BaseException):
    """cuDNN would have been called; not an Exception, because the PyTorch backend passes over those."""


class StepByStep(BaseException):
    """The loop of :class:`keras.layers.RNN` would have been called, which runs a cell at each time step."""


def listen(backend: str, gpu: bool) -> None:
    """Let what computes a whole sequence say its name, and the backend believe that there is a GPU, or none."""

    def say(name: type[BaseException]) -> Any:
        def called(*_: Any, **__: Any) -> NoReturn:
            raise name

        return called

    rnn: Any = importlib.import_module(f"keras.src.backend.{backend}.rnn")
    layer: Any = importlib.import_module("keras.src.layers.rnn.rnn")
    layer.RNN.inner_loop = say(StepByStep)
    if backend == "jax":
        fast: Any = importlib.import_module("jax.experimental.rnn")
        fast.lstm = say(CuDNN)
    else:
        rnn._cudnn_lstm = rnn._cudnn_gru = say(CuDNN)
    there = "_is_cuda_cudnn_available" if backend == "torch" else "_is_gpu_available"
    getattr(rnn, there)  # or the name has changed
    setattr(rnn, there, lambda: gpu)


def inputs(backend: str, gpu: bool) -> Any:
    """Return a batch that says it lies on the device, where the backend looks at that."""
    import numpy as np

    if backend != "torch" or not gpu:
        return np.zeros((2, 3, 4), "float32")
    import torch

    there = property(lambda _: torch.device("cuda:0"))
    return torch.zeros(2, 3, 4).as_subclass(type("OnGPU", (torch.Tensor,), {"device": there}))


class Run(NamedTuple):
    """One question."""

    backend: str
    device: str
    layer: str
    option: str


def runs() -> list[Run]:
    """Return all questions; an LSTM has no reset gate."""
    every = [Run(*names) for names in product(BACKENDS, DEVICES, LAYERS, OPTIONS)]
    return [run for run in every if run[2:] != ("LSTM", "reset_after=False")]


def follow(run: Run) -> str:
    """Return what would compute a layer; in a process of its own for each backend."""
    from keras import layers

    gpu = run.device == "GPU"
    listen(run.backend, gpu)
    mask = [[True, True, False]] * 2 if run.option == "a mask" else None
    layer = getattr(layers, run.layer)(5, **OPTIONS[run.option])
    try:
        layer(inputs(run.backend, gpu), mask=mask, training=True)
    except CuDNN:
        return "cuDNN"
    except StepByStep:
        return "step by step"
    return "the backend's loop"


def main() -> None:
    """Ask each backend, and write the record."""
    lines = [json.dumps(record.made_with(__file__, MADE_BY))]
    for backend in BACKENDS:
        command = [sys.executable, __file__, backend]
        done = subprocess.run(
            command, env=os.environ | {"KERAS_BACKEND": backend}, stdout=subprocess.PIPE, text=True, check=True
        )
        lines += done.stdout.splitlines()
    record.replace(RECORD, ("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    if sys.argv[1:]:
        for run in runs():
            if run.backend == sys.argv[1]:
                print(json.dumps({"run": run._asdict(), "code": follow(run)}), flush=True)
    else:
        main()
