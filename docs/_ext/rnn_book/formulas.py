"""Render the formulas with KaTeX while the book is built.

The reader's browser gets HTML and needs no script. An e-reader gets MathML,
which needs no styles either. Node runs once a page. sphinxcontrib-katex does
the same through a server of its own, which the parallel writers leave running.
"""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from . import node

DIST = node.MODULES / "katex" / "dist"
logger = logging.getLogger(__name__)


def render(formulas: Sequence[nodes.Element], builder: str) -> None:
    """Put each formula's HTML on its node, or warn where KaTeX cannot read it."""
    output = "mathml" if builder == "epub" else "htmlAndMathml"
    request = [
        {"tex": math.astext(), "display": isinstance(math, nodes.math_block), "output": output} for math in formulas
    ]
    answer = node.run("render.mjs", text=json.dumps(request))
    for math, result in zip(formulas, json.loads(answer), strict=True):
        if "error" in result:
            logger.warning("%s", result["error"], location=math, type="katex")
        math["html"] = result.get("html", "")


def render_page(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Render all formulas of a page in one go."""
    formulas = [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]
    if formulas and app.builder.format == "html":
        for math in formulas:
            if isinstance(math, nodes.math):
                keep_punctuation(math)
        render(formulas, app.builder.name)


def keep_punctuation(math: nodes.math) -> None:
    """Take the comma or full stop after a formula along with it, else it may begin the next line."""
    following = math.next_node(descend=False, siblings=True)
    if isinstance(following, nodes.Text) and (found := re.match(r"[,.;:?!)]+", following)):
        math["tail"] = found[0]
        # Not parent.replace: it looks for a text that is equal, and takes an earlier ". " of the same sentence.
        place = next(place for place, child in enumerate(math.parent) if child is following)
        math.parent[place] = nodes.Text(following[found.end() :])


def visit_inline(translator: Any, math: nodes.math) -> NoReturn:
    """Write a formula inside a line; headings in the sidebar were not part of the page."""
    if "html" not in math:
        render([math], translator.builder.name)
    kind = "math whole" if math["html"].count('class="katex-base"') == 1 else "math"  # a longer one may break inside
    tag = translator.starttag(math, "span", "", CLASS=kind)
    translator.body.append(f"{tag}{math['html']}{math.get('tail', '')}</span>")
    raise nodes.SkipNode


def visit_display(translator: Any, math: nodes.math_block) -> NoReturn:
    """Write a formula on its own line, with its number if it has one."""
    body = translator.body
    body.append(translator.starttag(math, "div", CLASS="math", tabindex="0"))
    body.append(math["html"])
    if math["number"]:
        body.append(f'<span class="eqno">({get_node_equation_number(translator, math)})')
        translator.add_permalink_ref(math, "Link to this equation")
        body.append("</span>")
    body.append("</div>\n")
    raise nodes.SkipNode


def copy_assets(app: Sphinx) -> None:
    """Copy KaTeX's stylesheet and the fonts that every browser since 2018 reads."""
    if app.builder.format != "html":
        return
    if not DIST.is_dir():
        raise ExtensionError("KaTeX is not installed: build the book with `python3 run.py docs`")
    if app.builder.name == "epub":
        return
    target = Path(app.outdir) / "_static" / "katex"
    shutil.copytree(
        DIST / "fonts", target / "fonts", ignore=shutil.ignore_patterns("*.woff", "*.ttf"), dirs_exist_ok=True
    )
    shutil.copy(DIST / "katex.min.css", target)
