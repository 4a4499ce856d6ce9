"""Put explorables into the pages: elements that compute in the reader's browser, each a file in `web/explorables`.

The page holds what an element shows at first, so nothing moves once its script
runs, and without the script it stays. Only pages that have an element load it.
Elsewhere, as in the e-book, the directive's own text stands in its place.

An element may work on what a page's cell has computed: that page puts it out
with `glue("explorable", json.dumps(...), display=False)`, so the cache keeps it
with the page's other outputs. It goes into a file of its own, which every page with
such an element loads.
"""

import ast
import hashlib
import html
import json
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from . import node

FOLDERS = tuple(node.HERE / name for name in ("explorables", "numeric", "reader"))


class explorable(nodes.General, nodes.Element):  # noqa: N801
    """An element; its children are what stands in its place where no script runs."""


class Explorable(SphinxDirective):
    """`{explorable} NAME` around the text for readers of the e-book, of the Markdown and of the notebook.

    The option `from` names the page whose cell computed what the element works on.
    """

    required_arguments = 1
    has_content = True
    option_spec = {"from": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the element.

        Raises:
            ExtensionError: if there is no such explorable, or no such page.
        """
        name, source = self.arguments[0], self.options.get("from", "")
        if not (FOLDERS[0] / f"{name}.js").is_file():
            raise ExtensionError(f"{name} must be a script in web/explorables")
        if source and source not in self.env.found_docs:
            raise ExtensionError(f"the explorable {name} must be from a page, got {source}")
        if source:
            self.env.note_dependency(self.env.doc2path(source))
        element = explorable(name=name, source=source)
        element += self.parse_content_to_nodes()
        return [element]


def stamp() -> str:
    """Return a hash of the scripts: pages are written again when it changes."""
    files = sorted(file for folder in FOLDERS for file in folder.glob("*.js"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def write_scripts(app: Sphinx) -> None:
    """Write a script for each element into the site."""
    if app.builder.name == "html":
        static = Path(app.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
        node.run("explorables.mjs", text=str(static))


def computed(env: BuildEnvironment, source: str) -> Any:
    """Return what a page's cell has put out for explorables.

    Raises:
        ExtensionError: if no cell has.
    """
    file = Path(env.mystnb_config.output_folder, f"{source}.glue.json")  # type: ignore[attr-defined]
    outputs = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    if "explorable" not in outputs:
        raise ExtensionError(f"no cell of {source} has put out anything for an explorable")
    return json.loads(ast.literal_eval(outputs["explorable"]["data"]["text/plain"]))


def data_file(source: str) -> str:
    """Return the name of the file that hands a page's data to the elements."""
    return f"{source.replace('/', '-')}.data.js"


@cache
def shown(name: str, data: str) -> str:
    """Return what an element shows at first, from the data in JSON."""
    return node.run("shown.mjs", text=json.dumps({"name": name, "data": json.loads(data)}))


def visit(self: HTML5Translator, element: explorable) -> None:
    """Write the element with what it shows at first; in an e-book its own text."""
    if self.builder.name == "html":
        name, source = element["name"], element["source"]
        data = json.dumps(computed(self.builder.env, source) if source else None)
        attribute = f' data-from="{html.escape(source)}"' if source else ""
        self.body.append(f'<{name} class="explorable"{attribute}>{shown(name, data)}</{name}>\n')
        raise nodes.SkipNode


def depart(_self: HTML5Translator, _element: explorable) -> None:
    """Do nothing more."""


def load(app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Name the scripts that a page loads, and write the data that they work on."""
    found = list(doctree.findall(explorable)) if doctree else []
    sources = {element["source"] for element in found} - {""}
    for source in sources:
        data = json.dumps({source: computed(app.env, source)}, separators=(",", ":"))
        file = Path(app.outdir, "_static", data_file(source))
        file.write_text(f"globalThis.explorableData={{...globalThis.explorableData,...{data}}}", "utf-8")
    names = {element["name"] for element in found}
    context["explorables"] = [data_file(source) for source in sorted(sources)] + [f"{name}.js" for name in sorted(names)]
