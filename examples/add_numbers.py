"""Learn to turn one text into another, such as "57+168" into "225": sequence to sequence, with attention.

Without a file it learns to add numbers of up to three digits. With --pairs it
learns from your own lines, each with a question and its answer. Beside it stand
the commonest characters, the nearest question, a perceptron, and the same
network without attention.

    pip install keras tensorflow
    python add_numbers.py --ask 57+68 999+1
    python add_numbers.py --pairs plurals.tsv --ask mouse
"""

import argparse
import csv
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else TensorFlow prints two lines about it
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np

BATCH = 128
UNITS = 64


def draw(questions, digits, seed):
    """Return different additions and their sums, as pairs of texts."""
    rng = np.random.default_rng(seed)
    drawn = {}
    while len(drawn) < questions:
        lengths = rng.integers(1, digits + 1, 2).tolist()  # first the length, so that short numbers are not rare
        a, b = (int(rng.integers(10 ** (length - 1) if length > 1 else 0, 10**length)) for length in lengths)
        drawn.setdefault((min(a, b), max(a, b)), (f"{a}+{b}", str(a + b)))
    pairs = list(drawn.values())
    return [pairs[k] for k in rng.permutation(len(pairs))]


def encode(texts, characters, length, before=False):
    """Return the characters' numbers, shape (texts, length), with zeros after each text or before it."""
    x = np.zeros((len(texts), length), dtype="int32")
    for row, text in zip(x, texts, strict=True):
        start = length - len(text) if before else 0
        row[start : start + len(text)] = [characters.index(character) for character in text]
    return x


def nearest(x, known, answers):
    """Return for each question the answer to the known one that has the most characters in common, place by place."""
    return np.array([answers[(known == row).sum(axis=1).argmax()] for row in x])


def perceptron(width, length, size):
    """Return a network that sees all characters of the question at once, with the last ones at the same places."""
    from keras import Input, Model, layers

    question = Input((width,), dtype="int32")
    h = layers.Flatten()(layers.Embedding(size, size)(question))
    for _ in range(2):
        h = layers.Dense(256, activation="relu")(h)
    return Model([question], layers.Reshape((length, size))(layers.Dense(length * size)(h)))


def sequence_to_sequence(size, attention):
    """Return a network that reads the question and writes the answer, given what is written already."""
    from keras import Input, Model, layers, ops

    question, written = Input((None,), dtype="int32"), Input((None,), dtype="int32")
    encoder = layers.GRU(UNITS, return_sequences=True, return_state=True)
    states, last = encoder(ops.one_hot(question, size))
    decoder = layers.GRU(UNITS, return_sequences=True)
    h = decoder(ops.one_hot(written, size), initial_state=last)
    if attention:
        h = layers.Concatenate()([h, layers.Attention(use_scale=True)([h, states])])
    h = layers.Dense(UNITS, activation="relu")(h)
    return Model([question, written], layers.Dense(size)(h))


