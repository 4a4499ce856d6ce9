"""Make the EPUB a valid one, for e-readers without scripts, CSS variables and folding."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinx_book_theme.directives import Margin
from sphinx_design.dropdown import dropdown_main, dropdown_title

VARIABLE = re.compile(r"var\(--[\w-]+, (#\w+)\)")
PAGE = re.compile(r'href="([^"]+\.xhtml)" media-type="application/xhtml\+xml"(?= />)')
STYLES = ("pygments.css", "epub.css", "ebook.css")


class Epub(Epub3Builder):
    """Sphinx's builder, which also declares the pages with formulas and pictures, as the standard asks."""

    def build_content(self) -> None:
        """Write the list of the EPUB's files."""
        super().build_content()
        path = Path(self.outdir, "content.opf")
        path.write_text(PAGE.sub(self.declare, path.read_text("utf-8")), "utf-8")

    def toc_metadata(self, level: int, navpoints: list[Any]) -> dict[str, Any]:
        """Return what the older table of contents says of the book: the same identifier as the list of files."""
        return super().toc_metadata(level, navpoints) | {"uid": self.config.epub_identifier}

    def declare(self, item: re.Match[str]) -> str:
        """Return a page's entry with what the page holds."""
        page = Path(self.outdir, item[1]).read_text("utf-8")
        held = [name for name, mark in (("mathml", "<math"), ("svg", "<svg")) if mark in page]
        return f'{item[0]} properties="{" ".join(held)}"' if held else item[0]


def unfold(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Show what a page folds, and give pictures their light colours outright."""
    if app.builder.name != "epub":
        return
    for folded in list(doctree.findall(HideCodeCellNode)):
        folded.replace_self(folded.children)
    for folded in list(doctree.findall(dropdown_main)):
        folded.replace_self(folded.children)
    for title in list(doctree.findall(dropdown_title)):
        text, *_arrow = title.children
        title.replace_self(nodes.paragraph("", "", nodes.strong("", "", *text.children)))
    for raw in doctree.findall(nodes.raw):
        raw[:] = [nodes.Text(VARIABLE.sub(r"\1", raw.astext()))]


def keep_own_styles(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Leave out the style sheets that extensions add for browsers."""
    if app.builder.name == "epub":
        context["css_files"] = [css for css in context["css_files"] if str(css.filename).endswith(STYLES)]


def add_margin(app: Sphinx) -> None:
    """Know the site's directive for asides, which its theme brings."""
    if app.builder.name == "epub":
        app.add_directive("margin", Margin)
