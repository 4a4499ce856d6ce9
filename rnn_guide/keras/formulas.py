"""Which formula of :mod:`rnn_guide.params` counts which layer of Keras."""

from collections.abc import Callable
from typing import Any

from keras import Layer, layers

from .. import params
from ..params import Count


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


def heads(layer: Any, queries: int | None = None, keys: int | None = None) -> Count:
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
    layers.MultiHeadAttention: heads,
    layers.GroupQueryAttention: heads,
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
