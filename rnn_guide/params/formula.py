"""A number that remembers how it was worked out."""

from .arguments import _integer


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


def as_size(name: str, symbol: str, value: int) -> Formula:
    """Return a size as a formula."""
    return Formula(_integer(name, value), symbol)
