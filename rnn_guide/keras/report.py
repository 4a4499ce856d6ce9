"""An explanation as text of 80 columns, and the words that its table shares with it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .blocks import Block, Statistics
    from .explanation import Explanation, Part, Row

WIDTH = 80
PATH = 46  # a longer path is shortened
KIND = WIDTH - PATH - 2
NO_FORMULA = "no formula here"
NOT_TRAINED = "not trained"
MULTIPLY_ADDS = "multiply-adds"
ELEMENTWISE = "element-wise"
STATISTICS = ("kernel norm", "largest", "recurrent norm", "largest", "|bias| > 2")


def text(explanation: "Explanation") -> str:
    """Return the layers with their weights, and the totals."""
    lines = [shorten([plain(explanation.name)], WIDTH)[0], ""]
    widths = _widths([cells_of(row, part) for part in explanation.parts for row in part.rows])
    paths = shorten([plain(part.path) for part in explanation.parts], PATH)
    for part, path in zip(explanation.parts, paths, strict=True):
        lines += [*_head(part, path), *_weights(part, widths), *_blocks(part, widths[0]), *_uses(part, widths[0])]
    lines += [""] if explanation.parts else []
    totals = totals_of(explanation)
    longest = max(len(f"{number:,}") for number in totals.values())
    lines += [f"{name:13}  {number:>{longest},}" for name, number in totals.items()]
    return "\n".join([*lines, *_product_lines(explanation)])


def totals_of(explanation: "Explanation") -> dict[str, int]:
    """Return the sums that close an explanation."""
    return {
        "trainable": explanation.trainable,
        "non-trainable": explanation.non_trainable,
        "total": explanation.total,
    }


def _product_lines(explanation: "Explanation") -> Iterator[str]:
    """Yield the total of multiply–adds, and what it is without, if it was asked."""
    for k, (name, what) in enumerate(product_totals_of(explanation).items()):
        yield from [""] if k == 0 else []
        first, *more = fold(what, WIDTH - 15)
        yield f"{name:13}  {first}"
        yield from (" " * 15 + line for line in more)


def product_totals_of(explanation: "Explanation") -> dict[str, str]:
    """Return the multiply-adds of the whole, and what they leave out, in words."""
    if not explanation.inputs:
        return {}
    shapes = " and ".join(str(shape) for shape in explanation.inputs)
    without = ", ".join(shorten([plain(path) for path in explanation.uncounted], PATH))
    total = {MULTIPLY_ADDS: f"{explanation.multiply_adds:,} for an input of shape {shapes}"}
    return total | ({"without": f"{without}: {NO_FORMULA}"} if without else {})


def plain(text: str) -> str:
    """Return the text with what no terminal should get, such as the start of a command to it, written out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def shorten(paths: list[str], width: int) -> list[str]:
    """Cut out the middle of long paths; different paths stay different.

    >>> shorten(["encoder/lstm/kernel", "encoder/gru_1/kernel", "encoder/gru_2/kernel"], 12)
    ['enc…m/kernel', 'enc…1/kernel', 'enc…2/kernel']
    >>> shorten(["a/very/long/path/kernel", "a/much/longer/path/kernel"], 10)
    ['a/v…kernel', 'a/m…kernel']
    """
    taken = {path for path in paths if len(path) <= width}
    short: dict[str, str] = {path: path for path in taken}
    for path in paths:
        number = 1
        while path not in short:
            mark = "…" if number == 1 else f"…{number}…"
            head = (width - len(mark)) // 3
            candidate = path[:head] + mark + path[len(path) - (width - len(mark) - head) :]
            if candidate not in taken:
                short[path] = candidate
                taken.add(candidate)
            number += 1
    return [short[path] for path in paths]


def fold(text: str, width: int) -> list[str]:
    """Break a text after a blank, a sign of arithmetic or a slash, and where there is none, anywhere.

    >>> fold("4·((64+128)·128+128)", 12)
    ['4·((64+128)·', '128+128)']
    """
    lines = [""]
    for piece in re.findall(r"[^ +·/]*[ +·/]*", text):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
        while len(lines[-1].rstrip()) > width:
            lines[-1:] = [lines[-1][:width], lines[-1][width:]]
    return [line.rstrip() for line in lines]


def origin_of(part: "Part") -> str:
    """Return where a layer's count comes from."""
    if part.same_as is not None:
        return f"counted with {plain(part.same_as)}"
    if not part.built:
        return "not built, has no weights yet"
    if not part.rows:
        return "no weights"
    return NO_FORMULA if part.formula is None else f"{part.formula} = {part.count:,}"


