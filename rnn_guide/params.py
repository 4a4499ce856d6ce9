"""How many parameters a layer has, as the formula that says why.

Each function writes its formula once, in Python. The number, the sum with the
sizes filled in and the LaTeX are readings of that one expression.

>>> count = lstm(64, 128)
>>> print(count)
4·((64+128)·128+128) = 98,816
>>> int(count) == 4 * int(simple_rnn(64, 128))
True

A model is a sum of layers:

>>> print(int(embedding(1000, 64) + lstm(64, 128) + dense(128, 10)))
164106

The letters are the book's: m input features, n units. The module imports
nothing, so it also runs where NumPy does not.
"""

__all__ = [
    "Count",
    "Formula",
    "Weight",
    "bidirectional",
    "conv_lstm",
    "coupled_gate_lstm",
    "dense",
    "embedding",
    "find_units",
    "gru",
    "lstm",
    "mgu",
    "min_gru",
    "min_lstm",
    "peephole_lstm",
    "simple_rnn",
    "stacked",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any


class Formula:
    """A number that remembers how it was worked out.

    ``+``, ``*`` and ``**`` of formulas and integers are formulas.

    Args:
        value: the number itself.
        symbols: the expression in letters, such as ``m+n``.
        numbers: the expression with the sizes filled in, such as ``64+128``.
        latex: ``numbers`` in LaTeX.
        is_sum: whether a product of this formula needs parentheses around it.

    >>> m, n = Formula(64, "m"), Formula(128, "n")
    >>> gate = (m + n) * n + n
    >>> gate.symbols, gate.numbers, gate.value
    ('(m+n)·n+n', '(64+128)·128+128', 24704)
    """

    def __init__(
        self, value: int, symbols: str = "", numbers: str = "", latex: str = "", *, is_sum: bool = False
    ) -> None:
        self.value = value
        self.symbols = symbols or str(value)
        self.numbers = numbers or str(value)
        self.latex = latex or self.numbers
        self.is_sum = is_sum

    def _operands(self, left: "Formula", right: "Formula", sign: "tuple[str, str]") -> "tuple[str, str, str]":
        readings = []
        for name, between in (("symbols", sign[0]), ("numbers", sign[0]), ("latex", sign[1])):
            sides = []
            for side in (left, right):
                text = getattr(side, name)
                sides.append(f"({text})" if side.is_sum and sign[0] == "·" else text)
            readings.append(between.join(sides))
        symbols, numbers, latex = readings
        return symbols, numbers, latex

    def __add__(self, other: "Formula | int") -> "Formula":
        if isinstance(other, int):
            other = Formula(other)
        if not other.value:
            return self
        return Formula(self.value + other.value, *self._operands(self, other, ("+", "+")), is_sum=True)

    def __mul__(self, other: "Formula | int") -> "Formula":
        if isinstance(other, int):
            other = Formula(other)
        return Formula(self.value * other.value, *self._operands(self, other, ("·", r" \cdot ")))

    def __rmul__(self, other: int) -> "Formula":
        return Formula(other) * self

    def __pow__(self, exponent: int) -> "Formula":
        if exponent == 1:
            return self
        powers = (f"{self.symbols}^{exponent}", f"{self.numbers}^{exponent}", f"{self.latex}^{exponent}")
        return Formula(self.value**exponent, *powers)


class Weight:
    """One array of a layer: its name, its shape and the gates side by side in it.

    Args:
        name: the framework's own name for the array.
        shape: its shape.
        gates: the letters of its blocks, in the order the framework keeps them;
            empty for an array without blocks.

    >>> print(lstm(64, 128).weights[0])
    kernel (64, 512): 64·512 = 32,768
    """

    def __init__(self, name: str, shape: "tuple[int, ...]", gates: "tuple[str, ...]" = ()) -> None:
        self.name = name
        self.shape = shape
        self.gates = gates

    @property
    def size(self) -> int:
        """The number of entries, the product of the shape."""
        size = 1
        for length in self.shape:
            size *= length
        return size

    def __repr__(self) -> str:
        product = "·".join(str(length) for length in self.shape)
        return f"{self.name} {self.shape}: {product} = {self.size:,}"


class Count:
    r"""The number of trainable parameters of a layer, and where it comes from.

    Args:
        formula: the layer's formula.
        weights: the layer's arrays; their sizes add up to the formula's value.

    >>> count = gru(64, 128)
    >>> int(count), count.formula
    (74496, '3·((m+n)·n+2·n)')
    >>> count.latex
    '3 \\cdot ((64+128) \\cdot 128+2 \\cdot 128) = 74\\,496'
    >>> count.weights
    (kernel (64, 384): 64·384 = 24,576, recurrent_kernel (128, 384): 128·384 = 49,152, bias (2, 384): 2·384 = 768)

    A count compares, sorts and formats as its number, and a notebook shows it
    in LaTeX:

    >>> count == 74_496, count < lstm(64, 128), f"{count:,}"
    (True, True, '74,496')

    Counts add up, and ``3 * count`` is three copies of the layer. In both, each
    weight keeps the name it has in its own layer:

    >>> print(sum([dense(128, 10), dense(10, 10)]))
    128·10+10+10·10+10 = 1,400
    >>> print(3 * count)
    3·3·((64+128)·128+2·128) = 223,488
    >>> [weight.name for weight in (2 * dense(128, 10)).weights]
    ['kernel', 'bias', 'kernel', 'bias']
    """

    __array_ufunc__ = None  # NumPy leaves its integers' operations with a count to the count

    def __init__(self, formula: Formula, weights: "tuple[Weight, ...]") -> None:
        self._formula = formula
        self.weights = weights

    @property
    def formula(self) -> str:
        """The formula in letters, before the sizes are filled in.

        In a sum of layers each term speaks of its own layer's m and n.
        """
        return self._formula.symbols

    @property
    def latex(self) -> str:
        """The sum with its sizes and its result, in LaTeX math."""
        return f"{self._formula.latex} = {self._formula.value:,}".replace(",", r"\,")

    def __int__(self) -> int:
        return self._formula.value

    def __index__(self) -> int:
        return self._formula.value

    def __float__(self) -> float:
        return float(self._formula.value)

    def __eq__(self, other: object) -> "Any":
        return self._formula.value == _number(other)

    def __hash__(self) -> int:
        return hash(self._formula.value)  # that of the int it is equal to

    def __lt__(self, other: "Count | float") -> "Any":
        return self._formula.value < _number(other)

    def __le__(self, other: "Count | float") -> "Any":
        return self._formula.value <= _number(other)

    def __gt__(self, other: "Count | float") -> "Any":
        return self._formula.value > _number(other)

    def __ge__(self, other: "Count | float") -> "Any":
        return self._formula.value >= _number(other)

    def __format__(self, how: str) -> str:
        return format(self._formula.value, how) if how else str(self)

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"

    def __str__(self) -> str:
        return f"{self._formula.numbers} = {self._formula.value:,}"

    def __repr__(self) -> str:
        return f"Count({self})"

    def __add__(self, other: "Count | int") -> "Count":
        if isinstance(other, Count):
            return Count(self._formula + other._formula, self.weights + other.weights)
        if isinstance(other, int) and other == 0:  # where sum() begins
            return self
        raise TypeError(f"a Count can be added to a Count, got {other!r}, which has no weights")

    __radd__ = __add__

    def __mul__(self, copies: int) -> "Count":
        times = _integer("copies", copies)
        return self if times == 1 else Count(times * self._formula, times * self.weights)

    __rmul__ = __mul__

    def _twice(self) -> "Count":
        """The count of two copies of the layer, named as the framework names them."""
        forward, backward = [], []
        for weight in self.weights:
            torch = weight.name.startswith(("weight_", "bias_"))
            names = (
                (weight.name, f"{weight.name}_reverse")
                if torch
                else (f"forward_{weight.name}", f"backward_{weight.name}")
            )
            forward.append(Weight(names[0], weight.shape, weight.gates))
            backward.append(Weight(names[1], weight.shape, weight.gates))
        return Count(2 * self._formula, (*forward, *backward))

    def _numbered(self, level: int) -> "Count":
        """The count with PyTorch's names for the layer at that level of a stack."""
        weights = [Weight(w.name.replace("_l0", f"_l{level}"), w.shape, w.gates) for w in self.weights]
        return Count(self._formula, tuple(weights))


def _number(value: "Any") -> "Any":
    """Return what a count is compared with: another's number, or what stands there."""
    return value._formula.value if isinstance(value, Count) else value


def _integer(name: str, value: int, least: int = 1) -> int:
    """Return an integer of any kind as an int, or say which argument is none or too small.

    The package's other modules ask here too: this one imports none of them.
    """
    expected = "a positive int" if least == 1 else f"an int of at least {least}"
    complaint = f"{name} must be {expected}, got {' '.join(repr(value).split())}"
    if isinstance(value, (bool, Count)) or not hasattr(value, "__index__"):
        raise TypeError(complaint)
    try:
        integer = value.__index__()
    except TypeError:  # NumPy's arrays have the method, and it works for some of them
        raise TypeError(complaint) from None
    if integer < least:
        raise ValueError(complaint)
    return integer


def _size(name: str, symbol: str, value: int) -> Formula:
    """Return a size as a formula."""
    return Formula(_integer(name, value), symbol)


def _flag(name: str, value: bool) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return value


def _layout(value: str) -> bool:
    """Return whether the layout is PyTorch's."""
    if value not in ("keras", "torch"):
        raise ValueError(f"layout must be 'keras' or 'torch', got {value!r}")
    return value == "torch"


def _keras_weights(m: Formula, n: Formula, gates: str, bias: "tuple[int, ...] | None") -> "tuple[Weight, ...]":
    blocks = tuple(gates)
    columns = max(len(gates), 1) * n.value
    weights = [
        Weight("kernel", (m.value, columns), blocks),
        Weight("recurrent_kernel", (n.value, columns), blocks),
    ]
    if bias is not None:
        weights.append(Weight("bias", (*bias, columns), blocks))
    return tuple(weights)


def _torch_weights(m: Formula, n: Formula, state: Formula, gates: str, use_bias: bool) -> "tuple[Weight, ...]":
    blocks = tuple(gates)
    rows = max(len(gates), 1) * n.value
    weights = [
        Weight("weight_ih_l0", (rows, m.value), blocks),
        Weight("weight_hh_l0", (rows, state.value), blocks),
    ]
    if use_bias:
        weights += [Weight("bias_ih_l0", (rows,), blocks), Weight("bias_hh_l0", (rows,), blocks)]
    return tuple(weights)


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
    m, n = _size("input_dim", "m", input_dim), _size("units", "n", units)
    weights = [Weight("kernel", (m.value, n.value))]
    if _flag("use_bias", use_bias):
        weights.append(Weight("bias", (n.value,)))
    return Count(m * n + (n if use_bias else 0), tuple(weights))


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
    v, d = _size("input_dim", "v", input_dim), _size("output_dim", "d", output_dim)
    return Count(v * d, (Weight("embeddings", (v.value, d.value)),))


def simple_rnn(input_dim: int, units: int, *, use_bias: bool = True, layout: str = "keras") -> Count:
    """Count a ``SimpleRNN``: one affine map of the input and the last state.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.
        use_bias: whether a bias is added.
        layout: ``"keras"``, or ``"torch"`` for PyTorch's ``RNN`` with its two biases.

    Raises:
        TypeError: if a size is not an integer or ``use_bias`` not a bool.
        ValueError: if a size is below 1 or the layout unknown.

    Source: Elman (1990), in the notation of Keras.

    >>> print(simple_rnn(64, 128))
    (64+128)·128+128 = 24,704
    >>> print(simple_rnn(64, 128, layout="torch"))
    (64+128)·128+2·128 = 24,832
    """
    m, n = _size("input_dim", "m", input_dim), _size("units", "n", units)
    bias = n if _flag("use_bias", use_bias) else 0
    if _layout(layout):
        return Count((m + n) * n + 2 * bias, _torch_weights(m, n, n, "", use_bias))
    return Count((m + n) * n + bias, _keras_weights(m, n, "", () if use_bias else None))


def lstm(
    input_dim: int, units: int, *, use_bias: bool = True, layout: str = "keras", proj_size: "int | None" = None
) -> Count:
    """Count an ``LSTM``: four affine maps, for three gates and a candidate.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.
        use_bias: whether biases are added.
        layout: ``"keras"``, or ``"torch"`` for PyTorch's two biases.
        proj_size: p, length to which PyTorch projects the hidden state;
            only with ``layout="torch"``.

    Raises:
        TypeError: if a size is not an integer or ``use_bias`` not a bool.
        ValueError: if a size is below 1, the layout unknown, ``proj_size``
            given without PyTorch's layout or not below ``units``.

    Source: Gers, Schmidhuber and Cummins (2000), the LSTM with a forget gate.

    >>> print(lstm(64, 128))
    4·((64+128)·128+128) = 98,816
    >>> print(lstm(64, 128, use_bias=False))
    4·(64+128)·128 = 98,304
    >>> print(lstm(64, 128, layout="torch", proj_size=32))
    4·((64+32)·128+2·128)+128·32 = 54,272
    """
    m, n = _size("input_dim", "m", input_dim), _size("units", "n", units)
    bias = n if _flag("use_bias", use_bias) else 0
    torch = _layout(layout)
    if proj_size is not None:
        p = _size("proj_size", "p", proj_size)
        if not torch:
            raise ValueError(f"proj_size must go with layout='torch', got {proj_size!r} with {layout!r}")
        if p.value >= n.value:
            raise ValueError(f"proj_size must be below units ({units!r}), got {proj_size!r}")
        weights = (*_torch_weights(m, n, p, "ifgo", use_bias), Weight("weight_hr_l0", (p.value, n.value)))
        return Count(4 * ((m + p) * n + 2 * bias) + n * p, weights)
    if torch:
        return Count(4 * ((m + n) * n + 2 * bias), _torch_weights(m, n, n, "ifgo", use_bias))
    return Count(4 * ((m + n) * n + bias), _keras_weights(m, n, "ifco", () if use_bias else None))


def gru(input_dim: int, units: int, *, use_bias: bool = True, reset_after: bool = True, layout: str = "keras") -> Count:
    """Count a ``GRU``: three affine maps, for two gates and a candidate.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.
        use_bias: whether biases are added.
        reset_after: Keras's default; the reset gate then acts after the matrix
            product, and the input and the state have a bias each.
        layout: ``"keras"``, or ``"torch"``, which always resets after.

    Raises:
        TypeError: if a size is not an integer or an option not a bool.
        ValueError: if a size is below 1, the layout unknown, or
            ``reset_after=False`` asked of PyTorch.

    Source: Cho et al. (2014), arXiv version 1, equation 8 (after), and version 3 (before).

    >>> print(gru(64, 128))
    3·((64+128)·128+2·128) = 74,496
    >>> print(gru(64, 128, reset_after=False))
    3·((64+128)·128+128) = 74,112
    """
    m, n = _size("input_dim", "m", input_dim), _size("units", "n", units)
    bias = n if _flag("use_bias", use_bias) else 0
    _flag("reset_after", reset_after)
    if _layout(layout):
        if not reset_after:
            raise ValueError("reset_after must be True with layout='torch', got False")
        return Count(3 * ((m + n) * n + 2 * bias), _torch_weights(m, n, n, "rzn", use_bias))
    if reset_after:
        return Count(3 * ((m + n) * n + 2 * bias), _keras_weights(m, n, "zrh", (2,) if use_bias else None))
    return Count(3 * ((m + n) * n + bias), _keras_weights(m, n, "zrh", () if use_bias else None))


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
    channels, f = _size("input_channels", "C", input_channels), _size("filters", "F", filters)
    axes = _size("rank", "D", rank).value
    if axes > 3:
        raise ValueError(f"rank must be 1, 2 or 3, got {rank!r}")
    if isinstance(kernel_size, (tuple, list)):
        if len(kernel_size) != axes:
            raise ValueError(f"kernel_size must have rank ({axes}) entries, got {kernel_size!r}")
        window = _size("kernel_size", "k_1", kernel_size[0])
        sides = [window.value]
        for axis, length in enumerate(kernel_size[1:], start=2):
            side = _size("kernel_size", f"k_{axis}", length)
            window, sides = window * side, [*sides, side.value]
    else:
        k = _size("kernel_size", "k", kernel_size)
        window, sides = k**axes, [k.value] * axes
    gates = tuple("ifco")
    weights = [
        Weight("kernel", (*sides, channels.value, 4 * f.value), gates),
        Weight("recurrent_kernel", (*sides, f.value, 4 * f.value), gates),
    ]
    if _flag("use_bias", use_bias):
        weights.append(Weight("bias", (4 * f.value,), gates))
    return Count(4 * (window * (channels + f) * f + (f if use_bias else 0)), tuple(weights))


def peephole_lstm(input_dim: int, units: int) -> Count:
    """Count an LSTM whose three gates also see the cell state.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Gers and Schmidhuber (2000); one vector of n peephole weights a gate.

    >>> print(peephole_lstm(64, 128))
    4·((64+128)·128+128)+3·128 = 99,200
    """
    m, n = _size("input_dim", "m", input_dim), _size("units", "n", units)
    peepholes = Weight("peephole", (3 * n.value,), tuple("ifo"))
    return Count(4 * ((m + n) * n + n) + 3 * n, (*_keras_weights(m, n, "ifco", ()), peepholes))


def coupled_gate_lstm(input_dim: int, units: int) -> Count:
    """Count an LSTM whose forget gate is one minus its input gate.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Greff et al. (2017), the variant CIFG, without its peepholes.

    >>> print(coupled_gate_lstm(64, 128))
    3·((64+128)·128+128) = 74,112
    """
    m, n = _size("input_dim", "m", input_dim), _size("units", "n", units)
    return Count(3 * ((m + n) * n + n), _keras_weights(m, n, "ico", ()))


def mgu(input_dim: int, units: int) -> Count:
    """Count a minimal gated unit: one forget gate and a candidate.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Zhou et al. (2016).

    >>> print(mgu(64, 128))
    2·((64+128)·128+128) = 49,408
    """
    m, n = _size("input_dim", "m", input_dim), _size("units", "n", units)
    return Count(2 * ((m + n) * n + n), _keras_weights(m, n, "fh", ()))


def min_lstm(input_dim: int, units: int) -> Count:
    """Count a minLSTM: two gates and a candidate that see the input alone.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Feng et al. (2024), section 3.2.

    >>> print(min_lstm(64, 128))
    3·(64·128+128) = 24,960
    """
    m, n = _size("input_dim", "m", input_dim), _size("units", "n", units)
    return Count(3 * (m * n + n), _input_only_weights(m, n, "fih"))


def min_gru(input_dim: int, units: int) -> Count:
    """Count a minGRU: one gate and a candidate that see the input alone.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Feng et al. (2024), section 3.1.

    >>> print(min_gru(64, 128))
    2·(64·128+128) = 16,640
    """
    m, n = _size("input_dim", "m", input_dim), _size("units", "n", units)
    return Count(2 * (m * n + n), _input_only_weights(m, n, "zh"))


def _input_only_weights(m: Formula, n: Formula, gates: str) -> "tuple[Weight, ...]":
    columns, blocks = len(gates) * n.value, tuple(gates)
    return (Weight("kernel", (m.value, columns), blocks), Weight("bias", (columns,), blocks))


def bidirectional(layer: Count) -> Count:
    """Count a ``Bidirectional`` wrapper: the layer twice, once for each direction.

    Args:
        layer: the count of the wrapped layer.

    Raises:
        TypeError: if ``layer`` is not a ``Count``.

    Source: Schuster and Paliwal (1997).

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
        layer: ``simple_rnn``, ``lstm``, ``gru`` or another function of this module.
        input_dim: m of the first layer.
        units: n of each layer, the lowest first.
        bidirectional: whether each layer runs in both directions.
        **options: passed on to ``layer``.

    Raises:
        TypeError: if a size is not an integer or an option of the wrong type.
        ValueError: if a size is below 1 or ``units`` is empty.

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
        if _flag("bidirectional", bidirectional):
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
            module that takes features and units.
        input_dim: m, features at each time step.
        **options: passed on to ``layer``.

    Returns:
        n, the only number of units that gives this count.

    Raises:
        TypeError: if ``count`` or ``input_dim`` is not an integer.
        ValueError: if no number of units gives ``count``, with the counts
            next to it; and whatever ``layer`` raises.

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
