"""Keep with each cell what it put out, and say it in text.

MyST-NB leaves an executed notebook beside the book, but without its outputs
when they came from the cache. So they are asked of the cache once more, while
a page is read, and travel with the page's doctree.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from sphinx.application import Sphinx

from ..copies.markdown import escape, fence

ANSI = re.compile(r"\x1b\[[0-9;]*m")
SVG = "{http://www.w3.org/2000/svg}"


def cells(doctree: nodes.document) -> list[nodes.container]:
    """Return a page's cells."""
    return [node for node in doctree.findall(nodes.container) if node.get("nb_element") == "cell_code"]


def merged(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join the pieces in which a busy kernel sent a text, and leave out what was logged."""
    whole: list[dict[str, Any]] = []
    for output in outputs:
        if output.get("name") == "stderr":
            continue
        if whole and "text" in output and "text" in whole[-1]:
            whole[-1]["text"] += output["text"]
        else:
            whole.append(output)
    return whole


def keep_outputs(app: Sphinx, doctree: nodes.document) -> None:
    """Put code and outputs on each cell's node, and whole lines on the page."""
    if not cells(doctree):
        return
    settings = app.env.mystnb_config  # type: ignore[attr-defined]
    notebook = nbformat.read(Path(settings.output_folder, f"{app.env.docname}.ipynb"), as_version=4)
    # A page whose cell failed is not in the cache; MyST-NB has warned of it.
    with suppress(KeyError):
        _, notebook = get_cache(settings.execution_cache_path).merge_match_into_notebook(notebook)
    for node in cells(doctree):
        cell = notebook.cells[node["cell_index"]]
        node["nb_source"] = cell.source
        node["nb_outputs"] = merged(json.loads(json.dumps(cell.outputs)))
        # A busy kernel may send a line in two pieces. MyST-NB would make two lines of them, on the page.
        text = "".join(output["text"] for output in node["nb_outputs"] if "text" in output).rstrip() + "\n"
        for block in node.findall(nodes.literal_block):
            if "stream" in block["classes"]:
                block.rawsource, block[:] = text, [nodes.Text(text)]


def shows(cell: nodes.container, part: str) -> bool:
    """Return whether the page shows a cell's `source` or `output`."""
    return any(node.get("nb_element") == f"cell_code_{part}" for node in cell.findall(nodes.container))


def picture(svg: str) -> str:
    """Return a picture's title and description."""
    root = ElementTree.fromstring(svg)  # noqa: S314 (a cell of the book drew it)
    words = [root.findtext(f"{SVG}{part}", "").strip().rstrip(".") for part in ("title", "desc")]
    return f"*Figure: {escape('. '.join(filter(None, words)))}.*"


def results(cell: nodes.container) -> Iterator[str]:
    """Yield what a cell put out; texts that follow one another are one block."""
    text = ""
    for output in cell["nb_outputs"]:
        data = output.get("data", {})
        drawn = data.get("text/html", "").startswith("<svg")
        if not drawn and "text/markdown" not in data:
            error = f"{output.get('ename')}: {output.get('evalue')}"
            text += ANSI.sub("", output.get("text") or data.get("text/plain") or error).rstrip("\n") + "\n"
            continue
        if text:
            yield fence("text", text)
        text = ""
        yield picture(data["text/html"]) if drawn else data["text/markdown"]
    if text:
        yield fence("text", text)


def in_words(cell: nodes.container) -> str:
    """Return a cell's code and what it put out, as far as the page shows them."""
    code = [fence("python", cell["nb_source"])] if shows(cell, "source") else []
    return "\n\n".join([*code, *(results(cell) if shows(cell, "output") else [])])
