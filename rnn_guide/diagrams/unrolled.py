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
        f"{steps} copies of one cell in a row. Each takes an input x from below and the previous state h from the "
        "left, and hands its new state h upwards and on to the next copy. All copies have the same weights W, U and b.",
    )


def gradient_path() -> Picture:
    """Draw how the derivative of the loss comes back through three steps of a SimpleRNN.

    >>> gradient_path()
    Picture('The gradient on its way back through time')
    """
    return picture(
        _gradient_figure(),
        "The gradient on its way back through time",
        "Three columns, one for each time step, to be read from right to left. In each column the derivative dh enters "
        "a box that multiplies it entry by entry by one minus the square of the state. The result is da. It goes down "
        "to the weights, where x transposed times da is added to dW, the state before the step, transposed, times da "
        "is added to dU, and da is added to db. It also goes left through a box U transposed, and there the direct "
        "derivative of the loss by that state is added. The sum is dh of the column on the left.",
    )


def _gradient_figure() -> Figure:
    """Draw each equation of the way back once for each step: sum, slope, then Uᵀ to the left and the weights below."""
    sheet = Drawing(520, 350)
    pitch = 153.0
    above, slope, branch, weights = 288.0, 222.0, 168.0, 82.0
    columns = [140 + step * pitch for step in range(3)]
    sums = [sheet.operator(x, above, "+") for x in columns[:-1]]
    slopes = [sheet.box(x, slope, 116, 38, f"⊙ (1 − h{_lowered(step)}²)", "muted") for step, x in enumerate(columns, 1)]
    parts = [sheet.box(x, weights, 116, 104, "", "muted") for x in columns]
    back = [sheet.box(x + pitch / 2, branch, 38, 34, "Uᵀ", "muted") for x in columns[:-1]]
    for step, x in enumerate(columns, 1):
        last = step == len(columns)
        sheet.formula(x, 338, f"∂L/∂h{_lowered(step)}")
        sheet.wire((x, 324), slopes[-1].top if last else sums[step - 1].top)
        if not last:
            sheet.wire(sums[step - 1].bottom, slopes[step - 1].top)
        sheet.formula(x + 24, 258, f"dh{_lowered(step)}")
        sheet.wire(slopes[step - 1].bottom, parts[step - 1].top)
        sheet.formula(x + 24, 150, f"da{_lowered(step)}")
        for row, factor in ((34, f"x{_lowered(step)}ᵀ "), (0, f"h{_lowered(step - 1)}ᵀ "), (-34, "")):
            sheet.formula(x, weights + row, f"{factor}da{_lowered(step)}")
    for total, start, x in zip(sums, back, columns[1:], strict=True):
        sheet.dot(x, branch)
        sheet.wire((x, branch), start.right)
        sheet.wire(start.top, (start.x, above), total.right)
    for row, name in ((34, "dW"), (0, "dU"), (-34, "db")):
        sheet.formula(38, weights + row, f"{name} +=")
    sheet.words(columns[1], 12, "each row is added up over the steps", "quiet", 17)
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
