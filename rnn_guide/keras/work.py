"""What a layer of Keras computes in one call: which formula of :mod:`rnn_guide.params`, and how often."""

from collections.abc import Callable
from math import prod
from typing import Any

import keras
from keras import Layer, layers

from .. import params
from ..params import Count, Work
from .calls import Call, Shape
from .formulas import READINGS, count_of, heads

# How often a layer's step is computed in one call.


def _each_step(call: Call) -> int:
    """Every axis but the last is one of time, of space or of the batch."""
    return prod(call.first[:-1])


def _each_free_label(call: Call) -> int:
    """Return how often an EinsumDense multiplies by its whole kernel: for all that the kernel has no axis for."""
    equation: str = call.layer.equation
    (left, kernel), output = equation.split("->")[0].split(","), equation.split("->")[1]
    head, dots, tail = left.partition("...")
    end = len(call.first) - len(tail)
    sizes = dict(zip(head + tail, call.first[: len(head)] + call.first[end:], strict=True))
    free = set(sizes) - set(kernel)
    if not free <= set(output):  # it could be summed before it is multiplied
        raise ValueError
    return prod(sizes[label] for label in free) * (prod(call.first[len(head) : end]) if dots else 1)


def _each_index(call: Call) -> int:
    return prod(call.first)


def _space(layer: Any, shape: Shape) -> Shape:
    """Return a shape without its channels and what is before the spatial axes."""
    return shape[-layer.rank - 1 : -1] if layer.data_format == "channels_last" else shape[-layer.rank :]


def _each_output(call: Call) -> int:
    return call.first[0] * prod(_space(call.layer, call.outputs[0]))


def _each_input(call: Call) -> int:
    return call.first[0] * prod(_space(call.layer, call.first))


def _each_step_and_output(call: Call) -> int:
    batch, length = call.first[:2]
    return batch * length * prod(_space(call.layer.cell, call.outputs[0]))


def _each_vector(call: Call) -> int:
    """Return how many vectors of the normalized axes there are."""
    variable = call.layer.moving_mean if isinstance(call.layer, layers.BatchNormalization) else call.layer.weights[0]
    return prod(call.first) // int(prod(variable.shape))


UNITS: dict[type, tuple[str, Callable[[Call], int]]] = {
    **dict.fromkeys((layers.SimpleRNN, layers.LSTM, layers.GRU), ("step", _each_step)),
    **dict.fromkeys((layers.SimpleRNNCell, layers.LSTMCell, layers.GRUCell), ("step", _each_step)),
    **dict.fromkeys((layers.ConvLSTM1D, layers.ConvLSTM2D, layers.ConvLSTM3D), ("position", _each_step_and_output)),
    layers.Dense: ("position", _each_step),
    layers.EinsumDense: ("position", _each_free_label),
    layers.PReLU: ("vector", _each_vector),
    layers.Normalization: ("vector", _each_vector),
    layers.Embedding: ("index", _each_index),
    **dict.fromkeys((layers.Conv1D, layers.Conv2D, layers.Conv3D), ("position", _each_output)),
    **dict.fromkeys(
        (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose), ("position", _each_input)
    ),
    **dict.fromkeys((layers.DepthwiseConv1D, layers.DepthwiseConv2D), ("position", _each_output)),
    **dict.fromkeys((layers.SeparableConv1D, layers.SeparableConv2D), ("position", _each_output)),
    **dict.fromkeys((layers.BatchNormalization, layers.LayerNormalization), ("vector", _each_vector)),
    **dict.fromkeys((layers.GroupNormalization, layers.RMSNormalization), ("vector", _each_vector)),
}


# Attention, whose work depends on two lengths.


def _heads_work(call: Call) -> tuple[Work, int]:
    layer, query = call.layer, call.inputs["query"][0]
    values = call.inputs["value"][0]
    axes = getattr(layer, "_attention_axes", (1,))
    queries, keys = (prod(shape[axis] for axis in axes) for shape in (query, values))
    work = heads(layer, queries, keys).work
    assert work is not None
    return work, prod(query[:-1]) // queries


