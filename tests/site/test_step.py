"""A unit is stepped through a sequence by keyboard and by touch, and every number on its wires is Python's."""

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from browser import SIZES, THEMES, Visit, go, new_context
from rnn_guide.cells import gru_step, lstm_step, sigmoid

STEPS = 8
HALF = 0.005 + 1e-9  # what rounding to two digits may take away


class Setting(NamedTuple):
    """What the reader has set."""

    weights: list[list[float]]
    x: list[float]
    start: list[float]
    at: int
    form: int


def lstm_wires(setting: Setting) -> dict[str, float]:
    """Return the number on every wire of an LSTM at a step."""
    weights = [np.array(row, float) for row in setting.weights]
    W, U, b = weights[0][None], weights[1][None], weights[2]
    state: Any = tuple(np.array([[value]]) for value in setting.start)
    for x in setting.x[: setting.at]:
        state = lstm_step(np.array([[x]]), state, [W, U, b])
    h, c = (float(part[0, 0]) for part in state)
    x = setting.x[setting.at]
    new_h, new_c = (float(part[0, 0]) for part in lstm_step(np.array([[x]]), state, [W, U, b]))
    maps = dict(zip("ifco", (x * W + h * U + b)[0], strict=True))
    gates = {name: float(sigmoid(maps[name])) for name in "ifo"} | {"c": float(np.tanh(maps["c"]))}
    return {
        **{"x": x, "h-before": h, "c-before": c, "h-after": new_h, "c-after": new_c},
        **{f"map-{name}": float(value) for name, value in maps.items()},
        **gates,
        **{"kept": gates["f"] * c, "written": gates["i"] * gates["c"], "tanh": float(np.tanh(new_c))},
    }


def gru_wires(setting: Setting) -> dict[str, float]:
    """Return the number on every wire of a GRU at a step."""
    after = setting.form == 0
    step = partial(gru_step, reset_after=after)
    W, U, b, second = (np.array(row, float) for row in setting.weights)
    weights = [W[None], U[None], np.array([b, second]) if after else b]
    state = np.array([setting.start])
    for x in setting.x[: setting.at]:
        state = step(np.array([[x]]), state, weights)
    x, h = setting.x[setting.at], float(state[0, 0])
    from_x, from_h = x * W + b, h * U + after * second
    maps = dict(zip("zr", (from_x + from_h)[:2], strict=True))
    z, r = (float(sigmoid(maps[name])) for name in "zr")
    product = float(from_h[2]) if after else r * h
    recurrent = r * product if after else product * float(U[2])
    maps["c"] = from_x[2] + recurrent
    candidate = float(np.tanh(maps["c"]))
    return {
        **{"x": x, "h-before": h, "h-after": float(step(np.array([[x]]), state, weights)[0, 0])},
        **{f"map-{name}": float(value) for name, value in maps.items()},
        **{"z": z, "r": r, "c": candidate, "rest": 1 - z, "kept": z * h, "written": (1 - z) * candidate},
        **{"entry": float(from_x[2]), "product": product, "recurrent": recurrent},
    }


class Kind(NamedTuple):
    """One of the elements."""

    name: str
    page: str
    maps: str
    states: str
    wires: Any
    presets: tuple[str, ...]


KINDS = [
    Kind(
        "lstm-step",
        "gates/lstm.html",
        "ifco",
        "hc",
        lstm_wires,
        ("the step above", "shut the input gate", "open the forget gate", "do both"),
    ),
    Kind(
        "gru-step",
        "gates/gru.html",
        "zrc",
        "h",
        gru_wires,
        ("the first weights", "shut the reset gate", "z near 1", "z near 0", "r and z near 0"),
    ),
]
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
NUMBERS = """
element => Object.fromEntries([...element.querySelectorAll('.wired:not([hidden]) [id*="-value-"]')].map(
  group => [group.id.split('-value-')[1], group.textContent]))
"""
GAUGES = """
element => Object.fromEntries([...element.querySelectorAll('.wired:not([hidden]) [id*="-gauge-"]')].map(group => {
  const track = group.previousElementSibling.getBoundingClientRect(), bar = group.getBoundingClientRect();
  return [group.id.split('-gauge-')[1], [(bar.left - track.left) / track.width, bar.width / track.width]];
}))
"""


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def numbers(page: Page, kind: Kind) -> dict[str, float]:
    """Return the numbers on the wires."""
    return {name: number(text) for name, text in page.locator(kind.name).evaluate(NUMBERS).items()}


