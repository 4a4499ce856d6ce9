"""The same recurrent layers run by Keras, PyTorch and ONNX Runtime, from arrays as each of them keeps them."""

from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import onnx
import onnxruntime
import torch
from hypothesis import strategies as st
from onnx import TensorProto, helper

KERAS = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
TORCH = {"simple_rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
ONNX = {"simple_rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
ROWS = {"simple_rnn": 1, "lstm": 4, "gru": 3}

Arrays = Any
Outcome = tuple[np.ndarray, np.ndarray]  # the outputs (batch, time, directions·n), the last states (h or h and c, …)


@dataclass(frozen=True)
class Case:
    """A stack of layers, the sequences it reads and the states it starts from."""

    kind: str
    features: int
    units: int
    batch: int
    steps: int
    levels: int
    bidirectional: bool
    use_bias: bool
    reset_after: bool
    seed: int
    dtype: str = "float32"
    random: np.random.Generator = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "random", np.random.default_rng(self.seed))

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def options(self) -> dict[str, bool]:
        return {"bidirectional": self.bidirectional, "use_bias": self.use_bias, "reset_after": self.reset_after}

    def draw(self, *shape: int) -> np.ndarray:
        return self.random.normal(size=shape).astype(self.dtype)

    def reads(self, level: int) -> int:
        """The features that a layer of the stack reads."""
        return self.directions * self.units if level else self.features

    def weights(self, framework: str) -> Arrays:
        """Draw weights in a framework's own form, its two biases both other than zero."""
        rows, n = ROWS[self.kind] * self.units, self.units
        if framework == "keras":
            pair = self.kind == "gru" and self.reset_after
            bias = [(2, rows) if pair else (rows,)] if self.use_bias else []
            shapes = [
                shape
                for level in range(self.levels)
                for _ in range(self.directions)
                for shape in [(self.reads(level), rows), (n, rows), *bias]
            ]
            return [self.draw(*shape) for shape in shapes]
        if framework == "torch":
            return {name: self.draw(*tensor.shape) for name, tensor in torch_module(self).state_dict().items()}
        nodes = []
        for level in range(self.levels):
            node = {"W": (rows, self.reads(level)), "R": (rows, n)} | ({"B": (2 * rows,)} if self.use_bias else {})
            nodes.append({name: self.draw(self.directions, *shape) for name, shape in node.items()})
        return nodes


@st.composite
def cases(draw: st.DrawFn, **fixed: Any) -> Case:
    """Draw layers of a few units; what is fixed is not drawn."""
    small = st.integers(1, 6)
    drawn = {
        "kind": draw(st.sampled_from(sorted(KERAS))),
        "features": draw(small),
        "units": draw(small),
        "batch": draw(st.integers(1, 3)),
        "steps": draw(small),
        "levels": draw(st.integers(1, 2)),
        "bidirectional": draw(st.booleans()),
        "use_bias": draw(st.booleans()),
        "reset_after": draw(st.booleans()),
        "seed": draw(st.integers(0, 2**32 - 1)),
    }
    return Case(**{**drawn, **fixed})


def torch_module(case: Case) -> Any:
    module = TORCH[case.kind](
        case.features,
        case.units,
        num_layers=case.levels,
        bias=case.use_bias,
        batch_first=True,
        bidirectional=case.bidirectional,
    )
    return module.to(getattr(torch, case.dtype))


def run_keras(case: Case, arrays: Arrays, x: np.ndarray, states: np.ndarray) -> Outcome:
    """Run Keras's layers; states have the axes part (h, c), layer and direction, batch, unit."""
    each, last = len(arrays) // case.levels, []
    options = {"reset_after": case.reset_after} if case.kind == "gru" else {}
    for level in range(case.levels):
        layer = KERAS[case.kind](
            case.units, use_bias=case.use_bias, return_sequences=True, return_state=True, dtype=case.dtype, **options
        )
        if case.bidirectional:
            layer = keras.layers.Bidirectional(layer, dtype=case.dtype)
        layer.build((None, None, x.shape[-1]))
        layer.set_weights(arrays[level * each : (level + 1) * each])
        rows = range(level * case.directions, (level + 1) * case.directions)
        first = [keras.ops.convert_to_tensor(part[row]) for row in rows for part in states]
        x, *ended = layer(x, initial_state=first)
        x, parts = x.numpy(), len(states)
        last += [[each.numpy() for each in ended[k * parts : (k + 1) * parts]] for k in range(case.directions)]
    return x, np.array(last).swapaxes(0, 1)


def run_torch(case: Case, arrays: Arrays, x: np.ndarray, states: np.ndarray) -> Outcome:
    module = torch_module(case)
    module.load_state_dict({name: torch.tensor(array) for name, array in arrays.items()})
    first = [torch.tensor(part) for part in states]
    with torch.no_grad():
        y, last = module(torch.tensor(x), tuple(first) if case.kind == "lstm" else first[0])
    return y.numpy(), np.array([each.numpy() for each in (last if case.kind == "lstm" else [last])])


def run_onnx(case: Case, arrays: Arrays, x: np.ndarray, states: np.ndarray, **attributes: Any) -> Outcome:
    """Run a node for each layer, written here by hand from ONNX's specification."""
    parts, last = len(states), []
    if case.kind == "gru":
        attributes = {"linear_before_reset": int(case.reset_after), **attributes}
    for level, node in enumerate(arrays):
        rows = slice(level * case.directions, (level + 1) * case.directions)
        feed = {"X": x.swapaxes(0, 1), **node}
        feed |= {f"initial_{name}": part[rows] for name, part in zip("hc", states, strict=False)}
        names = ["X", "W", "R", "B" if case.use_bias else "", "", *(f"initial_{name}" for name in "hc"[:parts])]
        outputs = ["Y", *(f"Y_{name}" for name in "hc"[:parts])]
        direction = "bidirectional" if case.bidirectional else "forward"
        operator = helper.make_node(
            ONNX[case.kind], names, outputs, direction=direction, hidden_size=case.units, **attributes
        )
        y, *ended = run_node(operator, feed, outputs)
        last.append(np.array(ended))
        x = y.transpose(2, 0, 1, 3).reshape(x.shape[0], x.shape[1], -1)
    return x, np.concatenate(last, axis=1)


def run_node(operator: Any, feed: dict[str, np.ndarray], outputs: list[str]) -> list[np.ndarray]:
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape) for name, array in feed.items()]
    made = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph([operator], "node", inputs, made)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return run_model(model, feed)


def run_model(model: onnx.ModelProto, feed: dict[str, np.ndarray]) -> list[Any]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return list(session.run(None, feed))


RUN = {"keras": run_keras, "torch": run_torch, "onnx": run_onnx}


def sequences_and_states(case: Case) -> tuple[np.ndarray, np.ndarray]:
    x = case.draw(case.batch, case.steps, case.features)
    parts = 2 if case.kind == "lstm" else 1
    return x, case.draw(parts, case.levels * case.directions, case.batch, case.units)
