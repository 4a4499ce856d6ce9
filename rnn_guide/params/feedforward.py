"""Layers that know no time: Dense, EinsumDense, Embedding and PReLU."""

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


def einsum_dense(kernel: "tuple[int, ...]", bias: "tuple[int, ...] | None" = None) -> Count:
    """Count an ``EinsumDense``: one map, whose kernel may have any number of axes.

    Args:
        kernel: its shape.
        bias: the bias's shape; None without a bias.

    Raises:
        TypeError: if a length is not an integer.
        ValueError: if a length is below 1.

    Source: Keras.

    >>> print(einsum_dense((64, 4, 16), (4, 16)))
    64·4·16+4·16 = 4,160
    """
    weights = [Weight("kernel", _lengths("kernel", "k", kernel))]
    if bias is not None:
        weights.append(Weight("bias", _lengths("bias", "b", bias)))
    product, added = weights[0]._product, weights[1]._product if bias is not None else 0
    return Count(product + added, tuple(weights), Work(product, sums=added))


def prelu(slopes: "tuple[int, ...]") -> Count:
    """Count a ``PReLU``: a slope for each entry of the input, but for shared axes.

    Args:
        slopes: the slopes' shape, 1 along shared axes.

    Raises:
        TypeError: if a length is not an integer.
        ValueError: if a length is below 1.

    Source: He et al. (2015).

    >>> print(prelu((1, 64)))
    1·64 = 64
    """
    weight = Weight("alpha", _lengths("slopes", "a", slopes))
    return Count(weight._product, (weight,), Work(Formula(0), activations=weight._product))


def _lengths(name: str, symbol: str, shape: "tuple[int, ...]") -> "tuple[Formula, ...]":
    return tuple(as_size(name, f"{symbol}_{axis}", length) for axis, length in enumerate(shape, start=1))


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
