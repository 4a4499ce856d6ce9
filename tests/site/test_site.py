"""The built site in a real browser: a reader's desktop and phone, light and dark."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser, Page, Route

from book import DOCS, PAGES
from browser import SIZES, THEMES, Visit, broken_links, new_context, serve

NAMES = [*(str(page.relative_to(DOCS).with_suffix("")) for page in PAGES), "search", "genindex", "py-modindex", "404"]
LIMIT = 300_000  # bytes of a page with all it loads, compressed as hosts do


@pytest.fixture(scope="session")
def address(book: Path) -> Iterator[str]:
    with serve(book) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = new_context(browser, "desktop", "light")
    yield context.new_page()
    context.close()


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


BAD_PAGE = """<!DOCTYPE html><html lang="en"><head><title>Bad</title></head><body><main><h1>Bad</h1>
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


# What people ask, in their words, and the page that answers by a run.
QUESTIONS = {
    "why does GRU have two biases": "gates/gru",
    "why is the GRU's count 74,496": "gates/counting-parameters",
    "which of the two GRUs do I have": "gates/gru",
    "why does an LSTM have 4 times the parameters": "gates/counting-parameters",
    "PyTorch two biases": "gates/counting-parameters",
    "order of weights in PyTorch and Keras": "gates/counting-parameters",
    "what is units": "layers/first-model",
    "time steps vs features": "layers/sequences-and-shapes",
    "expected ndim=3, found ndim=2": "layers/sequences-and-shapes",
    "padding sequences of unequal length": "layers/sequences-and-shapes",
    "NaN with relu": "layers/simple-rnn",
    "gradient is None": "layers/backpropagation-through-time",
    "vanishing gradient": "layers/vanishing-gradient",
    "clipnorm or global_clipnorm": "layers/vanishing-gradient",
    "how many units from parameters": "gates/counting-parameters",
    "return_sequences vs return_state": "gates/lstm",
    "summary shows 0 (unbuilt)": "layers/first-model",
    "bias_initializer and unit_forget_bias": "gates/lstm",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_search_finds_what_people_ask(question: str, page: Page, address: str) -> None:
    page.goto(f"{address}search.html?q={quote(question)}")
    page.wait_for_selector("#search-results .search-summary:not(:empty)")
    page.wait_for_function("document.querySelector('#search-results ul.search')?.children.length > 0")
    found = page.eval_on_selector_all("#search-results ul.search > li > a", "all => all.map(a => a.pathname)")
    assert any(link.endswith(f"{QUESTIONS[question]}.html") for link in found[:3]), found


def test_a_page_is_whole_without_javascript(browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", "light", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}gates/lstm.html", wait_until="networkidle")
    assert page.locator("h1").inner_text() == "Follow an LSTM through one time step"
    assert page.locator(".katex-html").first.is_visible()
    assert page.locator("article svg[role=img]").first.is_visible()
    solution = page.locator("details.solution").first
    assert not solution.locator("pre").first.is_visible()
    solution.locator("summary").click()
    assert solution.locator("pre").first.is_visible()
    assert page.locator("nav a", has_text="Tell the two GRUs apart").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for dead in page.locator("button").all():
        assert not dead.is_visible(), "a button does nothing here"
    context.close()


def test_a_page_opens_from_disk(browser: Browser, book: Path) -> None:
    context = new_context(browser, "desktop", "dark")
    origin = book.as_uri()
    visit = Visit(context.new_page(), origin).open(f"{origin}/gates/lstm.html")
    assert visit.faults() == []
    assert visit.page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').length") >= 3
    context.close()


def test_the_figures_follow_the_readers_choice_of_theme(page: Page, address: str) -> None:
    page.goto(f"{address}gates/lstm.html", wait_until="networkidle")
    shown = "getComputedStyle(document.querySelector('article svg[role=img]')).fill"
    light = page.evaluate(shown)
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(shown) != light
    page.reload(wait_until="networkidle")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate(shown) == light


REACHABLE = """
[...document.querySelectorAll('a[href], button, summary, input')].filter(element =>
  element.checkVisibility({visibilityProperty: true}) && element.tabIndex >= 0
).length
"""
FOCUSED = """
(() => {
  const element = document.activeElement, style = getComputedStyle(element);
  window.seen ??= new Set();
  const known = window.seen.has(element);
  window.seen.add(element);
  return [element === document.body || known, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
})()
"""


@pytest.mark.parametrize("size", SIZES)
def test_the_keyboard_reaches_everything_and_the_focus_is_seen(size: str, browser: Browser, address: str) -> None:
    context = new_context(browser, size, "light")
    page = context.new_page()
    page.goto(f"{address}gates/lstm.html", wait_until="networkidle")
    wanted = page.evaluate(REACHABLE)
    unseen = []
    while True:
        page.keyboard.press("Tab")
        over, visible = page.evaluate(FOCUSED)
        if over:
            break
        if not visible:
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 100)"))
    assert unseen == []
    assert page.evaluate("window.seen.size") - 1 >= wanted
    context.close()


