"""Put explorables into the pages: elements that compute in the reader's browser, each a file in `web/explorables`.

The page holds what an element shows at first, so nothing moves once its script
runs, and without the script it stays. Only pages that have an element load it.
Elsewhere, as in the e-book, the directive's own text stands in its place.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from rnn_guide.diagrams import cells

from . import node

FOLDERS = (node.HERE / "explorables", node.HERE / "drawing", node.HERE / "numeric")
PICTURES = {name: str(picture) for name, picture in cells.with_numbers().items()}  # that elements write numbers into
SHOWN: dict[str, str] = {}  # what each element shows at first


class explorable(nodes.General, nodes.Element):  # noqa: N801
    """An element; its children are what stands in its place where no script runs."""


class Explorable(SphinxDirective):
    """`{explorable} NAME` around the text for readers of the e-book, of the Markdown and of the notebook."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the element.

        Raises:
            ExtensionError: if there is no such explorable.
        """
        name = self.arguments[0]
        if not (FOLDERS[0] / f"{name}.js").is_file():
            raise ExtensionError(f"{name} must be a script in web/explorables")
        element = explorable(name=name)
        element += self.parse_content_to_nodes()
        return [element]


def stamp() -> str:
    """Return a hash of the scripts and the pictures: pages are written again when it changes."""
    files = sorted(file for folder in FOLDERS for file in folder.glob("*.js"))
    drawn = json.dumps(PICTURES).encode()
    return hashlib.sha256(b"".join([drawn, *(file.read_bytes() for file in files)])).hexdigest()


def write_scripts(app: Sphinx) -> None:
    """Write a script for each element into the site."""
    if app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    given = {"folder": str(static), "pictures": PICTURES}
    SHOWN.update(json.loads(node.run("explorables.mjs", text=json.dumps(given))))


def visit(self: HTML5Translator, element: explorable) -> None:
    """Write the element with what it shows at first; in an e-book its own text."""
    if self.builder.name == "html":
        name = element["name"]
        self.body.append(f'<{name} class="explorable">{SHOWN[name]}</{name}>\n')
        raise nodes.SkipNode


def depart(_self: HTML5Translator, _element: explorable) -> None:
    """Do nothing more."""


def load(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Name the scripts that a page loads."""
    found = doctree.findall(explorable) if doctree else ()
    context["explorables"] = sorted({element["name"] for element in found})
