"""Every number that JavaScript computes is Python's."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest

from javascript import call, evaluate, mutated
from rnn_guide import bptt, cells, params

CLOSE = 1e-12  # of the largest entry of an array
WRONG = 1e-6


class Cell(NamedTuple):
    """A cell in both languages."""

    python: str
    javascript: str
    maps: int
    bias_rows: int
    options: dict[str, bool]

    @property
    def step(self) -> Callable[..., Any]:
        return partial(getattr(cells, f"{self.python}_step"), **self.options)

    @property
    def step_backward(self) -> Callable[..., Any]:
        return partial(getattr(bptt, f"{self.python}_step_backward"), **self.options)

    @property
    def js_options(self) -> dict[str, bool]:
        return {"resetAfter": self.options["reset_after"]} if self.options else {}


CELLS = [
    Cell("simple_rnn", "simpleRnn", 1, 1, {}),
    Cell("lstm", "lstm", 4, 1, {}),
    Cell("gru", "gru", 3, 2, {"reset_after": True}),
    Cell("gru", "gru", 3, 1, {"reset_after": False}),
]


def steps(array: np.ndarray) -> list[np.ndarray]:
    """Return an array of (batch, time steps, length) as one array a time step, as JavaScript takes it."""
    return [array[:, t] for t in range(array.shape[1])]


def draw(rng: np.random.Generator, cell: Cell) -> list[tuple[dict[str, Any], Any]]:
    """Return calls of a cell's functions at drawn sizes, each with what Python gives."""
    batch, length, m, n = rng.integers(1, [6, 9, 10, 11]).tolist()
    scale = rng.choice([0.3, 1, 1.5])  # beyond, 1 - tanh² has lost its own last digits, in either language
    weights = [rng.normal(0, scale / np.sqrt(n), (rows, cell.maps * n)) for rows in (m, n)]
    if rng.random() < 0.8:
        weights.append(rng.normal(0, scale, (cell.bias_rows, cell.maps * n)).squeeze(0 if cell.bias_rows == 1 else ()))
    x, d_outputs = rng.normal(size=(batch, length, m)), rng.normal(size=(batch, length, n))
    state, d_state = (
        tuple(rng.normal(size=(2, batch, n))) if cell.python == "lstm" else rng.normal(size=(batch, n))
        for _ in range(2)
    )
    start = state if rng.random() < 0.5 else None
    # After the cell's own arguments: the options where a GRU has them.
    options = [cell.js_options] if cell.options else []
    step, backward = f"{cell.javascript}Step", f"{cell.javascript}StepBackward"
    gradients = bptt.backpropagate(cell.step, x, weights, d_outputs, start)
    given = [{"step": step}, steps(x), weights]
    outputs, last = cells.run(cell.step, x, weights, start)
    return [
        (call("cells", step, x[:, 0], state, weights, *options), cell.step(x[:, 0], state, weights)),
        (
            call("bptt", backward, x[:, 0], state, weights, d_state, *options),
            cell.step_backward(x[:, 0], state, weights, d_state),
        ),
        (call("cells", "run", *given, start, *options), {"outputs": steps(outputs), "state": last}),
        (
            call("bptt", "backpropagate", *given, steps(d_outputs), start, *options),
            {
                "x": steps(gradients.x),
                "weights": gradients.weights,
                "states": steps(gradients.states),
                "initialState": gradients.initial_state,
            },
        ),
        (
            call("bptt", "gradientByLag", *given, steps(d_outputs), start, *options),
            bptt.gradient_by_lag(cell.step, x, weights, d_outputs, start),
        ),
    ]


