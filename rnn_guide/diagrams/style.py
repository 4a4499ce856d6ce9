"""The palette: one colour, one meaning, in every picture of the book.

Matplotlib draws in the light colours. ``svg.picture`` then replaces each by a
CSS variable, so that the page's theme decides; ``css`` defines the variables.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from cycler import cycler

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType


class Colour(NamedTuple):
    """A colour in the light theme and its counterpart in the dark one."""

    light: str
    dark: str


# The light colours must differ from one another: they are how a role is
# recognised in Matplotlib's output. Hence the white that is one step off.
PALETTE = {
    "ink": Colour("#222832", "#ced6dd"),  # text and wires
    "paper": Colour("#ffffff", "#14181e"),  # the page, and boxes without weights
    "muted": Colour("#eef1f5", "#242b34"),  # the panel behind a cell
    "quiet": Colour("#5b6470", "#9aa5b1"),  # dimensions, notes, grids
    "on-gate": Colour("#fffffe", "#111111"),  # text on the gates
    "i": Colour("#0072b2", "#56b4e9"),  # input gate
    "f": Colour("#b34a00", "#e69f00"),  # forget gate
    "c": Colour("#00785a", "#2ec49a"),  # candidate of every cell
    "o": Colour("#a8487f", "#e9a3c9"),  # output gate
    "z": Colour("#4f35a3", "#9f80ff"),  # update gate
    "r": Colour("#5c4210", "#f0e442"),  # reset gate
}
GATES = ("i", "f", "c", "o", "z", "r")
# The candidate is h in Keras's GRU, g in PyTorch's LSTM and n in PyTorch's GRU.
_CANDIDATE = ("h", "g", "n")


def colour(role: str) -> str:
    """Return the colour to give Matplotlib for a role.

    Args:
        role: a key of ``PALETTE``, or a framework's letter for the candidate.

    Raises:
        ValueError: if the palette has no such role.

    >>> colour("f"), colour("h") == colour("c")
    ('#b34a00', True)
    """
    name = "c" if role in _CANDIDATE else role
    if name not in PALETTE:
        raise ValueError(f"role must be one of {', '.join([*PALETTE, *_CANDIDATE])}, got {role!r}")
    return PALETTE[name].light


def css() -> str:
    """Return the style sheet that gives the pictures' variables their two values.

    >>> print(css().splitlines()[1])
      --rnn-ink: #222832;
    """

    def block(selector: str, values: dict[str, str]) -> str:
        lines = "".join(f"  --rnn-{role}: {value};\n" for role, value in values.items())
        return f"{selector} {{\n{lines}}}\n"

    light = {role: value.light for role, value in PALETTE.items()}
    dark = {role: value.dark for role, value in PALETTE.items()}
    return block(":root", light) + block('html[data-theme="dark"]', dark)


def rc() -> "dict[RcKeyType, Any]":
    """Return Matplotlib's settings for the book's line plots.

    Lines that are not gates borrow the gates' colours, for no more than six
    stay apart; dashes go with them, so that colour is never alone.

    >>> import matplotlib
    >>> with matplotlib.rc_context(rc()):
    ...     matplotlib.rcParams["axes.spines.top"]
    False
    """
    ink, quiet = colour("ink"), colour("quiet")
    dashes = ["-", "--", "-.", ":", (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1))]
    return {
        "figure.figsize": (7.0, 4.2),
        "figure.constrained_layout.use": True,
        "figure.constrained_layout.h_pad": 0.1,
        "figure.constrained_layout.w_pad": 0.1,
        "font.size": 16,  # 11 px when seven inches shrink to a phone's column
        "axes.titlesize": 17,
        "axes.titlelocation": "left",
        "text.color": ink,
        "axes.labelcolor": ink,
        "axes.edgecolor": quiet,
        "axes.linewidth": 1.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.prop_cycle": cycler(color=[colour(gate) for gate in GATES], linestyle=dashes),
        "grid.color": quiet,
        "grid.alpha": 0.25,
        "grid.linewidth": 0.8,
        "lines.linewidth": 2.2,
        "xtick.color": quiet,
        "xtick.labelcolor": ink,
        "ytick.color": quiet,
        "ytick.labelcolor": ink,
        "legend.frameon": False,
    }
