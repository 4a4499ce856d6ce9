"""Run a script as a user runs it, alone and in an empty folder, or read it as a module."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from book import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def run(name: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in ``folder``, and assert that it leaves there what lay there before."""
    before = sorted(folder.rglob("*"))
    script = folder / f"{name}.py"
    script.write_bytes((ROOT / "examples" / f"{name}.py").read_bytes())
    result = subprocess.run(
        [sys.executable, script.name, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    script.unlink()
    assert sorted(folder.rglob("*")) == before
    return result


def load(name: str) -> ModuleType:
    """Return a script as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script
