"""Time how long the network of each script trains until it is as good as the script's best baseline.

The baseline's figure is that of the record, with the script's defaults. The network is trained anew from short to
long, each time with a learning rate that falls to its end; the first length that is good enough counts. A network
that never gets there is printed as it came out. Nothing else should keep the machine busy.
"""

import contextlib
import importlib.util
import io
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

from rnn_guide import records

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ROW = re.compile(r"^(.+?)  +([\d.]+) ?(%|bits)", re.MULTILINE)
# Of each script: the option that sets how long the network trains, the lengths to try, the last of them the default,
# and which of its calls of learn() trains the network.
LADDERS = {
    "first_model": ("--epochs", (2, 5, 15), 0),
    "colour_python": ("--epochs", (1, 2, 4, 6), 0),
    "river": ("--epochs", (2, 5, 10, 20), -1),
    "write_characters": ("--epochs", (5, 10), -1),
    "add_numbers": ("--updates", (1000, 2000, 3000, 4000, 6000), -1),
}


def train(name: str, option: str, length: int, which: int) -> tuple[float, str, float]:
    """Run a script with its network trained so long: return the network's figure, its title and its seconds."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    script: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    learn, seconds = script.learn, []

    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        learned = learn(*arguments, **options)
        seconds.append(time.perf_counter() - start)
        return learned

    script.learn = timed
    sys.argv = [f"{name}.py", option, str(length)]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        given = script.arguments()
        script.main(**given) if isinstance(given, dict) else script.main(*given)
    title, figure, _ = ROW.findall(said.getvalue())[-1]
    return float(figure), title, seconds[which]


def main() -> None:
    """Print for each script the baseline, and what the network reaches after how many seconds."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    printed = {run["run"]["command"].split(".")[0]: "\n".join(run["output"]) for run in records.load("scripts")}
    for name, (option, lengths, which) in LADDERS.items():
        *rows, (_, _, unit) = ROW.findall(printed[name])
        sign = -1 if unit == "bits" else 1  # fewer bits are better
        baseline, best = max(((title, float(figure)) for title, figure, _ in rows), key=lambda row: sign * row[1])
        print(f"{name}: the best baseline is {baseline}, {best:g} {unit}", flush=True)
        for length in lengths:
            figure, title, seconds = train(name, option, length, which)
            print(f"  {title}, {option} {length:5}: {figure:g} {unit} after {seconds:4.0f} s of training", flush=True)
            if sign * figure >= sign * best:
                break
        else:
            print("  it does not get there")


if __name__ == "__main__":
    main()
