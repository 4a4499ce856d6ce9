"""No page has a fault, on a desktop and a phone, in light and in dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from book import DOCS, PAGES
from browser import SIZES, THEMES, Visit, broken_links, go, new_context, serve, settle
from rnn_book.site.scripts import inline

CHAPTERS = [page.relative_to(DOCS).with_suffix("").as_posix() for page in PAGES]
NAMES = [*CHAPTERS, "search", "genindex", "py-modindex", "404"]
LIMIT = 300_000  # bytes of a page with all it loads, compressed as hosts do


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_fault(name: str, size: str, theme: str, browser: Browser, address: str) -> None:
    context = new_context(browser, size, theme)
    visit = Visit(context.new_page(), address).open(f"{address}{name}.html")
    assert visit.page.evaluate("document.documentElement.dataset.theme") == theme
    weight = visit.weight
    faults = visit.faults()
    context.close()
    assert faults == []
    assert weight <= LIMIT, f"{weight:,} bytes"


BAD_PAGE = """<!DOCTYPE html><html lang="en" data-ready><head><title>Bad</title></head><body><main><h1>Bad</h1>
<img src="missing.png"><p>$x_t W$</p><div style="width: 3000px">wide</div><button></button>
<svg role="img" viewBox="0 0 1 1"></svg><script src="https://other.invalid/a.js"></script>
<script>console.error("oh"); nothing.at.all;</script></main></body></html>"""


def test_each_fault_would_be_found(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(BAD_PAGE, "utf-8")
    context = new_context(browser, "phone", "light")
    with serve(tmp_path) as address:
        faults = Visit(context.new_page(), address).open(f"{address}bad.html").faults()
        context.close()
    for fault in (
        "console error: oh",
        "console error: nothing is not defined",
        "other host: https://other.invalid/a.js",
        "status 404",
        "sideways scroll",
        "image without alternative text: <img",
        "image without alternative text: <svg",
        "raw TeX: '$x_t W$'",
        "axe button-name",
    ):
        assert any(found.startswith(fault) for found in faults), (fault, faults)


@pytest.mark.parametrize("wrong", ["gone", "broken"])
def test_a_script_that_fails_is_a_fault(wrong: str, browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", "light")
    visit = Visit(context.new_page(), address)

    def fail(route: Route) -> None:
        if wrong == "gone":
            route.abort()
        else:
            route.fulfill(body="nothing.at.all;", content_type="text/javascript")

    context.route("**/_static/book.js*", fail)
    faults = visit.open(f"{address}gates/lstm.html").faults()
    context.close()
    assert any("book.js" in fault or "nothing is not defined" in fault for fault in faults), faults


def test_a_page_says_that_it_is_done_when_its_scripts_are_and_not_before(browser: Browser, address: str) -> None:
    context = new_context(browser, "desktop", "light")
    page = context.new_page()
    held: list[Route] = []
    page.route("**/_static/copybutton.js*", lambda route: held.append(route))
    with page.expect_request("**/_static/copybutton.js*"):
        page.goto(f"{address}gates/lstm.html", wait_until="domcontentloaded")
    assert page.evaluate("'ready' in document.documentElement.dataset") is False
    assert page.locator("button.copybtn").count() == 0
    held[0].continue_()
    settle(page)
    assert page.locator("button.copybtn").count() > 10
    context.close()


def test_a_module_among_the_scripts_runs_as_one(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("window.order = ['one'];", "utf-8")
    (tmp_path / "two.js").write_text("import {name} from './name.js'; window.order.push(name);", "utf-8")
    (tmp_path / "name.js").write_text("export const name = 'two';", "utf-8")
    script, _ = inline()
    waiting = '<script src="one.js"></script><script type="module" src="two.js"></script>'
    page_text = f'<html><script>{script}</script><template id="scripts">{waiting}</template></html>'
    (tmp_path / "page.html").write_text(page_text, "utf-8")
    context = new_context(browser, "phone", "light")
    with serve(tmp_path) as address:
        page = context.new_page()
        go(page, f"{address}page.html")
        assert page.evaluate("window.order") == ["one", "two"]
        context.close()


def test_no_other_script_can_run(browser: Browser, address: str) -> None:
    context = new_context(browser, "desktop", "light")
    visit = Visit(context.new_page(), address).open(f"{address}gates/lstm.html")
    visit.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"
    )
    assert visit.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in error for error in visit.errors)
    context.close()


def test_every_link_and_anchor_leads_somewhere(book: Path) -> None:
    assert broken_links(book) == []


def test_a_broken_link_or_anchor_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "one.html").write_text(
        '<a href="two.html#there"></a><a href="#nowhere"></a><a href="three.html">', "utf-8"
    )
    (tmp_path / "two.html").write_text(
        '<p id="there"></p><img src="gone.png"><a href="https://other.invalid">', "utf-8"
    )
    assert broken_links(tmp_path) == ["one.html: #nowhere", "one.html: three.html", "two.html: gone.png"]
