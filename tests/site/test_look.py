"""Pages look as they should: styles, pictures, margins, paper."""

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser, Page, Route

from book import doctrees
from browser import SIZES, THEMES, go, new_context
from examples import EXAMPLES

LOOK = """
(() => {
  const traits = ['color', 'backgroundColor', 'backgroundImage', 'font', 'border', 'display', 'visibility', 'opacity',
    'textDecoration', 'boxShadow', 'position', 'transform', 'zIndex', 'overflow', 'content', 'fill', 'stroke'];
  const look = (element, part) => traits.map(trait => getComputedStyle(element, part)[trait]).join(' ');
  return [...document.querySelectorAll('body, body *')].map(element => {
    const {x, y, width, height} = element.getBoundingClientRect();
    const parts = [look(element), look(element, '::before'), look(element, '::after')];
    return [element.tagName, element.className, x, y, width, height, ...parts].join(' | ');
  });
})()
"""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["index", "gates/gru", "layers/first-model", "reference/api", "search"])
def test_the_style_rules_left_out_change_nothing(
    name: str, size: str, theme: str, browser: Browser, address: str, book: Path
) -> None:
    """With the whole style sheets every element lies where it lay and looks as it looked."""

    def whole(route: Route) -> None:
        route.fulfill(path=doctrees(book) / "whole.css", content_type="text/css")

    looks = []
    for sheets in ("used", "whole"):
        context = new_context(browser, size, theme)
        page = context.new_page()
        if sheets == "whole":
            page.route("**/site.css?v=*", whole)
        go(page, f"{address}{name}.html")
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        looks.append(page.evaluate(LOOK))
        context.close()
    assert len(looks[0]) > 50
    assert [pair for pair in zip(*looks, strict=True) if pair[0] != pair[1]] == []


def test_nothing_moves_for_readers_who_want_it_still(browser: Browser, address: str) -> None:
    moved = "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).animationName !== 'none').length"
    for motion, moves in (("no-preference", True), ("reduce", False)):
        context = browser.new_context(reduced_motion=motion)  # type: ignore[arg-type]
        page = context.new_page()
        go(page, f"{address}index.html")
        assert (page.evaluate(moved) > 0) == moves
        context.close()


def test_every_icon_that_the_styles_show_is_in_the_font(book: Path) -> None:
    styles = (book / "_static" / "site.css").read_text("utf-8")
    styles = re.sub(r'--pst-icon-git\w+:"."', "", styles)  # brands, which no page shows
    found = re.findall(r"\\([0-9a-fA-F]{4})|([\ue000-\uf8ff])", styles)
    shown = {int(code, 16) if code else ord(letter) for code, letter in found}
    font = TTFont(next(book.rglob("fa-solid-900.woff2")))
    assert len(shown) > 10
    assert {code for code in shown if 0xE000 <= code <= 0xF8FF} <= set(font.getBestCmap())


def test_a_models_summary_is_whole_on_a_phone(browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", "light")
    page = context.new_page()
    go(page, f"{address}layers/first-model.html")
    summaries = page.locator("div.cell_output:has(> .text_html > pre)")
    assert summaries.count() == 2
    for summary in summaries.all():
        assert "Param #" in summary.inner_text()
        assert summary.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    context.close()


TAILS = """
[...document.querySelectorAll('.bd-article span.math')].filter(math => math.lastChild.nodeType === Node.TEXT_NODE)
  .map(math => [math.lastChild.data, math.classList.contains('whole'), math.getClientRects().length])
"""


def test_a_comma_stays_on_the_line_of_its_formula(browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", "light")
    page = context.new_page()
    go(page, f"{address}layers/simple-rnn.html")
    tails = page.evaluate(TAILS)
    assert {tail for tail, _, _ in tails} >= {",", "."}
    assert {lines for _, whole, lines in tails if whole} == {1}
    context.close()


ASIDES = """
[...document.querySelectorAll('aside.margin')].map(aside => {
  const own = aside.getBoundingClientRect();
  const text = [...document.querySelectorAll('.bd-article p, .bd-article pre')].filter(other => !aside.contains(other));
  const meets = other => own.left < other.right - 1 && other.left < own.right - 1
    && own.top < other.bottom - 1 && other.top < own.bottom - 1;
  const outside = own.left < 0 || own.right > innerWidth;
  return outside || text.some(other => other.checkVisibility() && meets(other.getBoundingClientRect()));
})
"""


@pytest.mark.parametrize("width", [320, 375, 576, 768, 820, 992, 1024, 1100, 1199, 1200, 1280, 1600])
def test_asides_lie_on_nothing_at_any_width(width: int, page: Page, address: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for name in ("layers/first-model", "gates/gru"):
        go(page, f"{address}{name}.html")
        asides = page.evaluate(ASIDES)
        assert asides
        assert not any(asides)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_a_page_is_light_whole_and_unfolded(browser: Browser, address: str) -> None:
    context = new_context(browser, "desktop", "dark")
    page = context.new_page()
    go(page, f"{address}layers/first-model.html")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )
    assert page.locator("article h1").is_visible()
    assert page.locator("details.solution pre").first.is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('details.hide .cell_input')).opacity") == "1"
    for gone in ("button.copybtn", ".article-header-buttons", ".bd-sidebar-primary", ".prev-next-area"):
        assert not page.locator(gone).first.is_visible(), gone
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    context.close()


CUT = """
[...document.querySelectorAll('.bd-article pre:has(span.line)')].map(box => box.scrollWidth - box.clientWidth)
"""


BROKEN = """
() => {
  const lines = [...document.querySelectorAll('.bd-article div.script pre span.line')];
  const height = Math.min(...lines.map(line => line.getBoundingClientRect().height));
  const broken = lines.filter(line => line.getBoundingClientRect().height > 1.5 * height);
  return [lines.length, broken.map(line => line.innerText)];
}
"""


@pytest.mark.parametrize("name", [example.stem.replace("_", "-") for example in EXAMPLES])
def test_no_line_of_a_script_is_broken_on_a_desktop(name: str, browser: Browser, address: str) -> None:
    context = new_context(browser, "desktop", "light")
    page = context.new_page()
    go(page, f"{address}examples/{name}.html")
    lines, broken = page.evaluate(BROKEN)
    assert lines > 20
    assert broken == []
    page.add_style_tag(content="div.script { margin-right: 0 !important; }")
    assert page.evaluate(BROKEN)[1], "without the room of the margin some lines would be"
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["gates/lstm", "examples/first-model"])
def test_no_code_is_cut_at_the_edge_of_the_screen(name: str, size: str, browser: Browser, address: str) -> None:
    context = new_context(browser, size, "light")
    page = context.new_page()
    go(page, f"{address}{name}.html")
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    cut = page.evaluate(CUT)
    assert cut
    assert max(cut) == 0
    page.add_style_tag(content="pre span.line { white-space: pre !important; }")
    assert size == "desktop" or max(page.evaluate(CUT)) > 0, "without the style a phone would cut it"
    context.close()
