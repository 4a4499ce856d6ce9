"""Pictures of cells and weights, drawn by Matplotlib as SVG, and coloured text; all follow the page's theme."""

from .cells import gru_candidates, gru_cell, lstm_cell, simple_rnn_cell
from .memory import memory
from .shapes import batch
from .style import colour, css, rc
from .svg import Picture, picture
from .text import Text, coloured, shaded
from .unrolled import gradient_path, unrolled
from .weights import weight_blocks

__all__ = [
    "Picture",
    "Text",
    "batch",
    "colour",
    "coloured",
    "css",
    "gradient_path",
    "gru_candidates",
    "gru_cell",
    "lstm_cell",
    "memory",
    "picture",
    "rc",
    "shaded",
    "simple_rnn_cell",
    "unrolled",
    "weight_blocks",
]
