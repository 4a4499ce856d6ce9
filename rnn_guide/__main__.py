"""The command line: ``rnn-guide lstm 64 128``, or ``python -m rnn_guide lstm 64 128``."""

import argparse
import io
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from rnn_guide import params

if TYPE_CHECKING:
    from rnn_guide.keras import Explanation

DESCRIPTION = """\
Count the parameters of a layer, or of a saved model, and show where they come from.

  python -m rnn_guide lstm 64 128              m = 64 input features, n = 128 units
  python -m rnn_guide gru 64 128 --reset-before
  python -m rnn_guide lstm 64 128 32           an LSTM of 32 units on one of 128
  python -m rnn_guide explain model.keras      every weight of a saved model
  python -m rnn_guide explain model.keras --steps 10
                                               and the multiply-adds of 10 steps
"""

RECURRENT = {
    "simple_rnn": (params.simple_rnn, "one affine map and a tanh"),
    "lstm": (params.lstm, "three gates and a candidate"),
    "gru": (params.gru, "two gates and a candidate"),
    "peephole_lstm": (params.peephole_lstm, "an LSTM whose gates see the cell state"),
    "coupled_gate_lstm": (params.coupled_gate_lstm, "an LSTM with forget gate = 1 - input gate"),
    "mgu": (params.mgu, "one gate and a candidate"),
    "min_lstm": (params.min_lstm, "two gates and a candidate that see the input alone"),
    "min_gru": (params.min_gru, "one gate and a candidate that see the input alone"),
}


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Print the complaint and end with exit code 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = Parser(
        prog="rnn-guide" if sys.argv[0].endswith(("rnn-guide", "rnn-guide.exe")) else "python -m rnn_guide",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    layers = top.add_subparsers(dest="layer", metavar="LAYER", required=True)
    for name, (function, summary) in RECURRENT.items():
        layer = layers.add_parser(name, help=summary, description=f"Count {name}: {summary}.", allow_abbrev=False)
        layer.set_defaults(function=partial(params.stacked, function))
        layer.add_argument("input_dim", type=int, help="m, features at each time step")
        layer.add_argument("units", type=int, nargs="+", help="n, length of the state; several sizes stack layers")
        layer.add_argument("--bidirectional", action="store_true", help="run each layer in both directions")
        if name in ("simple_rnn", "lstm", "gru"):
            layer.add_argument("--no-bias", dest="use_bias", action="store_false", help="without biases")
            layer.add_argument(
                "--torch", dest="layout", action="store_const", const="torch", default="keras", help="PyTorch's arrays"
            )
        if name == "lstm":
            layer.add_argument("--proj-size", type=int, metavar="P", help="PyTorch's projected state; with --torch")
        if name == "gru":
            layer.add_argument(
                "--reset-before", dest="reset_after", action="store_false", help="Keras's reset_after=False"
            )
    conv = layers.add_parser("conv_lstm", help="an LSTM of convolutions", allow_abbrev=False)
    conv.set_defaults(function=params.conv_lstm)
    conv.add_argument("input_channels", type=int, help="C, channels of the input")
    conv.add_argument("filters", type=int, help="F, channels of the state")
    conv.add_argument("kernel_size", type=int, help="k, side of the kernel")
    conv.add_argument("--rank", type=int, default=2, help="D, spatial axes: 1, 2 or 3 (default 2)")
    conv.add_argument("--no-bias", dest="use_bias", action="store_false", help="without biases")
    for name, sizes in (("embedding", ("input_dim", "output_dim")), ("dense", ("input_dim", "units"))):
        layer = layers.add_parser(name, help=f"{sizes[0]} times {sizes[1]}", allow_abbrev=False)
        layer.set_defaults(function=getattr(params, name))
        for size in sizes:
            layer.add_argument(size, type=int)
        if name == "dense":
            layer.add_argument("--no-bias", dest="use_bias", action="store_false", help="without a bias")
    model = layers.add_parser("explain", help="every weight of a saved model, its multiply-adds", allow_abbrev=False)
    model.set_defaults(function=explain)
    model.add_argument("file", help="a model that Keras 3 saved, .keras")
    model.add_argument("--statistics", action="store_true", help="measure each gate of the recurrent layers, too")
    model.add_argument("--steps", type=int, metavar="T", help="count multiply-adds for a sequence of T steps, too")
    return top


def explain(file: str, *, statistics: bool, steps: "int | None") -> "Explanation":
    """Return every weight of a saved model; what its file carries is not run.

    Raises:
        ValueError: in one line, if it cannot be loaded, or cannot take so many steps.
        ModuleNotFoundError: without Keras.
    """
    import zipfile  # not above: a formula is there sooner without them
    from pathlib import Path

    path = Path(file)
    if not path.exists():
        raise ValueError(f"there is no file {file}")
    if path.suffix != ".keras" or path.is_dir() or not zipfile.is_zipfile(path):
        hint = "one that Keras 2 saved, as HDF5 or SavedModel, must be saved again with model.save('NAME.keras')"
        raise ValueError(f"{file} is not a model that Keras 3 saved, NAME.keras; {hint}")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's lines at its start are no answer
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    from rnn_guide.keras import explain
    from rnn_guide.keras.saved import load

    return explain(load(path), statistics=statistics, steps=steps)


def report(count: params.Count) -> str:
    """Return the formula, the sum and a row for each weight.

    >>> print(report(params.simple_rnn(64, 128)))
    (m+n)·n+n
    (64+128)·128+128 = 24,704
    <BLANKLINE>
    kernel             64 × 128         8,192  ██████████
    recurrent_kernel  128 × 128        16,384  ████████████████████
    bias                    128           128  ▏
    """
    rows = [
        (w.name, " × ".join(str(length) for length in w.shape), " ".join(w.gates), f"{w.size:,}") for w in count.weights
    ]
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    largest = max(weight.size for weight in count.weights)
    lines = [count.formula, str(count), ""]
    for (name, shape, gates, size), weight in zip(rows, count.weights, strict=True):
        bar = "█" * round(20 * weight.size / largest) or "▏"
        cells = [name.ljust(widths[0]), shape.rjust(widths[1]), gates.ljust(widths[2]), size.rjust(widths[3]), bar]
        lines.append("  ".join(cell for cell in cells if cell))
    return "\n".join(lines)


def main(arguments: "list[str] | None" = None) -> None:
    """Run the command line; bad input ends it with exit code 2 and one line."""
    top = parser()
    options = vars(top.parse_args(arguments))
    options.pop("layer")
    function = options.pop("function")
    try:
        answer = function(**options)
    except (TypeError, ValueError, OSError, ModuleNotFoundError) as error:
        top.error(str(error))
    write(report(answer) if isinstance(answer, params.Count) else str(answer), top)


def write(text: str, top: argparse.ArgumentParser) -> None:
    """Print the answer; end quietly when its reader has gone, and with one line when it cannot be written."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without × or █ still gets the numbers
    try:
        print(text, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to write goes nowhere
        if isinstance(error, BrokenPipeError):
            sys.exit(128 + 13)  # as a shell reports what SIGPIPE ends
        top.exit(1, f"{top.prog}: cannot write: {error.strerror}\n")


if __name__ == "__main__":
    main()
