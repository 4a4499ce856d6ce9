"""Say what each page is, and list them all: descriptions, `sitemap.xml`, `llms.txt`, the page for wrong addresses.

sphinx-sitemap writes the addresses in the order in which the parallel writers
end, so that no two builds are the same, and sphinxext-opengraph describes a
page by its first 200 characters. Neither takes many lines.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx

NOT_FOUND = "404"
RELATIVE = re.compile(r'\b(href|src|action|data-content_root)="(?![a-z]+:|[/#])(?:\./)?')


def pages(app: Sphinx) -> list[str]:
    """Return the names of the book's pages."""
    return sorted(app.env.found_docs - {NOT_FOUND})


def describe(app: Sphinx, name: str) -> str:
    """Return a page's description, as its `html_meta` gives it."""
    for meta in app.env.get_doctree(name).findall(nodes.meta):
        if meta.get("name") == "description":
            return str(meta["content"])
    return ""


def write_llms_txt(app: Sphinx) -> None:
    """List the pages as Markdown, with what each is about, for machines that read."""
    lines = [f"# {app.config.project}", "", f"> {describe(app, app.config.root_doc)}", ""]
    for name in pages(app):
        title = app.env.titles[name].astext()
        lines.append(f"- [{title}]({app.config.html_baseurl}{name}.md): {describe(app, name)}")
    Path(app.outdir, "llms.txt").write_text("\n".join(lines) + "\n", "utf-8")


def write_sitemap(app: Sphinx) -> None:
    """List the pages' addresses for search engines."""
    places = [f"<url><loc>{app.config.html_baseurl}{name}.html</loc></url>\n" for name in pages(app)]
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    Path(app.outdir, "sitemap.xml").write_text(f"{head}{''.join(places)}</urlset>\n", "utf-8")


def root_addresses(app: Sphinx) -> None:
    """Make the addresses in the page for wrong addresses absolute: a host shows it at any depth."""
    root = urlsplit(app.config.html_baseurl).path
    page = Path(app.outdir, f"{NOT_FOUND}.html")
    if page.exists():
        page.write_text(RELATIVE.sub(rf'\1="{root}', page.read_text("utf-8")), "utf-8")


def add_description(app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: object) -> None:
    """Give the templates what a page says of itself, and the site's address."""
    context["description"] = describe(app, page) if doctree else ""
    context["base_url"] = app.config.html_baseurl


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Write what depends on the whole site."""
    if exception or app.builder.name != "html":
        return
    write_llms_txt(app)
    if app.config.html_baseurl:
        write_sitemap(app)
        root_addresses(app)
