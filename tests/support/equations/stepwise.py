r"""Run a cell on its displayed equations, a step at a time there and back, and run it in Keras.

Both take one loss that reads every state, the first one too, with a random
weight for each entry: :math:`L = \sum_t g_t \cdot h_t`. So
:math:`\partial L / \partial h_t` is :math:`g_t`, and no term of an equation
can be left out unnoticed.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from .evaluate import Values, assign
from .latex import Equation

BATCH, STEPS, FEATURES, UNITS = 2, 3, 2, 3
Arrays = dict[str, Any]


class Cell(NamedTuple):
    """A layer of Keras, the letters of its blocks of columns, and the labels of its equations in computing order."""

    layer: Callable[..., Any]
    blocks: str
    forward: tuple[str, ...]
    back: tuple[str, ...]
    weights: tuple[str, ...]


CELLS = {
    "SimpleRNN": Cell(keras.layers.SimpleRNN, "", ("simple-rnn",), ("bptt-tanh", "bptt-state"), ("bptt-weights",)),
    "LSTM": Cell(
        keras.layers.LSTM,
        "ifco",
        ("lstm-maps", "lstm-cell-state", "lstm-hidden-state"),
        ("lstm-back-c", "lstm-back-maps", "lstm-back-states"),
        ("lstm-back-weights",),
    ),
    "GRU, reset after": Cell(
        keras.layers.GRU,
        "zrh",
        ("gru-gates", "gru-after", "gru-state"),
        ("gru-back-maps", "gru-back-reset", "gru-back-state"),
        ("gru-back-weights",),
    ),
    "GRU, reset before": Cell(
        partial(keras.layers.GRU, reset_after=False),
        "zrh",
        ("gru-gates", "gru-before", "gru-state"),
        ("gru-back-maps", "gru-back-reset-before", "gru-back-state-before"),
        ("gru-back-weights-before",),
    ),
}


class Problem:
    """A layer with random weights, sequences, first states and a loss, all in float64."""

    def __init__(self, cell: Cell, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.cell = cell
        self.layer = cell.layer(UNITS, return_sequences=True, dtype="float64")
        self.layer.build((None, None, FEATURES))
        self.weights = [0.7 * rng.standard_normal(weight.shape) for weight in self.layer.weights]
        self.layer.set_weights(self.weights)
        self.x = rng.standard_normal((BATCH, STEPS, FEATURES))
        self.start = rng.uniform(-1, 1, (2 if cell.blocks == "ifco" else 1, BATCH, UNITS))
        self.d_states = rng.standard_normal((BATCH, STEPS + 1, UNITS))  # what the loss takes of each state


def in_keras(problem: Problem) -> Arrays:
    """Return the states and all derivatives as TensorFlow's tape takes them through Keras's cell."""
    x, states = tf.constant(problem.x), [tf.constant(state) for state in problem.start]
    layer, passed = problem.layer, [states]
    with tf.GradientTape() as tape:
        tape.watch([x, *states])
        for t in range(STEPS):
            passed.append(layer.cell(x[:, t], passed[-1])[1])
        loss = tf.reduce_sum(tf.stack([state[0] for state in passed], axis=1) * problem.d_states)
    by_states = list(zip(*passed, strict=True))  # of h, and of c
    by_weights = [weight.value for weight in layer.weights]
    d_x, d_states, (d_W, d_U, d_b) = tape.gradient(loss, [x, by_states, by_weights])
    outputs = layer(x, initial_state=states)
    np.testing.assert_allclose(tf.stack(by_states[0][1:], axis=1), outputs, rtol=0, atol=1e-14)
    found = {"dx": d_x, "dW": d_W, "dU": d_U, **_biases(np.asarray(d_b), "db")}
    for letter, state, d_state in zip("hc", by_states, d_states, strict=False):
        found[letter], found[f"d{letter}"] = tf.stack(state, axis=1), tf.stack(d_state, axis=1)
    return {name: np.asarray(array) for name, array in found.items()}


def _biases(array: Any, name: str = "b") -> Arrays:
    """Return a bias as a row; of Keras's two rows the second, which belongs to the state, is b'."""
    rows = np.atleast_2d(array)
    return {name + "'" * place: rows[place : place + 1] for place in range(len(rows))}


def named_weights(problem: Problem) -> Arrays:
    """Return the weights under the names of the equations, whole and in blocks.

    The gates z and r of both GRUs are displayed once. Where Keras has one bias their b' is 0, as the page says.
    """
    W, U, b = problem.weights
    whole = {"W": W, "U": U, **_biases(b)}
    letters = problem.cell.blocks
    blocks = {
        f"{name}_{letter}": array[:, place * UNITS : (place + 1) * UNITS]
        for name, array in whole.items()
        for place, letter in enumerate(letters)
    }
    return {"b'_z": np.zeros((1, UNITS)), "b'_r": np.zeros((1, UNITS))} | whole | blocks


def as_displayed(problem: Problem, forward: list[Equation], back: list[Equation]) -> Arrays:
    """Return what the equations give, sequence by sequence with rows, derivatives by weights added up."""
    weights = named_weights(problem)
    totals: Arrays = {f"d{name}": 0.0 for name in weights}
    sequences = []
    for place in range(BATCH):
        steps = _there(problem, place, forward, weights)
        sequences.append(_back(problem, place, back, steps, totals) if back else _states(problem, place, steps))
    found = {name: np.stack([sequence[name] for sequence in sequences]) for name in sequences[0]}
    return found | _gathered(totals, problem.cell.blocks)


def _states(problem: Problem, place: int, steps: list[Values]) -> Arrays:
    """Return the states that the steps passed through, the first one with them."""
    letters = "hc"[: len(problem.start)]
    return {
        letter: np.concatenate([state[place : place + 1], *(step[f"{letter}_t"] for step in steps)])
        for letter, state in zip(letters, problem.start, strict=True)
    }


def _there(problem: Problem, place: int, equations: list[Equation], weights: Arrays) -> list[Values]:
    """Run the equations of a step over one sequence; return the values of each step."""
    steps: list[Values] = []
    states = {letter: state[place : place + 1] for letter, state in zip("hc", problem.start, strict=False)}
    for t in range(STEPS):
        values = weights | {"x_t": problem.x[place : place + 1, t]}
        values |= {f"{letter}_{{t-1}}": state for letter, state in states.items()}
        for equation in equations:
            assign(equation, values)
        states = {letter: values[f"{letter}_t"] for letter in states}
        steps.append(values)
    return steps


def _back(problem: Problem, place: int, equations: list[Equation], steps: list[Values], totals: Arrays) -> Arrays:
    """Run the equations of a step back over one sequence; add to the totals; return the derivatives by the states."""
    direct = problem.d_states[place][:, None]
    d_h, d_c = [direct[STEPS]], []
    arrived: Arrays = {"dc_t": np.zeros((1, UNITS))} if len(problem.start) == 2 else {}
    d_x = []
    for t in range(STEPS, 0, -1):
        values = steps[t - 1] | totals | arrived | {"dh_t": d_h[-1]}
        values[r"\frac{\partial L}{\partial h_t}"] = direct[t]
        values[r"\frac{\partial L}{\partial h_{t-1}}"] = direct[t - 1]
        for equation in equations:
            assign(equation, values)
        d_h.append(values["dh_{t-1}"])
        if arrived:
            d_c.append(values["dc_t"])
            arrived = {"dc_t": values["dc_{t-1}"]}
        if "dx_t" in values:
            d_x.append(values["dx_t"])
        totals.update({name: values[name] for name in totals})
    found = _states(problem, place, steps) | {"dh": np.concatenate(d_h[::-1])}
    if arrived:
        found["dc"] = np.concatenate([arrived["dc_t"], *d_c[::-1]])
    return found | ({"dx": np.concatenate(d_x[::-1])} if d_x else {})


def _gathered(totals: Arrays, blocks: str) -> Arrays:
    """Return the derivatives by whole weights, put together from blocks where a page gives these."""
    found = {}
    for name in (name for name in totals if "_" not in name):
        parts = [totals[name]] if np.ndim(totals[name]) else [totals[f"{name}_{letter}"] for letter in blocks]
        if parts and all(np.ndim(part) for part in parts):
            found[name] = np.concatenate(parts, axis=1)
    return found
