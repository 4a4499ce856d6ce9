"""Count a recurrent classifier's parameters by formula, and let Keras count them too.

It ends with an error if the two differ anywhere.

    python -m pip install ".[book]"   in a copy of the book: rnn_guide and Keras
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


def positive(text):
    """Read a positive integer from the command line."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a positive int, got {text}")
    return value


positive.__name__ = "int"  # what argparse calls it in a complaint


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


def main():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cell", choices=CELLS, default="lstm", help="the recurrent layer (default lstm)")
    parser.add_argument("--vocabulary", type=positive, default=1000, help="entries of the embedding (default 1000)")
    parser.add_argument("--features", type=positive, default=64, help="length of its vectors (default 64)")
    parser.add_argument("--units", type=positive, nargs="+", default=[128], help="of each layer (default 128)")
    parser.add_argument("--classes", type=positive, default=10, help="outputs of the last layer (default 10)")
    parser.add_argument("--bidirectional", action="store_true", help="run each recurrent layer in both directions")
    sizes = vars(parser.parse_args())
    try:
        rows = count(**sizes)
        model = build(**sizes)
    except ModuleNotFoundError as error:
        parser.error(f'{error.name} is missing: python -m pip install ".[book]" in a copy of the book')

    for (name, counted), layer in zip(rows, model.layers, strict=True):
        print(f"{name:10} {counted}")
        if int(counted) != layer.count_params():
            sys.exit(f"{name}: Keras counts {layer.count_params():,}")
    print(f"{'Total':10} {sum(int(counted) for _, counted in rows):,}; Keras counts {model.count_params():,}")


if __name__ == "__main__":
    main()
