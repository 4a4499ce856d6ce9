"""What becomes of a mask in the coming version of Keras: padded sequences beside the same ones without padding.

python -m pip install --upgrade --pre keras-nightly
python experiments/nightly.py
"""

import json
import os
import warnings
from typing import Any, NamedTuple

import record
from rnn_guide.records import FOLDER

RECORD = FOLDER / "nightly.jsonl"
MADE_BY: list[Any] = []
MODELS = ("one LSTM", "two LSTMs", "two bidirectional LSTMs", "TimeDistributed before an LSTM", "two LSTMs, by hand")


class Run(NamedTuple):
    """One model."""

    model: str


def runs() -> list[Run]:
    """Return every model."""
    return [Run(name) for name in MODELS]


def build(name: str) -> Any:
    """Return a model whose Embedding masks the zeros."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    ids = keras.Input((None,), dtype="int32")
    vectors = layers.Embedding(9, 4, "uniform", mask_zero=True)(ids)

    def lstm(**options: Any) -> Any:
        layer = layers.LSTM(8, bias_initializer="uniform", **options)
        return layers.Bidirectional(layer) if "bidirectional" in name else layer

    if name == "one LSTM":
        outputs = lstm()(vectors)
    elif name == "two LSTMs, by hand":
        mask = keras.ops.not_equal(ids, 0)
        outputs = lstm()(lstm(return_sequences=True)(vectors, mask=mask), mask=mask)
    elif name.startswith("TimeDistributed"):
        outputs = lstm()(layers.TimeDistributed(layers.Dense(4))(vectors))
    else:
        outputs = lstm()(lstm(return_sequences=True)(vectors))
    return keras.Model(ids, outputs)


def follow(run: Run) -> dict[str, Any]:
    """Return by how much padding changes the outputs, and whether Keras warns that a mask is lost."""
    import numpy as np

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = build(run.model)
        alone = np.array([[1, 2, 3], [4, 5, 6]])
        padded = np.pad(alone, [(0, 0), (0, 5)])
        far = float(np.abs(np.array(model(padded)) - np.array(model(alone))).max())
    return {
        "difference": float(f"{far:.2g}"),
        "warns": any("destroy the mask" in str(warning.message) for warning in caught),
    }


def main() -> None:
    """Run every model on the Keras that is installed, and write the record."""
    import keras

    made_with = record.made_with(__file__, MADE_BY) | {"keras": keras.__version__}
    lines = [made_with, *({"run": run._asdict()} | follow(run) for run in runs())]
    record.replace(RECORD, ("\n".join(map(json.dumps, lines)) + "\n").encode())


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main()
