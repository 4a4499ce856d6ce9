"""The network in the page colours what a reader types, and can be opened, by keyboard, by touch and in odd texts."""

import ast
import base64
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from playwright.sync_api import Browser, Locator, Page, expect

from browser import SIZES, THEMES, Visit, go, new_context
from rnn_guide import sequences

CHAPTER = "work/colour-python.html"
PLACES = {"colour-python": ("index.html", CHAPTER), "inside-gru": (CHAPTER,)}
EVERY = [(name, page) for name, pages in PLACES.items() for page in pages]
MOST = 10_000


@pytest.fixture(scope="module")
def network(book: Path) -> dict[str, Any]:
    """Return what the chapter has handed over."""
    text = (book / "_static" / "work-colour-python.data.js").read_text("utf-8")
    data: dict[str, Any] = json.loads(text.split(",...", 1)[1][:-1])["work/colour-python"]
    return data


@pytest.fixture(scope="module")
def model(network: dict[str, Any]) -> keras.Model:
    """Return the chapter's model in Keras, with the weights that the page holds."""
    numbers = np.frombuffer(base64.b64decode(network["weights"]), "<f2")
    ends = np.cumsum([np.prod(shape) for shape in network["shapes"]])
    arrays = np.split(numbers, ends[:-1])
    made = keras.Sequential(
        [keras.Input((None,)), layers.Embedding(128, 16), layers.GRU(64, return_sequences=True), layers.Dense(7)]
    )
    made.set_weights([array.reshape(shape) for array, shape in zip(arrays, network["shapes"], strict=True)])
    return made


def area(page: Page, name: str) -> Locator:
    return page.locator(f"{name} textarea")


def read(page: Page, name: str) -> None:
    """Wait until the whole text is read."""
    editor = {"colour-python": "editor", "inside-gru": "opened.editor"}[name]
    page.wait_for_function(
        f"() => {{ const e = document.querySelector('{name}').{editor};"
        " return e.later === undefined && e.readings.every(one => one.done === e.area.value.length) }"
    )


def classes(page: Page, name: str) -> list[int]:
    """Return the class of each character as the page paints it; -1 where it has none."""
    found: list[int] = page.locator(f"{name} .painted").evaluate(
        "box => { const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), found = [];"
        " while (walk.nextNode()) { const kind = walk.currentNode.parentElement.className.match(/k(\\d)/);"
        "   found.push(...Array(walk.currentNode.length).fill(kind ? Number(kind[1]) : -1)); } return found }"
    )
    return found


def painted(page: Page, name: str) -> str:
    return str(page.locator(f"{name} .painted").evaluate("box => box.textContent"))


@pytest.mark.parametrize("name", PLACES)
def test_the_colours_are_those_of_keras(name: str, page: Page, address: str, model: keras.Model) -> None:
    go(page, f"{address}{CHAPTER}")
    texts, _ = sequences.python_source(12, "test", seed=3)
    for text in texts:
        area(page, name).fill(text)
        read(page, name)
        scores = model.predict(np.array([list(text.encode())]), verbose=0)[0]
        first, second = np.sort(scores, axis=1)[:, ::-1].T[:2]
        told = first - second > 1e-4  # nearer to each other, rounding decides
        assert told.mean() > 0.99
        assert painted(page, name) == text
        assert np.array_equal(np.array(classes(page, name))[told], scores.argmax(axis=1)[told])


