"""Leave out of the built site what its pages do not use.

The theme brings rules for every widget of Bootstrap and the names of two
thousand icons. What the pages use is known once all are written.
"""

import shutil
from pathlib import Path

from sphinx.application import Sphinx

import node

# The theme's files that `_templates/layout.html` does not name.
UNUSED = (
    "bootstrap.js",
    "fontawesome.js",
    "design-tabs.js",
    "theme.css",
    "*.map",
    "*.js.LICENSE.txt",
    "*webpack-macros.html",
    "fa-brands-*",
    "fa-regular-*",
)
OWN = ("book.css", "palette.css")


def lighten(app: Sphinx, exception: Exception | None) -> None:
    """Delete the unused files, and write the style sheets that the pages link to."""
    if exception or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    for pattern in UNUSED:
        for file in static.rglob(pattern):
            file.unlink()
    for own in OWN:  # nothing in these is unused
        shutil.copy(static / own, static / own.replace(".css", ".used.css"))
    sheets = [file for file in sorted(static.rglob("*.css")) if ".used." not in file.name and file.name not in OWN]
    node.run("purge.mjs", str(app.outdir), *map(str, sheets))


def setup(app: Sphinx) -> dict[str, bool]:
    """Do it when everything is written; the theme itself writes a style sheet at the usual priority of 500."""
    app.connect("build-finished", lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
