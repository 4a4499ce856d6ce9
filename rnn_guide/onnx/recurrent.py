"""A recurrent layer as ONNX's RNN, LSTM or GRU."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import TensorProto

from ..keras.recurrent import Recurrent
from ..weights import convert
from . import activations
from .graph import Graph

OPERATORS = {"simple_rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
JOINED = {"sum": "Sum", "ave": "Mean", "mul": "Mul"}


def add(graph: Graph, layer: Recurrent, x: str, mask: str | None, *, states: bool) -> str:
    """Add a layer's nodes.

    Args:
        graph: what they are added to.
        layer: the layer, read.
        x: the tensor it reads, shape (batch, time steps, m).
        mask: the tensor that says which steps it reads, shape (batch, time steps), or None for all.
        states: whether its first states become inputs of the graph and its last ones outputs.

    Returns:
        Its output, as the layer of Keras returns it.

    Raises:
        ValueError: if ONNX's operator has no such activation, or the layer gives out a list.
    """
    _refuse(layer)
    steps = None if mask is None else _Steps.of(graph, mask)
    packed = x if steps is None else graph.node("GatherND", x, steps.packed, batch_dims=1)
    lengths = "" if steps is None else steps.lengths
    y, *last = _operator(graph, layer, graph.node("Transpose", packed, perm=[1, 0, 2]), lengths, states=states)
    if states or layer.return_state:
        _final_states(graph, layer, last)
    if not layer.return_sequences:
        output = _joined(graph, layer, _directions(graph, last[0], layer))
        return output if mask is None or not layer.zero_output_for_mask else _zero_if_masked(graph, layer, output, mask)
    every = graph.node("Transpose", y, perm=[1, 2, 0, 3])  # (time, direction, batch, n) to (direction, batch, time, n)
    sides = _directions(graph, every, layer)
    if steps is not None:
        kinds = ["forward", "backward"] if layer.bidirectional else ["backward" if layer.go_backwards else "forward"]
        zeros = layer.zero_output_for_mask
        sides = [steps.unpacked(graph, side, kind, zeros=zeros) for side, kind in zip(sides, kinds, strict=True)]
    output = _joined(graph, layer, sides)
    return graph.reversed(output) if layer.go_backwards else output


def _refuse(layer: Recurrent) -> None:
    for name in (layer.activation, layer.recurrent_activation):
        if name is not None and name not in activations.ALPHA_BETA:
            known = ", ".join(activations.ALPHA_BETA)
            raise ValueError(f"layer must have activations that ONNX has, {known}; {layer.name!r} has {name}")
    if layer.merge_mode == "list":
        raise ValueError(f"layer must join its directions, {layer.name!r} has merge_mode=None")


def _operator(graph: Graph, layer: Recurrent, x: str, lengths: str, *, states: bool) -> tuple[str, ...]:
    """Add the operator; return all outputs and the last states as it gives them."""
    (node,) = convert(layer.arrays, layer.kind, "keras", "onnx", **layer.options)
    names = [graph.constant(node[name], f"{layer.name}_{name}") if name in node else "" for name in "WRB"]
    gates = [layer.recurrent_activation] if layer.recurrent_activation else []
    functions = gates + [layer.activation] * (2 if layer.kind == "lstm" else 1)
    directions = 2 if layer.bidirectional else 1
    attributes: dict[str, Any] = activations.recurrent(directions * functions)
    if layer.kind == "gru":
        attributes["linear_before_reset"] = int(layer.reset_after)
    direction = "bidirectional" if layer.bidirectional else "reverse" if layer.go_backwards else "forward"
    initial = _initial_states(graph, layer) if states else []
    inputs = [x, *names, lengths, *initial]
    while not inputs[-1]:
        inputs.pop()
    outputs = 3 if layer.kind == "lstm" else 2
    return graph.nodes_of(
        OPERATORS[layer.kind], tuple(inputs), outputs, direction=direction, hidden_size=layer.units, **attributes
    )


def _state_names(layer: Recurrent) -> list[list[str]]:
    """Return for h, and in an LSTM for c, the names of each direction's state."""
    sides = ["_forward", "_backward"] if layer.bidirectional else [""]
    return [[f"{layer.name}{side}_{part}" for side in sides] for part in ("hc" if layer.kind == "lstm" else "h")]


def _initial_states(graph: Graph, layer: Recurrent) -> list[str]:
    shape = ("batch", layer.units)
    joined = []
    for names in _state_names(layer):
        inputs = [graph.add_input(f"{name}_initial", TensorProto.FLOAT, shape) for name in names]
        sides = [graph.node("Unsqueeze", each, graph.integers(0)) for each in inputs]
        joined.append(graph.node("Concat", *sides, axis=0) if len(sides) > 1 else sides[0])
    return joined


