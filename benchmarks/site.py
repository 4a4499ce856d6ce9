"""Weigh every page of the book, and time its first paint, beside two pages of the untouched theme.

The bare page holds one sentence; its site has the theme and MyST-NB, and
nothing of ours. The other is the same page of the book, with the theme as it
comes (its formulas are then drawn by a script from another host, which here
may not answer). Bytes are compressed as hosts do. A time is the median of
several loads, the three pages in turn, nothing cached.
"""

import argparse
import gzip
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from browser import launch, serve

ROOT = Path(__file__).resolve().parent.parent
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
OURS = (
    "templates_path", "html_static_path", "html_css_files", "html_js_files", "html_sidebars", "html_theme_options",
    "html_context",
)  # fmt: skip
UNTOUCHED = f"""
import sys
sys.path.insert(0, {str(ROOT / "docs")!r})
from conf import *
from rnn_book import checks
extensions = [name for name in extensions if name != "rnn_book"]
for name in {OURS!r}:
    del globals()[name]
def setup(app):
    app.add_role("runtime", checks.Runtime())
"""
CONFIGURATION = 'extensions = ["myst_nb"]\nhtml_theme = "sphinx_book_theme"\nproject = "Bare"\n'


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
        site, same, bare = Path(folder, "site"), Path(folder, "same"), Path(folder, "bare")
        build("-W", str(ROOT / "docs"), str(site))
        plain = Path(folder, "configuration")
        plain.mkdir()
        (plain / "conf.py").write_text(UNTOUCHED, "utf-8")
        build("-c", str(plain), str(ROOT / "docs"), str(same))
        bare.mkdir()
        (bare / "conf.py").write_text(CONFIGURATION, "utf-8")
        (bare / "index.md").write_text("# A bare page\n\nOne sentence.\n", "utf-8")
        build(str(bare), str(bare / "html"))
        browser = launch(playwright)
        names = sorted(str(page.relative_to(site).with_suffix("")) for page in site.rglob("*.html"))
        print("                               KB   /bare   /same  requests  paint ms   /bare   /same", flush=True)
        with serve(site) as ours, serve(same) as theirs, serve(bare / "html") as least:
            load(browser, f"{ours}index.html")  # the browser's own start
            for name in names:
                pages = (f"{ours}{name}.html", f"{least}index.html", f"{theirs}{name}.html")
                rounds = [[load(browser, page) for page in pages] for _ in range(options.loads)]
                (size, requests, _), (bare_size, bare_requests, _), (same_size, _, _) = rounds[0]
                paints = [statistics.median(loads[k][2] for loads in rounds) for k in range(3)]
                weights = f"{size / 1000:6.0f}{size / bare_size:8.2f}{size / same_size:8.2f}"
                times = f"{paints[0]:10.0f}{paints[0] / paints[1]:8.2f}{paints[0] / paints[2]:8.2f}"
                print(f"{name:27}{weights}{requests:10}{times}", flush=True)
            print(f"{'the bare page':27}{bare_size / 1000:6.0f}{1:8.2f}{'':8}{bare_requests:10}")
        browser.close()


if __name__ == "__main__":
    main()
