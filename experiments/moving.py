"""Move weights wrongly, as people do, and see how far PyTorch's and Keras's outputs come apart.

python experiments/moving.py
"""

import json
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np

import record
from rnn_guide.cells import Array
from rnn_guide.records import FOLDER
from rnn_guide.weights import convert

RECORD = FOLDER / "moving.jsonl"
MADE_BY: list[Any] = []
SEEDS = 20
# Every shape fits: 4 features, 4 units, so that a square kernel shows nothing.
UNITS, BATCH, STEPS = 4, 3, 10


class Mistake(NamedTuple):
    """A wrong conversion.

    Attributes:
        kind: the layer that it befalls.
        source: whose arrays it takes.
        target: whose arrays it takes them for.
        bidirectional: whether the layer runs in both directions.
        make: what it makes of the right arrays and of those that were given.
    """

    kind: str
    source: str
    target: str
    bidirectional: bool
    make: Callable[[Any, Any], Any]


def _transposed_only(right: Any, given: Any) -> Any:
    kernel, recurrent_kernel, bias = given
    return dict(zip(right, [kernel.T, recurrent_kernel.T, *bias], strict=True))


def _onnx_order(right: Any, given: Any) -> Any:
    (node,) = given
    return dict(zip(right, [node["W"][0], node["R"][0], *np.split(node["B"][0], 2)], strict=True))


def _summed(right: Any, _: Any) -> Any:
    total = right["bias_ih_l0"] + right["bias_hh_l0"]
    return {**right, "bias_ih_l0": total, "bias_hh_l0": np.zeros_like(total)}


def _swapped_directions(right: Any, _: Any) -> Any:
    return right[len(right) // 2 :] + right[: len(right) // 2]


MISTAKES = {
    "kernels transposed, gates left in place": Mistake("gru", "keras", "torch", False, _transposed_only),
    "recurrent kernel not transposed": Mistake(
        "simple_rnn", "keras", "torch", False, lambda right, given: {**right, "weight_hh_l0": given[1]}
    ),
    "ONNX's i, o, f, c taken for i, f, g, o": Mistake("lstm", "onnx", "torch", False, _onnx_order),
    "one of the two biases forgotten": Mistake(
        "lstm", "torch", "keras", False, lambda right, given: [*right[:2], given["bias_ih_l0"]]
    ),
    "biases swapped": Mistake(
        "gru", "keras", "torch", False,
        lambda right, _: {**right, "bias_ih_l0": right["bias_hh_l0"], "bias_hh_l0": right["bias_ih_l0"]},
    ),
    "biases summed": Mistake("gru", "keras", "torch", False, _summed),
    "directions swapped": Mistake("lstm", "torch", "keras", True, _swapped_directions),
    "forward weights in both directions": Mistake(
        "gru", "torch", "keras", True, lambda right, _: 2 * right[: len(right) // 2]
    ),
}  # fmt: skip


class Run(NamedTuple):
    """One mistake."""

    mistake: str


def runs() -> list[Run]:
    """Return every mistake."""
    return [Run(name) for name in MISTAKES]


def draw(mistake: Mistake, random: np.random.Generator) -> tuple[Any, Array]:
    """Return weights in the source's form, of the size that a fresh layer has, and sequences."""
    rows = {"simple_rnn": 1, "lstm": 4, "gru": 3}[mistake.kind] * UNITS
    pair = (2, rows) if mistake.kind == "gru" else (rows,)
    shapes = [(UNITS, rows), (UNITS, rows), pair] * (2 if mistake.bidirectional else 1)
    arrays = [random.normal(scale=0.5, size=shape).astype("float32") for shape in shapes]
    given = convert(arrays, mistake.kind, "keras", mistake.source, bidirectional=mistake.bidirectional)
    if mistake.source == "torch":  # else one of the biases would be zero
        given |= {name: random.normal(scale=0.5, size=array.shape).astype("float32") for name, array in given.items()}
    return given, random.normal(size=(BATCH, STEPS, UNITS)).astype("float32")


def run_torch(mistake: Mistake, state: dict[str, Array], x: Array) -> Array:
    """Return PyTorch's outputs at every step."""
    import torch

    kind = {"simple_rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[mistake.kind]
    module = kind(UNITS, UNITS, batch_first=True, bidirectional=mistake.bidirectional)
    module.load_state_dict({name: torch.tensor(array) for name, array in state.items()})
    outputs: Array = module(torch.tensor(x))[0].detach().numpy()
    return outputs


def run_keras(mistake: Mistake, arrays: list[Array], x: Array) -> Array:
    """Return Keras's outputs at every step."""
    from keras import layers

    kind = {"simple_rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}[mistake.kind]
    layer = kind(UNITS, return_sequences=True)
    layer = layers.Bidirectional(layer) if mistake.bidirectional else layer
    layer.build(x.shape)
    layer.set_weights(arrays)
    outputs: Array = np.asarray(layer(x))
    return outputs


def follow(asked: Run) -> dict[str, Any]:
    """Return how far the outputs are from the right ones, over the seeds, with the right conversion and the wrong."""
    mistake = MISTAKES[asked.mistake]
    run: dict[str, Callable[[Mistake, Any, Array], Array]] = {"torch": run_torch, "keras": run_keras}
    right: list[float] = []
    wrong: list[float] = []
    for seed in range(SEEDS):
        given, x = draw(mistake, np.random.default_rng(seed))
        to = {
            target: convert(given, mistake.kind, mistake.source, target, bidirectional=mistake.bidirectional)
            for target in run
        }
        other = "keras" if mistake.target == "torch" else "torch"
        expected = run[other](mistake, to[other], x)
        target = mistake.target
        for moved, distances in ((to[target], right), (mistake.make(to[target], given), wrong)):
            distances.append(float(np.abs(run[target](mistake, moved, x) - expected).max()))
    figures = {"right": max(right), "wrong": float(np.median(wrong)), "least": min(wrong), "most": max(wrong)}
    return {"layer": mistake.kind, **{key: float(f"{value:.2g}") for key, value in figures.items()}}


def main() -> None:
    """Make every mistake, and write the record."""
    made_with = record.made_with(__file__, MADE_BY) | {"torch": version("torch")}
    lines = [made_with, *({"run": run._asdict()} | follow(run) for run in runs())]
    record.replace(RECORD, ("\n".join(map(json.dumps, lines)) + "\n").encode())


if __name__ == "__main__":
    main()
