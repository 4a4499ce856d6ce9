"""Find columns that visible code takes from a study's record by number, where a reader cannot know what they hold.

A run of a study has its figures under ``"rows"``, a list for each moment. What
is computed from them is followed through assignments and loops. Numbers that
count steps, units or lags stay free: they index arrays of another origin, or
count what the axis counts.
"""

import ast
from typing import Any

from .scopes import Use
from .visible import parts

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
BLANKS = 2  # so many _ side by side can still be counted at a glance


def _literal(node: ast.expr) -> bool:
    """Return whether an index is a number from 1 on, or a list with one; 0 and -1 are the ends of an axis."""
    if isinstance(node, ast.List | ast.Tuple):
        return any(map(_literal, node.elts))
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value >= 1


def _integer(node: ast.expr) -> bool:
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def _is_rows(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == "rows"


def _of_record(node: ast.AST, names: set[str]) -> bool:
    """Return whether an expression is made from a record's rows."""
    return any(_is_rows(at) or (isinstance(at, ast.Name) and at.id in names) for at in ast.walk(node))


def _stored(target: ast.AST) -> set[str]:
    return {at.id for at in ast.walk(target) if isinstance(at, ast.Name) and isinstance(at.ctx, ast.Store)}


def _follow(node: ast.AST, names: set[str]) -> None:
    """Add the names that a statement or a loop makes from a record's rows, drop those it makes from something else."""
    if isinstance(node, ast.Assign):
        stored = set().union(*map(_stored, node.targets))
        made = _of_record(node.value, names)
        names -= stored
        names |= stored if made else set()
    elif isinstance(node, ast.For) and _of_record(node.iter, names):
        names |= _stored(node.target)
    elif isinstance(node, COMPREHENSIONS):
        for loop in node.generators:
            names |= _stored(loop.target) if _of_record(loop.iter, names) else set()
    elif isinstance(node, ast.FunctionDef):  # what it returns may be made from rows
        inside = set(names)
        for statement in node.body:
            for at in _in_order(statement):
                _follow(at, inside)
        returned = [at.value for at in ast.walk(node) if isinstance(at, ast.Return) and at.value]
        names |= {node.name} if any(_of_record(value, inside) for value in returned) else set()


def _in_order(tree: ast.AST) -> list[Any]:
    """Return the nodes of a cell as they stand in its text; what holds others comes before them."""
    nodes = [node for node in ast.walk(tree) if hasattr(node, "lineno")]
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))


def _by_number(node: ast.Subscript) -> bool:
    """Return whether a subscript ends in the number of a column: ``x[:, 3]``, ``x[-1][3]``."""
    if isinstance(node.slice, ast.Tuple):
        return bool(node.slice.elts) and _literal(node.slice.elts[-1])
    inner = node.value
    return _literal(node.slice) and isinstance(inner, ast.Subscript) and not _is_rows(inner) and _integer(inner.slice)


def _is_fault(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Subscript):
        return _by_number(node) and _of_record(node.value, names)
    if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Store):
        return sum(isinstance(at, ast.Name) and at.id == "_" for at in node.elts) > BLANKS
    return False


def unnamed(page: str) -> list[Use]:
    """Return the columns that visible cells take by number, as they are written."""
    names: set[str] = set()
    found = []
    for part in parts(page):
        if part.kind == "prose":
            continue
        for node in _in_order(ast.parse(part.text)):
            _follow(node, names)
            if part.kind == "visible" and _is_fault(node, names):
                found.append(Use(ast.unparse(node), node.lineno + part.line - 1))
    return found
