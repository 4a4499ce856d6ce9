"""Time the command line and its import, beside the interpreter's own start, and explain beside other summaries."""

import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

COMMANDS = {
    "the interpreter alone": ["-c", "pass"],
    "import rnn_guide.params": ["-c", "import rnn_guide.params"],
    "python -m rnn_guide gru 64 128": ["-m", "rnn_guide", "gru", "64", "128"],
}
ROUNDS = 30

MODEL = """
import sys, keras
row = [keras.layers.Embedding(1000, 64), keras.layers.LSTM(128), keras.layers.Dense(10)]
keras.Sequential([keras.Input((None,)), *row]).save(sys.argv[1])
"""
SUMMARY = "import sys, keras; keras.saving.load_model(sys.argv[1], compile=False).summary()"
TORCHINFO = """
import torch, torchinfo
torchinfo.summary(torch.nn.LSTM(64, 128), (10, 1, 64))
"""
# One run takes seconds, and all but the first ratio are near 1.
FEW_ROUNDS = 5


def summaries(file: str) -> dict[str, list[str]]:
    """Return the commands that describe a model; a package that is missing is said so."""
    commands = {
        "Keras's summary of a file": ["-c", SUMMARY, file],
        "import keras": ["-c", "import keras"],
        "python -m rnn_guide explain": ["-m", "rnn_guide", "explain", file],
        "the same with --steps 10": ["-m", "rnn_guide", "explain", file, "--steps", "10"],
    }
    if find_spec("torchinfo"):
        commands |= {"import torchinfo": ["-c", "import torchinfo"], "torchinfo's of an LSTM": ["-c", TORCHINFO]}
    else:
        print("torchinfo is not installed: python -m pip install --group counters\n")
    return commands


def compare(commands: dict[str, list[str]], rounds: int) -> None:
    """Print the median of each command, taken in turns, as a ratio to the first and as the distance to it."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, arguments in commands.items():
            start = time.perf_counter()
            command = [sys.executable, *arguments]
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(seconds[1:]) for name, seconds in times.items()}  # the first one warms up
    bare = next(iter(medians.values()))
    for name, seconds in medians.items():
        print(f"{name:32}{seconds / bare:6.2f}  ({1000 * (seconds - bare):+.0f} ms)")


def main() -> None:
    """Time both groups."""
    compare(COMMANDS, ROUNDS)
    print()
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "model.keras"))
        subprocess.run([sys.executable, "-c", MODEL, file], stderr=subprocess.DEVNULL, check=True)
        compare(summaries(file), FEW_ROUNDS)


if __name__ == "__main__":
    main()
