"""What is left of a value in a cell state."""

import math

import numpy as np
from matplotlib.figure import Figure

from ..cells import sigmoid
from .drawing import Drawing
from .svg import Picture, picture

_BIASES = (0.0, 2.0, 3.0, 5.0)  # not 1, where Keras starts: a chapter asks what becomes of that
_KEPT: list[float] = sigmoid(np.array(_BIASES)).tolist()  # of the cell state, at each step
_STEPS = 24  # more would be too small on a phone
_LABELS = 96.0  # the column of the biases
_PITCH = 16.0  # from one time step to the next
_ROW = 46.0


def memory() -> Picture:
    """Draw how a value fades in an LSTM's cell state, for four biases of the forget gate.

    The gate sees its bias b and nothing else, and nothing is written: after t
    steps sigmoid(b)^t of the value is left. A square's opacity is that share;
    a line marks where half is gone.

    >>> memory()
    Picture('What is left in the cell state')
    """
    told = "; ".join(
        f"at a bias of {bias:g} half is gone after {_half_life(kept):.1f} steps"
        for bias, kept in zip(_BIASES, _KEPT, strict=True)
    )
    return picture(
        _figure(),
        "What is left in the cell state",
        f"A row of {_STEPS} squares for each bias of the forget gate, fading to the right as the value is forgotten: "
        f"{told}.",
    )


def _half_life(kept: float) -> float:
    return math.log(0.5) / math.log(kept)


def _figure() -> Figure:
    height = _ROW * len(_BIASES) + 76
    sheet = Drawing(_LABELS + _PITCH * _STEPS + 8, height)
    for row, (bias, kept) in enumerate(zip(_BIASES, _KEPT, strict=True)):
        y = height - 32 - _ROW * (row + 0.5)
        sheet.words(72, y, f"{bias:g}", align="right")
        for step in range(_STEPS):
            sheet.shade(_LABELS + step * _PITCH, y - 14, _PITCH - 2, 28, "f", kept**step)
        if (half := _half_life(kept)) < _STEPS - 1:
            # Step 0 stands in the middle of the first square.
            x = _LABELS + (half + 0.5) * _PITCH - 1
            sheet.wire((x, y - 20), (x, y + 20), arrow=False)
    sheet.words(8, height - 14, "bias of the forget gate", "quiet", align="left")
    sheet.words(_LABELS, 18, "step 0", "quiet", align="left")
    sheet.words(_LABELS + _PITCH * _STEPS - 2, 18, f"step {_STEPS - 1}", "quiet", align="right")
    return sheet.figure
