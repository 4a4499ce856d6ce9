"""The same cell at every time step."""

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
