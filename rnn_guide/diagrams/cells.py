"""One time step of each cell.

Every picture reads like its equation: the white box at the bottom is the
affine map, a coloured box squashes one block of it, circles combine vectors
element by element.
"""

from matplotlib.figure import Figure

from .drawing import Drawing, Node
from .svg import Picture, picture

_AFFINE = "xₜW + hₜ₋₁U + b"
_TAP = 70.0  # where the GRU's wire for the previous state runs down
_GATES = 184.0  # how high the GRU's gates stand


def simple_rnn_cell() -> Picture:
    """Draw one time step of a SimpleRNN: h = tanh(xW + hU + b).

    >>> simple_rnn_cell()
    Picture('SimpleRNN cell')
    """
    return picture(
        _simple_rnn_figure(),
        "SimpleRNN cell",
        "The input x and the previous state h each pass through their own weights; the sum with the bias goes "
        "through tanh and is the new state.",
    )


def lstm_cell() -> Picture:
    """Draw one time step of an LSTM: c = σ(f)⊙c + σ(i)⊙tanh(c̃), h = σ(o)⊙tanh(c).

    >>> lstm_cell()
    Picture('LSTM cell')
    """
    return picture(
        _lstm_figure(),
        "LSTM cell",
        "One affine map of the input x and the previous hidden state h gives four blocks: f, i, c tilde and o. "
        "The previous cell state c runs along the top. It is multiplied by the sigmoid of f; then the sigmoid of i "
        "times the tanh of c tilde is added, which gives the new cell state. The sigmoid of o times the tanh of the "
        "new cell state is the new hidden state.",
    )


def gru_cell(reset_after: bool = True) -> Picture:
    """Draw one time step of a GRU: h = z⊙h + (1−z)⊙h̃.

    Args:
        reset_after: whether the reset gate multiplies after the matrix
            product, Keras's default, or before it.

    Raises:
        TypeError: if ``reset_after`` is not a bool.

    >>> gru_cell(reset_after=False)
    Picture('GRU cell, reset before the product')
    """
    if not isinstance(reset_after, bool):
        raise TypeError(f"reset_after must be True or False, got {reset_after!r}")
    where = "after" if reset_after else "before"
    first, then = ("the recurrent weights U", "the reset gate r")[:: 1 if reset_after else -1]
    return picture(
        _gru_figure(reset_after),
        f"GRU cell, reset {where} the product",
        f"The sum x W + b + h U{' + b′' if reset_after else ''}, in the columns of z and r, gives the reset gate r and "
        f"the update gate z. "
        f"The previous state h is multiplied by {first}, the result by {then}. Added to the input's own product and "
        "put through tanh, this is the candidate h tilde. The new state is z times the previous state plus one minus "
        "z times the candidate.",
    )


def gru_candidates() -> Picture:
    """Draw the candidates of the two GRUs side by side.

    >>> gru_candidates()
    Picture('The candidates of the two GRUs')
    """
    return picture(
        _candidates_figure(),
        "The candidates of the two GRUs",
        "Left, reset before: the previous state h is multiplied by the reset gate r, then by the recurrent weights U. "
        "Right, reset after: h is multiplied by U and a bias is added, then the result is multiplied by r. In both "
        "the input's own product is added, and tanh gives the candidate h tilde.",
    )


def with_numbers() -> dict[str, Picture]:
    """Draw the cells whose wires have numbers, for a script to set, by name.

    >>> with_numbers()["lstm"]
    Picture('One step of an LSTM')
    """
    return {
        "lstm": picture(_lstm_figure(numbers=True), "One step of an LSTM", "The cell with a number on every wire."),
        **{
            f"gru-{'after' if after else 'before'}": picture(
                _gru_figure(after, numbers=True), "One step of a GRU", "The cell with a number on every wire."
            )
            for after in (True, False)
        },
    }


