"""Find the display equations of a page, with their labels."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from book import DOCS

CODE = re.compile(r"^(`{3,})\{code-cell\}.*?^\1[ \t]*$", re.M | re.S)
DISPLAY = re.compile(
    r"^\$\$(?P<dollars>.+?)\$\$[ \t]*(?:\((?P<after>[^)\s]+)\))?[ \t]*$"
    r"|^(?P<fence>`{3,}|:{3,})\{math\}[ \t]*\n(?P<options>(?::[^\n]*\n)*)(?P<fenced>.*?)^(?P=fence)[ \t]*$",
    re.M | re.S,
)


class Display(NamedTuple):
    """A display equation: its label, which may be empty, its LaTeX, and the line where it starts."""

    label: str
    text: str
    line: int


def displays(page: str) -> list[Display]:
    """Return the display equations of a page's text, in order; code cells hold none."""
    page = CODE.sub(lambda cell: "\n" * cell[0].count("\n"), page)
    found = []
    for match in DISPLAY.finditer(page):
        option = re.search(r"^:label: *(\S+)", match["options"] or "", re.M)
        label = option[1] if option else match["after"] or ""
        found.append(
            Display(label, (match["dollars"] or match["fenced"]).strip(), page[: match.start()].count("\n") + 1)
        )
    return found


def labelled(paths: Iterable[Path]) -> dict[str, tuple[str, Display]]:
    """Return the labelled displays of pages: under each label the page's name and the display."""
    found: dict[str, tuple[str, Display]] = {}
    for path in paths:
        for display in displays(path.read_text("utf-8")):
            if display.label:
                assert display.label not in found, f"two displays are labelled {display.label}"
                found[display.label] = str(path.relative_to(DOCS)), display
    return found


def overlooked(page: str) -> list[str]:
    """Return what looks like a display and is written in a way that :func:`displays` does not know."""
    rest = DISPLAY.sub("", CODE.sub("", page))
    return re.findall(r"^.*(?:\$\$|(?:```|:::)\{math\}|\\begin\{(?!aligned)|\\label\{).*$", rest, re.M)
