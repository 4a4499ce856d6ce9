"""A network trains in the page: by keyboard, by touch, from a folder; it pauses, and a seed repeats itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import SIZES, THEMES, Visit, go, new_context

PAGE = "layers/gradient-in-training.html"
LONG = 120_000  # milliseconds that a run may take where both cores are busy
CURVES = "[...document.querySelectorAll('train-one .curve:not(.thin)')].map(one => one.getAttribute('d'))"


def status(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the element says so."""
    expect(page.locator("train-one [role=status]")).to_contain_text(text, timeout=LONG)


def updates(page: Page, text: str | re.Pattern[str]) -> int:
    """Wait until so many updates are made, and return them."""
    figure = page.locator("train-one .figures dd").first
    expect(figure).to_have_text(text, timeout=LONG)
    return int(figure.inner_text().replace(",", ""))


def runs(page: Page) -> list[list[str]]:
    """Return the rows of the list of runs."""
    rows = page.locator("train-one .runs tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def at_first(page: Page) -> list[str]:
    """Return the curves that the build has drawn, once the script has taken over."""
    curves: list[str] = page.evaluate(CURVES)
    assert len(curves) == 6
    return curves


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_by_keyboard_alone_a_run_repeats_the_builds_pauses_and_goes_on(
    size: str, theme: str, browser: Browser, address: str
) -> None:
    context = new_context(browser, size, theme)
    visit = Visit(context.new_page(), address).open(f"{address}{PAGE}")
    page, press = visit.page, visit.page.keyboard.press
    built = at_first(page)
    page.locator("train-one").scroll_into_view_if_needed()
    page.locator("train-one input[value=GRU]").focus()
    names = []
    for _ in range(11):
        names.append(page.evaluate("document.activeElement.name"))
        press("Tab")
    assert names == ["layer", "task", "units", "steps", "rate", "bias", "seed", "train", "step", "again", "fast"]
    press("Shift+Tab")
    press("Space")  # full speed
    for _ in range(3):
        press("Shift+Tab")
    press("Enter")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_focused()
    status(page, "It trains.")
    press("Enter")
    expect(page.get_by_role("button", name="Go on", exact=True)).to_be_focused()
    status(page, "Paused after")
    press("Tab")
    press("Enter")  # a step
    expect(page.locator("train-one .curve").first).to_be_attached()
    status(page, "Paused after")
    press("Shift+Tab")
    press("Enter")
    status(page, re.compile(r"^Solved after \d{3} updates\.$"))
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_focused()
    expect(page.locator("train-one .figures")).to_contain_text("0.74")
    assert page.evaluate(CURVES) == built, "the same seed, the same losses"
    assert len(runs(page)) == 1, "the same run is listed once"
    assert visit.faults() == []
    context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_by_touch_on_a_phone_the_bit_is_learnt(theme: str, browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", theme, has_touch=True, is_mobile=True)
    visit = Visit(context.new_page(), address).open(f"{address}{PAGE}")
    page = visit.page
    element = page.locator("train-one")
    element.get_by_text("one bit").tap()
    element.get_by_text("SimpleRNN", exact=True).first.tap()
    status(page, "A fresh network.")
    expect(element.locator(".gate svg")).to_contain_text("no gate")
    assert element.locator("[name=bias]").is_disabled()
    element.get_by_role("button", name="Train").tap()
    status(page, "Solved after")
    element.get_by_text("LSTM", exact=True).first.tap()
    assert element.locator("[name=bias]").input_value() == "1"
    assert "1, as built" in element.inner_text()
    element.locator("[name=bias]").fill("3")
    element.get_by_text("full speed").tap()
    element.get_by_role("button", name="Train").tap()
    status(page, "Solved after")
    rows = runs(page)
    assert [row[0].split(",")[0] for row in rows] == ["GRU", "SimpleRNN", "LSTM"]
    assert rows[2][0] == "LSTM, one bit, 50 steps, 16 units, rate 0.01, gate bias 3, seed 0"
    assert all(int(solved) < 60 for _, _, solved in rows[1:])
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    assert visit.faults() == []
    context.close()


@pytest.fixture
def trainer(page: Page, address: str) -> Iterator[Page]:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    go(page, f"{address}{PAGE}")
    yield page
    assert errors == []


def test_a_pause_holds_and_steps_are_single(trainer: Page) -> None:
    button = trainer.locator("train-one [name=train]")
    trainer.locator("train-one [name=fast]").check()
    button.click()
    expect(button).to_have_text("Pause")
    updates(trainer, re.compile(r"^[1-9]\d?$"))
    button.click()
    expect(button).to_have_text("Go on")
    # The worker has kept the pause when it has answered an order that came later.
    trainer.locator("train-one [name=step]").click()
    status(trainer, "Paused after")
    trainer.evaluate("new Promise(done => setTimeout(done, 300))")
    held = updates(trainer, re.compile(r"^\d+$"))
    for k in range(1, 4):
        trainer.locator("train-one [name=step]").click()
        updates(trainer, str(held + k))
        status(trainer, f"Paused after {held + k} updates.")


def test_what_is_chosen_while_it_trains_begins_another_run(trainer: Page) -> None:
    element = trainer.locator("train-one")
    element.locator("[name=fast]").check()
    element.locator("[value=LSTM]").check()
    element.locator("[name=train]").click()
    status(trainer, "It trains.")
    updates(trainer, re.compile(r"^([3-9]\d|1\d\d)$"))
    for name, value in (
        ("steps", "100"),
        ("rate", "0"),
        ("seed", "9"),
        ("steps", "10"),
        ("bias", "5"),
        ("steps", "20"),
    ):
        element.locator(f"[name={name}]").fill(value)
    element.locator("[name=units][value='8']").check()
    status(trainer, "A fresh network.")
    updates(trainer, "0")
    assert "left at lag 10" in element.inner_text()
    assert runs(trainer)[-1][2].startswith("stopped at "), "the run that was left is in the list"
    element.locator("[name=train]").click()
    expect(element.locator("[name=train]")).to_have_text("Pause")
    element.locator("[name=again]").click()
    expect(element.locator("[name=train]")).to_have_text("Train")
    updates(trainer, "0")


def test_a_plateau_ends_without_a_reader(trainer: Page) -> None:
    element = trainer.locator("train-one")
    element.locator("[name=fast]").check()
    element.locator("[value=SimpleRNN]").check()
    element.locator("[name=units][value='8']").check()
    element.locator("[name=steps]").fill("10")
    element.locator("[name=rate]").fill("0")
    element.locator("[name=train]").click()
    status(trainer, "Not solved in 2,400 updates.")
    assert runs(trainer)[-1][2] == "not in 2,400"


def test_the_first_run_stays_without_javascript(browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", "light", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}{PAGE}")
    element = page.locator("train-one")
    assert all(picture.is_visible() for picture in element.locator("svg").all())
    assert re.fullmatch(
        r"Solved after \d{3} updates, while this book was built\.", element.locator(".status").inner_text()
    )
    assert len(runs(page)) == 1
    assert not any(field.is_visible() for field in element.locator("input, button").all())
    context.close()


def test_it_trains_from_a_folder(browser: Browser, book: Path) -> None:
    context = new_context(browser, "desktop", "dark")
    origin = book.as_uri()
    visit = Visit(context.new_page(), origin).open(f"{origin}/{PAGE}")
    built = at_first(visit.page)
    visit.page.locator("train-one [name=fast]").check()
    visit.page.locator("train-one [name=train]").click()
    status(visit.page, re.compile(r"^Solved after \d{3} updates\.$"))
    expect(visit.page.locator("train-one .figures")).to_contain_text("0.74")
    assert visit.page.evaluate(CURVES) == built
    assert visit.faults() == []
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_no_worker_runs_before_a_reader_asks_and_the_pictures_stay_in_place(
    size: str, browser: Browser, address: str
) -> None:
    context = new_context(browser, size, "light")
    page = context.new_page()
    go(page, f"{address}{PAGE}")
    assert page.evaluate("document.querySelector('train-one').worker === undefined")
    tops = "[...document.querySelectorAll('train-one svg')].map(one => one.getBoundingClientRect().top + scrollY)"
    places = page.evaluate(tops)
    page.locator("train-one [name=train]").click()
    status(page, "It trains.")
    updates(page, re.compile(r"^[1-9]\d?$"))
    assert page.evaluate(tops) == places, "the pictures stay where they are while they change"
    context.close()
