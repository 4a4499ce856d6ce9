"""Train four networks of as many parameters to predict the next character of a town's name.

    python experiments/write_characters.py    # the runs that the record does not hold yet

Each run is one line of the record: bits per character on the names to choose
on and on the names to test on, and of the latter also by the place in the name.
The recurrent networks read the names one after another. The perceptron reads
the country and the last eight characters.
"""

import os
from typing import Any, NamedTuple

import numpy as np

import record
from rnn_guide.sequences import names

MADE_BY = [names]
UNITS = {"gru": 128, "lstm": 111, "simple_rnn": 212, "perceptron": 189}  # about 82,000 parameters each
RATES = {"gru": [0.008], "lstm": [0.008], "simple_rnn": [0.002, 0.005], "perceptron": [0.002, 0.005]}
PIECE, WINDOW, EPOCHS, PLACES = 64, 8, 10, 20
RARE = "\ufffd"
Codes = Any


class Run(NamedTuple):
    """What is trained."""

    kind: str
    rate: float
    seed: int


def runs() -> list[Run]:
    """Return all runs of the study."""
    return [Run(kind, rate, seed) for seed in range(3) for kind in UNITS for rate in RATES[kind]]


def parts() -> tuple[list[list[str]], list[str]]:
    """Return the names to learn from, to choose on and to test on, and the symbols they are made of."""
    found, labels = names.place_names(3000, seed=0, smallest=500)
    texts = [f"{chr(ord('①') + label)}{name}\n" for name, label in zip(found, labels, strict=True)]
    tenth = len(texts) // 10
    train, *others = texts[: -2 * tenth], texts[-2 * tenth : -tenth], texts[-tenth:]
    known = {text[1:] for text in train}
    letters = "".join(text[1:] for text in train)
    symbols = sorted({text[0] for text in train} | {RARE} | {c for c in {*letters} if letters.count(c) > 4})
    kept = [train, *([text for text in part if text[1:] not in known] for part in others)]
    return [["".join(c if c in symbols else RARE for c in text) for text in part] for part in kept], symbols


def encode(texts: list[str], symbols: list[str]) -> Codes:
    """Return the number of each character."""
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    return np.array([numbers[character] for character in "".join(texts)], dtype="int32")


def pieces(codes: Codes) -> tuple[Codes, Codes]:
    """Return inputs and targets, each of shape (pieces, PIECE)."""
    end = (len(codes) - 1) // PIECE * PIECE
    return codes[:end].reshape(-1, PIECE), codes[1 : end + 1].reshape(-1, PIECE)


def windows(texts: list[str], symbols: list[str]) -> tuple[Codes, Codes]:
    """Return for each character but a name's first the country and the last WINDOW characters, and the character."""
    end = encode(["\n"], symbols).repeat(WINDOW)
    coded = [encode([text], symbols) for text in texts]
    longer = [np.concatenate([end[1:], codes]) for codes in coded]
    seen = [np.append(codes[0], wide[k : k + WINDOW]) for codes, wide in zip(coded, longer, strict=True)
            for k in range(len(codes) - 1)]  # fmt: skip
    return np.array(seen), np.concatenate([codes[1:] for codes in coded])


def bits(model: Any, x: Codes, y: Codes) -> Codes:
    """Return the bits of each target."""
    logits = model.predict(x, batch_size=4096, verbose=0).astype("float64").reshape(len(y), -1)
    logits -= logits.max(axis=-1, keepdims=True)
    return (np.log(np.exp(logits).sum(axis=-1)) - logits[np.arange(len(y)), y]) / np.log(2)


def follow(run: Run, updates: int | None = None) -> dict[str, Any]:
    """Train once, and return the bits per character."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
    import keras
    from keras import layers

    (train, validation, test), symbols = parts()
    keras.utils.set_random_seed(run.seed)
    wide = keras.initializers.RandomNormal(stddev=1.0)
    embedding = layers.Embedding(len(symbols), 32, embeddings_initializer=wide)
    units, flat = UNITS[run.kind], run.kind == "perceptron"
    if flat:
        middle: list[Any] = [layers.Flatten(), layers.Dense(units, activation="relu")]
        x, y = windows(train, symbols)
        batch = 512
    else:
        kind = {"gru": layers.GRU, "lstm": layers.LSTM, "simple_rnn": layers.SimpleRNN}[run.kind]
        middle = [kind(units, return_sequences=True)]
        x, y = pieces(encode(train, symbols))
        batch = 32
    shape = (WINDOW + 1,) if flat else (None,)
    model = keras.Sequential([keras.Input(shape, dtype="int32"), embedding, *middle, layers.Dense(len(symbols))])
    rate = keras.optimizers.schedules.CosineDecay(run.rate, EPOCHS * -(-len(x) // batch))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    adam = keras.optimizers.Adam(rate, global_clipnorm=1.0)
    model.compile(adam, loss, jit_compile=True, steps_per_execution=10)
    some = slice(updates and updates * batch)
    model.fit(x[some], y[some], batch_size=batch, epochs=1 if updates else EPOCHS, verbose=0)

    figures = {}
    for name, texts in (("validation", validation), ("test", test)):
        place = np.concatenate([np.arange(len(text)) for text in texts])[1:]
        codes = encode(texts, symbols)
        data = windows(texts, symbols) if flat else (codes[None, :-1], codes[1:])
        each = bits(model, *data)[... if flat else place > 0]
        figures[name] = round(float(each.mean()), 4)
    place = place[place > 0]
    by_place = [round(float(each[place == k].mean()), 3) for k in range(1, PLACES + 1)]
    return {"parameters": model.count_params(), **figures, "by_place": by_place}


if __name__ == "__main__":
    record.main(__file__, runs(), follow, MADE_BY)
