"""Every labelled equation of a page, computed as it stands there, gives what Keras and TensorFlow give."""

import re
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from book import PAGES
from equations.displays import displays, labelled, overlooked
from equations.evaluate import assign, evaluate, holds
from equations.latex import Equation, UnreadableError, equations
from equations.mistakes import mistaken
from equations.stepwise import CELLS, Problem, as_displayed, in_keras
from rnn_guide import bptt, cells

SHOWN = labelled(PAGES)
BY_CELL = set(chain.from_iterable((*cell.forward, *cell.back, *cell.weights) for cell in CELLS.values()))
MINIMAL = ("mgu-gate", "mgu-candidate", "mgu-state")
EVALUATED = BY_CELL | {"lag-ratio", "lag-bound", "clip-norm", *MINIMAL}
EXEMPT: dict[str, str] = {}  # label: why no test can compute it
PARTS = {"states": ["h", "c"], "back": ["dh", "dc", "dx"], "weights": ["dW", "dU", "db", "db'"]}
DIRECT = r"\frac{\partial L}{\partial h_{t-1}}"


def shown(label: str) -> str:
    """Return the LaTeX of a labelled display."""
    if label not in SHOWN:
        pytest.fail(f"no page displays an equation labelled {label}", pytrace=False)
    return SHOWN[label][1].text


def where(label: str) -> str:
    page, display = SHOWN[label]
    return f"docs/{page}:{display.line} ({label})"


def labels(name: str, part: str) -> tuple[list[str], list[str]]:
    """Return the labels that a part of a cell's computation needs: those of the way there, those of the way back."""
    cell = CELLS[name]
    back = {"states": [], "back": [*cell.back], "weights": [*cell.back, *cell.weights]}
    return [*cell.forward], back[part]


@cache
def problem(name: str) -> tuple[Problem, dict[str, Any]]:
    """Return a cell's problem and what Keras and TensorFlow give for it."""
    found = Problem(CELLS[name])
    return found, in_keras(found)


def off(name: str, part: str, read: dict[str, list[Equation]]) -> dict[str, float]:
    """Return what the equations give otherwise than TensorFlow, and how far off, relative to the largest entry."""
    there, back = labels(name, part)
    forwards, backwards = (list(chain(*(read[label] for label in some))) for some in (there, back))
    given, answers = problem(name)
    ours = as_displayed(given, forwards, backwards)
    found = {}
    for key, theirs in answers.items():
        if key not in PARTS[part] or (key == "dx" and key not in ours):
            continue
        assert key in ours, f"no equation of {there + back} gives {key}"
        error = np.abs(ours[key] - theirs).max() / np.abs(theirs).max() if ours[key].shape == theirs.shape else np.inf
        if not error < 1e-10:
            found[key] = float(error)
    return found


def read(name: str, part: str) -> dict[str, list[Equation]]:
    return {label: equations(shown(label)) for label in chain(*labels(name, part))}


def caught(name: str, part: str, wrong: dict[str, list[Equation]]) -> bool:
    try:
        return bool(off(name, part, wrong))
    except UnreadableError:  # such as shapes that fit no longer
        return True


def agrees(name: str, part: str, right: dict[str, list[Equation]]) -> None:
    """Fail where the equations give something else than TensorFlow, or cannot be computed."""
    try:
        found = off(name, part, right)
        errors = ", ".join(f"{key} is off by {error:.0%}" for key, error in found.items())
    except UnreadableError as error:
        errors = str(error)
    if errors:
        used = ", ".join(map(where, chain(*labels(name, part))))
        pytest.fail(f"{name}: {errors}; computed as displayed in {used}", pytrace=False)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", CELLS)
def test_equations_as_displayed_give_what_tensorflow_gives(name: str, part: str) -> None:
    agrees(name, part, read(name, part))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_simple_rnn_without_a_label_is_one(path: Path) -> None:
    """Pages repeat its step to start from it; other displays without a label are no steps of a layer."""
    for display in displays(path.read_text("utf-8")):
        if not display.label and re.search(r"h_t &?=", display.text) and re.search(r"x_t W(?!_)", display.text):
            found = off("SimpleRNN", "states", {"simple-rnn": equations(display.text)})
            assert not found, f"{path.name}:{display.line} is not the step of a SimpleRNN: {display.text}"


