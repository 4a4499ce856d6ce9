"""Let a line of code that is too long for the screen go on below itself, further in than it began.

Otherwise a phone cuts code at its right edge. A style can do this for a
block, so each line becomes one; its indent goes along as a number.
"""

import re
from typing import Any

from sphinx.application import Sphinx

LANGUAGES = "ipython3|python|default|doctest"
CODE = re.compile(
    rf'(<div class="(?:\w+ )?highlight-(?:{LANGUAGES})[^>]*><div class="highlight"><pre>)(.*?)(</pre>)', re.DOTALL
)
TAG = re.compile(r"<[^>]*>")


def in_blocks(code: re.Match[str]) -> str:
    """Return highlighted code with each line, its end included, in an element of its own."""
    head, text, tail = code.groups()
    lines = []
    for line in text.removeprefix("<span></span>").splitlines(keepends=True):
        plain = TAG.sub("", line)
        indent = len(plain) - len(plain.lstrip(" "))
        style = f' style="--indent: {indent}ch"' if indent else ""
        lines.append(f'<span class="line"{style}>{line}</span>')
    return f"{head}{''.join(lines)}{tail}"


def split_lines(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Split the code of a page into its lines."""
    if app.builder.name == "html" and "body" in context:
        context["body"] = CODE.sub(in_blocks, context["body"])