def errors(got: Any, expected: Any) -> list[float]:
    """Return, for every array of an answer, the largest difference as a share of its largest entry."""
    if isinstance(expected, dict):
        assert got.keys() == expected.keys()
        return [error for key in expected for error in errors(got[key], expected[key])]
    if isinstance(expected, (list, tuple)):
        assert len(got) == len(expected)
        return [error for pair in zip(got, expected, strict=True) for error in errors(*pair)]
    expected = np.asarray(expected).ravel()
    got = np.atleast_1d(got).astype(float)
    assert len(got) == len(expected)
    return [float(np.abs(got - expected).max() / max(np.abs(expected).max(), 1e-300))]


def worst(cases: list[tuple[dict[str, Any], Any]], folder: Path, **library: Path) -> float:
    """Return the largest error of all calls."""
    calls, expected = zip(*cases, strict=True)
    return max(errors(evaluate(list(calls), folder, **library), expected))


def cases_of_cells(count: int) -> list[tuple[dict[str, Any], Any]]:
    rng = np.random.default_rng(0)
    return [case for _ in range(count) for cell in CELLS for case in draw(rng, cell)]


def test_cells_and_their_gradients_are_pythons(tmp_path: Path) -> None:
    cases = cases_of_cells(100)
    assert {case["name"] for case, _ in cases} == {
        *(f"{cell.javascript}Step{way}" for cell in CELLS for way in ("", "Backward")),
        *("run", "backpropagate", "gradientByLag"),
    }
    assert worst(cases, tmp_path) < CLOSE


@pytest.mark.parametrize(
    ("module", "right", "wrong"),
    [
        ("cells", "const f = sigmoid(kept[at + n])", "const f = sigmoid(kept[at + 2 * n])"),  # another order of gates
        ("cells", "z * h[unit] + (1 - z) * candidate", "(1 - z) * h[unit] + z * candidate"),
        ("cells", "Math.tanh(kept[at + 2 * n]);\n        after", "kept[at + 2 * n];\n        after"),
        ("cells", "sigmoid(kept[at] + b[3 * n + k])", "sigmoid(kept[at])"),  # without the second bias
        ("arrays", "s3 += p0 * q[q3 + k]", "s3 += p0 * q[q2 + k]"),
        ("bptt", "dH[unit] * o * (1 - tanhC * tanhC)", "dH[unit] * o"),
        ("bptt", "dBefore[unit] += dMaps[at + 3 * n] * r", "dBefore[unit] += dMaps[at + 3 * n]"),
        ("bptt", "addRows(dBias, 5 * n, dProduct", "addRows(dBias, 5 * n, d"),
        ("bptt", "dAfter[0][k] += dOutput[k]", "dAfter[0][k] = dOutput[k]"),
        ("bptt", "Math.sqrt(squares)", "squares"),
    ],
)
def test_a_slip_in_a_cell_or_a_gradient_would_be_noticed(module: str, right: str, wrong: str, tmp_path: Path) -> None:
    library = mutated(tmp_path, module, right, wrong)
    assert worst(cases_of_cells(5), tmp_path, library=library) > WRONG


def test_in_32_bits_they_are_close_too(tmp_path: Path) -> None:
    cases = cases_of_cells(5)
    for case, _ in cases:
        case["given"] = _narrowed(case["given"])
    assert CLOSE < worst(cases, tmp_path) < 1e-4


def _narrowed(value: Any) -> Any:
    if isinstance(value, list):
        return [_narrowed(part) for part in value]
    return {"f32": value["f64"]} if isinstance(value, dict) and "f64" in value else value


# Keras rounds Adam's options to 32 bits. These are the same in 64.
ADAM = {"learning_rate": 2.0**-6, "beta_1": 1 - 2.0**-3, "beta_2": 1 - 2.0**-9, "epsilon": 2.0**-20}
JS_ADAM = {"learningRate": 2.0**-6, "beta1": 1 - 2.0**-3, "beta2": 1 - 2.0**-9, "epsilon": 2.0**-20}


