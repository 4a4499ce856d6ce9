"""Layers that know no time: Dense and Embedding."""

from .arguments import as_flag
from .count import Count, Weight
from .formula import Formula, as_size
from .work import Work


def dense(input_dim: int, units: int, *, use_bias: bool = True) -> Count:
    """Count a ``Dense`` layer: one affine map.

    Args:
        input_dim: features of the input.
        units: features of the output.
        use_bias: whether a bias is added.

    Raises:
        TypeError: if a size is not an integer or ``use_bias`` not a bool.
        ValueError: if a size is below 1.

    >>> print(dense(128, 10))
    128·10+10 = 1,290
    """
    m, n = as_size("input_dim", "m", input_dim), as_size("units", "n", units)
    weights = [Weight("kernel", (m, n))]
    if as_flag("use_bias", use_bias):
        weights.append(Weight("bias", (n,)))
    bias = n if use_bias else 0
    return Count(m * n + bias, tuple(weights), Work(m * n, sums=bias))


def embedding(input_dim: int, output_dim: int) -> Count:
    """Count an ``Embedding``: one vector for each entry of the vocabulary.

    Args:
        input_dim: entries of the vocabulary.
        output_dim: features of each vector.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    >>> print(embedding(1000, 64))
    1000·64 = 64,000
    """
    v, d = as_size("input_dim", "v", input_dim), as_size("output_dim", "d", output_dim)
    return Count(v * d, (Weight("embeddings", (v, d)),), Work(Formula(0), lookups=d))
