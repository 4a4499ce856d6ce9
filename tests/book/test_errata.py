"""An erratum that has been mended elsewhere has to leave the page."""

import keras

from book import DOCS


def test_keras_still_calls_the_wrong_gru_the_default() -> None:
    said = " ".join(str(keras.layers.GRU.__doc__).replace("[v3](https://arxiv.org/abs/1406.1078v3)", "v3").split())
    quoted = "The default one is based on v3 and has reset gate applied to hidden state before matrix multiplication."
    assert quoted in said
    assert quoted in (DOCS / "reference" / "errata.md").read_text("utf-8")
    assert keras.layers.GRU(1).reset_after is True