@pytest.mark.parametrize("label", sorted(BY_CELL))
def test_one_mistake_in_an_equation_is_caught(label: str) -> None:
    """So no term of it is idle: each is needed for the agreement with TensorFlow."""
    uses = [(name, part) for name in CELLS for part in PARTS if label in chain(*labels(name, part))]
    name, part = uses[0]
    right = read(name, part)
    agrees(name, part, right)
    for place, equation in enumerate(right[label]):
        assert any(True for _ in mistaken(equation)), f"{where(label)}: nothing in it can be mistaken: {equation}"
        for what, wrong in mistaken(equation):
            mixed = right | {label: [*right[label][:place], wrong, *right[label][place + 1 :]]}
            assert caught(name, part, mixed), f"{where(label)}: nothing notices a mistake at a {what}: {wrong}"


@pytest.mark.parametrize(
    ("name", "label", "right", "wrong"),
    [
        ("SimpleRNN", "bptt-state", f"{DIRECT} + ", ""),
        ("SimpleRNN", "bptt-state", r"U^\top", "U"),
        ("SimpleRNN", "bptt-weights", r"h_{t-1}^\top", r"h_t^\top"),
        ("LSTM", "lstm-maps", r"i,\ f", r"f,\ i"),
        ("LSTM", "lstm-back-maps", r"\sigma'(f)", r"\sigma(f)"),
        ("LSTM", "lstm-back-maps", r" \odot \sigma'(f)", ""),
        ("LSTM", "lstm-back-states", DIRECT, "0"),
        ("LSTM", "lstm-back-weights", r"h_{t-1}^\top", r"h_t^\top"),
        ("GRU, reset after", "gru-state", r"z \odot h_{t-1} + (1 - z)", r"(1 - z) \odot h_{t-1} + z"),
        ("GRU, reset after", "gru-after", "b'_h", "b_h"),
        ("GRU, reset after", "gru-back-reset", " + b'_h", ""),
        ("GRU, reset after", "gru-back-state", DIRECT, "0"),
        ("GRU, reset after", "gru-back-state", r"U_r^\top", "U_r"),
        ("GRU, reset before", "gru-before", r"(r \odot h_{t-1})\, U_h", r"r \odot (h_{t-1} U_h)"),
        ("GRU, reset before", "gru-back-state-before", DIRECT, "0"),
    ],
)
def test_a_wrong_text_is_caught(name: str, label: str, right: str, wrong: str) -> None:
    text = shown(label)
    assert right in text, f"{where(label)} does not show {right}"
    part = next(part for part in PARTS if label in chain(*labels(name, part)))
    true = read(name, part)
    agrees(name, part, true)
    assert caught(name, part, true | {label: equations(text.replace(right, wrong))})


def is_minimal_gated(read: list[Equation]) -> bool:
    """Return whether equations give what Keras's GRU gives when one gate does for both of its own: z = 1 - r."""
    given = Problem(CELLS["GRU, reset before"])
    of_f, of_h = ([weight[..., columns] for weight in given.weights] for columns in (slice(3, 6), slice(6, 9)))
    given.layer.set_weights([np.concatenate([-f, f, h], axis=-1) for f, h in zip(of_f, of_h, strict=True)])
    (h,) = given.start
    theirs = given.layer(given.x, initial_state=h).numpy()
    named = {f"{name}_f": weight for name, weight in zip("WUb", of_f, strict=True)}
    named |= {f"{name}_h": weight for name, weight in zip("WUb", of_h, strict=True)}
    named |= {name: np.tile(named[name], (len(h), 1)) for name in ("b_f", "b_h")}
    for t in range(given.x.shape[1]):
        values = named | {"x_t": given.x[:, t], "h_{t-1}": h}
        try:
            for equation in read:
                assign(equation, values)
        except UnreadableError:
            return False
        h = values["h_t"]
        if not np.allclose(h, theirs[:, t], rtol=1e-12):
            return False
    return True


def test_the_minimal_gated_unit_is_a_gru_with_one_gate() -> None:
    right = [equations(shown(label))[0] for label in MINIMAL]
    assert is_minimal_gated(right), where(MINIMAL[0])
    for place, equation in enumerate(right):
        for what, wrong in mistaken(equation):
            mixed = [*right[:place], wrong, *right[place + 1 :]]
            assert not is_minimal_gated(mixed), f"{where(MINIMAL[place])}: nothing notices a mistake at a {what}"


def unit_at_rest() -> tuple[Any, list[Any], Any]:
    """Return inputs, weights and the state of one unit that stays where it is, so that all slopes are the same."""
    U, h = np.array([[1.3]]), np.array([[0.6]])
    return np.zeros((1, 6, 1)), [np.ones((1, 1)), U, (np.arctanh(h) - h @ U)[0]], h