def setting(page: Page, kind: Kind) -> Setting:
    """Return what the element holds."""
    held = page.locator(kind.name).evaluate("element => element.setting")
    return Setting(*(held[field] for field in Setting._fields))


def faults(page: Page, kind: Kind) -> list[str]:
    """Return the numbers that are not Python's: on the wires, in the gates, in words and in the strip."""
    now = setting(page, kind)
    element = page.locator(kind.name)
    expected = kind.wires(now)
    shown = numbers(page, kind)
    found = [] if shown.keys() == expected.keys() else [f"wires {sorted(shown.keys() ^ expected.keys())}"]
    wrong = [name for name, value in expected.items() if abs(shown[name] - value) > HALF]
    found += [f"{name}: {shown[name]}, not {expected[name]}" for name in wrong]
    for name, (start, share) in element.evaluate(GAUGES).items():
        value = expected[name]
        wanted = (min(0.5, 0.5 + value / 2), abs(value) / 2) if name == "c" else (0, value)
        if not np.allclose((start, share), wanted, atol=0.01):
            found.append(f"gauge {name}: {start}, {share}, not {wanted}")
    wired = element.locator(".wired:not([hidden])")
    texts = element.evaluate(NUMBERS)
    description = wired.locator("desc").evaluate("desc => desc.textContent")
    spoken = {name: texts[name] for name in ("x", "h-before", "h-after", *kind.maps)}
    found += [f"{name} is not in the description" for name, text in spoken.items() if f" {text}" not in description]
    equations = element.locator(".equations").inner_text()
    if f"Step {now.at + 1} of {STEPS}" not in equations or f"= {texts['h-after']}" not in equations:
        found.append(f"equations: {equations}")
    for step, field in enumerate(element.locator("input[name=step]").all()):
        after = kind.wires(now._replace(at=step))
        label = str(field.get_attribute("aria-label"))
        place, parts = label.split(": ")
        said = {part.split()[0]: number(part.split()[1]) for part in parts.split(", ")}
        wanted = {"x": now.x[step]} | {state: after[f"{state}-after"] for state in kind.states}
        right = place == str(step + 1) and said.keys() == wanted.keys()
        if not right or any(abs(said[name] - wanted[name]) > HALF for name in wanted):
            found.append(f"step {step}: {label}")
        if field.is_checked() != (step == now.at):
            found.append(f"step {step} is not marked rightly")
    return found


@each
def test_every_number_is_pythons_whatever_is_set(kind: Kind, page: Page, address: str) -> None:
    rng = np.random.default_rng(0)
    go(page, f"{address}{kind.page}")
    element = page.locator(kind.name)
    assert faults(page, kind) == []
    for _ in range(40):
        sliders = element.locator("input[type=range]:enabled").all()
        slider = sliders[rng.integers(len(sliders))]
        most = float(str(slider.get_attribute("max")))
        value = round(float(np.clip(rng.normal(0, most / 2), -most, most)), 1)
        slider.fill(str(value))
        assert number(str(slider.get_attribute("aria-valuetext"))) == value
        element.locator(f"input[name=step][value='{rng.integers(STEPS)}']").check()
        for radios in ("map", "form"):
            fields = element.locator(f"input[name={radios}]").all()
            if fields:
                fields[rng.integers(len(fields))].check()
        assert faults(page, kind) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


