r"""Read the book's display equations.

The grammar is small, and what it does not know it refuses: a guess would
compute something that the page does not say. Tightest first: powers and
transposes, products without a sign, ``\odot`` and ``\cdot``, ``+`` and ``-``.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple


class UnreadableError(ValueError):
    """An equation holds what the grammar does not know, or its shapes do not fit."""


class Tree(NamedTuple):
    """An expression: what it is, and its parts."""

    kind: str
    parts: tuple[Any, ...]


class Equation(NamedTuple):
    """What an equation says of its two sides, and its LaTeX; of a lone expression the left side is missing."""

    left: Tree | None
    relation: str
    right: Tree
    text: str


LETTER = r"(?:\\tilde\s*(?:\{[a-z]\}|[a-z])|\\(?:gamma|theta|epsilon)(?![A-Za-z])|\\sigma(?=_)|[A-Za-z])"
NAME = rf"(?:d(?=[A-Za-z\\]))?{LETTER}'?(?:_(?:\{{[^{{}}]+\}}|[A-Za-z0-9]))?'?"
SIZE = r"\\(?:[bB]igg?[lr]?|left|right|quad|qquad)(?![A-Za-z])"
TOKENS = re.compile(
    rf"(?P<space>\s+|\\[,;:! ]|&|\{{\}}|{SIZE})"
    r"|(?P<relation>\\mathrel\{\+\}=|\\leftarrow(?![A-Za-z])|\\leq?(?![A-Za-z])|=)"
    rf"|(?P<name>\\frac\{{\\partial\s*L\}}\{{\\partial\s*{NAME}\}}|{NAME})"
    r"|(?P<function>\\(?:tanh|min)(?![A-Za-z])|\\sigma'?(?=\s*(?:\\[bB]igl?|\\left)?\())"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<sign>\\odot(?![A-Za-z])|\\cdot(?![A-Za-z])|\^\\top(?![A-Za-z])|\\frac(?![A-Za-z])|\\\||[-+^(){}\[\],])"
)
RELATIONS = {r"\mathrel{+}=": "+=", r"\leftarrow": "=", r"\le": "<=", r"\leq": "<=", "=": "="}
CLOSING = {"(": ")", "[": "]", "{": "}", r"\|": r"\|"}


def equations(text: str) -> list[Equation]:
    r"""Read a display: an equation a line; a line that starts with ``&`` goes on with the one before."""
    text = re.sub(r"\\(?:begin|end)\{aligned\}", "", text).strip()
    text = re.sub(r"(?:\\,|\s)*[.,]$", "", text)  # the sentence around a display may end in it
    lines: list[str] = []
    for line in map(str.strip, text.split(r"\\")):
        if not lines or not line.startswith(("&", "{}&")):
            lines.append(line)
        else:
            lines[-1] += f" {line}"
    return [_Reader(line).equation() for line in lines]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        match = TOKENS.match(text, place)
        if match is None:
            raise UnreadableError(f"{text[place : place + 12]!r} in {text!r} is not in the grammar")
        place = match.end()
        if match.lastgroup != "space":
            yield str(match.lastgroup), match[0]


def canonical(name: str) -> str:
    r"""Write a name in one way: ``\tilde{c}`` as ``\tilde c``, ``h_{t}`` as ``h_t``, ``b_h'`` as ``b'_h``."""
    name = re.sub(r"_\{(\w)\}", r"_\1", re.sub(r"\\tilde\s*\{?([a-z])\}?", r"\\tilde \1", name))
    name = re.sub(r"(_(?:\{[^{}]+\}|\w))'$", r"'\1", name)
    return re.sub(r"\\partial\s*", r"\\partial ", re.sub(r"\s*([-+])\s*", r"\1", name))


class _Reader:
    """Recursive descent: a method for each level of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.in_norm = False  # where the next bar closes, and opens no other
        self.tokens = [*_tokens(text), ("end", "")]

    def equation(self) -> Equation:
        left, relation = self.sum(), ""
        if self.tokens[0][0] == "relation":
            relation = RELATIONS[self.tokens.pop(0)[1]]
            left, right = left, self.sum()
        self.need("")
        return Equation(left, relation, right, self.text) if relation else Equation(None, "", left, self.text)

    def sum(self) -> Tree:
        tree = self.entrywise()
        while self.tokens[0][1] in ("+", "-"):
            tree = Tree(self.tokens.pop(0)[1], (tree, self.entrywise()))
        return tree

    def entrywise(self) -> Tree:
        tree = self.product()
        while self.tokens[0][1] in (r"\odot", r"\cdot"):
            tree = Tree(self.tokens.pop(0)[1], (tree, self.product()))
        return tree

    def product(self) -> Tree:
        tree = self.power()
        while self.starts_atom():
            tree = Tree("product", (tree, self.power()))
        return tree

    def starts_atom(self) -> bool:
        kind, text = self.tokens[0]
        opens = text in ("(", "[", r"\frac") or (text == r"\|" and not self.in_norm)
        return opens or kind in ("name", "number", "function")

    def power(self) -> Tree:
        tree = self.atom()
        while self.tokens[0][1] in ("^", r"^\top"):
            if self.tokens.pop(0)[1] == "^":
                tree = Tree("power", (tree, self.exponent()))
            else:
                tree = Tree("transpose", (tree,))
        return tree

    def exponent(self) -> Tree:
        kind, text = self.tokens[0]
        if kind == "number" and len(text) > 1:
            raise UnreadableError(f"TeX raises the first digit of ^{text} alone in {self.text!r}")
        return self.one_inside("{") if text == "{" else self.plain()

    def plain(self) -> Tree:
        kind, text = self.tokens.pop(0)
        if kind not in ("name", "number"):
            raise UnreadableError(f"{text!r} where a name or a number was expected in {self.text!r}")
        return Tree(kind, (canonical(text) if kind == "name" else float(text),))

    def atom(self) -> Tree:
        kind, text = self.tokens[0]
        if kind == "function":
            return self.call()
        if text == r"\frac":
            self.tokens.pop(0)
            return Tree("fraction", (self.one_inside("{"), self.one_inside("{")))
        if text == "[":
            return Tree("columns", self.inside("["))
        if text == "(":
            return self.one_inside("(")
        if text == r"\|" and not self.in_norm:
            self.in_norm = True
            tree = Tree("norm", (self.one_inside(r"\|"),))
            self.in_norm = False
            return tree
        return self.plain()

    def one_inside(self, opening: str) -> Tree:
        parts = self.inside(opening)
        if len(parts) != 1:
            raise UnreadableError(f"a comma between {opening} and {CLOSING[opening]} in {self.text!r}")
        return parts[0]

    def inside(self, opening: str) -> tuple[Tree, ...]:
        self.need(opening)
        parts = [self.sum()]
        while self.tokens[0][1] == ",":
            self.tokens.pop(0)
            parts.append(self.sum())
        self.need(CLOSING[opening])
        return tuple(parts)

    def call(self) -> Tree:
        function, squared = self.tokens.pop(0)[1], False
        if self.tokens[0][1] == "^":
            self.need("^")
            self.need("2")
            squared = True
        bare = self.tokens[0][1] != "("
        tree = Tree(function, (self.plain(),) if bare else self.inside("("))
        if bare and (self.starts_atom() or self.tokens[0][1].startswith("^")):
            raise UnreadableError(f"nothing says where the argument of {function} ends in {self.text!r}")
        return Tree("power", (tree, Tree("number", (2.0,)))) if squared else tree

    def need(self, text: str) -> None:
        _, found = self.tokens.pop(0)
        if found != text:
            raise UnreadableError(f"{found or 'the end'!r} where {text or 'the end'!r} was expected in {self.text!r}")
