"""What a layer computes: the multiply–adds of its matrix products, and the element-wise work beside them."""

from .formula import Formula


class Work:
    """What a layer computes at one time step, or at one position of its output.

    A multiply–add is one product of a weight, or of two entries, with the sum that takes it up.

    Args:
        multiply_adds: those of the matrix products.
        elementwise: what is done entry by entry, by name: ``sums``, ``products``,
            ``activations`` and so on.

    >>> from rnn_guide.params import dense, lstm
    >>> work = lstm(64, 128).work
    >>> print(work)
    4·(64+128)·128 = 98,304
    >>> work.elementwise
    {'sums': 1152, 'products': 384, 'activations': 640}

    A step multiplies by every weight of the kernels once, so a layer without biases
    has as many multiply–adds a step as parameters:

    >>> int(work) == lstm(64, 128, use_bias=False)
    True
    >>> print(10 * work)
    10·4·(64+128)·128 = 983,040
    """

    def __init__(self, multiply_adds: Formula, **elementwise: "Formula | int") -> None:
        self._multiply_adds = multiply_adds
        counts = {name: each.value if isinstance(each, Formula) else each for name, each in elementwise.items()}
        self.elementwise = {name: count for name, count in counts.items() if count}

    @property
    def formula(self) -> str:
        """The multiply–adds in letters."""
        return self._multiply_adds.symbols

    @property
    def numbers(self) -> str:
        """The multiply–adds with the sizes filled in."""
        return self._multiply_adds.numbers

    def __int__(self) -> int:
        return self._multiply_adds.value

    def __str__(self) -> str:
        return f"{self.numbers} = {int(self):,}"

    def __repr__(self) -> str:
        return f"Work({self})"

    def __add__(self, other: "Work") -> "Work":
        names = {**self.elementwise, **other.elementwise}
        both = {name: self.elementwise.get(name, 0) + other.elementwise.get(name, 0) for name in names}
        return Work(self._multiply_adds + other._multiply_adds, **both)

    def __rmul__(self, copies: int) -> "Work":
        return Work(copies * self._multiply_adds, **{name: copies * each for name, each in self.elementwise.items()})
