"""Layers whose products are convolutions."""

from .arguments import as_flag
from .count import Count, Weight
from .formula import Formula, as_size
from .work import Work


def conv_lstm(
    input_channels: int, filters: int, kernel_size: "int | tuple[int, ...]", *, rank: int = 2, use_bias: bool = True
) -> Count:
    """Count a ``ConvLSTM1D``, ``2D`` or ``3D``: an LSTM whose products are convolutions.

    Args:
        input_channels: C, channels of the input.
        filters: F, channels of the state.
        kernel_size: k, side of the kernel, or its length along each axis.
        rank: D, spatial axes: 1, 2 or 3.
        use_bias: whether biases are added.

    Raises:
        TypeError: if a size is not an integer or ``use_bias`` not a bool.
        ValueError: if a size is below 1, the rank above 3, or ``kernel_size``
            has another number of axes.

    Source: Shi et al. (2015), equation 3, without its peepholes, as in Keras.

    >>> print(conv_lstm(3, 8, 3))
    4·(3^2·(3+8)·8+8) = 3,200
    """
    channels, f = as_size("input_channels", "C", input_channels), as_size("filters", "F", filters)
    window, sides = _window(kernel_size, rank)
    bias = f if as_flag("use_bias", use_bias) else 0
    arrays: list[tuple[str, tuple[Formula | int, ...]]] = [
        ("kernel", (*sides, channels, 4 * f)),
        ("recurrent_kernel", (*sides, f, 4 * f)),
        *([("bias", (4 * f,))] if use_bias else []),
    ]
    products = window * (channels + f) * f
    weights = tuple(Weight(name, shape, tuple("ifco")) for name, shape in arrays)
    work = Work(4 * products, sums=4 * (f + bias) + f, products=3 * f, activations=5 * f)
    return Count(4 * (products + bias), weights, work)


def _window(kernel_size: "int | tuple[int, ...]", rank: int) -> "tuple[Formula, list[Formula]]":
    """Return the entries of a kernel's window, and its length along each axis."""
    axes = as_size("rank", "D", rank).value
    if axes > 3:
        raise ValueError(f"rank must be 1, 2 or 3, got {rank!r}")
    if not isinstance(kernel_size, (tuple, list)):
        k = as_size("kernel_size", "k", kernel_size)
        return k**axes, [k] * axes
    if len(kernel_size) != axes:
        raise ValueError(f"kernel_size must have rank ({axes}) entries, got {kernel_size!r}")
    sides = [as_size("kernel_size", f"k_{axis}", length) for axis, length in enumerate(kernel_size, start=1)]
    window = sides[0]
    for side in sides[1:]:
        window = window * side
    return window, sides


