"""Pages can be used: without a script, from disk, by keyboard, in either theme."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from book import DOCS
from browser import SIZES, Visit, go, new_context, settle


def test_a_page_is_whole_without_javascript(browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", "light", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}gates/lstm.html")
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
    go(page, f"{address}gates/lstm.html")
    shown = "getComputedStyle(document.querySelector('article svg[role=img]')).fill"
    light = page.evaluate(shown)
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(shown) != light
    page.reload()
    settle(page)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate(shown) == light


# Of radio buttons the chosen one: from there arrow keys go on.
REACHABLE = """
[...document.querySelectorAll(
  'a[href], button, summary, textarea, input:not([type=radio]:not(:checked))'
)].filter(element => element.checkVisibility({visibilityProperty: true}) && element.tabIndex >= 0).length
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
    go(page, f"{address}gates/lstm.html")
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
    go(page, f"{address}gates/lstm.html")
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.get_by_role("button", name="Print").is_visible()
    page.keyboard.press("Escape")
    assert not menu.get_by_role("button", name="Print").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_copied_code_has_no_prompts(browser: Browser, address: str) -> None:
    context = new_context(browser, "desktop", "light", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    go(page, f"{address}reference/api.html")
    example = page.locator("div.doctest").first
    assert example.inner_text().startswith(">>> ")
    example.hover()
    example.locator("button.copybtn").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied
    assert ">>>" not in copied
    go(page, f"{address}gates/lstm.html")
    cell = page.locator("div.cell_input", has_text="def remembered")
    cell.hover()
    cell.locator("button.copybtn").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('def remembered'))")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"```{{code-cell}}\n{copied.rstrip()}\n```" in (DOCS / "gates" / "lstm.md").read_text("utf-8")
    context.close()


def test_the_drawer_closes_once_the_reader_has_chosen(browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", "light")
    page = context.new_page()
    go(page, f"{address}gates/gru.html")
    page.get_by_role("button", name="On this page").click()
    entry = page.get_by_role("link", name="Exercises")
    assert entry.is_visible()
    entry.click()
    assert not entry.is_visible()
    assert page.url.endswith("#exercises")
    context.close()