def _simple_rnn_figure() -> Figure:
    sheet = Drawing(460, 150)
    sheet.panel(52, 34, 408, 140)
    affine = sheet.box(168, 92, 176, 44, _AFFINE)
    tanh = sheet.box(340, 92, 76, 44, "tanh", "c")
    sheet.wire((8, 92), affine.left)
    sheet.wire((168, 6), affine.bottom)
    sheet.wire(affine.right, tanh.left)
    sheet.wire(tanh.right, (452, 92))
    sheet.formula(25, 110, "hₜ₋₁")
    sheet.formula(432, 110, "hₜ")
    sheet.formula(188, 16, "xₜ")
    return sheet.figure


def _lstm_figure(numbers: bool = False) -> Figure:
    sheet = Drawing(500, 357, numbers)
    sheet.panel(52, 34, 448, 349)
    affine = sheet.box(222, 76, 308, 40, _AFFINE)
    forget = sheet.box(97, 152, 58, 40, "σ(f)", "f")
    entry = sheet.box(169, 152, 58, 40, "σ(i)", "i")
    candidate = sheet.box(258, 152, 92, 40, "tanh(c̃)", "c")
    out = sheet.box(347, 152, 58, 40, "σ(o)", "o")
    for gate, name in ((forget, "f"), (entry, "i"), (candidate, "c"), (out, "o")):
        sheet.wire((gate.x, affine.top[1]), gate.bottom, value=f"map-{name}")
    # The cell state, along the top.
    keep, add = sheet.operator(forget.x, 312, "×"), sheet.operator(candidate.x, 312, "+")
    sheet.wire((8, 312), keep.left)
    sheet.wire(keep.right, add.left, value="kept")
    sheet.wire(add.right, (492, 312))
    sheet.wire(forget.top, keep.bottom, value="f")
    new = sheet.operator(candidate.x, 230, "×")
    sheet.wire(entry.top, (entry.x, new.y), new.left, value="i")
    sheet.wire(candidate.top, new.bottom, value="c")
    sheet.wire(new.top, add.bottom, value="written")
    # The hidden state, down on the right.
    show = sheet.operator(406, 230, "×")
    tanh = sheet.box(show.x, 275, 58, 28, "tanh")
    sheet.dot(show.x, 312)
    sheet.wire((show.x, 312), tanh.top, arrow=False)
    sheet.wire(tanh.bottom, show.top, arrow=False, value="tanh", side=-1)
    sheet.wire(out.top, (out.x, show.y), show.left, value="o")
    sheet.wire(show.bottom, (show.x, 76), (492, 76))
    sheet.wire((8, 76), affine.left)
    sheet.wire((affine.x, 6), affine.bottom)
    for x, y, text in ((25, 330, "cₜ₋₁"), (472, 330, "cₜ"), (25, 94, "hₜ₋₁"), (472, 94, "hₜ"), (242, 16, "xₜ")):
        sheet.formula(x, y, text)
    for y, name in ((294, "c"), (58, "h")):
        sheet.value(2, y, f"{name}-before", "left")
        sheet.value(498, y, f"{name}-after", "right")
    sheet.value(258, 16, "x", "left")
    return sheet.figure


