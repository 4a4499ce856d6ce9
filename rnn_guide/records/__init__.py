"""What the studies in the project's folder ``experiments`` gave, as they wrote it.

Each is a training that takes minutes, done for many seeds. A page prints from
the record and runs one seed live.
"""

import json
from pathlib import Path
from typing import Any

__all__ = ["load"]

# Where the records lie, a file of JSON lines each.
FOLDER = Path(__file__).parent


def load(name: str) -> list[dict[str, Any]]:
    """Return the runs of a study.

    Args:
        name: of the study, such as ``"gates_open"``.

    Returns:
        A dictionary for each run. Its ``run`` says what was done, the rest what came of it.

    Raises:
        ValueError: if there is no such record.

    >>> runs = load("gates_open")
    >>> runs[0]["run"]["cell"], runs[0]["columns"][:2]
    ('gru', ['step', 'mse'])
    """
    names = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
    if name not in names:
        raise ValueError(f"name must be one of {', '.join(names)}, got {name!r}")
    lines = (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines[1:]]  # the first line says what made it
