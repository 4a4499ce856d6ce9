"""Which formula of :mod:`rnn_guide.params` counts which layer of Keras."""

from collections.abc import Callable
from math import prod
from typing import Any

import keras
from keras import Layer, layers

from .. import params
from ..params import Count, Work
from .calls import Call, Shape


def _simple_rnn(cell: Any) -> Count:
    return params.simple_rnn(cell.kernel.shape[0], cell.units, use_bias=cell.use_bias)


def _lstm(cell: Any) -> Count:
    return params.lstm(cell.kernel.shape[0], cell.units, use_bias=cell.use_bias)


def _gru(cell: Any) -> Count:
    return params.gru(cell.kernel.shape[0], cell.units, use_bias=cell.use_bias, reset_after=cell.reset_after)


def _conv_lstm(layer: Any) -> Count:
    cell = layer.cell
    sides = tuple(cell.kernel_size)
    return params.conv_lstm(cell.kernel.shape[-2], cell.filters, sides, rank=cell.rank, use_bias=cell.use_bias)


def _dense(layer: Any) -> Count:
    return params.dense(layer.kernel.shape[0], layer.units, use_bias=layer.use_bias)


def _einsum_dense(layer: Any) -> Count:
    return params.einsum_dense(tuple(layer.kernel.shape), None if layer.bias is None else tuple(layer.bias.shape))


def _prelu(layer: Any) -> Count:
    return params.prelu(tuple(layer.alpha.shape))


def _embedding(layer: Any) -> Count:
    return params.embedding(layer.input_dim, layer.output_dim)


def _conv(layer: Any) -> Count:
    channels, groups = layer.kernel.shape[-2] * layer.groups, layer.groups
    options = {"rank": layer.rank, "groups": groups, "use_bias": layer.use_bias}
    return params.conv(channels, layer.filters, tuple(layer.kernel_size), **options)


def _conv_transpose(layer: Any) -> Count:
    options = {"rank": layer.rank, "transpose": True, "use_bias": layer.use_bias}
    return params.conv(layer.kernel.shape[-1], layer.filters, tuple(layer.kernel_size), **options)


def _depthwise_conv(layer: Any) -> Count:
    options = {"depth_multiplier": layer.depth_multiplier, "rank": layer.rank, "use_bias": layer.use_bias}
    return params.depthwise_conv(layer.kernel.shape[-2], tuple(layer.kernel_size), **options)


def _separable_conv(layer: Any) -> Count:
    options = {"depth_multiplier": layer.depth_multiplier, "rank": layer.rank, "use_bias": layer.use_bias}
    channels = layer.depthwise_kernel.shape[-2]
    return params.separable_conv(channels, layer.filters, tuple(layer.kernel_size), **options)


def _batch_norm(layer: Any) -> Count:
    features = layer.moving_mean.shape[0]
    return params.batch_norm(features, center=layer.center, scale=layer.scale, renorm=getattr(layer, "renorm", False))


def _layer_norm(layer: Any) -> Count:
    rms = getattr(layer, "rms_scaling", False)
    return params.layer_norm(_features(layer), center=layer.center and not rms, scale=layer.scale or rms)


def _rms_norm(layer: Any) -> Count:
    return params.rms_norm(_features(layer))


def _normalization(layer: Any) -> Count:
    return params.normalization(_features(layer))


def _features(layer: Any) -> int | tuple[int, ...]:
    """Return the lengths of the normalized axes: every vector of the layer has them as its shape."""
    shape = tuple(layer.weights[0].shape)
    return shape if len(shape) > 1 else shape[0]


def _heads(layer: Any, queries: int | None = None, keys: int | None = None) -> Count:
    """Count a layer of heads; what is as it is by default keeps the letter it has then."""
    if isinstance(layer, layers.GroupQueryAttention):
        heads, key_value_heads, key_dim, value_dim = (
            layer.num_query_heads,
            layer.num_key_value_heads,
            layer.head_dim,
            layer.head_dim,
        )
    else:
        heads, key_value_heads, key_dim, value_dim = layer.num_heads, layer.num_heads, layer.key_dim, layer.value_dim
    features = layer._query_dense.kernel.shape[0]

    def other(value: int, default: int) -> int | None:
        return None if value == default else value

    return params.multi_head_attention(
        features,
        heads,
        key_dim,
        value_dim=other(value_dim, key_dim),
        key_value_heads=other(key_value_heads, heads),
        key_input_dim=other(layer._key_dense.kernel.shape[0], features),
        value_input_dim=other(layer._value_dense.kernel.shape[0], features),
        output_dim=other(layer._output_dense.kernel.shape[-1], features),
        use_gate=hasattr(layer, "_gate_dense"),
        use_bias=layer._query_dense.bias is not None,
        queries=queries,
        keys=keys,
    )


def _attention(layer: Any) -> Count:
    return params.attention(use_scale=layer.use_scale, concat=layer.score_mode == "concat")


def _additive_attention(layer: Any) -> Count:
    return params.additive_attention(layer.scale.shape[0])


def _of_cell(reading: Callable[[Any], Count]) -> Callable[[Any], Count]:
    return lambda layer: reading(layer.cell)


READINGS: dict[type, Callable[[Any], Count]] = {
    layers.SimpleRNNCell: _simple_rnn,
    layers.LSTMCell: _lstm,
    layers.GRUCell: _gru,
    layers.SimpleRNN: _of_cell(_simple_rnn),
    layers.LSTM: _of_cell(_lstm),
    layers.GRU: _of_cell(_gru),
    **dict.fromkeys((layers.ConvLSTM1D, layers.ConvLSTM2D, layers.ConvLSTM3D), _conv_lstm),
    layers.Dense: _dense,
    layers.EinsumDense: _einsum_dense,
    layers.PReLU: _prelu,
    layers.Normalization: _normalization,
    layers.Embedding: _embedding,
    **dict.fromkeys((layers.Conv1D, layers.Conv2D, layers.Conv3D), _conv),
    **dict.fromkeys((layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose), _conv_transpose),
    **dict.fromkeys((layers.DepthwiseConv1D, layers.DepthwiseConv2D), _depthwise_conv),
    **dict.fromkeys((layers.SeparableConv1D, layers.SeparableConv2D), _separable_conv),
    layers.BatchNormalization: _batch_norm,
    layers.LayerNormalization: _layer_norm,
    layers.GroupNormalization: _layer_norm,
    layers.RMSNormalization: _rms_norm,
    layers.MultiHeadAttention: _heads,
    layers.GroupQueryAttention: _heads,
    layers.Attention: _attention,
    layers.AdditiveAttention: _additive_attention,
}


def count_of(layer: Layer) -> Count | None:
    """Return the count of a layer, or None if there is no formula that gives its very weights."""
    reading = next((READINGS[kind] for kind in type(layer).__mro__ if kind in READINGS), None)
    if reading is None:
        return None
    try:
        count = reading(layer)
    except (AttributeError, IndexError, TypeError, ValueError):  # a subclass may lack or change anything
        return None
    variables = layer.weights
    same = len(count.weights) == len(variables) and all(
        weight.shape == tuple(variable.shape) and f"/{variable.path}".endswith(f"/{weight.name}")
        for weight, variable in zip(count.weights, variables, strict=False)
    )
    return count if same else None


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
    work = _heads(layer, queries, keys).work
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
