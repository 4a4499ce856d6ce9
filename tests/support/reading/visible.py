"""Which names a page's visible code uses, and who introduced them.

A reader sees the prose and the visible cells. A name is introduced by a
visible cell above that binds it, or by the prose above that has it in
backticks. What a folded or removed cell binds the reader has not seen; where
it binds a name anew, what the reader saw of that name holds no longer.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .scopes import Use, imported, run_through

HIDING = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
BLOCK = re.compile(r"^(?P<fence>`{3,})\{code-cell\}[^\n]*\n(?P<body>.*?)^(?P=fence)[ \t]*$", re.M | re.S)
OPTIONS = re.compile(r"\A(?:(?::[^\n]*\n)+|---\n.*?^---\n)", re.M | re.S)
INLINE = re.compile(r"(?<![`}\\])`([^`\n]+)`(?!`)")


class Part(NamedTuple):
    """A stretch of prose, a visible cell or a hidden one, with the line where its text starts."""

    kind: str
    text: str
    line: int


def parts(page: str) -> Iterator[Part]:
    """Yield prose and cells in order; lines of IPython's magic are left out of code."""
    end = 0
    for match in BLOCK.finditer(page):
        yield Part("prose", page[end : match.start()], page[:end].count("\n") + 1)
        options = OPTIONS.match(match["body"])
        head = options[0] if options else ""
        code = re.sub(r"^%.*$", "", match["body"][len(head) :], flags=re.M)
        hidden = HIDING & set(re.findall(r"[\w-]+", head))
        yield Part("hidden" if hidden else "visible", code, page[: match.start("body") + len(head)].count("\n") + 1)
        end = match.end()
    yield Part("prose", page[end:], page[:end].count("\n") + 1)


def mentioned(prose: str) -> set[str]:
    """Return the names that prose has in backticks: ``name``, ``name(...)`` or ``name[...]``, roles left out."""
    found = set()
    for code in INLINE.findall(prose):
        match = re.fullmatch(r"([A-Za-z_]\w*)(?:[(\[].*[)\]])?", code)
        found |= {match[1]} if match else set()
    return found


def unseen(page: str) -> list[Use]:
    """Return the names that visible cells use and nothing visible above them introduced."""
    bound: set[str] = set()
    in_text: set[str] = set()
    found = []
    for part in parts(page):
        if part.kind == "prose":
            in_text |= mentioned(part.text)
        elif part.kind == "hidden":
            bound -= run_through(part.text, set())[0] - imported(part.text)
        else:
            bound, uses = run_through(part.text, bound, in_text)
            found += [Use(use.name, use.line + part.line - 1) for use in uses]
    return found