def _attention_work(call: Call) -> tuple[Work, int]:
    query, value, *rest = call.inputs["inputs"]
    key = rest[0] if rest else value
    mode = "additive" if isinstance(call.layer, layers.AdditiveAttention) else call.layer.score_mode
    work = params.attention_work(query[1], key[1], key[2], value[2], mode=mode, use_scale=call.layer.use_scale)
    return work, query[0]


ATTENTION: dict[type, Callable[[Call], tuple[Work, int]]] = {
    layers.MultiHeadAttention: _heads_work,
    layers.GroupQueryAttention: _heads_work,
    layers.Attention: _attention_work,
    layers.AdditiveAttention: _attention_work,
}


def work_of(call: Call) -> tuple[Work, str, int] | None:
    """Return what a layer computes each time, each what, and how often in this call.

    None if there is no formula for the code that its class runs.
    """
    layer = call.layer
    if call.times is None or not is_known(layer):
        return None
    kind = _kind(layer)
    try:
        if kind in ATTENTION:
            work, times = ATTENTION[kind](call)
            return work, "call", times * call.times
        count = count_of(layer)
        unit, often = UNITS[kind]
        if count is None or count.work is None:
            return None
        return count.work + _activation(layer, count), unit, often(call) * call.times
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # such as a length that is not known
        return None


def _activation(layer: Any, count: Count) -> Work:
    """Return the work of the activation that most layers can end with."""
    activation = getattr(layer, "activation", None)
    if "recurrent_kernel" in (weight.name for weight in count.weights) or activation in (
        None,
        keras.activations.linear,
    ):
        return Work(params.Formula(0))
    return Work(params.Formula(0), activations=count.weights[-1].shape[-1])


def _kind(layer: Any) -> Any:
    return next((kind for kind in type(layer).__mro__ if kind in READINGS), None)


def is_known(layer: Any) -> bool:
    """Return whether a layer runs the code of a class that has a formula."""
    kind, cell = _kind(layer), getattr(layer, "cell", None)
    runs_it = kind is not None and type(layer).call is kind.call
    return runs_it and (cell is None or type(cell).__module__.startswith("keras."))


# The code that multiplies no matrices itself: it computes entry by entry, moves entries, or calls other layers.
FREE = tuple(
    f"keras.src.{name}"
    for name in (
        *("models.", "layers.activations.", "layers.pooling.", "layers.regularization.", "layers.reshaping."),
        *("layers.merging.", "layers.core.identity", "layers.core.input_layer", "layers.core.masking"),
        *(
            "layers.normalization.unit_normalization",
            "layers.preprocessing.rescaling",
            "layers.preprocessing.normalization",
            "layers.rnn.bidirectional",
        ),
        *("layers.rnn.rnn", "layers.rnn.stacked_rnn_cells", "layers.rnn.time_distributed"),
    )
)
FREE_OPERATIONS = """
    Absolute Add Average BroadcastTo Cast Clip Concatenate Divide Exp ExpandDims Flip Gelu GetItem Log Max Maximum Mean
    Min Minimum Moveaxis Multiply Negative Pad Power Relu Repeat Reshape Rsqrt Sigmoid Silu Softmax Softplus Split Sqrt
    Square Squeeze Stack Subtract Sum Swapaxes Take Tanh Tile Transpose TrueDivide Unstack Where
"""


def is_free(layer: Any) -> bool:
    """Return whether a layer or an operation is known to multiply no matrices itself."""
    owner = next(kind for kind in type(layer).__mro__ if "call" in vars(kind))
    if not isinstance(layer, Layer):
        return owner.__name__ in FREE_OPERATIONS.split() and owner.__module__.startswith("keras.")
    merges = owner.__module__.startswith("keras.src.layers.merging.")  # as its class says, in a method of its own
    of_keras = type(layer).__module__.startswith("keras.") and not isinstance(layer, layers.Dot)
    return owner.__module__.startswith(FREE) and (of_keras or not merges)