def learn(model, inputs, y, updates, seed):
    """Train a model on batches from the shuffled pairs, over and over, while the learning rate falls to 0."""
    import keras

    rate = keras.optimizers.schedules.CosineDecay(0.01, updates)
    adam = keras.optimizers.Adam(rate, global_clipnorm=1.0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(adam, loss, jit_compile=True, steps_per_execution=10)  # both only for speed
    rng, rounds = np.random.default_rng(seed), -(-updates * BATCH // len(y))
    order = np.concatenate([rng.permutation(len(y)) for _ in range(rounds)])[: updates * BATCH]
    shown = 1 if sys.stdout.isatty() else 0  # a progress bar where somebody watches
    model.fit([part[order] for part in inputs], y[order], batch_size=BATCH, shuffle=False, verbose=shown)


def write(model, x, length):
    """Return the answers, written one character after the other: each goes in again for the next."""
    written = np.zeros((len(x), length + 1), dtype="int32")
    for k in range(length):
        logits = model.predict([x, written[:, :length]], batch_size=1000, verbose=0)
        written[:, k + 1] = logits[:, k].argmax(axis=-1)
    return written[:, 1:]


def main(pairs, ask, updates, seed):
    """Compare the network with its baselines on pairs that were held out, and ask it."""
    import keras

    held_out = len(pairs) // 11
    print(f"{len(pairs) - held_out:,} pairs to learn from, {held_out:,} held out, seed {seed}", flush=True)
    questions, answers = zip(*pairs, strict=True)
    characters = ["", *sorted(set("".join(questions + answers)))]  # number 0 is the end
    width, length = max(map(len, questions)), max(map(len, answers)) + 1
    placed = encode(questions, characters, width, before=True)
    x = encode([question[::-1] for question in questions], characters, width, before=True)
    y = encode(answers, characters, length)
    written = np.pad(y[:, :-1], [(0, 0), (1, 0)])  # before each place of the answer
    parts = slice(-held_out), slice(-held_out, None)
    (placed, placed_test), (x, x_test), (y, y_test), (written, _) = [
        [array[part] for part in parts] for array in (placed, x, y, written)
    ]

    def show(title, answer):
        print(f"{title:24}{np.mean((answer == y_test).all(axis=1)):6.1%}", flush=True)

    print("whole answers right, of those held out:")
    show("commonest characters", np.array([np.bincount(column).argmax() for column in y.T]))
    show("nearest question", nearest(placed_test, placed, y))
    keras.utils.set_random_seed(seed)
    model = perceptron(width, length, len(characters))
    learn(model, [placed], y, updates, seed)
    show("perceptron", model.predict([placed_test], verbose=0).argmax(axis=-1))
    for title, attention in (("GRUs without attention", False), ("GRUs with attention", True)):
        keras.utils.set_random_seed(seed)
        model = sequence_to_sequence(len(characters), attention)
        learn(model, [x, written], y, updates, seed)
        show(title, write(model, x_test, length))
    for question in ask:
        x = encode([question[::-1]], characters, max(width, len(question)), before=True)
        print(f"{question}: {''.join(characters[k] for k in write(model, x, length)[0])}")


# From here on: the command line.


def read(path):
    """Return the pairs of a file, a question and its answer on each line; of equal questions the first."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t" if path.endswith(".tsv") else ",") if row]
    for number, row in enumerate(rows, start=1):
        if len(row) != 2 or not all(row):
            raise ValueError(f"row {number} must be a question and an answer, got {row}")
    pairs = list({question: (question, answer) for question, answer in reversed(rows)}.values())
    if len(pairs) < 50:
        raise ValueError(f"must hold at least 50 different questions, got {len(pairs)}")
    return [pairs[k] for k in np.random.default_rng(0).permutation(len(pairs))]


def positive_int(text):
    """Read a whole number of at least 1."""
    if int(text) < 1:
        raise ValueError
    return int(text)


def arguments():
    """Return what the command line says; what it says wrongly ends with one line and exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda message: parser.exit(2, f"{parser.prog}: {message}\n")
    parser.add_argument("--pairs", metavar="FILE", help="question,answer on each line (.csv), or with a tab (.tsv)")
    parser.add_argument("--ask", nargs="+", metavar="QUESTION", default=[], help="let the network answer these")
    parser.add_argument("--updates", type=positive_int, default=6000, help="of each network (default 6000)")
    parser.add_argument("--seed", type=int, default=0, help="of sums, weights and batches (default 0)")
    options = parser.parse_args()
    if not 0 <= options.seed < 2**32:
        parser.error(f"argument --seed: must be from 0 to 2**32 - 1, got {options.seed}")
    try:
        options.pairs = read(options.pairs) if options.pairs else draw(44_000, 3, options.seed)
    except (OSError, ValueError, csv.Error) as error:  # UnicodeDecodeError is a ValueError
        parser.error(f"argument --pairs: {options.pairs}: {getattr(error, 'strerror', None) or error}")
    known = {character for pair in options.pairs for character in "".join(pair)}
    for question in options.ask:
        if unknown := sorted(set(question) - known):
            parser.error(f"argument --ask: {question!r} has {unknown[0]!r}, which is in no pair")
    return vars(options)


if __name__ == "__main__":
    try:
        main(**arguments())
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is missing: pip install keras tensorflow")
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
