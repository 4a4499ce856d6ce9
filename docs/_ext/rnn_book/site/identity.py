"""The book's mark, drawn: a cell whose state comes back to it.

It is the logo (inline, in the theme's colours), the favicon, the icon on a
phone's screen and, with the picture of fading memory, what other sites show
when they link to the book.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as Curve
from sphinx.application import Sphinx

from rnn_guide import diagrams
from rnn_guide.cells import sigmoid

PROMISE = ("Recurrent neural networks,", "explained by running them")
BIASES, STEPS = (1.0, 2.0, 5.0), 28


def draw_mark(figure: Figure, bounds: tuple[float, float, float, float]) -> None:
    """Draw the mark into a part of a figure: a cell, and the line that leads its state back to it."""
    axes = figure.add_axes(bounds, xlim=(0, 32), ylim=(0, 32))
    axes.axis("off")
    line = {"fc": "none", "ec": diagrams.colour("ink"), "lw": 2.8 * bounds[2] * figure.get_figwidth() * 72 / 32}
    # From the cell's right side, around four corners, to its left side.
    ends = [(22, 11), (24, 11), (30, 11), (30, 17), (30, 19), (30, 25), (24, 25), (8, 25), (2, 25), (2, 19)]
    ends += [(2, 17), (2, 11), (5, 11)]
    codes = [Curve.MOVETO, *[Curve.LINETO, Curve.CURVE3, Curve.CURVE3] * 4]
    axes.add_artist(PathPatch(Curve(ends, codes), **line))
    axes.add_artist(Polygon([(10.2, 11), (4.4, 15.6), (4.4, 6.4)], fc=diagrams.colour("ink"), ec="none"))
    cell = FancyBboxPatch((13, 6), 8, 10, "round,pad=2,rounding_size=3", fc=diagrams.colour("i"), ec="none")
    axes.add_artist(cell)


@cache
def logo() -> str:
    """Return the mark as inline SVG. The name stands beside it, so a screen reader passes over the mark."""
    figure = Figure(figsize=(32 / 72, 32 / 72))
    draw_mark(figure, (0, 0, 1, 1))
    svg = str(diagrams.picture(figure, "rnn-guide", "The mark of the book"))
    return svg.replace('role="img"', 'aria-hidden="true" class="book-mark"')


def social_image() -> Figure:
    """Draw what a link to the book shows: its promise, and how a fresh LSTM forgets."""
    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=diagrams.colour("paper"))
    draw_mark(figure, (0.06, 0.74, 0.1, 0.19))
    for line, text in enumerate(PROMISE):
        figure.text(0.06, 0.62 - 0.1 * line, text, size=40, weight="bold", color=diagrams.colour("ink"))
    axes = figure.add_axes((0.06, 0.06, 0.88, 0.3), xlim=(-4, STEPS), ylim=(len(BIASES), 0))
    axes.axis("off")
    note = "What is left in an LSTM's cell state after each step, by the bias of its forget gate"
    figure.text(0.06, 0.41, note, size=17, color=diagrams.colour("quiet"))
    for row, bias in enumerate(BIASES):
        axes.text(-4, row + 0.5, f"bias {bias:g}", size=17, va="center", color=diagrams.colour("quiet"))
        shares = sigmoid(np.array(bias)) ** np.arange(STEPS)
        for step, share in enumerate(shares):
            axes.bar(step, 0.72, 0.86, row + 0.14, align="edge", color=diagrams.colour("f"), alpha=share)
    return figure


def save_png(figure: Figure, path: Path) -> None:
    """Write a picture without the version of Matplotlib, so that two builds give the same bytes."""
    figure.savefig(path, metadata={"Software": None})


def write_files(app: Sphinx) -> None:
    """Write the icons, the picture for links and the pictures' colours as CSS."""
    if app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    (static / "palette.css").write_text(diagrams.css(), "utf-8")
    dark = "<style>@media (prefers-color-scheme: dark) { svg { --rnn-ink: #ced6dd; --rnn-i: #56b4e9; } }</style>"
    (static / "favicon.svg").write_text(logo().replace("</svg>", f"{dark}</svg>"), "utf-8")
    touch = Figure(figsize=(1.8, 1.8), dpi=100, facecolor=diagrams.colour("paper"))
    draw_mark(touch, (0.15, 0.15, 0.7, 0.7))
    save_png(touch, static / "touch-icon.png")
    save_png(social_image(), static / "social.png")


def add_logo(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Give the templates the logo."""
    context["logo"] = logo()