def _gru_figure(reset_after: bool, numbers: bool = False) -> Figure:
    sheet = Drawing(524, 436, numbers)
    sheet.panel(52, 34, 472, 428)
    top = 390
    affine = sheet.box(215, 107, 242, 60, "")
    sheet.formula(affine.x, 119, "xₜW + b + hₜ₋₁U + b′" if reset_after else "xₜW + b + hₜ₋₁U")
    sheet.words(affine.x, 95, "columns of z and r", size=17)
    entry = sheet.box(406, affine.y, 104, 40, "xₜWₕ + bₕ")
    update = sheet.box(306, _GATES, 60, 40, "z = σ", "z")
    last = _reset(sheet, reset_after, affine)
    # The candidate, up on the right.
    add = sheet.operator(entry.x, last.y, "+")
    candidate = sheet.box(entry.x, 293, 100, 36, "h̃ = tanh", "c")
    renew, total = sheet.operator(entry.x, 344, "×"), sheet.operator(entry.x, top, "+")
    sheet.wire(last.right, add.left)
    column = (entry, add, candidate, renew, total)
    for start, end, name in zip(column, column[1:], ("entry", "map-c", "c", "written"), strict=False):
        sheet.wire(start.top, end.bottom, value=name)
    sheet.value(350, last.y + 14, "recurrent")
    # The update gate, and what it leaves to the candidate.
    keep, rest = sheet.operator(update.x, top, "×"), sheet.box(349, renew.y, 57, 28, "1 − z")
    sheet.wire((update.x, affine.top[1]), update.bottom, value="map-z")
    sheet.gap(update.x, last.y)
    sheet.wire(update.top, keep.bottom, value="z", side=-1)
    sheet.dot(update.x, rest.y)
    sheet.wire((update.x, rest.y), rest.left, arrow=False)
    sheet.wire(rest.right, renew.left)
    sheet.value(rest.x, rest.top[1] + 11, "rest")
    # The state, along the top and down to the affine map.
    sheet.wire((8, top), keep.left)
    sheet.wire(keep.right, total.left, value="kept")
    sheet.wire(total.right, (516, top))
    sheet.dot(_TAP, top)
    sheet.wire((_TAP, top), (_TAP, affine.y), affine.left)
    # The input.
    sheet.wire((affine.x, 6), affine.bottom)
    sheet.dot(affine.x, 56)
    sheet.wire((affine.x, 56), (entry.x, 56), entry.bottom)
    for x, y, text in ((25, top + 18, "hₜ₋₁"), (497, top + 18, "hₜ"), (affine.x + 20, 16, "xₜ")):
        sheet.formula(x, y, text)
    sheet.value(2, top - 18, "h-before", "left")
    sheet.value(522, top - 18, "h-after", "right")
    sheet.value(affine.x + 36, 16, "x", "left")
    return sheet.figure


def _candidates_figure() -> Figure:
    sheet = Drawing(500, 356)
    for left, reset_after in ((8, False), (256, True)):
        sheet.panel(left, 30, left + 236, 318)
        x, low, high = left + 76, 84, 148
        sheet.words(left + 118, 338, "reset after" if reset_after else "reset before", size=18)
        if reset_after:
            first = sheet.box(x, low, 124, 40, "hₜ₋₁Uₕ + b′ₕ")
            times = second = sheet.operator(x, high, "×")
        else:
            times = first = sheet.operator(x, low, "×")
            second = sheet.box(x, high, 124, 40, "(r ⊙ hₜ₋₁)Uₕ")
        reset = sheet.box(left + 168, times.y, 60, 40, "r = σ", "r")
        add = sheet.operator(x, 210, "+")
        entry = sheet.box(left + 168, add.y, 104, 40, "xₜWₕ + bₕ")
        candidate = sheet.box(x, 272, 100, 36, "h̃ = tanh", "c")
        sheet.wire((x, 6), first.bottom)
        for start, end in ((first, second), (second, add), (add, candidate)):
            sheet.wire(start.top, end.bottom)
        sheet.wire(reset.left, times.right)
        sheet.wire(entry.left, add.right)
        sheet.formula(x + 30, 16, "hₜ₋₁")
    return sheet.figure


def _reset(sheet: Drawing, reset_after: bool, affine: Node) -> Node:
    """Draw where the reset gate acts; return what the result comes out of."""
    y = 242
    if reset_after:
        product, times = sheet.box(148, y, 116, 40, "hₜ₋₁Uₕ + b′ₕ"), sheet.operator(234, y, "×")
        first, last = product, times
    else:
        times, product = sheet.operator(124, y, "×"), sheet.box(218, y, 116, 40, "(r ⊙ hₜ₋₁)Uₕ")
        first, last = times, product
    reset = sheet.box(times.x, _GATES, 60, 40, "r = σ", "r")
    sheet.dot(_TAP, y)
    sheet.wire((_TAP, y), first.left)
    sheet.wire(first.right, last.left)
    sheet.value(first.x, first.top[1] + 12, "product")
    sheet.wire((reset.x, affine.top[1]), reset.bottom, value="map-r")
    sheet.wire(reset.top, times.bottom)
    x, height = (reset.x + 6, 216.0) if reset_after else (reset.right[0] + 4, _GATES)
    sheet.value(x, height, "r", "left")
    return last
