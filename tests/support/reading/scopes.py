"""Go through a cell from top to bottom as Python does, and note names that are used before they are bound."""

import ast
import builtins
import symtable
from collections.abc import Iterable
from typing import Any, NamedTuple

BODIES = ("body", "handlers", "orelse", "finalbody")
SIMPLE = (ast.Expr, ast.Assert, ast.Raise, ast.Pass, ast.Break, ast.Continue)


class Use(NamedTuple):
    """A name that code uses, and the line."""

    name: str
    line: int


def _symbols(node: ast.AST) -> Iterable[tuple[symtable.Symbol, bool]]:
    """Yield the symbols of a piece of code and of all scopes inside it, and whether the scope is the page's."""
    tables = [symtable.symtable(ast.unparse(node), "cell", "exec")]
    for table in tables:
        tables += table.get_children()
        for symbol in table.get_symbols():
            yield symbol, table.get_type() == "module"


def reads(node: ast.AST) -> set[str]:
    """Return the names that code takes from the page; parameters and other names of inner scopes are its own."""
    taken = {
        symbol.get_name() for symbol, page in _symbols(node) if symbol.is_referenced() and (page or symbol.is_global())
    }
    own = {walrus.target.id for walrus in ast.walk(node) if isinstance(walrus, ast.NamedExpr)}
    return taken - own


def binds(node: ast.AST) -> set[str]:
    """Return the names that a statement gives to the page."""
    return {
        symbol.get_name()
        for symbol, page in _symbols(node)
        if (symbol.is_assigned() or symbol.is_imported()) and (page or symbol.is_declared_global())
    }


class _Run:
    """What is bound so far, and the names that were used and were not."""

    def __init__(self, bound: set[str], also: set[str]) -> None:
        self.bound, self.also = set(bound), also | set(dir(builtins)) | {"__name__"}
        self.uses: list[Use] = []
        self.later: list[ast.stmt] = []  # functions run when all of the cell is known

    def use(self, node: ast.stmt | ast.expr) -> None:
        for name in sorted(reads(node) - self.bound - self.also):
            lines = [at.lineno for at in ast.walk(node) if isinstance(at, ast.Name) and at.id == name]
            self.uses.append(Use(name, min(lines, default=node.lineno)))

    def statements(self, nodes: Iterable[Any]) -> None:
        for node in nodes:
            self.statement(node)

    def statement(self, node: Any) -> None:
        """Take a statement in the order in which Python does: what it reads, what it binds, what it holds."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.later.append(node)
                self.bound.add(node.name)
            case ast.Import() | ast.ImportFrom():
                if any(alias.name == "*" for alias in node.names):
                    raise ValueError(f"line {node.lineno}: an import of * hides where names come from")
                self.bound |= binds(node)
            case ast.AugAssign():
                self.use(node.value)
                self.use(node.target)
            case ast.Assign() | ast.AnnAssign():
                self.use(node)
                self.bound |= binds(node)
            case ast.Delete():
                self.use(node)
                self.bound -= {target.id for target in node.targets if isinstance(target, ast.Name)}
            case ast.If() | ast.While():
                self.use(node.test)
                self.bound |= binds(node.test)
            case ast.For():
                self.use(node.iter)
                self.take(node.target)
            case ast.With():
                for item in node.items:
                    self.use(item.context_expr)
                    if item.optional_vars:
                        self.take(item.optional_vars)
            case ast.ExceptHandler():
                if node.type:
                    self.use(node.type)
                self.bound |= {node.name} if node.name else set()
            case ast.Try():
                pass
            case _ if isinstance(node, SIMPLE):
                self.use(node)
                self.bound |= binds(node)
            case _:
                raise ValueError(f"{type(node).__name__} is not understood")
        if node not in self.later:
            for body in BODIES:
                self.statements(getattr(node, body, []))

    def take(self, target: ast.expr) -> None:
        """Bind what a loop or a ``with`` gives a value to; ``x[i]`` as a target reads x and i."""
        bound = {at.id for at in ast.walk(target) if isinstance(at, ast.Name) and isinstance(at.ctx, ast.Store)}
        read = {at.id for at in ast.walk(target) if isinstance(at, ast.Name) and isinstance(at.ctx, ast.Load)}
        self.uses += [Use(name, target.lineno) for name in sorted(read - self.bound - self.also)]
        self.bound |= bound


def imported(code: str) -> set[str]:
    """Return the names that a cell imports."""
    nodes = ast.walk(ast.parse(code))
    return set().union(*(binds(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)))


def run_through(code: str, bound: set[str], also: set[str] | None = None) -> tuple[set[str], list[Use]]:
    """Return the names bound after a cell, and those that it used although neither ``bound`` nor ``also`` has them."""
    run = _Run(bound, also or set())
    run.statements(ast.parse(code).body)
    for function in run.later:
        run.use(function)
    return run.bound, run.uses
