"""A fresh layer is differentiated in the page: by keyboard, by touch, from a folder; its thin curves stay."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import SIZES, THEMES, Visit, go, new_context

PAGE = "layers/vanishing-gradient.html"
FIRST = "0.0072 is left at lag 10, 6·10⁻¹⁰ at lag 50, 3·10⁻¹⁸ at lag 99."
THIN = "document.querySelector('gradient-lag .built').innerHTML"


def left(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the element says so."""
    expect(page.locator("gradient-lag .status")).to_have_text(text)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_a_layer_is_set_by_keyboard_alone(size: str, theme: str, browser: Browser, address: str) -> None:
    context = new_context(browser, size, theme)
    visit = Visit(context.new_page(), address).open(f"{address}{PAGE}")
    page, press = visit.page, visit.page.keyboard.press
    left(page, FIRST)
    thin = page.evaluate(THIN)
    page.locator("gradient-lag input[value=GRU]").focus()
    for name in ("units", "inputs", "bias", "scale", "seed"):
        press("Tab")
        assert page.evaluate("document.activeElement.name") == name
        if name == "bias":
            press("End")
            left(page, re.compile(r"^0\.9\d is left at lag 10, 0\.8\d at lag 50, 0\.7\d at lag 99\.$"))
            assert page.evaluate("document.activeElement.ariaValueText") == "6"
            press("Home")
            assert page.evaluate("document.activeElement.ariaValueText") == "0, as built"
    left(page, FIRST)
    press("ArrowRight")  # another seed
    expect(page.locator("gradient-lag .status")).not_to_have_text(FIRST)
    for _ in range(5):
        press("Shift+Tab")
    press("ArrowLeft")
    assert page.evaluate("document.activeElement.value") == "LSTM"
    expect(page.locator("gradient-lag output").first).to_have_text("1, as built")
    expect(page.locator("gradient-lag svg title")).to_contain_text("LSTM, gate bias 1, U times 1")
    assert page.evaluate(THIN) == thin, "the three cells as built stay"
    assert visit.faults() == []
    context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_a_layer_is_set_by_touch_on_a_phone(theme: str, browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", theme, has_touch=True, is_mobile=True)
    visit = Visit(context.new_page(), address).open(f"{address}{PAGE}")
    page = visit.page
    element = page.locator("gradient-lag")
    element.get_by_text("SimpleRNN", exact=True).first.tap()
    expect(element.locator("[name=bias]")).to_be_disabled()
    slider = element.locator("[name=scale]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    expect(element.locator("output").nth(1)).to_have_text("2")
    left(page, re.compile(r"at lag 50, \d·10⁶ at lag 99|at lag 50, \d·10⁷ at lag 99"))
    page.touchscreen.tap(box["x"] + 2, box["y"] + box["height"] / 2)
    left(page, "0 is left at lag 10, 0 at lag 50, 0 at lag 99.")
    element.get_by_text("random 8").tap()
    element.get_by_text("LSTM", exact=True).first.tap()
    expect(element.locator("[name=bias]")).to_be_enabled()
    assert visit.faults() == []
    context.close()


def test_changes_in_quick_succession_end_with_the_last(page: Page, address: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    go(page, f"{address}{PAGE}")
    page.locator("gradient-lag").evaluate("""element => {
      const slider = element.querySelector("[name=scale]");
      for (let k = 0; k < 500; k++) {
        slider.value = String((k % 41) * 0.05);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      }
      slider.value = "1";
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    left(page, FIRST)
    assert errors == []


def test_it_works_from_a_folder(browser: Browser, book: Path) -> None:
    context = new_context(browser, "desktop", "dark")
    origin = book.as_uri()
    visit = Visit(context.new_page(), origin).open(f"{origin}/{PAGE}")
    visit.page.locator("gradient-lag [name=bias]").fill("3")
    left(visit.page, re.compile(r"^0\.63 is left at lag 10, 0\.12 at lag 50"))
    assert visit.faults() == []
    context.close()


def test_the_browser_computes_what_the_build_did_and_moves_nothing(page: Page, address: str) -> None:
    go(page, f"{address}{PAGE}")
    left(page, FIRST)
    curve = page.locator("gradient-lag .curve").last.get_attribute("d")
    place = "document.querySelector('gradient-lag svg').getBoundingClientRect().top + scrollY"
    top = page.evaluate(place)
    page.locator("gradient-lag [name=bias]").fill("3")
    left(page, re.compile(r"^0\.63"))
    assert page.locator("gradient-lag .curve").last.get_attribute("d") != curve
    page.locator("gradient-lag [name=bias]").fill("0")
    left(page, FIRST)
    assert page.locator("gradient-lag .curve").last.get_attribute("d") == curve
    assert page.evaluate(place) == top
