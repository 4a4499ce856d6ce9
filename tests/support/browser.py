"""Serve the built site as a host does, and look at its pages in a browser."""

import functools
import gzip
import http.server
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, Response

from book import ROOT

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PREFIX = "/a/sub-path/"  # sites of projects lie below their host's root
QUIET = [
    "--no-sandbox",  # containers run as root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desktop": (1280, 900), "phone": (375, 800)}
THEMES = ("light", "dark")
# What is left of a formula that nobody rendered. Code shows dollars and backslashes rightly.
RAW_TEX = re.compile(r"\$\$|\$[^\s$][^$\n]*\$|\\(?:frac|sigma|tanh|odot|begin|mathbb|tilde)\b")


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Show the site's own page for a wrong address, as hosts do."""
        page = Path(self.directory, "404.html")
        if code != 404 or not page.exists():
            super().send_error(code, message, explain)
            return
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.read_bytes())

    def translate_path(self, path: str) -> str:
        inside = path.startswith(PREFIX)
        return super().translate_path("/" + path.removeprefix(PREFIX) if inside else "/not/below/the/prefix")


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of readers who leave before a file has come."""


@contextmanager
def serve(root: Path) -> Iterator[str]:
    """Serve a folder below a sub-path of 127.0.0.1; give its address."""
    handler = functools.partial(_Handler, directory=str(root))
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
        finally:
            server.shutdown()
            thread.join()


def launch(playwright: Playwright) -> Browser:
    """Start the system's Chromium, else Playwright's own, fetched if need be; without either, fail."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return playwright.chromium.launch(executable_path=found, args=QUIET)
    if not Path(playwright.chromium.executable_path).exists():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    try:
        return playwright.chromium.launch(args=QUIET)
    except Error as error:
        pytest.fail(
            "no browser to test the site with: install Chromium from your system's packages (on Debian "
            "`apt-get install chromium`), or let `python -m playwright install --with-deps chromium` fetch one\n"
            f"{error}"
        )


def new_context(browser: Browser, size: str, theme: str, **options: object) -> BrowserContext:
    """Open a fresh reader: nothing cached, a screen, a theme."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        **options,
    )
    return context


def settle(page: Page) -> None:
    """Wait until the page's scripts have run, or failed, and its fonts have come."""
    page.wait_for_selector("html[data-ready], html[data-failed]", state="attached")
    page.evaluate("document.fonts.ready.then(() => null)")


def go(page: Page, address: str) -> None:
    """Go to a page of the site and wait until all is in place."""
    page.goto(address)
    settle(page)


@dataclass
class Visit:
    """A page that a reader has opened, and what happened meanwhile."""

    page: Page
    origin: str
    responses: list[Response] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, address: str) -> "Visit":
        """Go to a page and wait until all is in place."""
        page = self.page
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("requestfailed", lambda request: self.errors.append(f"failed: {request.url}"))
        page.on("response", lambda response: self.responses.append(response))
        page.route("**/*", self._refuse_other_hosts)
        go(page, address)
        return self

    def _refuse_other_hosts(self, route: object) -> None:
        url = route.request.url  # type: ignore[attr-defined]
        if url.startswith((self.origin, "data:")):
            route.fallback()  # type: ignore[attr-defined]
        else:
            self.foreign.append(url)
            route.abort()  # type: ignore[attr-defined]

    @property
    def weight(self) -> int:
        """The bytes that came over the line, text compressed as hosts do."""
        total = 0
        for response in self.responses:
            body = response.body() if response.ok else b""
            packed = urlsplit(response.url).path.endswith((".woff2", ".png"))
            total += len(body) if packed else len(gzip.compress(body))
        return total

    def faults(self) -> list[str]:
        """Return all that is wrong with the page, in words."""
        page = self.page
        page.evaluate("for (const fold of document.querySelectorAll('details:not(.menu)')) fold.open = true")
        found = [f"console error: {error}" for error in self.errors]
        found += [f"other host: {url}" for url in self.foreign]
        found += [f"status {response.status}: {response.url}" for response in self.responses if response.status >= 400]
        if (wide := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            found.append(f"sideways scroll of {wide} px")
        found += [f"image without alternative text: {image}" for image in page.evaluate(IMAGES)]
        found += [f"raw TeX: {text!r}" for text in RAW_TEX.findall(page.evaluate(PROSE))]
        page.evaluate(AXE.read_text("utf-8"))  # not as a script of the page, which its policy would not let run
        for violation in page.evaluate("axe.run().then(report => report.violations)"):
            places = [" ".join(map(str, place["target"])) for place in violation["nodes"]]
            found.append(f"axe {violation['id']} ({len(places)}): {violation['help']}: {'; '.join(places[:3])}")
        return found


IMAGES = """
[...document.querySelectorAll('img'), ...document.querySelectorAll('svg[role=img]')].filter(image =>
  image.tagName === 'IMG' ? !image.alt.trim() : !image.querySelector('title')?.textContent.trim()
).map(image => image.outerHTML.slice(0, 80))
"""
PROSE = """
(() => {
  const copy = document.querySelector('main, body').cloneNode(true);
  for (const code of copy.querySelectorAll('pre, code, script, style, annotation')) code.remove();
  return copy.textContent;
})()
"""


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value for key, value in attrs if value}
        self.ids |= {values[key] for key in ("id", "name") if key in values}
        self.targets += [values[key] for key in ("href", "src") if key in values]


def broken_links(root: Path) -> list[str]:
    """Return the links of a site's pages to files or anchors that are not in it."""
    parsed = {}
    for page in sorted(root.rglob("*.html")):
        parsed[page.resolve()] = links = _Links()
        links.feed(page.read_text("utf-8"))
    broken = []
    for page, links in parsed.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            anchor = unquote(parts.fragment)
            if not file.is_file() or (file in parsed and anchor and anchor not in parsed[file].ids):
                broken.append(f"{page.relative_to(root.resolve())}: {target}")
    return broken