def test_the_keyboard_opens_and_closes_a_menu(page: Page, address: str) -> None:
    page.goto(f"{address}gates/lstm.html", wait_until="networkidle")
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.get_by_role("button", name="Print").is_visible()
    page.keyboard.press("Escape")
    assert not menu.get_by_role("button", name="Print").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


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
    name: str, size: str, theme: str, browser: Browser, address: str
) -> None:
    """With the whole style sheets every element lies where it lay and looks as it looked."""

    def whole(route: Route) -> None:
        route.continue_(url=route.request.url.replace("/site.css", "/whole.css"))

    looks = []
    for sheets in ("used", "whole"):
        context = new_context(browser, size, theme)
        page = context.new_page()
        if sheets == "whole":
            page.route("**/site.css", whole)
        page.goto(f"{address}{name}.html", wait_until="networkidle")
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
        page.goto(f"{address}index.html", wait_until="networkidle")
        assert (page.evaluate(moved) > 0) == moves
        context.close()


def test_copied_code_has_no_prompts(browser: Browser, address: str) -> None:
    context = new_context(browser, "desktop", "light", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}reference/api.html", wait_until="networkidle")
    example = page.locator("div.doctest").first
    assert example.inner_text().startswith(">>> ")
    example.hover()
    example.locator("button.copybtn").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied
    assert ">>>" not in copied
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
    page.goto(f"{address}layers/first-model.html", wait_until="networkidle")
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
    page.goto(f"{address}layers/simple-rnn.html", wait_until="networkidle")
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
  return outside || text.some(other => other.offsetParent && meets(other.getBoundingClientRect()));
})
"""


@pytest.mark.parametrize("width", [320, 375, 576, 768, 820, 992, 1024, 1100, 1199, 1200, 1280, 1600])
def test_asides_lie_on_nothing_at_any_width(width: int, page: Page, address: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}layers/first-model.html", wait_until="networkidle")
    asides = page.evaluate(ASIDES)
    assert len(asides) >= 2
    assert not any(asides)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["index", "gates/lstm", "search"])
def test_control_and_k_lead_to_the_search(name: str, page: Page, address: str) -> None:
    page.goto(f"{address}{name}.html", wait_until="networkidle")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.name") == "q"


def test_the_search_shows_a_formula_once_and_no_buttons(page: Page, address: str) -> None:
    page.goto(f"{address}search.html?q=stays+replaced+candidate+share")
    page.wait_for_selector("#search-results li p.context")
    excerpt = page.locator("#search-results p.context").first.inner_text()
    assert "z and 1−z share the work" in excerpt
    page.goto(f"{address}search.html?q=repository")
    page.wait_for_selector("#search-results .search-summary:not(:empty)")
    assert "Take this page" not in page.locator("#search-results").inner_text()


def test_on_paper_a_page_is_light_whole_and_unfolded(browser: Browser, address: str) -> None:
    context = new_context(browser, "desktop", "dark")
    page = context.new_page()
    page.goto(f"{address}layers/first-model.html", wait_until="networkidle")
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


def test_the_drawer_closes_once_the_reader_has_chosen(browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", "light")
    page = context.new_page()
    page.goto(f"{address}gates/gru.html", wait_until="networkidle")
    page.get_by_role("button", name="On this page").click()
    entry = page.get_by_role("link", name="Exercises")
    assert entry.is_visible()
    entry.click()
    assert not entry.is_visible()
    assert page.url.endswith("#exercises")
    context.close()
