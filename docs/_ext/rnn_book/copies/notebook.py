"""Give the reader each page to take away: as Markdown, and as a notebook if it has cells.

The notebooks run anywhere: their first cell installs the package, from the
book's own site if it has an address. Templates get the files' addresses.
"""

import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
from docutils import nodes
from nbformat import NotebookNode, v4
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util.osutil import relative_uri

from ..cells.outputs import in_words, shows
from .markdown import Piece, Writer

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# Readers' notebooks lie elsewhere than the script that a page runs, so they write it first.
SCRIPT = re.compile(r"^%run (\S+/)(\S+\.py)")
HIDDEN = {"jupyter": {"source_hidden": True}}
INSTALL = """\
from importlib.util import find_spec

# Colab has a TensorFlow of its own, which may stay.
extra = "data" if find_spec("tensorflow") else "book"
%pip install -q "{project}[{{extra}}] @ {address}"
"""
NO_ADDRESS = """\
# This copy of the book knows no address to fetch its package from. Before
# you run it, type  python -m pip install ".[book]"  in the project's folder,
# and start Jupyter from the same environment.
import rnn_guide"""
STYLE = """

import matplotlib
from rnn_guide import diagrams

matplotlib.rcParams.update(diagrams.rc())  # the book's style for plots"""


def base(app: Sphinx) -> str:
    """Return the site's address without a slash at its end, or nothing."""
    return str(app.config.html_baseurl).rstrip("/")


def wheel(app: Sphinx) -> str:
    """Return the name of the package's wheel."""
    return f"{app.config.project.replace('-', '_')}-{app.config.release}-py3-none-any.whl"


def has_notebook(app: Sphinx, docname: str) -> bool:
    """Return whether a page has cells."""
    return "kernelspec" in app.env.metadata[docname]


def link(app: Sphinx, docname: str, notebook: bool, node: nodes.Element) -> str:
    """Return where a page's reference leads in one of its copies.

    Args:
        app: Sphinx.
        docname: the page.
        notebook: whether the copy is the notebook.
        node: a reference, a download or an image.
    """
    if "refid" in node:
        return f"#{node['refid']}"
    if "filename" in node:
        address = relative_uri(docname, f"_downloads/{node['filename']}")
    else:
        address = node.get("uri") or node["refuri"]
    if urlsplit(address).scheme:
        return str(address)
    path, mark, place = posixpath.normpath(posixpath.join(posixpath.dirname(docname), address)).partition("#")
    page = path.removesuffix(".html")
    if page in app.env.found_docs:
        copy = ".ipynb" if has_notebook(app, page) and not base(app) else ".html" if base(app) else ".md"
        path = page + (copy if notebook else ".md")
    return (f"{base(app)}/{path}" if base(app) else relative_uri(docname, path)) + mark + place


def code_cells(app: Sphinx, docname: str, node: nodes.container) -> Iterator[NotebookNode]:
    """Yield a page's cell as a notebook's, with the script that it runs before it."""
    source = node["nb_source"]
    if script := SCRIPT.match(source):
        folder, name = script.groups()
        text = Path(app.srcdir, posixpath.dirname(docname), folder, name).read_text("utf-8")
        done = v4.new_output("stream", text=f"Writing {name}\n")
        yield v4.new_code_cell(f"%%writefile {name}\n{text}", outputs=[done], metadata=HIDDEN)
        source = source.replace(folder, "", 1)
    yield v4.new_code_cell(
        source,
        execution_count=node["exec_count"],
        outputs=[nbformat.from_dict(output) for output in node["nb_outputs"]],
        metadata={} if shows(node, "source") and "input" not in node.get("hide_mode", "") else HIDDEN,
    )


def head(app: Sphinx, docname: str) -> list[NotebookNode]:
    """Return the cells that say where a notebook is from and install what it imports."""
    title = app.env.titles[docname].astext()
    page = f"[{title}]({base(app)}/{docname}.html)" if base(app) else f"*{title}*"
    source = app.config.package_source
    install = INSTALL.format(project=app.config.project, address=source) if source else NO_ADDRESS
    if "matplotlib" in Path(app.env.doc2path(docname)).read_text("utf-8"):
        install += STYLE
    return [v4.new_markdown_cell(f"From the book {app.config.project}: {page}"), v4.new_code_cell(install)]


def notebook(app: Sphinx, docname: str, pieces: Iterable[Piece]) -> NotebookNode:
    """Return a page as a notebook."""
    cells = head(app, docname)
    for _, group in groupby(pieces, type):
        same = list(group)
        if texts := [piece for piece in same if isinstance(piece, str)]:
            cells.append(v4.new_markdown_cell("\n\n".join(texts)))
        cells += [cell for piece in same if not isinstance(piece, str) for cell in code_cells(app, docname, piece)]
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    return v4.new_notebook(cells=cells, metadata=METADATA)


def colab(app: Sphinx, docname: str) -> str | None:
    """Return where Colab opens a page's notebook: from the branch to which the docs workflow pushes them all."""
    if not (base(app) and app.config.notebooks_repository):
        return None
    return f"https://colab.research.google.com/github/{app.config.notebooks_repository}/blob/notebooks/{docname}.ipynb"


def write(app: Sphinx, docname: str, _template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Write a page's copies beside it, whenever the page itself is written."""
    if app.builder.name != "html" or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    context |= {"markdown_url": None, "notebook_url": None, "colab_url": None}
    if doctree is None:
        return
    path = Path(app.outdir, docname)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = Writer(app.builder, partial(link, app, docname, False), in_words)
    path.with_name(f"{path.name}.md").write_text(writer.text(doctree) + "\n", "utf-8")
    context["markdown_url"] = f"{path.name}.md"
    if has_notebook(app, docname):
        writer = Writer(app.builder, partial(link, app, docname, True), in_words)
        nbformat.write(notebook(app, docname, writer.blocks(doctree)), path.with_name(f"{path.name}.ipynb"))
        context |= {"notebook_url": f"{path.name}.ipynb", "colab_url": colab(app, docname)}


def exclude(app: Sphinx, config: Config) -> None:
    """Keep Sphinx from reading the copies as sources: docs/_build lies in the folder where it looks for pages."""
    if Path(app.outdir).is_relative_to(app.srcdir):
        config.exclude_patterns.append(Path(app.outdir).relative_to(app.srcdir).as_posix())


def build_wheel(app: Sphinx) -> None:
    """Build the package's wheel into the site, for the notebooks to install."""
    if app.builder.name != "html" or not base(app):
        return
    folder = Path(app.outdir, "wheels")
    shutil.rmtree(folder, ignore_errors=True)
    run = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=Path(app.confdir).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if not (folder / wheel(app)).is_file():
        raise ExtensionError(f"hatchling did not build {wheel(app)}:\n{run.stdout}{run.stderr}")
