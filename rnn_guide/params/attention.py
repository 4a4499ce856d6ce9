"""Layers of attention."""

from .arguments import as_flag
from .count import Count, Weight
from .formula import Formula, as_size
from .work import Work


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
    queries: "int | None" = None,
    keys: "int | None" = None,
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
        queries: T, length of the sequence of queries. With ``keys`` the count has its
            work, too, for the whole sequences.
        keys: S, length of the sequence of keys and values.

    Raises:
        TypeError: if a size is not an integer or an option not a bool.
        ValueError: if a size is below 1.

    Source: Vaswani et al. (2017); Ainslie et al. (2023), with fewer heads of keys and values.

    >>> print(multi_head_attention(64, 4, 16))
    3·(64·4·16+4·16)+4·16·64+64 = 16,640

    The work is the maps, once a step each, and the two products of every query
    with every key and every value:

    >>> print(multi_head_attention(64, 4, 16, queries=10, keys=10).work)
    10·(64·4·16+4·16·64)+10·(64·4·16+64·4·16)+4·10·10·(16+16) = 176,640
    """
    m, h, k = as_size("input_dim", "m", input_dim), as_size("heads", "h", heads), as_size("key_dim", "k", key_dim)
    v = k if value_dim is None else as_size("value_dim", "v", value_dim)
    g = h if key_value_heads is None else as_size("key_value_heads", "g", key_value_heads)
    of_keys = m if key_input_dim is None else as_size("key_input_dim", "m_k", key_input_dim)
    of_values = m if value_input_dim is None else as_size("value_input_dim", "m_v", value_input_dim)
    o = m if output_dim is None else as_size("output_dim", "o", output_dim)
    maps: list[tuple[str, tuple[Formula, ...], tuple[Formula, ...]]] = [
        ("query", (m,), (h, k)),
        ("key", (of_keys,), (g, k)),
    ]
    maps += [("gate", (m,), (h, v))] if as_flag("use_gate", use_gate) else []
    maps += [("value", (of_values,), (g, v)), ("attention_output", (h, v), (o,))]
    count = _sum([_map(name, before, after, as_flag("use_bias", use_bias)) for name, before, after in maps])
    if queries is None or keys is None:
        return count
    t, s = as_size("queries", "T", queries), as_size("keys", "S", keys)
    of_queries, gate = m * h * k + (m * h * v if use_gate else 0), t * h * v if use_gate else Formula(0)
    biases = t * (h * k + o) + s * (g * k + g * v) + gate
    work = Work(
        t * (of_queries + h * v * o) + s * (of_keys * g * k + of_values * g * v) + h * t * s * (k + v),
        sums=biases if use_bias else 0,
        products=t * h * k + gate,
        activations=gate,
        softmax=h * t * s,
    )
    return Count(count._formula, count.weights, work)


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


def attention_work(
    queries: int, keys: int, features: int, value_features: int, *, mode: str = "dot", use_scale: bool = False
) -> Work:
    """Return the work of an ``Attention`` or an ``AdditiveAttention``: scores, and the sum that they weigh.

    Args:
        queries: T, length of the sequence of queries.
        keys: S, length of the sequence of keys and values.
        features: d, features of queries and keys.
        value_features: e, features of values.
        mode: how scores are made: ``"dot"`` multiplies queries with keys, ``"concat"`` and
            ``"additive"`` add them, and the latter multiplies what comes out with its scale.
        use_scale: whether the layer has a scale.

    Raises:
        TypeError: if a size is not an integer or ``use_scale`` not a bool.
        ValueError: if a size is below 1 or the mode unknown.

    Source: Luong, Pham and Manning (2015); Bahdanau, Cho and Bengio (2015).

    >>> print(attention_work(10, 12, 64, 32))
    10·12·64+10·12·32 = 11,520
    """
    t, s = as_size("queries", "T", queries), as_size("keys", "S", keys)
    d, e = as_size("features", "d", features), as_size("value_features", "e", value_features)
    scaled = as_flag("use_scale", use_scale)
    pairs, weighed = t * s, t * s * e
    if mode == "dot":
        return Work(pairs * d + weighed, products=pairs if scaled else 0, softmax=pairs)
    added = {"sums": pairs * d, "activations": pairs * d, "softmax": pairs}
    if mode == "concat":
        return Work(weighed, **{**added, "sums": 2 * pairs * d}, products=pairs * d + pairs if scaled else pairs)
    if mode != "additive":
        raise ValueError(f"mode must be 'dot', 'concat' or 'additive', got {mode!r}")
    return Work(pairs * d + weighed if scaled else weighed, **added)
