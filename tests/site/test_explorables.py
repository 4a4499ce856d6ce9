"""What is true of every explorable: it is light, its picture is there without a script, and nothing moves by itself."""

import gzip
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from playwright.sync_api import Browser, Route

from book import DOCS
from browser import SIZES, Visit, go, new_context, settle

LIMIT = 10_000  # bytes of an explorable's script, compressed
SCRIPTS = sorted(path.stem for path in (DOCS.parent / "web" / "explorables").glob("*.js"))
# Every explorable with every page that has it.
USES = [
    (name, path.relative_to(DOCS).with_suffix(".html").as_posix())
    for path in sorted(DOCS.rglob("*.md"))
    if "_build" not in path.parts
    for name in dict.fromkeys(re.findall(r"^:+\{explorable\} (\S+)$", path.read_text("utf-8"), re.M))
]
PICTURE = "svg, .painted"
INPUT = "input:not([type=radio], [type=checkbox])"


def pixels(picture: bytes) -> np.ndarray:
    """Return a screenshot's colours, between 0 and 1."""
    return plt.imread(io.BytesIO(picture))


def test_every_explorable_is_on_a_page() -> None:
    assert {name for name, _ in USES} == set(SCRIPTS)


@pytest.mark.parametrize(("name", "place"), USES)
def test_the_first_picture_stays_without_javascript(name: str, place: str, browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", "light", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}{place}")
    element = page.locator(name)
    assert element.locator(PICTURE).first.is_visible()
    assert not any(field.is_visible() for field in element.locator("input, textarea, button, select").all())
    context.close()


@pytest.mark.parametrize(("name", "place"), USES)
def test_a_finger_does_not_miss_a_field(name: str, place: str, browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", "light", has_touch=True, is_mobile=True)
    page = context.new_page()
    go(page, f"{address}{place}")
    fields = page.locator(f"{name} :is(fieldset label, .buttons label, button, textarea, {INPUT})").all()
    heights = {field.evaluate("field => field.outerHTML.slice(0, 60)"): field.bounding_box() for field in fields}
    assert heights
    assert [field for field, box in heights.items() if box is None or box["height"] < 40] == []
    context.close()


@pytest.mark.parametrize(("name", "place"), USES)
def test_it_works_from_disk(name: str, place: str, browser: Browser, book: Path) -> None:
    context = new_context(browser, "phone", "dark")
    origin = book.as_uri()
    visit = Visit(context.new_page(), origin).open(f"{origin}/{place}")
    assert visit.page.evaluate(f"document.querySelector('{name}') instanceof customElements.get('{name}')")
    assert visit.page.locator(f"{name} :is(input, textarea, button)").first.is_visible()
    assert visit.faults() == []
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "place"), USES)
def test_nothing_moves_when_the_script_takes_over_nor_by_itself(
    name: str, place: str, size: str, browser: Browser, address: str
) -> None:
    viewport = {"width": SIZES[size][0], "height": 2600}  # on a lower one the page's header would be in the picture
    context = browser.new_context(viewport=viewport, reduced_motion="no-preference")
    page = context.new_page()
    held: list[Route] = []
    page.route(f"**/_static/{name}.js*", lambda route: held.append(route))
    with page.expect_request(f"**/_static/{name}.js*"):
        page.goto(f"{address}{place}", wait_until="domcontentloaded")
    page.evaluate("document.fonts.ready.then(() => null)")
    boxes = (
        f"[...document.querySelectorAll('{name}, {name} *')].map(one => JSON.stringify(one.getBoundingClientRect()))"
    )
    element = page.locator(name)
    element.evaluate("element => element.scrollIntoView()")
    before, look = page.evaluate(boxes), element.screenshot()
    assert page.evaluate(f"customElements.get('{name}') === undefined")
    held[0].continue_()
    settle(page)
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))")
    assert page.evaluate(f"customElements.get('{name}') !== undefined"), "the script has taken over"
    assert page.evaluate(boxes) == before
    after = element.screenshot()
    # The browser may paint the element on a layer of its own: then a rounded corner differs by a level or two of 255.
    assert np.abs(pixels(after) - pixels(look)).max() < 4 / 255
    assert page.evaluate(f"document.querySelector('{name}').getAnimations({{subtree: true}}).length") == 0
    context.close()


def test_a_script_loads_where_it_is_used_is_light_and_waits_for_the_first_paint(book: Path) -> None:
    for name in SCRIPTS:
        assert len(gzip.compress((book / "_static" / f"{name}.js").read_bytes())) <= LIMIT
    for page in book.rglob("*.html"):
        text = page.read_text("utf-8")
        for name in SCRIPTS:
            has, loads = f"<{name} " in text, f"_static/{name}.js" in text
            assert has == loads, page
            if loads:
                assert re.search(rf'<template id="scripts">.*_static/{name}\.js.*</template>', text, re.S)
        assert ("data-from=" in text) == (".data.js" in text), page
