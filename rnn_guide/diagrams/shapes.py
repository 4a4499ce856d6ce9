"""What a recurrent layer is fed."""

from matplotlib.figure import Figure

from .drawing import Drawing
from .svg import Picture, picture

_NAMES = ("Lyon", "Kyoto", "Toledo")
_SIDE = 44.0
_LEFT, _TOP = 8.0, 254.0
_LETTERS = "opqrs"  # as many as there is room for; not m and n, which are numbers here


def batch() -> Picture:
    """Draw a batch of three names as sequences of letters, and one letter as features.

    >>> batch()
    Picture('A batch of sequences')
    """
    return picture(
        _figure(),
        "A batch of sequences",
        "A grid of letters: three rows, the sequences, hold the names Lyon, Kyoto and Toledo; six columns are the time "
        "steps, and the places after the end of a shorter name are empty. The third column, one time step, is framed. "
        "One letter in it, the o of Lyon, is drawn out as a column of features: a 1 at the place of o and 0 elsewhere.",
    )


def _figure() -> Figure:
    sheet = Drawing(500, 290)
    steps = max(map(len, _NAMES))
    for row, name in enumerate(_NAMES):
        y = _TOP - (row + 0.5) * _SIDE
        for step in range(steps):
            x = _LEFT + (step + 0.5) * _SIDE
            filled = step < len(name)
            sheet.block(x - _SIDE / 2, y - _SIDE / 2, _SIDE, _SIDE, "muted", f"{row}, {step}")
            if filled:
                sheet.words(x, y, name[step], size=18)
            else:
                sheet.words(x, y, "·", "quiet", size=18)
    sheet.frame(_LEFT + 2 * _SIDE, _TOP - len(_NAMES) * _SIDE, _SIDE, len(_NAMES) * _SIDE)
    middle, bottom = _LEFT + steps * _SIDE / 2, _TOP - len(_NAMES) * _SIDE
    sheet.words(middle, bottom - 24, f"T = {steps} time steps", size=17)
    sheet.words(middle, bottom - 52, f"B = {len(_NAMES)} sequences", size=17)
    _features(sheet, _LEFT + 2.5 * _SIDE)
    return sheet.figure


def _features(sheet: Drawing, letter: float) -> None:
    x, top, side = 412.0, _TOP - 26, 34.0
    sheet.stroke((letter, _TOP), (letter, _TOP + 18), (x, _TOP + 18), (x, top + 22), radius=10)
    sheet.words(x, top + 12, "⋮", size=18)
    for row, name in enumerate(_LETTERS):
        y = top - (row + 0.5) * side
        sheet.block(x - side / 2, y - side / 2, side, side, "muted", name)
        sheet.words(x, y, "1" if name == "o" else "0", size=18)
        sheet.words(x + 34, y, name, "quiet", size=18)
    sheet.words(x, top - len(_LETTERS) * side - 14, "⋮", size=18)
    sheet.words(x, 18, "m = 26 features", size=17)