def _head(part: "Part", path: str) -> list[str]:
    name = f"{path}  {shorten([plain(part.kind)], KIND)[0]}"
    origin = origin_of(part)
    if len(name) + 2 + len(origin) <= WIDTH:
        return [f"{name}  {origin}"]
    return [name, *(f"    {line}" for line in fold(origin, WIDTH - 4))]


def cells_of(row: "Row", part: "Part") -> list[str]:
    """Return what stands of a weight below its layer."""
    name, mark = plain(row.path[len(part.path) + 1 :]), "" if row.trainable else NOT_TRAINED
    return [name, str(row.shape), row.formula or "", f"{row.count:,}", mark]


def _widths(cells: list[list[str]]) -> list[int]:
    """Return the width of each column: the widest of the first three give way until all fit."""
    widths = [max((len(row[column]) for row in cells), default=0) for column in range(5)]
    while sum(widths) + 2 * len(widths) > WIDTH:
        widest = max(range(3), key=lambda column: widths[column])
        widths[widest] -= 1
    return widths


def _weights(part: "Part", widths: list[int]) -> Iterator[str]:
    for row in part.rows:
        cells = [fold(cell, max(width, 1)) for cell, width in zip(cells_of(row, part), widths, strict=True)]
        for line in range(max(len(cell) for cell in cells)):
            pieces = [cell[line] if line < len(cell) else "" for cell in cells]
            aligned = [
                piece.rjust(width) if column == 3 else piece.ljust(width)
                for column, (piece, width) in enumerate(zip(pieces, widths, strict=True))
                if width
            ]
            yield ("  " + "  ".join(aligned)).rstrip()


def _blocks(part: "Part", indent: int) -> Iterator[str]:
    """Yield which columns are which gate, and what its numbers look like."""
    spans = [f"{block.gate} {block.start}:{block.stop}" for block in part.blocks]
    if part.blocks and part.blocks[0].statistics is not None:
        width = max(len("columns"), *(len(span) for span in spans))
        yield f"  {'columns':{width}}  {'  '.join(STATISTICS)}"
        for span, block in zip(spans, part.blocks, strict=True):
            numbers = [number.rjust(len(name)) for number, name in zip(numbers_of(block), STATISTICS, strict=True)]
            yield f"  {span:{width}}  {'  '.join(numbers)}"
    elif len(spans) > 1:
        folded = fold(", ".join(spans), WIDTH - indent - 4)
        yield f"  {'columns':{indent}}  {folded[0]}"
        yield from (" " * (indent + 4) + line for line in folded[1:])


def _uses(part: "Part", indent: int) -> Iterator[str]:
    """Yield what a layer computes where the model calls it."""
    width = max(indent, len(MULTIPLY_ADDS))
    for name, what in computed_of(part):
        first, *more = fold(what, WIDTH - width - 4)
        yield f"  {name:{width}}  {first}"
        yield from (" " * (width + 4) + line for line in more)


def computed_of(part: "Part") -> Iterator[tuple[str, str]]:
    """Yield what a layer computes, in words."""
    if part.uncounted:
        yield MULTIPLY_ADDS, NO_FORMULA
    for use in part.uses:
        once = use.times == 1
        each = f"{use.formula} = {use.each:,}" if use.each else "0"
        calls = "" if use.calls == 1 or use.unit == "call" else f" of {use.calls} calls"
        units = {"index": "indices"}.get(use.unit, f"{use.unit}s")
        article = "an" if use.unit == "index" else "a"
        total = f" {article} {use.unit}, {use.multiply_adds:,} in {use.times:,} {units}{calls}"
        yield MULTIPLY_ADDS, each if once or not use.each else each + total
        if use.elementwise:
            work = ", ".join(f"{count:,} {name}" for name, count in use.elementwise.items())
            yield ELEMENTWISE, work if once else f"{work} {article} {use.unit}"


def numbers_of(block: "Block") -> list[str]:
    """Return a gate's statistics in the order of their names."""
    if block.statistics is None:
        return []
    found: Statistics = block.statistics
    sizes = (found.kernel_norm, found.kernel_largest, found.recurrent_norm, found.recurrent_largest)
    share = "no bias" if found.saturated is None else f"{100 * found.saturated:.0f} %"
    return [*(f"{size:#.3g}" for size in sizes), share]
