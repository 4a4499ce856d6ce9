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

from rnn_guide.diagrams import cells

from . import node

FOLDERS = tuple(node.HERE / name for name in ("explorables", "numeric", "reader", "drawing", "workers"))
PICTURES = {name: str(picture) for name, picture in cells.with_numbers().items()}  # that elements write numbers into


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
    """Return a hash of the scripts and the pictures: pages are written again when it changes."""
    files = sorted(file for folder in FOLDERS for file in folder.glob("*.js"))
    drawn = json.dumps(PICTURES).encode()
    return hashlib.sha256(b"".join([drawn, *(file.read_bytes() for file in files)])).hexdigest()


def write_scripts(app: Sphinx) -> None:
    """Write a script for each element into the site."""
    if app.builder.name == "html":
        static = Path(app.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
        node.run("explorables.mjs", text=str(static))


def outputs(env: BuildEnvironment) -> Path:
    """Return the folder with what cells have put out."""
    return Path(env.mystnb_config.output_folder)  # type: ignore[attr-defined]


def computed(env: BuildEnvironment, source: str) -> Any:
    """Return what a page's cell has put out for explorables.

    Raises:
        ExtensionError: if no cell has.
    """
    file = outputs(env) / f"{source}.glue.json"
    found = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    if "explorable" not in found:
        raise ExtensionError(f"no cell of {source} has put out anything for an explorable")
    return json.loads(ast.literal_eval(found["explorable"]["data"]["text/plain"]))


def data_file(source: str) -> str:
    """Return the name of the file that hands a page's data to the elements."""
    return f"{source.replace('/', '-')}.data.js"


def write_data(app: Sphinx, env: BuildEnvironment) -> None:
    """Write what cells have put out for explorables into the site, once every page is read."""
    if app.builder.name != "html":
        return
    for file in outputs(env).rglob("*.glue.json"):
        source = file.relative_to(outputs(env)).as_posix().removesuffix(".glue.json")
        if source in env.found_docs and '"explorable"' in file.read_text("utf-8"):
            data = json.dumps({source: computed(env, source)}, separators=(",", ":"))
            script = f"globalThis.explorableData={{...globalThis.explorableData,...{data}}}"
            Path(app.outdir, "_static", data_file(source)).write_text(script, "utf-8")


@cache
def shown(name: str, data: str) -> str:
    """Return what an element shows at first, from its data in JSON."""
    return node.run("shown.mjs", text=json.dumps({"name": name, "data": json.loads(data)}))


def visit(self: HTML5Translator, element: explorable) -> None:
    """Write the element with what it shows at first; in an e-book its own text."""
    if self.builder.name == "html":
        name, source = element["name"], element["source"]
        data = json.dumps(computed(self.builder.env, source) if source else PICTURES)
        attribute = f' data-from="{html.escape(source)}"' if source else ""
        self.body.append(f'<{name} class="explorable"{attribute}>{shown(name, data)}</{name}>\n')
        raise nodes.SkipNode


def depart(_self: HTML5Translator, _element: explorable) -> None:
    """Do nothing more."""


def load(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Name the scripts that a page loads, the data before the elements."""
    found = list(doctree.findall(explorable)) if doctree else []
    sources = {data_file(element["source"]) for element in found if element["source"]}
    context["explorables"] = sorted(sources) + sorted({f"{element['name']}.js" for element in found})