def _final_states(graph: Graph, layer: Recurrent, last: list[str]) -> None:
    for names, tensor in zip(_state_names(layer), last, strict=True):
        for name, side in zip(names, _directions(graph, tensor, layer), strict=True):
            graph.add_output(side, f"{name}_final", TensorProto.FLOAT, ("batch", layer.units))


def _directions(graph: Graph, tensor: str, layer: Recurrent) -> list[str]:
    """Return the parts of a tensor whose first axis is the direction."""
    if layer.bidirectional:
        return [graph.node("Gather", tensor, graph.constant(np.int64(k)), axis=0) for k in range(2)]
    return [graph.node("Squeeze", tensor, graph.integers(0))]


def _zero_if_masked(graph: Graph, layer: Recurrent, output: str, mask: str) -> str:
    """Return zeros where the last step is masked: with ``zero_output_for_mask`` Keras gives out that step's zeros."""
    step = graph.node("Gather", mask, graph.integers(0 if layer.go_backwards else -1), axis=1)
    return graph.node("Mul", output, graph.node("Cast", step, to=TensorProto.FLOAT))


def _joined(graph: Graph, layer: Recurrent, sides: list[str]) -> str:
    if len(sides) == 1:
        return sides[0]
    if layer.merge_mode == "concat":
        return graph.node("Concat", *sides, axis=-1)
    return graph.node(JOINED[str(layer.merge_mode)], *sides)


@dataclass(frozen=True)
class _Steps:
    """Where a mask's steps are, for an operator of ONNX that can only stop early.

    The steps that count are moved to the front, in their order, and the operator is
    told how many there are. Its outputs are moved back to where they belong.

    Attributes:
        mask: which steps count, shape (batch, time steps).
        lengths: how many, int32, shape (batch,).
        packed: the index of the step that stands at each place, shape (batch, time steps, 1).
        before: how many steps that count lie before each, int64, shape (batch, time steps).
        upto: the same, itself included.
    """

    mask: str
    lengths: str
    packed: str
    before: str
    upto: str

    @classmethod
    def of(cls, graph: Graph, mask: str) -> "_Steps":
        """Add the nodes that find them."""
        ones = graph.node("Cast", mask, to=TensorProto.INT64)
        upto = graph.node("CumSum", ones, graph.constant(np.int64(1)))
        before = graph.node("Sub", upto, ones)
        length = graph.node("ReduceSum", ones, graph.integers(1), keepdims=0)
        # Those that count come before those that do not, and both in the order of time.
        zeros = graph.node("Sub", ones, ones)
        every = graph.node("Add", zeros, graph.integers(1))
        time = graph.node("CumSum", every, graph.constant(np.int64(1)))
        steps = graph.node("ReduceMax", time, keepdims=1)
        order = graph.node("Sub", graph.node("Mul", ones, graph.node("Add", steps, steps)), time)
        total = graph.node("Gather", graph.node("Shape", mask), graph.integers(1), axis=0)
        _, index = graph.nodes_of("TopK", (order, total), 2, axis=1)
        packed = graph.node("Unsqueeze", index, graph.integers(2))
        lengths = graph.node("Cast", length, to=TensorProto.INT32)
        return cls(mask, lengths, packed, before, upto)

    def unpacked(self, graph: Graph, y: str, direction: str, *, zeros: bool) -> str:
        """Return outputs at the steps they belong to; a masked step repeats the step's before, or is zero."""
        zero, one = graph.constant(np.int64(0)), graph.constant(np.int64(1))
        length = graph.node("Unsqueeze", graph.node("Cast", self.lengths, to=TensorProto.INT64), graph.integers(1))
        if direction == "forward":
            place = graph.node("Sub", self.upto, one)
            there = graph.node("Not", graph.node("Less", place, zero))
        else:
            place = self.before
            there = graph.node("Less", place, length)
        last = graph.node("Max", graph.node("Sub", length, one), zero)
        index = graph.node("Min", graph.node("Max", place, zero), last)
        taken = graph.node("GatherND", y, graph.node("Unsqueeze", index, graph.integers(2)), batch_dims=1)
        shown = graph.node("Cast", self.mask if zeros else there, to=TensorProto.FLOAT)
        return graph.node("Mul", taken, graph.node("Unsqueeze", shown, graph.integers(2)))
