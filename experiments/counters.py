"""Ask other counters how many multiply–adds a recurrent layer of PyTorch has.

    python -m pip install --group counters   besides the package
    python experiments/counters.py           takes half a minute

Each counter runs in a process of its own, because some replace parts of PyTorch. One that is
not installed, or fails, is in the record as such.
"""

import datetime
import importlib
import json
import platform
import subprocess
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from itertools import product
from typing import Any, NamedTuple

import record
from rnn_guide.records import FOLDER

FEATURES, UNITS, STEPS = 64, 128, 10
LAYERS: dict[str, tuple[str, dict[str, Any]]] = {
    "RNN": ("RNN", {}),
    "LSTM": ("LSTM", {}),
    "GRU": ("GRU", {}),
    "two-way LSTM": ("LSTM", {"bidirectional": True}),
    "two LSTMs": ("LSTM", {"num_layers": 2}),
}
RECORD = FOLDER / "counters.jsonl"
MADE_BY: list[Any] = []


class Run(NamedTuple):
    """One question."""

    counter: str
    layer: str


def torchprofile(layer: Any, x: Any) -> int:
    """Follow the operations of the traced layer."""
    return int(importlib.import_module("torchprofile").profile_macs(layer, x))


def torch(layer: Any, x: Any) -> int:
    """Count what PyTorch dispatches; it says FLOPs, two for each multiply–add."""
    mode = importlib.import_module("torch.utils.flop_counter").FlopCounterMode(display=False)
    with mode:
        layer(x)
    return int(mode.get_total_flops())


def torchinfo(layer: Any, x: Any) -> int:
    """Multiply parameters."""
    return int(importlib.import_module("torchinfo").summary(layer, input_data=x, verbose=0).total_mult_adds)


def thop(layer: Any, x: Any) -> int:
    """Apply a formula for each class of layer."""
    return int(importlib.import_module("thop").profile(layer, inputs=(x,), verbose=False)[0])


def ptflops(layer: Any, x: Any, backend: str) -> int:
    """Apply formulas to layers and functions, or count what PyTorch dispatches."""
    count = importlib.import_module("ptflops").get_model_complexity_info
    options = {"as_strings": False, "print_per_layer_stat": False, "verbose": False}
    return int(count(layer, tuple(x.shape[1:]), backend=backend, **options)[0])


def fvcore(layer: Any, x: Any) -> int:
    """Follow the operations of the traced layer; what it does not know it leaves out."""
    analysis = importlib.import_module("fvcore.nn").FlopCountAnalysis(layer, x)
    return int(analysis.unsupported_ops_warnings(False).total())


def calflops(layer: Any, x: Any, what: int) -> int:
    """Apply formulas to layers and functions; what comes first is FLOPs, second multiply–adds."""
    count = importlib.import_module("calflops").calculate_flops
    return int(count(layer, input_shape=tuple(x.shape), print_results=False, output_as_string=False)[what])


# The package, what the number that it gives is called there, and how it is asked.
COUNTERS: dict[str, tuple[str, str, Callable[[Any, Any], int]]] = {
    "torchprofile": ("torchprofile", "MACs", torchprofile),
    "torch.utils.flop_counter": ("torch", "FLOPs", torch),
    "torchinfo": ("torchinfo", "mult-adds", torchinfo),
    "thop": ("thop", "MACs", thop),
    "ptflops": ("ptflops", "MACs", lambda layer, x: ptflops(layer, x, "pytorch")),
    "ptflops, backend aten": ("ptflops", "MACs", lambda layer, x: ptflops(layer, x, "aten")),
    "fvcore": ("fvcore", "FLOPs, one a multiply-add", fvcore),
    "calflops, its FLOPs": ("calflops", "FLOPs", lambda layer, x: calflops(layer, x, 0)),
    "calflops, its MACs": ("calflops", "MACs", lambda layer, x: calflops(layer, x, 1)),
}


def runs() -> list[Run]:
    """Return all questions."""
    return [Run(*names) for names in product(COUNTERS, LAYERS)]


def ask(run: Run) -> dict[str, Any]:
    """Return what a counter says, as it says it and as multiply–adds, or why it says nothing."""
    package, unit, counter = COUNTERS[run.counter]
    try:
        installed = version(package).split("+")[0]  # without the kind of build
    except importlib.metadata.PackageNotFoundError:
        return {"failed": "not installed"}
    there: Any = importlib.import_module("torch")
    kind, options = LAYERS[run.layer]
    layer = getattr(there.nn, kind)(FEATURES, UNITS, batch_first=True, **options).eval()
    told = {"version": installed, "unit": unit}
    try:
        with warnings.catch_warnings(action="ignore"):
            said = counter(layer, there.zeros(1, STEPS, FEATURES))
    except Exception as error:  # a counter can raise anything
        return told | {"failed": f"{type(error).__name__}: {error}".splitlines()[0][:200]}
    return told | {"said": said, "multiply_adds": said // 2 if unit == "FLOPs" else said}


def main() -> None:
    """Ask each counter, write the record and print it."""
    head = {"code": record.code_hash(__file__, MADE_BY), "python": platform.python_version()}
    head |= {"torch": version("torch").split("+")[0], "date": datetime.datetime.now(datetime.UTC).date().isoformat()}
    lines = [json.dumps(head)]
    for counter in COUNTERS:
        done = subprocess.run([sys.executable, __file__, counter], stdout=subprocess.PIPE, text=True, check=True)
        lines += [line for line in done.stdout.splitlines() if line.startswith('{"run"')]  # some print more
    record.replace(RECORD, ("\n".join(lines) + "\n").encode())
    print(f"{head['date']}, Python {head['python']}, PyTorch {head['torch']}; {FEATURES} to {UNITS}, {STEPS} steps")
    print(f"{'':37}{'unit':27}" + "".join(f"{name:>14}" for name in LAYERS))
    answers = {(one["run"]["counter"], one["run"]["layer"]): one for one in map(json.loads, lines[1:])}
    for counter in COUNTERS:
        row = [answers[counter, layer] for layer in LAYERS]
        said = "".join(f"{one['said']:>14,}" if "said" in one else f"{'-':>14}" for one in row)
        failed = {one["failed"] for one in row if "failed" in one}
        print(f"{counter + ' ' + row[0].get('version', ''):37}{row[0].get('unit', ''):27}{said}", *failed)


if __name__ == "__main__":
    if sys.argv[1:]:
        for run in runs():
            if run.counter == sys.argv[1]:
                print(json.dumps({"run": run._asdict()} | ask(run)), flush=True)
    else:
        main()
