"""A layer's parameters: their formula, and the arrays they lie in."""

from .arguments import _integer
from .formula import Formula
from .work import Work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Weight:
    """One array of a layer: its name, its shape and the gates side by side in it.

    Args:
        name: the framework's own name for the array.
        shape: its shape, of integers or formulas.
        gates: the letters of its blocks, in the order the framework keeps them;
            empty for an array without blocks.

    >>> from rnn_guide.params import lstm
    >>> kernel = lstm(64, 128).weights[0]
    >>> print(kernel)
    kernel (64, 512): 64·512 = 32,768

    The shape remembers how it was worked out:

    >>> print(kernel.numbers, "or", kernel.formula)
    64·4·128 or m·4·n
    """

    def __init__(self, name: str, shape: "tuple[Formula | int, ...]", gates: "tuple[str, ...]" = ()) -> None:
        lengths = [Formula(length) if isinstance(length, int) else length for length in shape]
        product = lengths[0] if lengths else Formula(1)
        for length in lengths[1:]:
            product = product * length
        self._product = product
        self.name = name
        self.shape = tuple(length.value for length in lengths)
        self.gates = gates

    @property
    def size(self) -> int:
        """The number of entries, the product of the shape."""
        return self._product.value

    @property
    def formula(self) -> str:
        """The product in letters."""
        return self._product.symbols

    @property
    def numbers(self) -> str:
        """The product with the sizes filled in."""
        return self._product.numbers

    def _renamed(self, name: str) -> "Weight":
        weight = Weight(name, self.shape, self.gates)
        weight._product = self._product
        return weight

    def __repr__(self) -> str:
        product = "·".join(str(length) for length in self.shape) or "1"
        return f"{self.name} {self.shape}: {product} = {self.size:,}"


class Count:
    r"""The number of parameters of a layer, and where it comes from.

    Args:
        formula: the layer's formula.
        weights: the layer's arrays; their sizes add up to the formula's value.
        work: what the layer computes at one time step, or at one position; None
            where it is not worked out here, or depends on the length of a sequence.

    >>> from rnn_guide.params import dense, gru, lstm
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

    def __init__(self, formula: Formula, weights: "tuple[Weight, ...]", work: "Work | None" = None) -> None:
        self._formula = formula
        self.weights = weights
        self.work = work

    @property
    def formula(self) -> str:
        """The formula in letters, before the sizes are filled in.

        In a sum of layers each term speaks of its own layer's m and n.
        """
        return self._formula.symbols

    @property
    def numbers(self) -> str:
        """The formula with the sizes filled in."""
        return self._formula.numbers

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
        return f"{self.numbers} = {self._formula.value:,}"

    def __repr__(self) -> str:
        return f"Count({self})"

    def __add__(self, other: "Count | int") -> "Count":
        if isinstance(other, Count):
            work = self.work + other.work if self.work and other.work else None
            return Count(self._formula + other._formula, self.weights + other.weights, work)
        if isinstance(other, int) and other == 0:  # where sum() begins
            return self
        raise TypeError(f"a Count can be added to a Count, got {other!r}, which has no weights")

    __radd__ = __add__

    def __mul__(self, copies: int) -> "Count":
        times = _integer("copies", copies)
        if times == 1:
            return self
        return Count(times * self._formula, times * self.weights, self.work and times * self.work)

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
            forward.append(weight._renamed(names[0]))
            backward.append(weight._renamed(names[1]))
        return Count(2 * self._formula, (*forward, *backward), self.work and 2 * self.work)

    def _numbered(self, level: int) -> "Count":
        """The count with PyTorch's names for the layer at that level of a stack."""
        names = [weight.name.replace("_l0", f"_l{level}") for weight in self.weights]
        weights = [weight._renamed(name) for name, weight in zip(names, self.weights, strict=True)]
        return Count(self._formula, tuple(weights), self.work)


def _number(value: "Any") -> "Any":
    """Return what a count is compared with: another's number, or what stands there."""
    return value._formula.value if isinstance(value, Count) else value