def test_units_that_are_held_do_what_they_do_in_python(
    page: Page, address: str, model: keras.Model, network: dict[str, Any]
) -> None:
    from rnn_guide import cells

    go(page, f"{address}{CHAPTER}")
    text = network["text"]
    E, W, U, b, D, d = model.get_weights()
    x = E[np.array([list(text.encode())])]

    def answers(held: dict[int, float]) -> np.ndarray:
        def step(x: np.ndarray, h: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
            h = cells.gru_step(x, h, weights)
            h[:, list(held)] = list(held.values())
            return h

        return np.array((cells.run(step, x, [W, U, b])[0][0] @ D + d).argmax(axis=-1))

    free = answers({})
    opened = page.locator("inside-gru")
    for group, count, stop in (("string", 8, 0), ("string", 8, 20), ("comment", 8, 0), ("comment", 1, 7)):
        opened.locator(f"[value={group}]").check()
        opened.locator("[name=count]").fill(str(count))
        opened.locator("[name=at]").fill(str(stop))
        read(page, "inside-gru")
        told = network["groups"][group]
        low, high = (np.array(told[side])[told["units"][:count]] for side in ("outside", "inside"))
        expected = answers(dict(zip(told["units"][:count], low + stop / 20 * (high - low), strict=True)))
        assert classes(page, "inside-gru") == expected.tolist()
        units = "1 unit" if count == 1 else f"{count} units"
        said = f"With {units} held, {(expected != free).sum()} of {len(text)} characters have another colour."
        expect(opened.locator(".effect")).to_have_text(said)
        assert (
            opened.locator(".changed:not(.key *)").evaluate_all(
                "all => all.reduce((sum, one) => sum + one.textContent.length, 0)"
            )
            == (expected != free).sum()
        )
    opened.locator("[name=count]").fill("0")
    read(page, "inside-gru")
    assert classes(page, "inside-gru") == free.tolist()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "place"), EVERY)
