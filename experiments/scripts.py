"""Run the scripts that are too long for a page, and keep what each one printed and how long it took.

    python experiments/scripts.py    # those whose code or command changed since

Each runs by itself, in an empty folder, so nothing else should keep the machine busy.
"""

import contextlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import record
from rnn_guide.records import FOLDER

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
COMMANDS = [
    "first_model.py --guess Rivabianca Krzyżowice-Nowe",
    "colour_python.py",
    "river.py --figure fulda.png",
    "write_characters.py --temperature 0.7",
    "add_numbers.py --ask 57+68 999+1 1234+5678",
    "distributed.py",
    "port_weights.py",
]
RECORD = FOLDER / "scripts.jsonl"


def runs() -> list[dict[str, str]]:
    """Return each command, and a hash of the script's code, comments and docstrings left out."""
    return [
        {"command": command, "code": record.code_hash(str(EXAMPLES / command.split()[0]), [])} for command in COMMANDS
    ]


def follow(command: str) -> dict[str, Any]:
    """Run a script, and return what it printed and the seconds it took."""
    script, *arguments = shlex.split(command)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        done = subprocess.run(  # its warnings go to the terminal
            [sys.executable, EXAMPLES / script, *arguments], cwd=folder, stdout=subprocess.PIPE, text=True, check=True
        )
        seconds = round(time.perf_counter() - start)
    made_with = record.made_with(__file__, [])
    return {"output": done.stdout.splitlines(), "seconds": seconds, "cores": os.cpu_count(), "made_with": made_with}


def main() -> None:
    """Bring the record up to date, and write it whole after each script."""
    kept: list[dict[str, Any]] = []
    with contextlib.suppress(FileNotFoundError):
        kept = [json.loads(line) for line in RECORD.read_text("utf-8").splitlines()[1:]]
    for run in runs():
        if run not in [line["run"] for line in kept]:
            print(run["command"], flush=True)
            kept.append({"run": run} | follow(run["command"]))
        lines = [{"scripts": len(COMMANDS)}, *(line for line in kept if line["run"] in runs())]
        record.replace(RECORD, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())


if __name__ == "__main__":
    main()
