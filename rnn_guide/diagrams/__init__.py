"""Pictures of cells and weights, drawn by Matplotlib as SVG that follows the page's theme."""

from .cells import gru_candidates, gru_cell, lstm_cell, simple_rnn_cell
from .memory import memory
from .shapes import batch
from .style import colour, css, rc
from .svg import Picture, picture
from .unrolled import gradient_path, unrolled
from .weights import weight_blocks

__all__ = [
    "Picture",
    "batch",
    "colour",
    "css",
    "gradient_path",
    "gru_candidates",
    "gru_cell",
    "lstm_cell",
    "memory",
    "picture",
    "rc",
    "simple_rnn_cell",
    "unrolled",
    "weight_blocks",
]