def conv(
    input_channels: int,
    filters: int,
    kernel_size: "int | tuple[int, ...]",
    *,
    rank: int = 2,
    groups: int = 1,
    transpose: bool = False,
    use_bias: bool = True,
) -> Count:
    """Count a ``Conv1D``, ``2D`` or ``3D``, or its transpose: one map of each window.

    Args:
        input_channels: C, channels of the input.
        filters: F, channels of the output.
        kernel_size: k, side of the kernel, or its length along each axis.
        rank: D, spatial axes: 1, 2 or 3.
        groups: g, parts of the channels; a filter sees one of them.
        transpose: whether the layer is a ``Conv1DTranspose``, ``2D`` or ``3D``,
            whose kernel has the filters before the channels.
        use_bias: whether a bias is added.

    Raises:
        TypeError: if a size is not an integer or an option not a bool.
        ValueError: if a size is below 1, the rank above 3, ``kernel_size`` has
            another number of axes, or the channels or filters do not fall into
            the groups.

    Source: Keras.

    >>> print(conv(32, 64, 3))
    3^2·32·64+64 = 18,496
    >>> print(conv(32, 64, 3, groups=2))
    3^2·(32/2)·64+64 = 9,280
    """
    channels, f = as_size("input_channels", "C", input_channels), as_size("filters", "F", filters)
    g = as_size("groups", "g", groups)
    window, sides = _window(kernel_size, rank)
    if channels.value % g.value or f.value % g.value:
        raise ValueError(f"groups must divide input_channels and filters, got {groups} for {channels.value}, {f.value}")
    seen = channels if g.value == 1 else Formula(channels.value // g.value, "(C/g)", f"({channels.value}/{g.value})")
    last = (f, seen) if as_flag("transpose", transpose) else (seen, f)
    weights = [Weight("kernel", (*sides, *last))]
    if as_flag("use_bias", use_bias):
        weights.append(Weight("bias", (f,)))
    bias = f if use_bias else 0
    return Count(window * seen * f + bias, tuple(weights), Work(window * seen * f, sums=bias))


def depthwise_conv(
    input_channels: int,
    kernel_size: "int | tuple[int, ...]",
    *,
    depth_multiplier: int = 1,
    rank: int = 2,
    use_bias: bool = True,
) -> Count:
    """Count a ``DepthwiseConv1D`` or ``2D``: filters that see one channel each.

    Args:
        input_channels: C, channels of the input.
        kernel_size: k, side of the kernel, or its length along each axis.
        depth_multiplier: M, filters for each channel.
        rank: D, spatial axes: 1, 2 or 3.
        use_bias: whether a bias is added.

    Raises:
        TypeError: if a size is not an integer or ``use_bias`` not a bool.
        ValueError: if a size is below 1, the rank above 3, or ``kernel_size``
            has another number of axes.

    Source: Keras.

    >>> print(depthwise_conv(32, 3))
    3^2·32·1+32·1 = 320
    """
    channels, depth = as_size("input_channels", "C", input_channels), as_size("depth_multiplier", "M", depth_multiplier)
    window, sides = _window(kernel_size, rank)
    weights = [Weight("kernel", (*sides, channels, depth))]
    if as_flag("use_bias", use_bias):
        weights.append(Weight("bias", (channels * depth,)))
    bias = channels * depth if use_bias else 0
    return Count(window * channels * depth + bias, tuple(weights), Work(window * channels * depth, sums=bias))


def separable_conv(
    input_channels: int,
    filters: int,
    kernel_size: "int | tuple[int, ...]",
    *,
    depth_multiplier: int = 1,
    rank: int = 2,
    use_bias: bool = True,
) -> Count:
    """Count a ``SeparableConv1D`` or ``2D``: a depthwise convolution, then a map of the channels.

    Args:
        input_channels: C, channels of the input.
        filters: F, channels of the output.
        kernel_size: k, side of the kernel, or its length along each axis.
        depth_multiplier: M, filters for each channel of the input.
        rank: D, spatial axes: 1, 2 or 3.
        use_bias: whether a bias is added.

    Raises:
        TypeError: if a size is not an integer or ``use_bias`` not a bool.
        ValueError: if a size is below 1, the rank above 3, or ``kernel_size``
            has another number of axes.

    Source: Chollet (2017).

    >>> print(separable_conv(32, 64, 3))
    3^2·32·1+32·1·64+64 = 2,400
    """
    depthwise = depthwise_conv(
        input_channels, kernel_size, depth_multiplier=depth_multiplier, rank=rank, use_bias=False
    )
    _, sides = _window(kernel_size, rank)
    channels, depth = as_size("input_channels", "C", input_channels), as_size("depth_multiplier", "M", depth_multiplier)
    f = as_size("filters", "F", filters)
    weights = [
        depthwise.weights[0]._renamed("depthwise_kernel"),
        Weight("pointwise_kernel", (*[1] * len(sides), channels * depth, f)),
    ]
    if as_flag("use_bias", use_bias):
        weights.append(Weight("bias", (f,)))
    products, bias = depthwise._formula + channels * depth * f, f if use_bias else 0
    return Count(products + bias, tuple(weights), Work(products, sums=bias))
