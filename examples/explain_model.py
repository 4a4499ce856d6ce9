"""Say of every weight of a Keras model where its count comes from, and what the layers compute.

Give it a model that Keras 3 saved, or none: then it explains a small one that it builds.
At the end stands which layer has most weights, and which does most work.

    python -m pip install ".[book]"   in the project's folder: rnn_guide and Keras
    python explain_model.py
    python explain_model.py model.keras --steps 100
    python explain_model.py model.keras --statistics --json model.json
"""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else TensorFlow prints two lines about it
os.environ.setdefault("KERAS_BACKEND", "tensorflow")


def demonstration():
    """Return a classifier of texts: each layer reads what the one before gives out."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(1000, 64, name="embedding"),
            layers.Bidirectional(layers.LSTM(64, return_sequences=True, name="lstm"), name="both_ways"),
            layers.GRU(32, name="gru"),
            layers.Dense(10, name="out"),
        ],
        name="demonstration",
    )


def load(path):
    """Return a saved model; code that the file carries is not run."""
    from rnn_guide.keras.saved import load

    return load(path)


def largest(explanation):
    """Return which layer has most weights, and which does most work, each with its share."""
    parts = explanation.parts
    most = max(parts, key=lambda part: part.count)
    busiest = max(parts, key=lambda part: part.multiply_adds)
    return [
        ("most weights", most.path, most.count / max(explanation.total, 1)),
        ("most multiply-adds", busiest.path, busiest.multiply_adds / max(explanation.multiply_adds, 1)),
    ]


def main(file, steps, statistics, json_file):
    print(f"loading Keras, then {file or 'a small model'}\n", flush=True)
    from rnn_guide.keras import explain

    explanation = explain(load(file) if file else demonstration(), steps=steps, statistics=statistics)
    print(explanation)
    if explanation.parts:
        print()
        for what, path, share in largest(explanation):
            print(f"{what:18}  {path}, {share:.0%}")
    if json_file:
        json_file.write_text(json.dumps(explanation.to_dict(), indent=1), "utf-8")


# From here on: the command line.


def positive_int(text):
    """Read a whole number of at least 1."""
    if int(text) < 1:
        raise ValueError
    return int(text)


def arguments():
    """Return what the command line says; what it says wrongly ends with one line and exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda message: parser.exit(2, f"{parser.prog}: {message}\n")
    parser.add_argument("file", type=Path, nargs="?", help="a model that Keras 3 saved, .keras (default: a small one)")
    parser.add_argument("--steps", type=positive_int, default=10, help="length of a sequence (default 10)")
    parser.add_argument("--statistics", action="store_true", help="measure each gate of the recurrent layers, too")
    parser.add_argument("--json", type=Path, metavar="FILE", dest="json_file", help="write it all to this file, too")
    options = vars(parser.parse_args())
    if options["file"] and not options["file"].is_file():
        parser.error(f"there is no file {options['file']}")
    return options


if __name__ == "__main__":
    try:
        main(**arguments())
    except ModuleNotFoundError as error:
        sys.exit(f'{error.name} is missing: run python -m pip install ".[book]" in the project\'s folder')
    except (ValueError, OSError) as error:
        print(f"explain_model.py: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
