"""A saved model, loaded without running anything that its file carries."""

import re
import warnings
from pathlib import Path

import keras

from .report import plain

CODE = "it carries code of its own, such as a Lambda layer, and none of it was run"
LONGEST = 200


def load(path: Path) -> keras.Model:
    """Return the model of a ``.keras`` file, not compiled.

    Args:
        path: the file.

    Raises:
        ValueError: in one line, if the file is no whole model of Keras 3, or
            holds what Keras alone does not have.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # a damaged file can raise anything
        words = plain(" ".join(str(error).split())) or type(error).__name__
        if "safe_mode=False" in words:
            words = CODE
        elif foreign := re.search(r"Could not locate \w+ '[^']*'", words):
            words = f"{foreign[0]}; load it where that is defined, and call rnn_guide.keras.explain"
        words = words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
        raise ValueError(f"cannot load {path}: {words}") from error
