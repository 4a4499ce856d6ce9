"""Time the command line and its import, beside the interpreter's own start."""

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "the interpreter alone": ["-c", "pass"],
    "import rnn_guide.params": ["-c", "import rnn_guide.params"],
    "python -m rnn_guide gru 64 128": ["-m", "rnn_guide", "gru", "64", "128"],
}
ROUNDS = 30


def main() -> None:
    """Print the median of each command, taken in turns, and its distance to the bare start."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS + 1):
        for name, arguments in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
            times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(seconds[1:]) for name, seconds in times.items()}  # the first one warms up
    bare = medians["the interpreter alone"]
    for name, seconds in medians.items():
        print(f"{name:32}{seconds / bare:5.1f}  ({1000 * (seconds - bare):+.0f} ms)")


if __name__ == "__main__":
    main()
