"""How Keras, PyTorch and ONNX keep the weights of a recurrent layer, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from ..cells import Array

# The book's letters, which are Keras's: of an LSTM c is the candidate (PyTorch's g), of a GRU h is (PyTorch's n).
GATES = MappingProxyType({"simple_rnn": ("h",), "lstm": ("i", "f", "c", "o"), "gru": ("z", "r", "h")})


@dataclass(frozen=True)
class Layout:
    """Where a framework keeps what.

    Attributes:
        arrays: the names of the kernel, the recurrent kernel and the biases.
        gates: for each layer its blocks, in the order in which the arrays hold them.
        units_first: whether a kernel has a row for each unit of each gate, and
            not a column: then it is the transpose of Keras's.
        biases: how many biases each map of each layer has, the GRU being the
            one whose reset gate acts after the matrix product.
        resets: where the reset gate of its GRU can act.
        directions: how the two directions of a bidirectional layer lie beside each other.
        levels: how the layers of a stack do.
    """

    arrays: tuple[str, ...]
    gates: Mapping[str, tuple[str, ...]]
    units_first: bool
    biases: Mapping[str, int]
    resets: tuple[str, ...]
    directions: str
    levels: str


LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        # keras.layers, SimpleRNNCell, LSTMCell and GRUCell: their build().
        "keras": Layout(
            arrays=("kernel", "recurrent_kernel", "bias"),
            gates=GATES,
            units_first=False,
            biases=MappingProxyType({"simple_rnn": 1, "lstm": 1, "gru": 2}),
            resets=("after", "before"),
            directions="one list after the other: forward, backward",
            levels="one list after the other",
        ),
        # torch.nn, RNN, LSTM and GRU: their documentation, under "Variables".
        "torch": Layout(
            arrays=("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
            gates=MappingProxyType({**GATES, "gru": ("r", "z", "h")}),
            units_first=True,
            biases=MappingProxyType({"simple_rnn": 2, "lstm": 2, "gru": 2}),
            resets=("after",),
            directions="names: weight_ih_l0, weight_ih_l0_reverse",
            levels="names: weight_ih_l0, weight_ih_l1",
        ),
        # ONNX's operators RNN, LSTM and GRU: their specification, under "Inputs" and "linear_before_reset".
        "onnx": Layout(
            arrays=("W", "R", "B"),
            gates=MappingProxyType({**GATES, "lstm": ("i", "o", "f", "c")}),
            units_first=True,
            biases=MappingProxyType({"simple_rnn": 2, "lstm": 2, "gru": 2}),
            resets=("after", "before"),
            directions="the first axis of each array",
            levels="one node after the other",
        ),
    }
)


@dataclass(frozen=True)
class Maps:
    """The arrays of one layer in one direction as Keras lays them out, in the order of its gates.

    Attributes:
        kernel: W, shape (m, gates·n).
        recurrent_kernel: U, shape (n, gates·n).
        biases: none, one that is added to both products together, or one for
            the input and one for the state, each of shape (gates·n,).
    """

    kernel: Array
    recurrent_kernel: Array
    biases: tuple[Array, ...]

    @property
    def units(self) -> int:
        """n, the length of the state."""
        return int(self.recurrent_kernel.shape[0])


def reordered(array: Array, source: tuple[str, ...], target: tuple[str, ...], axis: int) -> Array:
    """Return an array with its blocks along an axis in another order.

    >>> reordered(np.array([1, 2, 3, 4]), ("i", "o", "f", "c"), ("i", "f", "c", "o"), axis=0).tolist()
    [1, 3, 4, 2]
    """
    blocks = dict(zip(source, np.split(array, len(source), axis=axis), strict=True))
    return np.concatenate([blocks[gate] for gate in target], axis=axis)
