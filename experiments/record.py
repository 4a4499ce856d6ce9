"""Run a study of many trainings side by side, and keep what they gave.

A record is a file of JSON lines in the package, for its pages to read: first
what made it, then a line a run. A record that other code made (:func:`code_hash`)
is not added to, nor overwritten: it is hours of work, so who wants it gone deletes it.
Where the code changed and the figures should not have, ``--check`` trains again
the beginning of one run of every kind, and only if its figures are the record's
takes the record for one of this code.
"""

import argparse
import ast
import concurrent.futures
import hashlib
import inspect
import json
import os
import platform
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from rnn_guide.records import FOLDER

UPDATES = 100  # that a check trains
# How far a figure may be off, relative to itself. Before training, where the code that takes the figures shows, only
# the last of their three or four digits depends on the machine. Then rounding grows. With XLA switched off the loss
# was off by up to 0.2 % within 100 updates and tells whether training is the same; gradients far back, which a bias
# of 5 makes large, were off by a factor of 4, so they are compared at the start only.
AT_START = 1e-3
LOSS = 1e-2


def main(study: str, runs: list[Any], follow: Callable[..., dict[str, Any]], made_by: Iterable[Any]) -> None:
    """Do the runs that the record does not hold yet, or check those it holds.

    Args:
        study: the path of the study's source.
        runs: a named tuple for each.
        follow: what does one run, or its first updates if their number is given too.
        made_by: the parts of the package whose code the figures depend on.
    """
    parser = argparse.ArgumentParser(
        description=f"Do the runs that rnn_guide/records/{Path(study).stem}.jsonl does not hold yet."
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side (default: 2)")
    told = f"train the first {UPDATES} updates of one run of every kind again, and if all agree keep the record"
    parser.add_argument("--check", action="store_true", help=told)
    options = parser.parse_args()
    if options.jobs < 1:
        parser.error(f"argument --jobs: expected a positive int, got {options.jobs}")
    path, head = FOLDER / f"{Path(study).stem}.jsonl", made_with(study, made_by)
    if options.check:
        check(path, runs, follow, head, options.jobs)
        return
    if not path.exists():
        path.write_text(json.dumps(head) + "\n", "utf-8")
    elif json.loads(path.read_text("utf-8").splitlines()[0])["code"] != head["code"]:
        parser.error(
            f"{path.name} was made by other code than stands here: if its figures should be the same, "
            "give --check, or else delete it to do all runs again"
        )
    done = [json.loads(line)["run"] for line in path.read_text("utf-8").splitlines()[1:]]
    left = [run for run in runs if run._asdict() not in done]
    for run, again in _side_by_side(left, follow, options.jobs):
        with path.open("a", encoding="utf-8") as record:
            record.write(json.dumps({"run": run._asdict()} | again) + "\n")


def check(path: Path, runs: list[Any], follow: Callable[..., dict[str, Any]], head: dict[str, Any], jobs: int) -> None:
    """Take a record for one of the code as it stands, if that code gives the record's figures again.

    Args:
        path: of the record.
        runs: those of the study.
        follow: what does the first updates of one run.
        head: what the record's head would be, were it made now.
        jobs: processes side by side.
    """
    if not path.exists():
        _refuse(f"{path.name} is not there to be checked")
    before = path.read_bytes()
    first, *lines = before.splitlines()
    kept = {json.dumps(line["run"]): line for line in map(json.loads, lines)}
    kinds = [run for run in runs if run == next(each for each in runs if each._replace(seed=run.seed) == run)]
    if lacking := [run for run in kinds if json.dumps(run._asdict()) not in kept]:
        _refuse(f"{path.name} lacks {lacking[0]}: nothing to compare with")
    print(f"{path.name}: the first {UPDATES} updates of {len(kinds)} runs, one of every kind", flush=True)
    rows = 0
    for run, again in _side_by_side(kinds, follow, jobs, UPDATES):
        if difference := _difference(again, kept[json.dumps(run._asdict())]):
            _refuse(f"{path.name} stays as it is, for {run} gives other figures: {difference}")
        rows += len(again["rows"])
    made = json.loads(first)
    checked = {"runs": len(kinds), "updates": UPDATES, "rows": rows, "at_start": AT_START, "loss": LOSS}
    made |= {"made_by": made.get("made_by", made["code"]), "code": head["code"]}
    made["checked"] = checked | {key: value for key, value in head.items() if key != "code"}
    if path.read_bytes() != before:
        _refuse(f"{path.name} was changed during the check: check it again")
    replace(path, json.dumps(made).encode() + before[len(first) :])
    print(f"{path.name}: {rows} rows agree", flush=True)


def code_hash(study: str, made_by: Iterable[Any]) -> str:
    """Return a hash of the code that a study runs, comments, docstrings and layout left out."""
    sources = [Path(study).read_text("utf-8"), *(textwrap.dedent(inspect.getsource(part)) for part in made_by)]
    return hashlib.sha256("\n".join(map(_bare, sources)).encode()).hexdigest()[:16]


def _side_by_side(
    runs: list[Any], follow: Callable[..., dict[str, Any]], jobs: int, *updates: int
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Do runs, and say of each in the terminal that it is done."""
    with concurrent.futures.ProcessPoolExecutor(jobs, max_tasks_per_child=1) as pool:
        waiting = {pool.submit(follow, run, *updates): run for run in runs}
        try:
            for number, future in enumerate(concurrent.futures.as_completed(waiting), start=1):
                yield waiting[future], future.result()
                print(f"{number} of {len(runs)}: {waiting[future]}", flush=True)
        finally:
            pool.shutdown(cancel_futures=True)


def _difference(again: dict[str, Any], kept: dict[str, Any]) -> str:
    """Return in words the first figure of a beginning that is not the record's, or nothing."""
    rows = kept["rows"][: len(again["rows"])]
    if again["columns"] != kept["columns"] or [row[0] for row in again["rows"]] != [row[0] for row in rows]:
        return "other columns or other steps"
    pairs = [("first", AT_START, *pair) for pair in zip(again.get("first", []), kept.get("first", []), strict=True)]
    for ours, theirs in zip(again["rows"], rows, strict=True):
        if len(ours) != len(theirs):
            return f"{len(ours)} figures at step {ours[0]} where the record has {len(theirs)}"
        for column, one, other in zip(kept["columns"], ours, theirs, strict=False):  # a cell without gates has fewer
            if column in ("mse", "loss") or ours[0] == 0:
                pairs.append((f"{column} at step {ours[0]}", LOSS if ours[0] else AT_START, one, other))
    for name, tolerance, one, other in pairs:
        if not abs(one - other) <= tolerance * abs(other):  # so that nan differs
            return f"{name} is {one} where the record has {other}"
    return ""


def _refuse(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(2)


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def made_with(study: str, made_by: Iterable[Any]) -> dict[str, Any]:
    """Return the first line of a record: a hash of the code, and the versions it runs on."""
    packages = {name: version(name) for name in ("keras", "numpy")}
    return {"code": code_hash(study, made_by), "python": platform.python_version(), **packages}


def _bare(source: str) -> str:
    """Return code as Python understands it, without the strings that stand by themselves."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not _is_docstring(part)] or [ast.Pass()]
    return ast.unparse(tree)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
