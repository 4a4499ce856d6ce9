"""Run a study of many trainings side by side, and keep what they gave.

A record is a file of JSON lines in the package, for its pages to read: first
what made it, then a line a run. A record that other code made (:func:`code_hash`)
is not added to, nor overwritten: it is hours of work, so who wants it gone deletes it.
"""

import argparse
import ast
import concurrent.futures
import hashlib
import inspect
import json
import platform
import textwrap
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rnn_guide.records import FOLDER


def main(study: str, runs: list[Any], follow: Callable[[Any], dict[str, Any]], made_by: Iterable[Any]) -> None:
    """Do the runs that the record does not hold yet.

    Args:
        study: the path of the study's source.
        runs: a named tuple for each.
        follow: what does one run.
        made_by: functions of the package whose code the figures depend on.
    """
    parser = argparse.ArgumentParser(
        description=f"Do the runs that rnn_guide/records/{Path(study).stem}.jsonl does not hold yet."
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side (default: 2)")
    jobs = parser.parse_args().jobs
    if jobs < 1:
        parser.error(f"argument --jobs: expected a positive int, got {jobs}")
    path, head = FOLDER / f"{Path(study).stem}.jsonl", _head(study, made_by)
    if not path.exists():
        path.write_text(json.dumps(head) + "\n", "utf-8")
    elif json.loads(path.read_text("utf-8").splitlines()[0])["code"] != head["code"]:
        parser.error(f"{path.name} was made by other code than stands here: delete it to do all runs again")
    done = [json.loads(line)["run"] for line in path.read_text("utf-8").splitlines()[1:]]
    left = [run for run in runs if run._asdict() not in done]
    with concurrent.futures.ProcessPoolExecutor(jobs, max_tasks_per_child=1) as pool:
        waiting = {pool.submit(follow, run): run for run in left}
        for number, future in enumerate(concurrent.futures.as_completed(waiting), start=1):
            run = waiting[future]
            with path.open("a", encoding="utf-8") as record:
                record.write(json.dumps({"run": run._asdict()} | future.result()) + "\n")
            print(f"{number} of {len(left)}: {run}", flush=True)


def code_hash(study: str, made_by: Iterable[Any]) -> str:
    """Return a hash of the code that a study runs, comments and docstrings left out."""
    sources = [Path(study).read_text("utf-8"), *(textwrap.dedent(inspect.getsource(part)) for part in made_by)]
    return hashlib.sha256("\n".join(map(_bare, sources)).encode()).hexdigest()[:16]


def _head(study: str, made_by: Iterable[Any]) -> dict[str, Any]:
    packages = {name: version(name) for name in ("keras", "numpy")}
    return {"code": code_hash(study, made_by), "python": platform.python_version(), **packages}


def _bare(source: str) -> str:
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            text = node.body[0]
            for number in range(text.lineno - 1, text.end_lineno or text.lineno):
                lines[number] = ""
    return "\n".join(line for line in lines if line.strip() and not line.strip().startswith("#"))
