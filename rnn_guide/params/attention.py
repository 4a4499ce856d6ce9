"""Layers of attention."""

from .arguments import as_flag
from .count import Count, Weight
from .formula import Formula, as_size


def multi_head_attention(
    input_dim: int,
    heads: int,
    key_dim: int,
    *,
    value_dim: "int | None" = None,
    key_value_heads: "int | None" = None,
    key_input_dim: "int | None" = None,
    value_input_dim: "int | None" = None,
    output_dim: "int | None" = None,
    use_gate: bool = False,
    use_bias: bool = True,
) -> Count:
    """Count a ``MultiHeadAttention`` or a ``GroupQueryAttention``: a map for queries, keys, values and output.

    Args:
        input_dim: m, features of the queries.
        heads: h, heads of the queries.
        key_dim: k, features of a query and of a key in a head.
        value_dim: v, features of a value in a head; k if left out.
        key_value_heads: g, heads of keys and values; h if left out.
        key_input_dim: features of what keys are made of; m if left out.
        value_input_dim: features of what values are made of; m if left out.
        output_dim: o, features of the output; m if left out.
        use_gate: whether a gate made of the queries multiplies what the heads give.
        use_bias: whether biases are added.

    Raises:
        TypeError: if a size is not an integer or an option not a bool.
        ValueError: if a size is below 1.

    Source: Vaswani et al. (2017); Ainslie et al. (2023), with fewer heads of keys and values.

    >>> print(multi_head_attention(64, 4, 16))
    3·(64·4·16+4·16)+4·16·64+64 = 16,640
    """
    m, h, k = as_size("input_dim", "m", input_dim), as_size("heads", "h", heads), as_size("key_dim", "k", key_dim)
    v = k if value_dim is None else as_size("value_dim", "v", value_dim)
    g = h if key_value_heads is None else as_size("key_value_heads", "g", key_value_heads)
    keys = m if key_input_dim is None else as_size("key_input_dim", "m_k", key_input_dim)
    values = m if value_input_dim is None else as_size("value_input_dim", "m_v", value_input_dim)
    o = m if output_dim is None else as_size("output_dim", "o", output_dim)
    maps: list[tuple[str, tuple[Formula, ...], tuple[Formula, ...]]] = [
        ("query", (m,), (h, k)),
        ("key", (keys,), (g, k)),
    ]
    maps += [("gate", (m,), (h, v))] if as_flag("use_gate", use_gate) else []
    maps += [("value", (values,), (g, v)), ("attention_output", (h, v), (o,))]
    return _sum([_map(name, before, after, as_flag("use_bias", use_bias)) for name, before, after in maps])


def _map(name: str, before: "tuple[Formula, ...]", after: "tuple[Formula, ...]", use_bias: bool) -> Count:
    """Return the count of one affine map between arrays of these shapes."""
    kernel, bias = Weight(f"{name}/kernel", (*before, *after)), Weight(f"{name}/bias", after)
    return Count(kernel._product + bias._product, (kernel, bias)) if use_bias else Count(kernel._product, (kernel,))


def _sum(counts: "list[Count]") -> Count:
    """Return the sum, neighbours of one formula taken together."""
    terms: list[tuple[Formula, int]] = []
    for count in counts:
        if terms and terms[-1][0].symbols == count._formula.symbols:
            terms[-1] = (terms[-1][0], terms[-1][1] + 1)
        else:
            terms.append((count._formula, 1))
    total = Formula(0)
    for formula, copies in terms:
        term = copies * formula if copies > 1 else formula
        total = total + term if total.value else term
    return Count(total, tuple(weight for count in counts for weight in count.weights))


def attention(*, use_scale: bool = True, concat: bool = False) -> Count:
    """Count an ``Attention``: it has at most two numbers to learn.

    Args:
        use_scale: whether the scores are multiplied by a number.
        concat: whether the scores are of the mode ``"concat"``, which has a factor too.

    Raises:
        TypeError: if an option is not a bool.
        ValueError: if both are False: the layer has no parameters.

    Source: Luong, Pham and Manning (2015).

    >>> attention().weights
    (scale (): 1 = 1,)
    """
    names = ["scale"] if as_flag("use_scale", use_scale) else []
    names += ["concat_score_weight"] if as_flag("concat", concat) else []
    if not names:
        raise ValueError("use_scale or concat must be True, got False for both: the layer has no parameters")
    return _sum([Count(Formula(1), (Weight(name, ()),)) for name in names])


def additive_attention(features: int) -> Count:
    """Count an ``AdditiveAttention``: a factor for each feature.

    Args:
        features: d, features of queries and keys.

    Raises:
        TypeError: if the size is not an integer.
        ValueError: if the size is below 1.

    Source: Bahdanau, Cho and Bengio (2015), without the maps around it, as in Keras.

    >>> print(additive_attention(64))
    64 = 64
    """
    d = as_size("features", "d", features)
    return Count(d, (Weight("scale", (d,)),))
