"""Compute an equation as it was read, on values for its names.

A row vector is an array of shape (1, n), a number is a float. Nothing is
broadcast: what is added or multiplied entry by entry has one shape, or one
side is a number. So a product that is no product on paper is none here.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .latex import Equation, Tree, UnreadableError

Values = dict[str, Any]


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _slope(x: Any) -> Any:
    return _sigmoid(x) * (1 - _sigmoid(x))


FUNCTIONS: dict[str, Callable[..., Any]] = {r"\tanh": np.tanh, r"\sigma": _sigmoid, r"\sigma'": _slope}


def _number(value: Any) -> bool:
    return np.ndim(value) == 0


def _check(fits: bool, what: str, *values: Any) -> None:
    if not fits:
        raise UnreadableError(f"{what} of the shapes {', '.join(str(np.shape(value)) for value in values)}")


def _add(a: Any, b: Any) -> Any:
    _check(np.shape(a) == np.shape(b) or _number(a) or _number(b), "a sum", a, b)
    return a + b


def _entrywise(a: Any, b: Any) -> Any:
    _check(np.shape(a) == np.shape(b), "an entrywise product", a, b)
    return a * b


def _product(a: Any, b: Any) -> Any:
    if _number(a) or _number(b):
        return a * b
    _check(np.shape(a)[1] == np.shape(b)[0], "a matrix product", a, b)
    return a @ b


def _scale(a: Any, b: Any) -> Any:
    _check(_number(a) or _number(b), "a product with a dot", a, b)
    return a * b


def _power(a: Any, exponent: Any) -> Any:
    _check(_number(exponent) and (_number(a) or np.shape(a)[0] == 1), "a power", a, exponent)
    return a**exponent


def _fraction(a: Any, b: Any) -> Any:
    _check(_number(b), "a fraction", a, b)
    return a / b


def _transpose(a: Any) -> Any:
    _check(not _number(a), "a transpose", a)
    return a.T


OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": _add,
    "-": lambda a, b: _add(a, -b),
    r"\odot": _entrywise,
    r"\cdot": _scale,
    "product": _product,
    "power": _power,
    "transpose": _transpose,
    "fraction": _fraction,
    "norm": lambda a: float(np.linalg.norm(a)),
    "columns": lambda *parts: np.concatenate(parts, axis=1),
    r"\min": lambda *parts: min(parts),
}


def evaluate(tree: Tree, values: Values) -> Any:
    """Return what an expression is on these values."""
    if tree.kind == "number":
        return tree.parts[0]
    if tree.kind == "name":
        if tree.parts[0] not in values:
            raise UnreadableError(f"{tree.parts[0]} has no value yet; known are {', '.join(sorted(values))}")
        return values[tree.parts[0]]
    parts = [evaluate(part, values) for part in tree.parts]
    if tree.kind in FUNCTIONS:
        _check(len(parts) == 1, f"{tree.kind} with arguments", *parts)
        return FUNCTIONS[tree.kind](parts[0])
    return OPERATIONS[tree.kind](*parts)


def assign(equation: Equation, values: Values) -> None:
    """Compute the right side and give it to the name on the left, or its columns to the names in brackets."""
    if equation.left is None or equation.relation not in ("=", "+="):
        raise UnreadableError(f"{equation.text!r} is no assignment")
    try:
        value = evaluate(equation.right, values)
    except UnreadableError as error:
        raise UnreadableError(f"{error}, in {equation.text!r}") from None
    targets = equation.left.parts if equation.left.kind == "columns" else (equation.left,)
    for target, part in zip(targets, np.split(value, len(targets), axis=-1), strict=True):
        if target.kind != "name":
            raise UnreadableError(f"no name takes the value in {equation.text!r}")
        values[target.parts[0]] = _add(evaluate(target, values), part) if equation.relation == "+=" else part


def holds(equation: Equation, values: Values) -> bool:
    """Return whether an inequality is true, up to rounding."""
    if equation.left is None or equation.relation != "<=":
        raise UnreadableError(f"{equation.text!r} is no inequality")
    return bool(evaluate(equation.left, values) <= evaluate(equation.right, values) * (1 + 1e-10))
