"""An explanation as a table of HTML."""

from html import escape
from typing import TYPE_CHECKING

from .report import STATISTICS, cells_of, computed_of, numbers_of, origin_of, plain, product_totals_of, totals_of

if TYPE_CHECKING:
    from .explanation import Explanation, Part

LEFT = ' style="text-align: left; padding: 0.2em 0.45em"'
RIGHT = ' style="text-align: right; padding: 0.2em 0.45em; white-space: nowrap"'
WHOLE = ' style="text-align: left; padding: 0.2em 0.45em; white-space: nowrap"'
FITS_A_PHONE = ' style="font-size: clamp(0.75em, 2.6vw, 1em)"'


def html(explanation: "Explanation") -> str:
    """Return the same as a table, which pages and notebooks show in their colours as one of pandas."""
    name = escape(plain(explanation.name))
    columns = ["weight", "shape", "formula", "count"]
    columns += [] if explanation.trainable == explanation.total else ["trained"]
    width = len(columns)
    heads = "".join(f'<th scope="col"{LEFT}>{head}</th>' for head in columns)
    feet = [
        f'<tr><th scope="row" colspan="3"{LEFT}>{what}</th>{_number(number)}{"<td></td>" * (width - 4)}</tr>'
        for what, number in totals_of(explanation).items()
    ]
    feet += [_line(name, what, width) for name, what in product_totals_of(explanation).items()]
    return (
        f'<div role="region" aria-label="Parameters of {name}" tabindex="0" style="overflow-x: auto">'
        f'<table class="dataframe"{FITS_A_PHONE}><caption{LEFT}>{name}</caption><thead><tr>{heads}</tr></thead>'
        f"{''.join(_table(part, width) for part in explanation.parts)}<tbody>{''.join(feet)}</tbody></table></div>"
    )


def _number(number: int) -> str:
    return f"<td{RIGHT}>{number:,}</td>"


def _line(name: str, what: str, width: int) -> str:
    """Return a row that has a name and one cell."""
    return f'<tr><th scope="row"{LEFT}>{name}</th><td colspan="{width - 1}"{LEFT}>{escape(what)}</td></tr>'


def _table(part: "Part", width: int) -> str:
    """Return the rows of one layer."""
    title = f"{escape(plain(part.path))} <em>{escape(plain(part.kind))}</em> {escape(origin_of(part))}"
    lines = [f'<tr><th scope="rowgroup" colspan="{width}"{LEFT}>{title}</th></tr>']
    for row in part.rows:
        left = "".join(f"<td{WHOLE}>{escape(cell)}</td>" for cell in cells_of(row, part)[:3])
        trained = f"<td{LEFT}>{'yes' if row.trainable else 'no'}</td>" * (width - 4)
        lines.append(f"<tr>{left}{_number(row.count)}{trained}</tr>")
    spans = [f"{block.gate} {block.start}:{block.stop}" for block in part.blocks]
    if part.blocks and part.blocks[0].statistics is not None:
        for span, block in zip(spans, part.blocks, strict=True):
            numbers = zip(STATISTICS, numbers_of(block), strict=True)
            lines.append(_line(f"columns {span}", ", ".join(f"{name} {number}" for name, number in numbers), width))
    elif spans:
        lines.append(_line("columns", ", ".join(spans), width))
    lines += [_line(name, what, width) for name, what in computed_of(part)]
    return f"<tbody>{''.join(lines)}</tbody>"
