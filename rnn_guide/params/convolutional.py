"""Layers whose products are convolutions."""

from .arguments import as_flag
from .count import Count, Weight
from .formula import Formula, as_size


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
    return Count(
        4 * (window * (channels + f) * f + bias), tuple(Weight(name, shape, tuple("ifco")) for name, shape in arrays)
    )


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
