"""run.py brings nox along, or says in one line what is missing."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from book import ROOT


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with a home of its own and a pip that does what a file tells it."""
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HOME", tmp_path / "home")
    return module


def pip(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``python -m pip`` run some code instead."""
    (folder / "pip.py").write_text(code, "utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_it_installs_once_and_again_when_the_lock_changes(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    pip(
        "import sys, pathlib\n"
        "if 'install' in sys.argv:\n"
        "    pathlib.Path(sys.argv[sys.argv.index('--target') + 1]).mkdir(exist_ok=True)\n"
        f"    open({str(asked)!r}, 'a').write('x')\n",
        tmp_path,
        monkeypatch,
    )
    run.install()
    run.install()
    assert asked.read_text() == "x"
    lock = tmp_path / "lock.txt"
    lock.write_text("another==1\n")
    monkeypatch.setattr(run, "LOCK", lock)
    run.install()
    assert asked.read_text() == "xx"


def test_a_missing_pip_is_named(run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip("raise SystemExit(1)", tmp_path, monkeypatch)
    with pytest.raises(SystemExit, match=r"^run\.py: pip is missing: install it"):
        run.install()


def test_what_failed_to_install_counts_as_not_installed(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip("import sys; sys.exit('install' in sys.argv)", tmp_path, monkeypatch)
    for _ in range(2):
        with pytest.raises(SystemExit, match=r"^run\.py: pip could not install nox"):
            run.install()


def test_an_old_python_is_named(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9))
    with pytest.raises(SystemExit, match=r"^run\.py: needs Python 3\.10 or newer, this is 3\.9$"):
        run.main()