def keras_adam(weights: list[np.ndarray], clip: float | None) -> Callable[[list[np.ndarray]], list[np.ndarray]]:
    """Return a function that takes gradients and gives the weights after a step of Keras's Adam, in 64 bits."""
    variables = [keras.Variable(weight, dtype="float64") for weight in weights]
    optimizer = keras.optimizers.Adam(**ADAM, global_clipnorm=clip)
    optimizer.build(variables)

    def step(gradients: list[np.ndarray]) -> list[np.ndarray]:
        optimizer.apply([keras.ops.convert_to_tensor(part, dtype="float64") for part in gradients])
        return [variable.value.numpy() for variable in variables]

    return step


@pytest.mark.parametrize("clip", [None, 0.5])
def test_adam_is_keras_own(clip: float | None, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=shape) for shape in ((3, 8), (2, 8), (8,))]
    gradients = [[rng.normal(0, rng.choice([1e-6, 0.2]), weight.shape) for weight in weights] for _ in range(40)]
    step = keras_adam(weights, clip)
    options = JS_ADAM | ({"globalClipnorm": clip} if clip else {})
    case = [(call("adam", "steps", weights, options, gradients), [step(gradient) for gradient in gradients])]
    assert worst(case, tmp_path) < CLOSE
    for right, wrong in [
        ("(Math.sqrt(velocity[k]) + epsilon)", "Math.sqrt(velocity[k] + epsilon)"),
        ("Math.sqrt(1 - beta2 ** iterations)", "1"),
        ("this.iterations += 1", "this.iterations = 1"),
        *([("scale * gradient[k]", "gradient[k]")] if clip else []),
    ]:
        assert worst(case, tmp_path, library=mutated(tmp_path, "adam", right, wrong)) > WRONG


def trained(
    cell: Cell, weights: list[np.ndarray], loss: str, clip: float | None, batches: list[tuple[np.ndarray, np.ndarray]]
) -> dict[str, Any]:
    """Return what a training of a layer and a Dense(1) on its last output gives in Python."""
    step, losses = keras_adam(weights, clip), []
    for x, answers in batches:
        *layer, dense, bias = weights
        outputs, _ = cells.run(cell.step, x, layer)
        last = outputs[:, -1]
        y = last @ dense + bias
        if loss == "squares":
            losses.append(np.mean((y - answers) ** 2))
            d_y = 2 * (y - answers) / len(x)
        else:
            chance = 1 / (1 + np.exp(-y))
            losses.append(-np.mean(answers * np.log(chance) + (1 - answers) * np.log(1 - chance)))
            d_y = (chance - answers) / len(x)
        d_outputs = np.zeros_like(outputs)
        d_outputs[:, -1] = d_y[:, None] * dense
        gradients = bptt.backpropagate(cell.step, x, layer, d_outputs).weights
        lags = bptt.gradient_by_lag(cell.step, x, layer, d_outputs)
        weights = step([*gradients, d_y @ last, d_y.sum(keepdims=True)])
    return {"losses": losses, "gradient": lags, "weights": weights}


def cases_of_training(count: int) -> list[tuple[dict[str, Any], Any]]:
    rng = np.random.default_rng(3)
    cases = []
    for k in range(count):
        cell, loss, clip = CELLS[k % 4], ("squares", "bits")[k // 4 % 2], (None, 0.1)[k // 8 % 2]
        batch, length, m, n = rng.integers(1, [9, 13, 4, 9]).tolist()
        weights = [rng.normal(0, 0.5, (rows, cell.maps * n)) for rows in (m, n)]
        weights += [rng.normal(0, 0.5, (cell.bias_rows, cell.maps * n)).squeeze(0 if cell.bias_rows == 1 else ())]
        weights += [rng.normal(size=n), rng.normal(size=1)]
        batches = [(rng.normal(size=(batch, length, m)), rng.integers(0, 2, batch).astype(float)) for _ in range(10)]
        options = cell.js_options | {"adam": JS_ADAM | ({"globalClipnorm": clip} if clip else {})}
        step, sizes = {"step": f"{cell.javascript}Step"}, {"steps": length, "batch": batch, "loss": loss}
        given = [(steps(x), answers) for x, answers in batches]
        case = call("train", "updates", step, weights, sizes, options, given)
        cases.append((case, trained(cell, weights, loss, clip, batches)))
    return cases


def test_a_training_updates_as_in_python(tmp_path: Path) -> None:
    assert worst(cases_of_training(32), tmp_path) < CLOSE


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(2 * (y - answers[row])) / batch", "(y - answers[row]) / batch"),
        ("(sigmoid(y) - answers[row]) / batch", "sigmoid(y) / batch"),
        ("dDenseBias[0] += d;", "dDenseBias[0] = d;"),
        ("t === steps - 1 ?", "t === 0 ?"),
    ],
)
def test_a_slip_in_a_training_would_be_noticed(right: str, wrong: str, tmp_path: Path) -> None:
    assert worst(cases_of_training(8), tmp_path, library=mutated(tmp_path, "train", right, wrong)) > WRONG


