"""Pictures of cells and weights, drawn by Matplotlib as SVG that follows the page's theme."""

from .cells import gru_cell, lstm_cell, simple_rnn_cell
from .style import colour, css, rc
from .svg import Picture, picture
from .unrolled import unrolled
from .weights import weight_blocks

__all__ = [
    "Picture",
    "colour",
    "css",
    "gru_cell",
    "lstm_cell",
    "picture",
    "rc",
    "simple_rnn_cell",
    "unrolled",
    "weight_blocks",
]