def test_a_text_is_typed_and_read_by_keyboard_alone(
    name: str, place: str, size: str, theme: str, browser: Browser, address: str
) -> None:
    context = new_context(browser, size, theme)
    visit = Visit(context.new_page(), address).open(f"{address}{place}")
    page, press = visit.page, visit.page.keyboard.press
    page.locator(name).evaluate("one => { one.tabIndex = -1; one.focus(); one.removeAttribute('tabindex') }")
    press("Tab")
    assert page.evaluate("document.activeElement.localName") == "textarea"
    press("Control+a")
    page.keyboard.type("for x in y:")
    read(page, name)
    assert classes(page, name)[:3] == [2, 2, 2], "a keyword"
    assert painted(page, name) == "for x in y:"
    if name == "colour-python":
        press("Home")
        press("ArrowRight")
        expect(page.locator(f"{name} .told")).to_contain_text("At f: ")
    else:

        def reach(field: str) -> None:
            while page.evaluate("document.activeElement.name") != field:
                press("Tab")

        press("End")
        reach("back")
        press("Enter")
        expect(page.locator(f"{name} .told")).to_contain_text("At y, line 1, character 10: name")
        reach("group")
        press("ArrowRight")
        expect(page.locator(f"{name} [value=comment]")).to_be_checked()
        reach("count")
        press("End")
        assert page.evaluate("document.activeElement.ariaValueText") == "16 of 64"
        expect(page.locator(f"{name} .effect")).to_contain_text("With 16 units held")
        expect(page.locator(f"{name} .chosen")).to_contain_text("The answer at y")
    assert visit.faults() == []
    context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_the_network_is_opened_by_touch_on_a_phone(theme: str, browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", theme, has_touch=True, is_mobile=True)
    visit = Visit(context.new_page(), address).open(f"{address}{CHAPTER}")
    page = visit.page
    opened = page.locator("inside-gru")
    opened.get_by_text("comments", exact=True).tap()
    slider = opened.get_by_label("units held", exact=True)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    expect(opened.locator(".effect")).to_contain_text("With 16 units held")
    opened.get_by_role("button", name="next character").tap()
    opened.get_by_role("button", name="next character").tap()
    expect(opened.locator(".chosen")).to_contain_text("The answer at e")
    area(page, "colour-python").tap()
    page.keyboard.type("x")
    read(page, "colour-python")
    assert visit.faults() == []
    context.close()


def test_holding_from_the_cursor_on_leaves_what_is_before(page: Page, address: str) -> None:
    go(page, f"{address}{CHAPTER}")
    opened = page.locator("inside-gru")
    free = classes(page, "inside-gru")
    for _ in range(40):
        opened.get_by_role("button", name="next character").click()
    opened.locator("[name=here]").check()
    opened.locator("[name=count]").fill("16")
    opened.locator("[name=at]").fill("20")
    read(page, "inside-gru")
    expect(opened.locator(".effect")).to_contain_text("With 16 units held behind line 2, character 14, ")
    held = classes(page, "inside-gru")
    expect(opened.locator(".chosen")).not_to_contain_text("held")
    opened.get_by_role("button", name="next character").click()
    expect(opened.locator(".chosen")).to_contain_text("state after, held")
    assert classes(page, "inside-gru") == held, "what is chosen later does not move the place"
    assert held[:40] == free[:40]
    assert held[40:] != free[40:]


ODD = ["", "\n\n", "\t\t", "é", "\U0001f600 = '\U0001f468‍\U0001f469‍\U0001f467'", "‮שלום x", "<b>&amp;</b>", "a" * 3000]


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("text", [*ODD, "x = 'a'\n" * 12_500])
def test_odd_and_long_texts_neither_freeze_nor_break_it(name: str, text: str, page: Page, address: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    go(page, f"{address}{CHAPTER}")
    field = area(page, name)
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)
    read(page, name)
    assert painted(page, name) == field.input_value() == text[:MOST]
    plain = page.locator(f"{name} .painted")
    assert "<b>" not in plain.inner_html()
    same = "[...document.querySelectorAll('{} :is(.painted, textarea)')].map(one => one.clientHeight)"
    assert len(set(page.evaluate(same.format(name)))) == 1, "the text and the field lie over each other"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("#")
    read(page, name)
    assert painted(page, name) == field.input_value()
    assert errors == []


def test_a_long_text_is_read_in_slices_and_the_last_key_is_shown_at_once(page: Page, address: str) -> None:
    go(page, f"{address}{CHAPTER}")
    field = area(page, "colour-python")
    field.fill("x = 'a'\n" * 250)
    read(page, "colour-python")
    # What is typed at the end is coloured before the browser has its next turn.
    page.evaluate(
        "() => { const field = document.querySelector('colour-python textarea'); field.value += '#';"
        " field.dispatchEvent(new InputEvent('input')) }"
    )
    assert classes(page, "colour-python")[-1] == 4
    # A clock that runs fast: after each slice the browser gets its turn, and all is read in the end.
    slices = page.evaluate(
        """async () => {
            const { editor } = document.querySelector('colour-python');
            const real = performance.now.bind(performance);
            let time = real();
            performance.now = () => time += 3;
            let slices = 0;
            const go = editor.go.bind(editor);
            editor.go = () => { slices++; go() };
            editor.area.value = '#' + editor.area.value;
            editor.area.dispatchEvent(new InputEvent('input'));
            const after = editor.readings[0].done;
            while (editor.later !== undefined) await new Promise((done) => setTimeout(done));
            performance.now = real;
            return [after, slices, editor.readings[0].done];
        }"""
    )
    after, count, done = slices
    assert after < 100
    assert count > 10
    assert done == 2002


def test_a_key_at_the_end_reads_one_character_whatever_is_held(page: Page, address: str) -> None:
    go(page, f"{address}{CHAPTER}")
    page.locator("inside-gru [name=count]").fill("8")
    read(page, "inside-gru")
    steps = page.evaluate(
        "() => { const { editor, held } = document.querySelector('inside-gru').opened; let steps = 0;"
        " const step = held.network.step.bind(held.network);"
        " held.network.step = (...given) => { steps++; step(...given) };"
        " editor.area.value += '#'; editor.area.dispatchEvent(new InputEvent('input', { bubbles: true }));"
        " return steps }"
    )
    assert steps <= 4, "one for each reading, the others for the gates that are shown"


def test_the_chapters_own_coloured_text_has_the_same_colours(page: Page, address: str) -> None:
    go(page, f"{address}{CHAPTER}")
    looks = "one => { const style = getComputedStyle(one); return [style.color, style.fontWeight, style.fontStyle] }"
    key = page.locator("colour-python .key")
    static = page.locator(".characters > div").first
    for name in ("keyword", "string", "comment", "number", "operator"):
        theirs = static.get_by_text(name, exact=True).evaluate(looks)
        assert key.get_by_text(name, exact=True).evaluate(looks) == theirs


def test_the_entrance_says_how_many_numbers_colour_the_text(
    page: Page, address: str, network: dict[str, Any], model: keras.Model
) -> None:
    go(page, f"{address}index.html")
    assert f"a GRU of {model.count_params():,} numbers" in page.locator("article").inner_text()
    assert area(page, "colour-python").input_value() == network["text"]
    assert ast.parse(network["text"])
    assert classes(page, "colour-python") != []
