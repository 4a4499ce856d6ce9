"""Give style sheets, scripts and fonts addresses that change with what is in them, so that no reader has old ones."""

import hashlib
import re
from functools import partial
from pathlib import Path

from sphinx.application import Sphinx

FONT = re.compile(r"(?P<before>url\([\"']?)(?P<path>[^\"')?]+\.woff2)(?:\?v=\w+)?")
STATIC = re.compile(r'(?P<before>(?:href|src)=")(?P<path>[^"?:]*_static/[^"?]+\.(?:css|js))(?:\?v=\w+)?')


def versioned(folder: Path, found: re.Match[str]) -> str:
    """Return a reference with the version of the file it leads to, as seen from a folder."""
    file = folder / found["path"]
    if not file.is_file():
        return found[0]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    return f"{found['before']}{found['path']}?v={digest}"


def add_versions(app: Sphinx, exception: Exception | None) -> None:
    """Write the versions into the style sheet and then into every page."""
    if exception or app.builder.name != "html":
        return
    sheet = Path(app.outdir, "_static", "site.css")
    sheet.write_text(FONT.sub(partial(versioned, sheet.parent), sheet.read_text("utf-8")), "utf-8")
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text("utf-8")
        if (stamped := STATIC.sub(partial(versioned, page.parent), text)) != text:
            page.write_text(stamped, "utf-8")