def several_units(seed: int) -> tuple[Any, list[Any], Any]:
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal(shape) for shape in ((2, 3), (3, 3), (3,))]
    return rng.standard_normal((1, 6, 2)), weights, rng.uniform(-1, 1, (1, 3))


def lags(x: Any, weights: list[Any], start: Any) -> tuple[list[dict[str, Any]], Any]:
    """Return for each lag the values of the names in lag-ratio and lag-bound, and the shares that the package gives."""
    d_outputs = np.zeros((1, x.shape[1], len(weights[1])))
    d_outputs[:, -1] = np.arange(1.0, 1 + len(weights[1]))
    found = (cells.simple_rnn_step, x, weights, d_outputs, start)
    h, _ = cells.run(cells.simple_rnn_step, x, weights, start)
    d_h = bptt.backpropagate(*found).states[0]
    fixed = {
        "dh_T": d_h[-1:],
        r"\gamma": float((1 - h**2).max()),
        r"\sigma_{\max}": float(np.linalg.norm(weights[1], 2)),
    }
    values = [fixed | {"k": float(k), "dh_{T-k}": d_h[[-1 - k]]} for k in range(x.shape[1])]
    norms = bptt.gradient_by_lag(*found)
    return values, norms / norms[0]


def test_the_share_that_is_left_is_what_the_package_measures() -> None:
    (ratio,) = equations(shown("lag-ratio"))
    values, shares = lags(*several_units(0))
    np.testing.assert_allclose([evaluate(ratio.right, at) for at in values], shares, rtol=1e-12)
    assert np.ptp(shares) > 0.1


def bounds(text: str) -> bool:
    """Return whether a bound holds on random cases, and is reached by the unit at rest, so could not be lower."""
    (bound,) = equations(text)
    assert bound.left is not None
    random = all(holds(bound, at) for seed in range(50) for at in lags(*several_units(seed))[0])
    rest = [(evaluate(bound.left, at), evaluate(bound.right, at)) for at in lags(*unit_at_rest())[0]]
    return random and all(left == pytest.approx(right, rel=1e-10) for left, right in rest)


def test_the_bound_holds_and_is_reached() -> None:
    text = shown("lag-bound")
    assert bounds(text), where("lag-bound")
    for right, wrong in [(r"\gamma", "1"), (r"\sigma_{\max}", "1"), ("^k", "")]:
        assert right in text
        assert not bounds(text.replace(right, wrong)), f"{wrong!r} for {right} goes unnoticed"


def clips(text: str) -> bool:
    """Return whether an equation clips as Keras does, one gradient that is too long and one that is not."""
    (clip,) = equations(text)
    for threshold in (1.0, 20.0):
        gradients = [np.array([3.0, 4.0]), np.array([0.0, 12.0])]
        weights = [keras.Variable(np.zeros(2), dtype="float64") for _ in gradients]
        sgd = keras.optimizers.SGD(1.0, global_clipnorm=threshold)
        sgd.apply([keras.ops.convert_to_tensor(gradient) for gradient in gradients], weights)
        values = {"g": np.concatenate(gradients)[None], r"\theta": threshold}
        assign(clip, values)
        steps = -np.concatenate([weight.numpy() for weight in weights])
        if not np.allclose(values["g"][0], steps, rtol=1e-12):
            return False
    return True


def test_clipping_is_what_keras_does() -> None:
    text = shown("clip-norm")
    assert clips(text), where("clip-norm")
    for right, wrong in [("1,", "2,"), (r"\theta", "1"), (r"\|g\|", "5")]:
        assert right in text
        assert not clips(text.replace(right, wrong)), f"{wrong} for {right} goes unnoticed"


def test_every_labelled_equation_is_evaluated_or_exempt() -> None:
    assert not EVALUATED & set(EXEMPT)
    new = set(SHOWN) - EVALUATED - set(EXEMPT)
    assert not new, f"neither evaluated nor exempt: {', '.join(map(where, sorted(new)))}"
    gone = (EVALUATED | set(EXEMPT)) - set(SHOWN)
    assert not gone, f"no page displays {', '.join(sorted(gone))}"
    assert all(EXEMPT.values())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_equation_of_a_page_is_overlooked(path: Path) -> None:
    page = path.read_text("utf-8")
    assert overlooked(page) == []
    assert set(re.findall(r"\{eq\}`([^`]+)`", page)) <= set(SHOWN)
