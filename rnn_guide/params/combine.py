"""Layers made of layers, and the way back from a count to the units."""

from .arguments import _integer, as_flag
from .count import Count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def bidirectional(layer: Count) -> Count:
    """Count a ``Bidirectional`` wrapper: the layer twice, once for each direction.

    Args:
        layer: the count of the wrapped layer.

    Raises:
        TypeError: if ``layer`` is not a ``Count``.

    Source: Schuster and Paliwal (1997).

    >>> from rnn_guide.params import lstm
    >>> print(bidirectional(lstm(64, 128)))
    2·4·((64+128)·128+128) = 197,632
    """
    if not isinstance(layer, Count):
        raise TypeError(f"layer must be a Count, such as lstm(64, 128), got {layer!r}")
    return layer._twice()


def stacked(
    layer: "Callable[..., Count]",
    input_dim: int,
    units: "Iterable[int]",
    *,
    bidirectional: bool = False,
    **options: "bool | int | str | None",
) -> Count:
    """Count recurrent layers on top of each other.

    Each layer's state is the next one's input: the next m is this n, or 2n
    where the two directions are concatenated (p and 2p where PyTorch projects).

    Args:
        layer: ``simple_rnn``, ``lstm``, ``gru`` or another function of this package.
        input_dim: m of the first layer.
        units: n of each layer, the lowest first.
        bidirectional: whether each layer runs in both directions.
        **options: passed on to ``layer``.

    Raises:
        TypeError: if a size is not an integer or an option of the wrong type.
        ValueError: if a size is below 1 or ``units`` is empty.

    >>> from rnn_guide.params import lstm
    >>> int(stacked(lstm, 64, [128, 32])), int(stacked(lstm, 64, [128, 32], bidirectional=True))
    (119424, 271616)
    """
    if isinstance(units, (int, str)) or not hasattr(units, "__iter__"):
        raise TypeError(f"units must be a list of positive ints, got {units!r}")
    projected = options.get("proj_size")
    total = None
    width = input_dim
    for level, n in enumerate(units):
        count = layer(width, n, **options)._numbered(level)
        if as_flag("bidirectional", bidirectional):
            count = count._twice()
        total = count if total is None else total + count
        width = (projected if isinstance(projected, int) else n) * (2 if bidirectional else 1)
    if total is None:
        raise ValueError(f"units must name at least one layer, got {units!r}")
    return total


def find_units(count: "int | Count", layer: "Callable[..., Count]", input_dim: int, **options: "bool | str") -> int:
    """Return how many units a layer has, from its number of parameters.

    Args:
        count: parameters of the layer.
        layer: ``simple_rnn``, ``lstm``, ``gru`` or another function of this
            package that takes features and units.
        input_dim: m, features at each time step.
        **options: passed on to ``layer``.

    Returns:
        n, the only number of units that gives this count.

    Raises:
        TypeError: if ``count`` or ``input_dim`` is not an integer.
        ValueError: if no number of units gives ``count``, with the counts
            next to it; and whatever ``layer`` raises.

    >>> from rnn_guide.params import lstm
    >>> find_units(98_816, lstm, 64)
    128
    >>> find_units(98_000, lstm, 64)
    Traceback (most recent call last):
    ValueError: count must be that of lstm with m = 64: 97,536 with 127 units, 98,816 with 128; got 98000
    """
    wanted = int(count) if isinstance(count, Count) else _integer("count", count)

    def parameters(units: int) -> int:
        return int(layer(input_dim, units, **options))

    low, high = 0, 1
    while parameters(high) < wanted:
        low, high = high, 2 * high
    while high - low > 1:  # more units, more parameters: low has fewer than wanted, high has not
        middle = (low + high) // 2
        low, high = (middle, high) if parameters(middle) < wanted else (low, middle)
    if parameters(high) != wanted:
        below = f"{parameters(low):,} with {low} units, " if low else ""
        near = f"{below}{parameters(high):,} with {high}{'' if low else ' unit'}"
        raise ValueError(f"count must be that of {layer.__name__} with m = {input_dim}: {near}; got {count!r}")
    return high
