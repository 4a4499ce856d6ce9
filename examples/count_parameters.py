"""Count a recurrent classifier's parameters by formula, and let Keras count them too.

The formulas answer at once. Keras takes some seconds to load; it then counts
each layer, and the script ends with an error if the two differ anywhere.

    python -m pip install ".[book]"   in the project's folder: rnn_guide and Keras
    python count_parameters.py
    python count_parameters.py --cell gru --units 128 32 --bidirectional
"""

import argparse
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else TensorFlow prints two lines about it
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

CELLS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def count(cell, vocabulary, features, units, classes, bidirectional):
    """Return a row for each layer: its name and its count by formula."""
    from rnn_guide import params

    rows = [("Embedding", params.embedding(vocabulary, features))]
    width = features
    for n in units:
        layer = getattr(params, cell)(width, n)
        rows.append((CELLS[cell], params.bidirectional(layer) if bidirectional else layer))
        width = 2 * n if bidirectional else n
    return [*rows, ("Dense", params.dense(width, classes))]


def build(cell, vocabulary, features, units, classes, bidirectional):
    """Return the Keras model of the same sizes."""
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((None,), dtype="int32"), layers.Embedding(vocabulary, features)])
    for level, n in enumerate(units, start=1):
        layer = getattr(layers, CELLS[cell])(n, return_sequences=level < len(units))
        model.add(layers.Bidirectional(layer) if bidirectional else layer)
    model.add(layers.Dense(classes))
    return model


def main(**sizes):
    rows = count(**sizes)
    for name, counted in rows:
        print(f"{name:10} {counted}", flush=True)

    model = build(**sizes)
    for (name, counted), layer in zip(rows, model.layers, strict=True):
        if int(counted) != layer.count_params():
            sys.exit(f"{name}: Keras counts {layer.count_params():,}")
    print(f"{'Total':10} {sum(int(counted) for _, counted in rows):,}; Keras counts {model.count_params():,}")


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
    parser.add_argument("--cell", choices=CELLS, default="lstm", help="the recurrent layer (default lstm)")
    parser.add_argument("--vocabulary", type=positive_int, default=1000, help="entries of the embedding (default 1000)")
    parser.add_argument("--features", type=positive_int, default=64, help="length of its vectors (default 64)")
    parser.add_argument("--units", type=positive_int, nargs="+", default=[128], help="of each layer (default 128)")
    parser.add_argument("--classes", type=positive_int, default=10, help="outputs of the last layer (default 10)")
    parser.add_argument("--bidirectional", action="store_true", help="run each recurrent layer in both directions")
    return vars(parser.parse_args())


if __name__ == "__main__":
    try:
        main(**arguments())
    except ModuleNotFoundError as error:
        sys.exit(f'{error.name} is missing: run python -m pip install ".[book]" in the project\'s folder')
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
