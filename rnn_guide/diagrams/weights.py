"""A layer's weights, drawn to scale."""

from collections.abc import Iterable
from typing import NamedTuple

from matplotlib.figure import Figure

from ..params import Count, Weight
from .drawing import Drawing
from .svg import Picture, picture

_WIDTH = 472.0  # of the sheet at most
_MARGIN = 8.0
_LONGEST = 200.0  # the tallest rectangle
_LARGEST = 34.0  # one entry, in a layer so small that its entries could be counted
_THINNEST = 10.0  # a side that is still seen
_LETTERED = 24.0  # a side that holds a gate's letter
_SIZE = 16.0  # of text
_LETTER = 0.603  # the width of a letter of DejaVu Sans Mono, and at least that of DejaVu Sans in the notes, in ems
_LINE = 28.0
_GAP = 20.0


class _Tile(NamedTuple):
    """A weight, its rectangle's sides, and how many blocks lie along each."""

    weight: Weight
    rows: int
    columns: int
    row_blocks: int
    column_blocks: int
    scale: float
    indent: float

    @property
    def thinnest(self) -> float:
        return _LETTERED if self.weight.gates else _THINNEST

    @property
    def height(self) -> float:
        return max(self.rows * self.scale, self.row_blocks * self.thinnest)

    @property
    def width(self) -> float:
        return max(self.columns * self.scale, self.column_blocks * self.thinnest)

    @property
    def note(self) -> str:
        """Which sides are drawn longer than the scale says."""
        sides = {"height": self.height > self.rows * self.scale, "width": self.width > self.columns * self.scale}
        enlarged = [side for side, is_enlarged in sides.items() if is_enlarged]
        return f"{' and '.join(enlarged)} not to scale" if enlarged else ""

    @property
    def caption(self) -> str:
        return f"{self.weight.name} {self.weight.shape}"

    @property
    def counts_columns(self) -> bool:
        return len(self.weight.shape) == 2 or self.row_blocks == 1

    @property
    def counts_rows(self) -> bool:
        return len(self.weight.shape) == 2 or self.row_blocks > 1

    @property
    def above(self) -> float:
        """The height of the texts above its rectangle."""
        return 2 * _LINE if self.counts_columns else _LINE

    @property
    def room(self) -> tuple[float, float]:
        """The width and the height it takes together with its texts."""
        texts = max(len(self.caption), len(self.note)) * _LETTER * _SIZE
        return max(texts, self.indent + self.width), self.above + self.height + (_LINE if self.note else 0)


def weight_blocks(count: Count, title: str | None = None) -> Picture:
    """Draw the weights of a layer as rectangles, rows by columns, at one scale.

    Args:
        count: the layer's count, from ``rnn_guide.params``.
        title: what a screen reader calls the picture; by default the weights'
            names and shapes.

    Raises:
        TypeError: if ``count`` is not a ``Count``.
        ValueError: if a weight has more than two axes, as a convolution's has.

    >>> from rnn_guide import params
    >>> weight_blocks(params.dense(128, 10))
    Picture('Weights: kernel (128, 10), bias (10,)')
    """
    if not isinstance(count, Count):
        raise TypeError(f"count must be a Count, such as params.lstm(64, 128), got {count!r}")
    tiles = _tiles(count.weights)
    parts = [
        f"{tile.caption}, " + (f"blocks {', '.join(tile.weight.gates)}" if tile.weight.gates else "one block")
        for tile in tiles
    ]
    notes = [f"{tile.weight.name}: {tile.note}" for tile in tiles if tile.note]
    return picture(
        _figure(tiles),
        "Weights: " + ", ".join(tile.caption for tile in tiles) if title is None else title,
        f"Each rectangle has its weight's rows and columns. {'; '.join(parts + notes)}.",
    )


