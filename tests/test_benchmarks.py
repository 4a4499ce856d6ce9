"""A benchmark of a broken book is no benchmark, and a new chapter is no broken book."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from book import HEAD, ROOT


@pytest.fixture
def benchmark(tmp_path: Path) -> ModuleType:
    """The benchmark of the build, and a copy of the book whose pages have no cells."""
    spec = importlib.util.spec_from_file_location("build_benchmark", ROOT / "benchmarks" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.copy_project(tmp_path)
    for page in (tmp_path / "docs").glob("*/*.md"):
        if page.name != "api.md":
            page.write_text("# A page without cells\n", "utf-8")
    (tmp_path / "docs" / "index.md").write_text("# A book\n\n```{toctree}\n:glob:\n*/*\n```\n", "utf-8")
    return module


def test_a_failing_cell_is_not_timed_as_a_success(benchmark: ModuleType, tmp_path: Path) -> None:
    broken = tmp_path / "docs" / "gates" / "gru.md"
    broken.write_text(f"{HEAD}# A page with a broken cell\n\n```{{code-cell}}\n1 / 0\n```\n", "utf-8")
    with pytest.raises(SystemExit, match="ZeroDivisionError"):
        benchmark.build(tmp_path, "book/html")


def test_a_new_chapter_is_timed(benchmark: ModuleType, tmp_path: Path) -> None:
    new = tmp_path / "docs" / "gates" / "new.md"
    new.write_text(f"{HEAD}# A new page\n\n{{runtime}}`cells`\n\n```{{code-cell}}\nprint(1)\n```\n", "utf-8")
    _, ran = benchmark.build(tmp_path, "book/html")
    assert set(ran) == {"gates/new"}
