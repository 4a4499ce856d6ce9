"""A recurrent layer of Keras, read: what it computes and with which arrays."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from ..cells import Array

CELLS = {layers.SimpleRNNCell: "simple_rnn", layers.LSTMCell: "lstm", layers.GRUCell: "gru"}
LAYERS = (layers.SimpleRNN, layers.LSTM, layers.GRU, layers.RNN)


@dataclass(frozen=True)
class Recurrent:
    """What one layer computes.

    Attributes:
        name: the layer's name.
        kind: ``"simple_rnn"``, ``"lstm"`` or ``"gru"``.
        features: m, the length of its input at each step.
        units: n, the length of its state.
        activation: Keras's name of the function that gives the candidate and, in an LSTM, the output.
        recurrent_activation: that of the gates; None in a SimpleRNN.
        use_bias: whether it has biases.
        reset_after: of a GRU, whether its reset gate acts after the product; True for the others.
        merge_mode: how a ``Bidirectional`` layer joins its directions; None in a layer of one.
        bidirectional: whether it runs in both directions.
        go_backwards: whether it reads from the last step to the first.
        return_sequences: whether it gives out every step.
        return_state: whether it gives out its last state, too.
        zero_output_for_mask: whether a masked step gives zeros, and not the step's before.
        arrays: its weights, in the form of ``get_weights()``.
    """

    name: str
    kind: str
    features: int
    units: int
    activation: str
    recurrent_activation: str | None
    use_bias: bool
    reset_after: bool
    merge_mode: str | None
    bidirectional: bool
    go_backwards: bool
    return_sequences: bool
    return_state: bool
    zero_output_for_mask: bool
    arrays: tuple[Array, ...]

    @property
    def options(self) -> dict[str, bool]:
        """What :func:`rnn_guide.weights.convert` wants to know."""
        return {
            "bidirectional": self.bidirectional, "use_bias": self.use_bias, "reset_after": self.reset_after
        }  # fmt: skip


def is_recurrent(layer: Any) -> bool:
    """Return whether a layer is one of Keras's recurrent ones, in one direction or both."""
    return isinstance(layer, (*LAYERS, layers.Bidirectional))


def read(layer: Any) -> Recurrent:
    """Return what a built recurrent layer computes.

    Raises:
        TypeError: if it is none, or its cell is not Keras's own.
        ValueError: if it has no weights yet, or its two directions differ.
    """
    if not isinstance(layer, layers.Bidirectional):
        return _one(layer, layer.name if isinstance(layer, keras.Layer) else "")
    forward, backward = (_one(each, layer.name) for each in (layer.forward_layer, layer.backward_layer))
    mine, other = ({**vars(each), "arrays": None, "go_backwards": None} for each in (forward, backward))
    if mine != other or forward.go_backwards or not backward.go_backwards:
        raise ValueError(f"layer must have the same options in both directions, {layer.name!r} has others")
    both = {**vars(forward), "bidirectional": True, "merge_mode": layer.merge_mode or "list"}
    return Recurrent(**{**both, "return_state": layer.return_state, "arrays": forward.arrays + backward.arrays})


def _one(layer: Any, name: str) -> Recurrent:
    cell: Any = getattr(layer, "cell", None)
    if type(layer) not in LAYERS or type(cell) not in CELLS:
        kind = type(layer).__name__ if cell is None else f"{type(layer).__name__} of {type(cell).__name__}"
        raise TypeError(
            "layer must be a SimpleRNN, LSTM or GRU, an RNN of one of their cells, or a Bidirectional of these; "
            f"got {kind}"
        )
    if not cell.built:
        raise ValueError(f"layer must be built, {layer.name!r} has no weights yet: call it once, or layer.build(shape)")
    variables = [cell.kernel, cell.recurrent_kernel, *([cell.bias] if cell.use_bias else [])]
    gates = getattr(cell, "recurrent_activation", None)
    return Recurrent(
        name=name,
        kind=CELLS[type(cell)],
        features=int(cell.kernel.shape[0]),
        units=cell.units,
        activation=function_name(cell.activation),
        recurrent_activation=None if gates is None else function_name(gates),
        use_bias=cell.use_bias,
        reset_after=getattr(cell, "reset_after", True),
        merge_mode=None,
        bidirectional=False,
        go_backwards=layer.go_backwards,
        return_sequences=layer.return_sequences,
        return_state=layer.return_state,
        zero_output_for_mask=bool(layer.zero_output_for_mask),
        arrays=tuple(variable.numpy() for variable in variables),
    )


def function_name(function: Any) -> str:
    """Return Keras's name of an activation, or what there is to say of a function that is not Keras's."""
    name = getattr(function, "__name__", type(function).__name__)
    return name if getattr(keras.activations, name, None) is function else f"your own {name}"
