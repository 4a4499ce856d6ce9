"""The same cell at every time step, and the way back through it."""

from itertools import pairwise

from matplotlib.figure import Figure

from .drawing import Drawing
from .svg import Picture, picture

_PITCH = 118.0  # from one time step to the next
_MOST = 6  # beyond that the letters are too small on a phone


def unrolled(steps: int = 4) -> Picture:
    """Draw a recurrent layer unrolled over time: one cell, drawn once per time step.

    Args:
        steps: how many time steps to draw, from 2 to 6.

    Raises:
        TypeError: if ``steps`` is not an integer.
        ValueError: if ``steps`` is below 2 or above 6.

    >>> unrolled(3)
    Picture('A recurrent layer over 3 time steps')
    """
    if not isinstance(steps, int) or isinstance(steps, bool):
        raise TypeError(f"steps must be an int from 2 to {_MOST}, got {steps!r}")
    if not 2 <= steps <= _MOST:
        raise ValueError(f"steps must be an int from 2 to {_MOST}, got {steps!r}")
    return picture(
        _figure(steps),
        f"A recurrent layer over {steps} time steps",
        f"{steps} copies of one cell in a row. Each takes an input x from below and the last state h from the left, "
        "and hands its new state h upwards and on to the next copy. All copies have the same weights W, U and b.",
    )


def gradient_path() -> Picture:
    """Draw how the derivative of the loss comes back through three steps of a SimpleRNN.

    >>> gradient_path()
    Picture('The gradient on its way back through time')
    """
    return picture(
        _gradient_figure(),
        "The gradient on its way back through time",
        "Three boxes in a row, one a time step, with arrows from right to left. The derivative dh3 of the loss enters "
        "on the right. Each box multiplies what comes in entry by entry by one minus the square of its state, then by "
        "the transposed U, and hands the result to the box on its left as dh2, dh1, dh0. Each box also sends its part "
        "down, where the parts of all steps are added to dW, dU and db.",
    )


def _gradient_figure() -> Figure:
    sheet = Drawing(520, 190)
    y, pitch = 144.0, 158.0
    steps = [sheet.box(98 + step * pitch, y, 110, 72, "", "muted") for step in range(3)]
    total = sheet.box(256, 42, 426, 40, "", "paper")
    sheet.words(total.x, total.y, "dW, dU, db: add up the steps", size=17)
    sheet.wire((516, y), steps[-1].right)
    sheet.formula(493, y + 19, "dh₃")
    for step, box in enumerate(steps):
        sheet.formula(box.x, y + 16, f"⊙ (1 − h{_lowered(step + 1)}²)")
        sheet.formula(box.x, y - 16, "then Uᵀ")
        sheet.wire(box.left, (box.left[0] - 48 if step else 2, y))
        sheet.formula(box.left[0] - 23, y + 19, f"dh{_lowered(step)}")
        sheet.wire(box.bottom, (box.x, total.top[1]))
    return sheet.figure


def _figure(steps: int) -> Figure:
    sheet = Drawing(48 + steps * _PITCH, 262)
    y = 150.0
    cells = [sheet.box(84 + step * _PITCH, y, 78, 60, "W, U, b", "muted") for step in range(steps)]
    for step, cell in enumerate(cells):
        sheet.wire((cell.left[0] - (_PITCH - cell.width), y), cell.left)
        sheet.wire((cell.x, 34), cell.bottom)
        sheet.wire(cell.top, (cell.x, 228))
        sheet.formula(cell.left[0] - (_PITCH - cell.width) / 2, y + 18, f"h{_lowered(step)}")
        sheet.formula(cell.x, 244, f"h{_lowered(step + 1)}")
        sheet.formula(cell.x, 18, f"x{_lowered(step + 1)}")
    sheet.wire(cells[-1].right, (cells[-1].right[0] + _PITCH - cells[-1].width, y))
    for left, right in pairwise(cells):
        # A tie, as between two notes: the weights are held, not played again.
        start, end, low = left.x + 24, right.x - 24, 88
        sheet.stroke((start, left.bottom[1]), (start, low), (end, low), (end, right.bottom[1]), radius=10)
        sheet.words((start + end) / 2, low - 16, "same", "quiet", 17)
        sheet.words((start + end) / 2, low - 36, "weights", "quiet", 17)
    return sheet.figure


def _lowered(number: int) -> str:
    return chr(ord("₀") + number)
