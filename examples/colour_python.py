"""Colour Python source as it is typed: learn the class of every character from the characters before it.

A GRU reads the source one character at a time and says of each whether it is part of a keyword, a string,
a comment and so on. Beside it stand the largest class, counts of the last characters, and a stack of
dilated convolutions. The labels come from Python's own tokenizer; whole files are held out.

    pip install keras tensorflow
    python colour_python.py
    python colour_python.py --colour mine.py
    python colour_python.py --learn my_project --colour mine.py
"""

import argparse
import hashlib
import io
import keyword
import os
import re
import sys
import sysconfig
import tokenize
from collections import defaultdict
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # else TensorFlow prints two lines about it
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np

CLASSES = ("space", "name", "keyword", "string", "comment", "number", "operator")
ANSI = ("0", "0", "1;34", "32", "3;90", "35", "33")  # the terminal's colour of each
KINDS = {"NAME": 1, "STRING": 3, "COMMENT": 4, "NUMBER": 5, "OP": 6}  # as tokenize calls them
LEFT_OUT = {"site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "distutils", "encodings"}
LENGTH = 400  # characters of a snippet


def label(text):
    """Return the class of each character, from tokenize; an f-string is one string in every Python."""
    classes, begun = np.zeros(len(text), "int8"), []
    starts = np.cumsum([0, *(len(line) for line in io.StringIO(text))])
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        first, last = (int(starts[row - 1]) + column for row, column in (token.start, token.end))
        name = tokenize.tok_name[token.type]
        if name.endswith("STRING_START"):  # of an f-string, from Python 3.12 on
            begun.append(first)
        elif name.endswith("STRING_END"):
            classes[begun.pop() : last] = 3
        elif name in KINDS:
            classes[first:last] = 2 if keyword.iskeyword(token.string) else KINDS[name]
    return classes


def cut(path):
    """Return the snippets of a file, each from the beginning of a function on, with their classes."""
    try:
        text = path.read_text("ascii")
        classes = label(text)
    except (OSError, ValueError, SyntaxError, tokenize.TokenError):
        return {}  # no plain Python
    found, free = {}, 0
    for match in re.finditer(r"^[ \t]*def ", text, re.MULTILINE):
        first, end = match.start(), match.start() + LENGTH
        in_code = classes[match.end() - 2] == 2  # in a string "def" is no keyword
        if in_code and free <= first and end <= len(text) and len(found) < 30:  # no file makes up much of a part
            found[text[first:end]], free = classes[first:end], end
    return found


def load(folder, tenths, most, seed):
    """Return up to so many snippets, and their classes; a hash of its path says which tenth a file is in."""
    rng, found = np.random.default_rng(seed), {}
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    paths = [path for path in paths if hashlib.sha256(path.encode()).digest()[0] % 10 in tenths]
    paths = [path for path in paths if not LEFT_OUT & set(path.split("/"))]
    rng.shuffle(paths)
    for path in paths:
        found |= cut(folder / path) if len(found) < most else {}
    texts = list(found)
    rng.shuffle(texts)
    return texts[:most], np.array([found[text] for text in texts[:most]])


def encode(texts):
    """Return the characters' codes, shape (texts, LENGTH); 127 stands for what is not ASCII."""
    return np.array([[min(ord(character), 127) for character in text] for text in texts], "int32")


def contexts(text):
    """Return for each character the last 10 characters, itself the last of them, then fewer, down to itself."""
    padded = " " * 9 + text
    return [[padded[end - size : end] for size in (10, 7, 5, 4, 3, 2, 1)] for end in range(10, len(padded) + 1)]


def count(texts, classes, others):
    """Return the commonest class of each character after the last 10, or after fewer where these were never seen."""
    table = defaultdict(lambda: [0] * len(CLASSES))
    for text, row in zip(texts, classes.tolist(), strict=True):
        for kind, keys in zip(row, contexts(text), strict=True):
            for key in keys:
                table[key][kind] += 1
    best = {key: kinds.index(max(kinds)) for key, kinds in table.items()}
    rows = ([next((best[key] for key in keys if key in best), 1) for keys in contexts(text)] for text in others)
    return np.array([*rows])


def learn(kind, rate, epochs, texts, classes, seed):
    """Return a trained model that gives seven probabilities for every character, from it and those before it."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    inputs = keras.Input((None,), dtype="int32")
    h = layers.Embedding(128, 16)(inputs)
    if kind == "GRU":
        h = layers.GRU(64, return_sequences=True)(h)
    else:  # each layer adds to the one before and looks back twice as far: 127 characters in all
        h = layers.Conv1D(31, 3, padding="causal", activation="relu")(h)
        for dilation in (2, 4, 8, 16, 32):
            h = h + layers.Conv1D(31, 3, padding="causal", dilation_rate=dilation, activation="relu")(h)
    model = keras.Model(inputs, layers.Dense(len(CLASSES), activation="softmax")(h))
    falling = keras.optimizers.schedules.CosineDecay(rate, epochs * -(-len(texts) // 32))  # so that the end is calm
    model.compile(keras.optimizers.Adam(falling, global_clipnorm=1.0), "sparse_categorical_crossentropy")
    model.fit(encode(texts), classes, batch_size=32, epochs=epochs, verbose=1 if sys.stdout.isatty() else 0)
    return model


def colours(model, texts):
    """Return the likeliest class of each character."""
    return model.predict(encode(texts), batch_size=100, verbose=0).argmax(axis=-1)


def main(folder, snippets, epochs, seed, text):
    """Compare the GRU with its baselines on files that nothing was learnt from, and colour a text."""
    texts, classes = load(folder, range(2, 10), snippets, seed)  # the settings were chosen on tenth 1
    test_texts, truth = load(folder, [0], 400, seed)
    check(texts, test_texts, folder)
    print(f"{len(texts):,} snippets to learn from, {len(test_texts)} to test on, seed {seed}", flush=True)
    gru = learn("GRU", 0.02, epochs, texts, classes, seed)
    dilated = learn("convolution", 0.02, 2 * epochs, texts, classes, seed)  # twice as fast, so twice as long
    answers = {
        "largest class": np.bincount(classes.ravel()).argmax(),
        "counts": count(texts, classes, test_texts),
        f"dilated ({dilated.count_params():,} parameters)": colours(dilated, test_texts),
        f"GRU ({gru.count_params():,} parameters)": colours(gru, test_texts),
    }
    for title, answer in answers.items():
        print(f"{title:28}{np.mean(answer == truth):6.1%}")
    if text:
        paint = "\033[{}m{}\033[0m" if sys.stdout.isatty() else "{1}"
        print("".join(map(paint.format, [ANSI[kind] for kind in colours(gru, [text])[0]], text)))


# From here on: the command line.


def check(texts, test_texts, folder):
    """End with one line if a folder holds too little."""
    if len(texts) < 32 or not test_texts:
        needed = "must hold functions of 400 characters for 32 snippets to learn from and 1 to test on"
        print(f"argument --learn: {needed}, got {len(texts)} and {len(test_texts)} in {folder}", file=sys.stderr)
        sys.exit(2)


def positive_int(text):
    """Read a whole number of at least 1."""
    if int(text) < 1:
        raise ValueError
    return int(text)


def arguments():
    """Return what the command line says; what it says wrongly ends with one line and exit code 2."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.error = lambda message: parser.exit(2, f"{parser.prog}: {message}\n")
    library = Path(sysconfig.get_paths()["stdlib"])
    parser.add_argument("--colour", metavar="FILE", type=Path, help="colour this file at the end")
    told = "learn from the .py files in this folder (default: Python's standard library)"
    parser.add_argument("--learn", metavar="FOLDER", type=Path, default=library, dest="folder", help=told)
    parser.add_argument("--snippets", type=positive_int, default=3000, help="to learn from, at most (default 3000)")
    parser.add_argument("--epochs", type=positive_int, default=6, help="passes over the snippets (default 6)")
    parser.add_argument("--seed", type=int, default=0, help="of snippets, weights and batches (default 0)")
    options = parser.parse_args()
    if not 0 <= options.seed < 2**32:
        parser.error(f"argument --seed: must be from 0 to 2**32 - 1, got {options.seed}")
    if not options.folder.is_dir():
        parser.error(f"argument --learn: must be a folder, got {str(options.folder)!r}")
    given, options.text = vars(options).pop("colour"), ""
    if given:
        try:
            options.text = given.read_text("utf-8")
        except OSError as error:
            parser.error(f"argument --colour: cannot read {str(given)!r}: {error.strerror}")
        except UnicodeDecodeError:
            parser.error(f"argument --colour: {str(given)!r} is not UTF-8")
        if not options.text.strip():
            parser.error(f"argument --colour: {str(given)!r} is empty")
    return vars(options)


if __name__ == "__main__":
    try:
        main(**arguments())
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is missing: pip install keras tensorflow")
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
