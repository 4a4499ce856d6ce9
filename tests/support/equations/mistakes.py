"""Wrong versions of an equation, to show that a comparison would notice them."""

from collections.abc import Iterator

from .latex import Equation, Tree

OTHER_FUNCTIONS = {r"\sigma": [r"\tanh", r"\sigma'"], r"\sigma'": [r"\sigma"], r"\tanh": [r"\sigma"]}


def _other(tree: Tree) -> Iterator[Tree]:
    """Yield what could stand in an expression's place by mistake: a part missing, another sign, another function."""
    kind, parts = tree
    if kind in ("+", "-"):
        yield Tree("-" if kind == "+" else "+", parts)
    if kind in ("+", "-", r"\odot"):
        yield from parts
    if kind in ("transpose", "power"):
        yield parts[0]
    if kind == "columns":
        yield Tree(kind, (parts[1], parts[0], *parts[2:]))
    for function in OTHER_FUNCTIONS.get(kind, ()):
        yield Tree(function, parts)


def _wrong_trees(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield the expression with one mistake in it, at every place and of every kind; what was there comes first."""
    yield from ((tree.kind, wrong) for wrong in _other(tree))
    for place, part in enumerate(tree.parts):
        if isinstance(part, Tree):
            for what, wrong in _wrong_trees(part):
                yield what, Tree(tree.kind, (*tree.parts[:place], wrong, *tree.parts[place + 1 :]))


def mistaken(equation: Equation) -> Iterator[tuple[str, Equation]]:
    """Yield an equation with one mistake in it, and the sign or function where the mistake is."""
    for what, tree in _wrong_trees(equation.right):
        yield what, equation._replace(right=tree)
    if equation.relation == "+=":
        yield "+=", equation._replace(relation="=")