@each
def test_a_wrong_number_would_be_noticed(kind: Kind, page: Page, address: str) -> None:
    go(page, f"{address}{kind.page}")
    wrong = """element => { for (const path of element.querySelectorAll('[id$="-%s"] > *')) path.%s }"""
    element = page.locator(kind.name)
    element.evaluate(wrong % ("value-kept", "textContent = '0.77'"))
    element.evaluate(wrong % ("gauge-c", "style.transform = 'none'"))
    element.evaluate("element => { element.querySelector('[name=step][value=\"3\"]').ariaLabel = '4: x 0.10' }")
    assert [fault.split(":")[0] for fault in faults(page, kind)][:3] == ["kept", "gauge c", "step 3"]


def slide(page: Page, presses: int) -> None:
    """Move the slider that has the focus by tenths."""
    for _ in range(abs(presses)):
        page.keyboard.press("ArrowRight" if presses > 0 else "ArrowLeft")


def focused(page: Page) -> str:
    """Return name and value of the field that has the focus."""
    return str(page.evaluate("`${document.activeElement.name} ${document.activeElement.value}`"))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@each
def test_it_is_used_by_keyboard_alone(kind: Kind, size: str, theme: str, browser: Browser, address: str) -> None:
    context = new_context(browser, size, theme)
    visit = Visit(context.new_page(), address).open(f"{address}{kind.page}")
    page, press = visit.page, visit.page.keyboard.press
    element = page.locator(kind.name)
    element.locator("button[name=preset]").first.focus()
    press("Tab")
    press("Enter")
    expect(element.locator("button[name=preset]").nth(1)).to_have_attribute("aria-pressed", "true")
    assert setting(page, kind).weights != kind_first(page, kind).weights
    while not focused(page).startswith("turn"):
        press("Tab")
    assert focused(page) == "turn 0"
    press("Tab")
    for step in range(2, STEPS + 3):
        press("Space")
        expect(element.locator(".equations .letters")).to_have_text(f"Step {min(step, STEPS)} of {STEPS}")
    assert focused(page) == "turn 1", "the focus stays where a button leads nowhere"
    press("Shift+Tab")
    press("Enter")
    expect(element.locator(".equations .letters")).to_have_text(f"Step {STEPS - 1} of {STEPS}")
    press("Tab")
    press("Tab")
    press("Enter")  # to step 1
    assert setting(page, kind).at == 0
    press("Tab")
    press("ArrowRight")
    press("ArrowRight")
    assert focused(page) == "step 2"
    assert faults(page, kind) == []
    press("Tab")
    chosen = int(focused(page).removeprefix("map "))
    press("ArrowRight")
    chosen = (chosen + 1) % len(kind.maps)
    assert focused(page) == f"map {chosen}"
    before = setting(page, kind)
    for row in range(len(before.weights)):
        press("Tab")
        slide(page, row + 3)
    after = setting(page, kind)
    moved = [round(new[chosen] - old[chosen], 6) for old, new in zip(before.weights, after.weights, strict=True)]
    assert moved == [round((row + 3) / 10, 6) for row in range(len(moved))]
    press("Tab")
    slide(page, -3)
    assert round(setting(page, kind).x[2] - before.x[2], 6) == -0.3
    press("Tab")
    slide(page, 2)
    assert round(setting(page, kind).start[0] - before.start[0], 6) == 0.2
    assert faults(page, kind) == []
    assert visit.faults() == []
    context.close()


def kind_first(page: Page, kind: Kind) -> Setting:
    held = page.locator(kind.name).evaluate("element => element.kind.first")
    return Setting(*(held[field] for field in Setting._fields))