LAYERS = {"SimpleRNN": params.simple_rnn, "LSTM": params.lstm, "GRU": params.gru}
FORMS: list[tuple[str, dict[str, Any]]] = [
    (layer, {"layout": layout, "use_bias": use_bias, **reset})
    for layer in LAYERS
    for layout in ("keras", "torch")
    for use_bias in (True, False)
    for reset in ([{}, {"reset_after": False}] if (layer, layout) == ("GRU", "keras") else [{}])
]


def counted(form: tuple[str, dict[str, Any]], m: int, n: int, both: bool) -> params.Count:
    """Return Python's count of a layer in one of its forms."""
    count = LAYERS[form[0]](m, n, **form[1])
    return params.bidirectional(count) if both else count


def js_options(form: tuple[str, dict[str, Any]], both: bool) -> dict[str, Any]:
    names = {"layout": "layout", "use_bias": "useBias", "reset_after": "resetAfter"}
    return {names[key]: value for key, value in form[1].items()} | {"bidirectional": both}


def test_counts_formulas_and_shapes_are_pythons(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    calls, expected = [], []
    for form in FORMS:
        for both in (False, True):
            for m, n in [(1, 1), (64, 128), *rng.integers(1, 100_000, (50, 2)).tolist()]:
                calls.append(call("params", "count", form[0], m, n, js_options(form, both)))
                count = counted(form, m, n, both)
                weights = [
                    {"name": w.name, "shape": list(w.shape), "gates": "".join(w.gates), "size": w.size}
                    for w in count.weights
                ]
                numbers = {"value": int(count), "symbols": count.formula, "numbers": count.numbers}
                expected.append(numbers | {"weights": weights})
    assert evaluate(calls, tmp_path) == expected
    for right, wrong in [("? 2 : 1) : 0", "? 1 : 1) : 0"), ('keras: "ifco"', 'keras: "ifoc"')]:
        assert evaluate(calls, tmp_path, mutated(tmp_path, "params", right, wrong)) != expected


def test_the_way_back_from_a_count_finds_every_size_and_no_other(tmp_path: Path) -> None:
    limit = 400
    calls, expected = [], []
    for form in FORMS:
        for both in (False, True):
            found: dict[int, list[list[int]]] = {count: [] for count in range(1, limit)}
            for n in range(1, limit):
                for m in range(1, limit):
                    count = int(counted(form, m, n, both))
                    if count >= limit:
                        break
                    found[count].insert(0, [m, n])
                if m == 1:
                    break
            for count, sizes in found.items():
                calls.append(call("params", "findSizes", count, form[0], js_options(form, both)))
                expected.append(sizes)
    assert evaluate(calls, tmp_path) == expected
    assert max(len(sizes) for sizes in expected) > 3
    assert [] in expected
    wrong = mutated(tmp_path, "params", "n > 0; n--", "n > 1; n--")
    assert evaluate(calls, tmp_path, wrong) != expected
