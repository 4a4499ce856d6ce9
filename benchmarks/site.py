"""Weigh every page of the book, and time its first paint, beside a bare page of the untouched theme.

The bare page holds one sentence; its site has the theme and MyST-NB, and
nothing of ours. Bytes are compressed as hosts do. A time is the median of
several loads, pages and bare page in turn, nothing cached.
"""

import argparse
import functools
import gzip
import http.server
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
CONFIGURATION = 'extensions = ["myst_nb"]\nhtml_theme = "sphinx_book_theme"\nproject = "Bare"\n'


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; give its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def build(*arguments: str) -> None:
    """Run Sphinx, or end with what it says."""
    command = [sys.executable, "-m", "sphinx", "-q", "-j", "auto", *arguments]
    run = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    if run.returncode:
        sys.exit(run.stderr)


def load(browser: Browser, address: str) -> tuple[int, int, float]:
    """Open a page as a new reader; return its bytes, its requests and the milliseconds to its first paint."""
    context = browser.new_context(viewport={"width": 375, "height": 800})
    page = context.new_page()
    sizes: list[int] = []

    def weigh(response: object) -> None:
        body = response.body()  # type: ignore[attr-defined]
        packed = urlsplit(response.url).path.endswith((".woff2", ".png"))  # type: ignore[attr-defined]
        sizes.append(len(body) if packed else len(gzip.compress(body)))

    page.on("requestfinished", lambda request: weigh(request.response()))
    page.goto(address, wait_until="networkidle")
    paint = float(page.evaluate(PAINT))
    context.close()
    return sum(sizes), len(sizes), paint


def main() -> None:
    """Print a line for each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loads", type=int, default=5, help="of each page (5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site, bare = Path(folder, "site"), Path(folder, "bare")
        build("-W", str(ROOT / "docs"), str(site))
        bare.mkdir()
        (bare / "conf.py").write_text(CONFIGURATION, "utf-8")
        (bare / "index.md").write_text("# A bare page\n\nOne sentence.\n", "utf-8")
        build(str(bare), str(bare / "html"))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=["--no-sandbox"]
        )
        names = sorted(str(page.relative_to(site).with_suffix("")) for page in site.rglob("*.html"))
        print(f"{'page':28}{'KB':>6}{'ratio':>7}{'requests':>10}{'paint ms':>10}{'ratio':>7}", flush=True)
        with serve(site) as ours, serve(bare / "html") as theirs:
            load(browser, f"{ours}/index.html")  # the browser's own start
            for name in names:
                loads = [
                    (load(browser, f"{theirs}/index.html"), load(browser, f"{ours}/{name}.html"))
                    for _ in range(options.loads)
                ]
                (base, base_requests, _), (size, requests, _) = loads[0]
                paint = statistics.median(ours[2] for _, ours in loads)
                ratio = statistics.median(ours[2] / theirs[2] for theirs, ours in loads)
                figures = f"{size / 1000:6.0f}{size / base:7.2f}{requests:10}{paint:10.0f}{ratio:7.2f}"
                print(f"{name:28}{figures}", flush=True)
            print(f"{'the bare page':28}{base / 1000:6.0f}{1:7.2f}{base_requests:10}")
        browser.close()


if __name__ == "__main__":
    main()
