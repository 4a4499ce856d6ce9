"""A benchmark of a broken book is no benchmark."""

import importlib.util
from pathlib import Path

import pytest

from book import HEAD, ROOT


def test_a_failing_cell_is_not_timed_as_a_success(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("build_benchmark", ROOT / "benchmarks" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    benchmark.copy_project(tmp_path)
    for page in (tmp_path / "docs").glob("*/*.md"):
        if "{code-cell}" in page.read_text("utf-8"):
            page.write_text("# A page without cells\n", "utf-8")
    broken = tmp_path / "docs" / "gates" / "gru.md"
    broken.write_text(f"{HEAD}# A page with a broken cell\n\n```{{code-cell}}\n1 / 0\n```\n", "utf-8")
    with pytest.raises(SystemExit, match="ZeroDivisionError"):
        benchmark.build(tmp_path, "book/html")
