"""A graph of ONNX that grows node by node."""

from typing import Any

import numpy as np
from onnx import helper, numpy_helper

# Each operator that is used here is of this set or older; runtimes since 2022 have it.
OPSET = 17
IR_VERSION = 8
INT64_MIN = np.iinfo(np.int64).min


class Graph:
    """Nodes and constants; a tensor in it is known by its name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []
        self._used: dict[str, int] = {}

    def name(self, stem: str) -> str:
        """Return a name that no tensor has yet."""
        number = self._used[stem] = self._used.get(stem, -1) + 1
        return f"{stem}_{number}" if number else stem

    def constant(self, value: Any, stem: str = "constant") -> str:
        """Return the name of an array that is a part of the graph."""
        name = self.name(stem)
        self.constants[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def integers(self, *values: int) -> str:
        """Return the name of a list of integers, which operators take for axes and shapes."""
        name = f"integers_{'_'.join(map(str, values))}".replace("-", "minus_")
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.array(values, np.int64), name)
        return name

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        (output,) = self.nodes_of(operator, inputs, 1, **attributes)
        return output

    def nodes_of(self, operator: str, inputs: tuple[str, ...], outputs: int, **attributes: Any) -> tuple[str, ...]:
        """Add a node and return its outputs' names."""
        names = tuple(self.name(operator.lower()) for _ in range(outputs))
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names

    def add_input(self, name: str, kind: int, shape: tuple[str | int, ...]) -> str:
        """Add an input of the whole graph."""
        name = self.name(name)
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def add_output(self, tensor: str, name: str, kind: int, shape: tuple[str | int, ...]) -> None:
        """Make a tensor an output of the whole graph."""
        name = self.name(name)
        self.nodes.append(helper.make_node("Identity", [tensor], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def reversed(self, tensor: str) -> str:
        """Return a tensor's steps, its second axis, from the last to the first."""
        start, stop, axis, step = (self.integers(each) for each in (-1, INT64_MIN, 1, -1))
        return self.node("Slice", tensor, start, stop, axis, step)

    def model(self, name: str) -> Any:
        """Return the whole as ONNX's own class."""
        graph = helper.make_graph(self.nodes, name, self.inputs, self.outputs, list(self.constants.values()))
        opsets = [helper.make_opsetid("", OPSET)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="rnn_guide")
