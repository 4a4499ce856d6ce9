"""Leave out of the built site what its pages do not use, and give them one style sheet.

The theme brings rules for every widget of Bootstrap and the names of two
thousand icons, in a dozen sheets. What the pages use is known once all are
written.
"""

import posixpath
import re
import shutil
from functools import partial
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from .. import node

# The theme's files that `_templates/site.html` does not name.
UNUSED = (
    "bootstrap.js",
    "fontawesome.js",
    "design-tabs.js",
    "language_data.js",
    "searchtools.js",
    "sphinx_highlight.js",
    "theme.css",
    "*.map",
    "*.js.LICENSE.txt",
    "*webpack-macros.html",
    "fa-brands-*",
    "fa-regular-*",
)
# In the order in which they apply.
SHEETS = (
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb.*.css",
    "copybutton.css",
    "exercise.css",
    "katex/katex.min.css",
    "sphinx-design.min.css",
)
OWN = ("book.css", "explorables.css", "palette.css")  # nothing in these is unused
ELSEWHERE = ("ebook.css", "site.css")
URL = re.compile(r"""url\((["']?)(?!data:|#)([^"')]+)\1\)""")


def start_afresh(app: Sphinx, _config: Config) -> None:
    """Delete what an earlier build left beside the pages: Sphinx copies all of it again, and we would read it."""
    shutil.rmtree(Path(app.outdir, "_static"), ignore_errors=True)


def rebase(folder: str, url: re.Match[str]) -> str:
    """Return an address in a sheet of a folder as it is seen from the folder above."""
    return f"url({posixpath.normpath(posixpath.join(folder, url[2]))})"


def bundle(static: Path, patterns: tuple[str, ...]) -> str:
    """Return several style sheets as one that lies in `static`.

    Raises:
        ExtensionError: if one is missing.
    """
    texts = []
    for pattern in patterns:
        found = sorted(static.glob(pattern))
        if len(found) != 1:
            raise ExtensionError(f"{pattern} must name one style sheet of the site, got {len(found)}")
        sheet = found[0]
        folder = sheet.parent.relative_to(static).as_posix()
        texts.append(URL.sub(partial(rebase, folder), sheet.read_text("utf-8")))
    return "\n".join(texts)


def lighten(app: Sphinx, exception: Exception | None) -> None:
    """Delete the unused files, and write the style sheet that the pages link to."""
    if exception or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    for pattern in UNUSED:
        for file in static.rglob(pattern):
            file.unlink()
    known = {sheet for pattern in (*SHEETS, *OWN, *ELSEWHERE) for sheet in static.glob(pattern)}
    if unknown := set(static.rglob("*.css")) - known:
        names = ", ".join(sorted(str(sheet.relative_to(static)) for sheet in unknown))
        raise ExtensionError(f"style sheets that docs/_ext/rnn_book/site/styles.py does not list: {names}")
    whole, own = bundle(static, SHEETS), bundle(static, OWN)
    Path(app.doctreedir, "whole.css").write_text(f"{whole}\n{own}", "utf-8")  # for a test: the site has the other
    used = node.run("purge.mjs", text=whole, folder=Path(app.outdir))
    (static / "site.css").write_text(f"{used}\n{own}", "utf-8")