@pytest.mark.parametrize("theme", THEMES)
@each
def test_it_is_used_by_touch_on_a_phone(kind: Kind, theme: str, browser: Browser, address: str) -> None:
    context = new_context(browser, "phone", theme, has_touch=True, is_mobile=True)
    visit = Visit(context.new_page(), address).open(f"{address}{kind.page}")
    page = visit.page
    element = page.locator(kind.name)
    for place, preset in enumerate(kind.presets):
        element.get_by_role("button", name=preset, exact=True).tap()
        assert page.locator(kind.name).evaluate("element => element.setting.at") == 0
        expect(element.locator("button[name=preset]").nth(place)).to_have_attribute("aria-pressed", "true")
        assert faults(page, kind) == []
    element.get_by_role("button", name=kind.presets[0], exact=True).tap()
    element.get_by_role("button", name="step ›").tap()
    assert setting(page, kind).at == 1
    element.locator(".strip label").nth(5).tap()
    assert setting(page, kind).at == 5
    element.locator("label", has=page.locator("input[name=map][value='2']")).tap()
    slider = element.locator("input[name=b]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + 2, box["y"] + box["height"] / 2)
    assert setting(page, kind).weights[2][2] == -10
    expect(element.locator("button[aria-pressed=true]")).to_have_count(0)
    assert faults(page, kind) == []
    assert visit.faults() == []
    context.close()


@each
def test_it_works_from_disk(kind: Kind, browser: Browser, book: Path) -> None:
    context = new_context(browser, "desktop", "dark")
    visit = Visit(context.new_page(), book.as_uri()).open(f"{book.as_uri()}/{kind.page}")
    visit.page.locator(kind.name).get_by_role("button", name="step ›").click()
    assert setting(visit.page, kind).at == 1
    assert faults(visit.page, kind) == []
    assert visit.faults() == []
    context.close()


@pytest.mark.parametrize("size", SIZES)
@each
def test_what_is_set_moves_no_field(kind: Kind, size: str, browser: Browser, address: str) -> None:
    """Nobody could hold a slider that goes away under the finger."""
    context = new_context(browser, size, "light")
    page = context.new_page()
    go(page, f"{address}{kind.page}")
    element = page.locator(kind.name)
    element.locator("input[name=b]").scroll_into_view_if_needed()
    tops = "element => [...element.querySelectorAll('input, button')].map(field => field.getBoundingClientRect().top)"
    before = element.evaluate(tops)
    for name, value in (("W", -10), ("U", -10), ("b", -9.9), ("x", -2), ("h", -1.9)):
        element.locator(f"input[name={name}]").fill(str(value))
    for place in range(len(kind.maps)):
        element.locator(f"input[name=map][value='{place}']").check()
        assert np.allclose(element.evaluate(tops), before)
    assert faults(page, kind) == []
    context.close()


@pytest.mark.parametrize("value", ["", "1e9", "-1e9", "NaN", "many", "\U0001f600\u202e٣"])
@each
def test_odd_values_neither_break_it_nor_show(kind: Kind, value: str, page: Page, address: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    go(page, f"{address}{kind.page}")
    element = page.locator(kind.name)
    for name in ("W", "U", "b", "x", "h"):
        element.locator(f"input[name={name}]").evaluate(
            "(field, value) => { field.value = value; field.dispatchEvent(new Event('input', {bubbles: true})) }", value
        )
    assert faults(page, kind) == []
    assert np.isfinite(list(numbers(page, kind).values())).all()
    assert errors == []


@each
def test_no_id_stands_twice_on_the_page(kind: Kind, page: Page, address: str) -> None:
    go(page, f"{address}{kind.page}")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(ids) == len(set(ids))


def states_after(page: Page, kind: Kind, preset: str) -> dict[str, list[float]]:
    """Press a preset; return each state after each step."""
    page.locator(kind.name).get_by_role("button", name=preset, exact=True).click()
    now = setting(page, kind)
    wires = [kind.wires(now._replace(at=step)) for step in range(STEPS)]
    assert faults(page, kind) == []
    return {name: [step[f"{name}-after"] for step in wires] for name in kind.states}


@each
def test_a_preset_keeps_the_step_and_the_first_one_leads_back(kind: Kind, page: Page, address: str) -> None:
    go(page, f"{address}{kind.page}")
    element = page.locator(kind.name)
    element.locator("input[name=step][value='7']").check()
    element.locator("input[name=x]").fill("2")
    element.get_by_role("button", name=kind.presets[1], exact=True).click()
    assert setting(page, kind).at == 7
    assert setting(page, kind).x[7] == 0, "its numbers are those that the text names"
    element.get_by_role("button", name=kind.presets[0], exact=True).click()
    assert setting(page, kind).at == 0


def test_the_lstm_shows_what_its_chapter_says(page: Page, address: str) -> None:
    kind = KINDS[0]
    go(page, f"{address}{kind.page}")
    shut = states_after(page, kind, "shut the input gate")["c"]
    assert np.allclose(np.divide(shut[1:], shut[:-1]), 1 - 0.27, atol=0.005)
    slider = page.locator("lstm-step input[name=x]")
    slider.fill("2")
    assert abs(kind.wires(setting(page, kind))["c-after"] - shut[0]) < 0.005
    opened = states_after(page, kind, "open the forget gate")
    assert [round(opened["c"][step], 2) for step in (0, -1)] == [1.35, 4.04]
    zeros = [step for step, x in enumerate(setting(page, kind).x) if x == 0]
    assert all(opened["c"][step] > opened["c"][step - 1] + 0.3 for step in zeros)
    assert 0.43 < min(opened["h"]) < max(opened["h"]) < 0.5
    assert np.allclose(states_after(page, kind, "do both")["c"], 0.5, atol=0.005)


def test_the_unit_counts_with_the_weights_of_the_exercise(page: Page, address: str) -> None:
    kind = KINDS[0]
    go(page, f"{address}{kind.page}")
    element = page.locator(kind.name)
    for name in kind.states:
        element.locator(f"input[name={name}]").fill("0")
    for place, (W, b) in enumerate([(10, -5), (10, 5), (10, 0), (0, 0)]):
        element.locator(f"input[name=map][value='{place}']").check()
        for name, value in (("W", W), ("U", 0), ("b", b)):
            element.locator(f"input[name={name}]").fill(str(value))
    assert faults(page, kind) == []
    now = setting(page, kind)
    counts = [kind.wires(now._replace(at=step))["c-after"] for step in range(STEPS)]
    expected, count = [], 0
    for x in now.x:
        count = 0 if x == -1 else count + int(x)
        expected.append(count)
    assert 0 in expected
    assert np.allclose(counts, expected, atol=0.1)


@pytest.mark.parametrize("theme", THEMES)
def test_the_gru_shows_what_its_chapter_says(theme: str, browser: Browser, address: str) -> None:
    kind = KINDS[1]
    context = new_context(browser, "phone", theme)
    visit = Visit(context.new_page(), address).open(f"{address}{kind.page}")
    page = visit.page
    element = page.locator(kind.name)
    after, before = (element.locator(f"input[name=form][value='{form}']") for form in (0, 1))
    wires = kind.wires(setting(page, kind))
    assert [round(wires[name], 2) for name in ("z", "r")] == [0.5, 0.88]
    shut = states_after(page, kind, "shut the reset gate")["h"]
    assert [round(h, 2) for h in shut[:3]] == [0.63, 0.32, 0.16]
    dropped = states_after(page, kind, "r and z near 0")["h"]
    assert [round(h, 2) for h in dropped[:2]] == [0.76, 0]
    assert np.allclose(states_after(page, kind, "z near 1")["h"], 0.5, atol=0.005)
    same = states_after(page, kind, "the first weights")["h"]
    before.check()
    assert faults(page, kind) == []
    assert states_after(page, kind, "the first weights")["h"] == pytest.approx(same)
    expect(element.locator("input[name=b2]")).to_be_disabled()
    assert element.locator(".wired:visible").count() == 1
    after.check()
    expect(element.locator("input[name=map]:checked")).to_have_value("2")
    element.locator("input[name=b2]").fill("1")
    assert faults(page, kind) == []
    assert element.locator(".equations strong").inner_text() == "0.75"
    before.check()
    assert faults(page, kind) == []
    assert element.locator(".equations strong").inner_text() == "0.73"
    assert setting(page, kind).form == 1, "a preset leaves the form alone"
    assert visit.faults() == []
    context.close()
