"""The calculator is used by keyboard, by touch, from an address and from disk, and counts as Python does."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from browser import SIZES, THEMES, Visit, go, new_context
from rnn_guide import params

PAGE = "gates/counting-parameters.html"


def shown(page: Page) -> str:
    """Return the formula and the count that the calculator shows."""
    return " ".join(page.locator("count-it .total").inner_text().split())


def expected(count: params.Count) -> str:
    return f"{count.formula} {count.numbers} = {int(count):,}"


def fragment(page: Page, wanted: str) -> None:
    """Wait until the address ends so; it follows a third of a second later."""
    page.wait_for_url(lambda url: url.endswith(f"#{wanted}"))


def found(page: Page) -> dict[str, list[str]]:
    """Return what the way back lists for each layer."""
    rows = page.locator("count-it .found tbody tr").all()
    return {row.locator("th").inner_text().split()[0]: row.locator("li").all_inner_texts() for row in rows}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_the_calculator_is_used_by_keyboard_alone(size: str, theme: str, browser: Browser, address: str) -> None:
    context = new_context(browser, size, theme)
    visit = Visit(context.new_page(), address).open(f"{address}{PAGE}")
    page, press = visit.page, visit.page.keyboard.press
    assert shown(page) == expected(params.lstm(64, 128))
    page.locator("h2", has_text="Count any layer").click()  # the next Tab goes on from there
    for _ in range(9):
        press("Tab")
        if page.evaluate("document.activeElement.name") == "layer":
            break
    press("ArrowRight")
    assert shown(page) == expected(params.gru(64, 128))
    press("Tab")  # the framework
    press("Tab")  # the bias
    press("Tab")
    press("Space")
    assert shown(page) == expected(params.gru(64, 128, reset_after=False))
    press("Tab")
    press("Space")
    assert shown(page) == expected(params.bidirectional(params.gru(64, 128, reset_after=False)))
    press("Tab")  # the slider of the features
    for _ in range(8):
        press("ArrowRight")
    assert page.evaluate("document.activeElement.ariaValueText") == "128"
    press("Tab")
    press("ArrowUp")
    press("Tab")
    press("Tab")
    page.keyboard.type("7")  # the field was selected as a whole
    assert shown(page) == expected(params.bidirectional(params.gru(129, 7, reset_after=False)))
    fragment(page, "gru-129-7-before-both")
    press("Tab")
    page.keyboard.type("74,496")
    assert all(found(page).values())
    fragment(page, "count-74496-before-both")
    press("Tab")
    link = page.evaluate("document.activeElement.hash")
    press("Enter")
    fragment(page, link[1:])
    assert page.evaluate("document.activeElement.hash") == link, "the focus stays in the list"
    assert shown(page).endswith("= 74,496")
    assert visit.faults() == []
    context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_the_calculator_is_used_by_touch_on_a_phone(theme: str, browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", theme, has_touch=True, is_mobile=True)
    visit = Visit(context.new_page(), address).open(f"{address}{PAGE}")
    page = visit.page
    calculator = page.locator("count-it")
    calculator.get_by_text("SimpleRNN", exact=True).first.tap()
    calculator.get_by_text("PyTorch", exact=True).tap()
    calculator.get_by_text("both directions").tap()
    assert shown(page) == expected(params.bidirectional(params.simple_rnn(64, 128, layout="torch")))
    slider = calculator.get_by_label("units n").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    assert shown(page) == expected(params.bidirectional(params.simple_rnn(64, 1024, layout="torch")))
    calculator.get_by_text("both directions").tap()
    calculator.get_by_text("Keras", exact=True).tap()
    field = calculator.get_by_label("Which layers have this many parameters?")
    field.tap()
    page.keyboard.type("98816")
    assert found(page)["LSTM"][:2] == ["64 → 128", "321 → 64"]
    assert len(found(page)["LSTM"]) == 8
    assert len(found(page)["SimpleRNN"]) == 10
    assert found(page)["GRU"] == []
    assert "98,816 is no multiple of 3" in calculator.inner_text()
    calculator.get_by_role("link", name="321 → 64").tap()
    fragment(page, "lstm-321-64")
    expect(page.locator("input[name=m]")).to_have_value("321")
    assert shown(page) == expected(params.lstm(321, 64))
    assert found(page)["LSTM"][:2] == ["64 → 128", "321 → 64"]
    assert visit.faults() == []
    page.go_back()
    fragment(page, "count-98816")
    context.close()


LAYERS = {"simplernn": params.simple_rnn, "lstm": params.lstm, "gru": params.gru}


def test_every_count_shown_is_pythons_and_an_address_leads_to_it(page: Page, address: str) -> None:
    rng = np.random.default_rng(0)
    go(page, f"{address}{PAGE}#gru-10-300-torch-both")
    assert page.locator("count-it").evaluate("element => element.getBoundingClientRect().top") < 200
    for k in range(60):
        name, torch, bias, before, both = rng.choice(list(LAYERS)), *(rng.random(4) < 0.5)
        m, n = rng.integers(1, 10 ** rng.integers(1, 6), 2).tolist()
        before &= name == "gru" and not torch
        words = {"torch": torch, "nobias": not bias, "before": before, "both": both}
        fields = "-".join([name, str(m), str(n), *(word for word, holds in words.items() if holds)])
        if k:
            page.evaluate(f"location.hash = '{fields}'")
        else:
            go(page, f"{address}{PAGE}?new#{fields}")
        expect(page.locator("input[name=m]")).to_have_value(str(m))
        options = {"reset_after": not before} if name == "gru" else {}
        count = LAYERS[name](m, n, use_bias=bool(bias), layout="torch" if torch else "keras", **options)
        count = params.bidirectional(count) if both else count
        expect(page.locator("count-it strong")).to_have_text(f"= {int(count):,}")
        assert shown(page) == expected(count)
        rows = page.locator("count-it .parts tbody tr").all_inner_texts()
        weights = [
            [w.name, " × ".join(map(str, w.shape)), " ".join(w.gates) or "one", f"{w.size:,}"] for w in count.weights
        ]
        assert [[cell.replace("\u200b", "") for cell in row.split("\t")] for row in rows] == weights
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


@pytest.mark.parametrize(
    "other", ["exercises", "lstm-0-128", "lstm-64", "count-", "lstm-64-128-x", "gru-1e3-5", "%F0%9F%98%80"]
)
def test_another_address_leaves_the_calculator_alone(other: str, page: Page, address: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    go(page, f"{address}{PAGE}#{other}")
    assert shown(page) == expected(params.lstm(64, 128))
    assert errors == []


@pytest.mark.parametrize(
    "text", ["", "0", "-3", "1e9", "2.5", "100000", "9" * 20, "many", "<b>m</b>", "\U0001f600\t\u202e٣", "x" * 10_000]
)
def test_odd_input_neither_breaks_the_calculator_nor_counts(text: str, page: Page, address: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    go(page, f"{address}{PAGE}")
    page.locator("input[name=m]").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)
    assert shown(page) == expected(params.lstm(64, 128)), "the last size that is one stays"
    assert page.locator("count-it .hint").inner_text() == "A size is a whole number from 1 to 99,999."
    assert page.locator("input[name=m]").get_attribute("aria-invalid") == "true"
    page.locator("input[name=m]").fill("65")
    assert page.locator("count-it .hint").inner_text() == ""
    page.locator("input[name=count]").fill(text)
    assert bool(found(page)) == (text == "100000")
    for count in ("999,999,999,999", "999 999 999 999", "999.999.999.999", "999999999999"):
        page.locator("input[name=count]").fill(count)
        assert set(found(page)) == {"SimpleRNN", "LSTM", "GRU"}
    assert errors == []


def test_the_calculator_works_from_disk(browser: Browser, book: Path) -> None:
    context = new_context(browser, "desktop", "dark")
    origin = book.as_uri()
    visit = Visit(context.new_page(), origin).open(f"{origin}/{PAGE}#gru-64-128")
    assert shown(visit.page) == expected(params.gru(64, 128))
    visit.page.locator("input[name=layer][value=LSTM]").check()
    fragment(visit.page, "lstm-64-128")
    assert visit.faults() == []
    context.close()