def _tiles(weights: Iterable[Weight]) -> list[_Tile]:
    shapes = []
    for weight in weights:
        if len(weight.shape) > 2:
            raise ValueError(f"count must have weights of one or two axes, got {weight.name} {weight.shape}")
        # PyTorch multiplies from the left: its gates lie below one another, and its biases are columns.
        is_torch = any(part in weight.name for part in ("_ih_l", "_hh_l"))
        if len(weight.shape) == 2:
            rows, columns = weight.shape
        else:
            rows, columns = (weight.shape[0], 1) if is_torch else (1, weight.shape[0])
        blocks = len(weight.gates) or 1
        shapes.append((weight, rows, columns, *((blocks, 1) if is_torch else (1, blocks))))
    indent = max(_indent(weight, rows, blocks) for weight, rows, _, blocks, _ in shapes)
    widest, tallest = max(shape[2] for shape in shapes), max(shape[1] for shape in shapes)
    scale = min((_WIDTH - 2 * _MARGIN - indent) / widest, _LONGEST / tallest, _LARGEST)
    return [_Tile(*shape, scale, indent) for shape in shapes]


def _length(count: int, blocks: int) -> str:
    return f"{blocks} × {count // blocks}" if blocks > 1 else f"{count}"


def _indent(weight: Weight, rows: int, blocks: int) -> float:
    """Return the room for the number of rows and its bracket, left of a rectangle."""
    has_rows = len(weight.shape) == 2 or blocks > 1
    return len(_length(rows, blocks)) * _LETTER * _SIZE + 14 if has_rows else 0


def _figure(tiles: list[_Tile]) -> Figure:
    """Set the tiles like words, from left to right and in as many lines as they need."""
    lines: list[list[_Tile]] = [[]]
    for tile in tiles:
        if lines[-1] and _taken([*lines[-1], tile]) > _WIDTH:
            lines.append([])
        lines[-1].append(tile)
    heights = [max(tile.room[1] for tile in line) for line in lines]
    y = sum(heights) + _GAP * (len(lines) - 1) + 2 * _MARGIN
    sheet = Drawing(min(_WIDTH, max(_taken(line) for line in lines)), y)
    y -= _MARGIN
    for line, height in zip(lines, heights, strict=True):
        x = _MARGIN
        for tile in line:
            _draw(sheet, tile, x, y)
            x += tile.room[0] + _GAP
        y -= height + _GAP
    return sheet.figure


def _taken(line: list[_Tile]) -> float:
    return sum(tile.room[0] + _GAP for tile in line) - _GAP + 2 * _MARGIN


def _draw(sheet: Drawing, tile: _Tile, x: float, y: float) -> None:
    """Draw a tile with its upper left corner at a point."""
    # Only a name longer than any layer's needs smaller letters.
    size = min(_SIZE, (_WIDTH - 2 * _MARGIN) / (len(tile.caption) * _LETTER))
    sheet.words(x, y - 12, tile.caption, size=size, align="left", mono=True)
    left, top = x + tile.indent, y - tile.above
    bottom = top - tile.height
    _bracket(sheet, tile, left, top)
    blocks = tile.weight.gates or ("",)
    for k, letter in enumerate(blocks):
        width, height = tile.width / tile.column_blocks, tile.height / tile.row_blocks
        # Rows of blocks count from the top.
        corner = (left, top - (k + 1) * height) if tile.row_blocks > 1 else (left + k * width, bottom)
        role = letter or "muted"
        sheet.block(*corner, width, height, role, tile.weight.name)
        if letter:
            sheet.formula(corner[0] + width / 2, corner[1] + height / 2, letter, "on-gate", "bold")
    if tile.note:
        sheet.words(x, bottom - 16, tile.note, "quiet", _SIZE, "left")


def _bracket(sheet: Drawing, tile: _Tile, left: float, top: float) -> None:
    """Say how long the axes of a weight are."""
    right, bottom = left + tile.width, top - tile.height
    if tile.counts_columns:
        text = _length(tile.columns, tile.column_blocks)
        fits = len(text) * _LETTER * _SIZE < tile.width
        x, align = ((left + right) / 2, "center") if fits else (left, "left")
        sheet.words(x, top + 19, text, "quiet", _SIZE, align, mono=True)
        sheet.stroke((left, top + 3), (left, top + 7), (right, top + 7), (right, top + 3))
    if tile.counts_rows:
        text = _length(tile.rows, tile.row_blocks)
        sheet.words(left - 12, (top + bottom) / 2, text, "quiet", _SIZE, "right", mono=True)
        sheet.stroke((left - 3, top), (left - 7, top), (left - 7, bottom), (left - 3, bottom))
