"""Backpropagation through time: the backward step of each cell, and the loop that runs it from the end.

A name that starts with ``d_`` is a derivative of the loss: ``d_h`` has the
shape of ``h`` and holds the derivative by each of its entries.

>>> weights = [np.ones((1, 1)), np.full((1, 1), 0.5), np.zeros(1)]
>>> x = np.array([[[1.0], [0.0], [0.0]]])
>>> d_outputs = np.array([[[0.0], [0.0], [1.0]]])  # the loss is the last output
>>> gradients = backpropagate(simple_rnn_step, x, weights, d_outputs)
>>> gradients.states.round(3).ravel().tolist()
[0.21, 0.484, 1.0]
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .cells import (
    Array,
    Weights,
    _array,
    _as_floats,
    _floating,
    _of_arrays,
    _start,
    _unpack,
    gru_step,
    lstm_step,
    sigmoid,
    simple_rnn_step,
)

__all__ = [
    "Gradients",
    "backpropagate",
    "gradient_by_lag",
    "gru_step_backward",
    "lstm_step_backward",
    "simple_rnn_step_backward",
]


class Gradients(NamedTuple):
    """The derivatives of a loss, as :func:`backpropagate` returns them."""

    x: Array
    """By the input, shape (batch, time steps, m)."""

    weights: list[Array]
    """By each weight, in the order and the shapes of the weights."""

    states: Array
    """By the state after each time step, shape (batch, time steps, n).

    The state of an LSTM is h and c, so its last axis has 2n entries: first
    those of h, with c held fixed, then those of c, with h held fixed.
    """

    initial_state: Any
    """By the state before the first step, of its shape or shapes."""


@_of_arrays
def simple_rnn_step_backward(x: Array, h: Array, weights: Weights, d_h: Array) -> tuple[Array, Array, list[Array]]:
    """Take the derivatives of a loss back through one step of a SimpleRNN.

    Args:
        x: the input at this time step, shape (batch, m).
        h: the state before the step, shape (batch, n).
        weights: as :func:`~rnn_guide.cells.simple_rnn_step` takes them.
        d_h: the derivative of the loss by the state after the step, shape (batch, n).

    Returns:
        The derivatives by ``x``, by ``h`` and by each of the weights.

    Raises:
        TypeError: if an argument is no array of real numbers, or a state of another form.
        ValueError: if the shapes do not fit each other.

    Source: Werbos (1990).

    >>> W, U, b = np.array([[2.0]]), np.array([[0.5]]), np.array([0.0])
    >>> x, h = np.array([[1.0]]), np.array([[-4.0]])  # the state after is tanh(0), where the slope is 1
    >>> simple_rnn_step_backward(x, h, [W, U, b], np.array([[1.0]]))[1]
    array([[0.5]])
    """
    W, U, b = _unpack(x, h, weights, blocks=1)
    d_a = d_h * (1 - np.tanh(x @ W + h @ U + b) ** 2)
    return d_a @ W.T, d_a @ U.T, [x.T @ d_a, h.T @ d_a, d_a.sum(axis=0)][: len(weights)]


@_of_arrays
def lstm_step_backward(
    x: Array, state: tuple[Array, Array], weights: Weights, d_state: tuple[Array, Array]
) -> tuple[Array, tuple[Array, Array], list[Array]]:
    """Take the derivatives of a loss back through one step of an LSTM.

    Args:
        x: the input at this time step, shape (batch, m).
        state: (h, c) before the step, each of shape (batch, n).
        weights: as :func:`~rnn_guide.cells.lstm_step` takes them.
        d_state: the derivatives of the loss by h and by c after the step,
            each with the other held fixed, shape (batch, n).

    Returns:
        The derivatives by ``x``, by ``state`` and by each of the weights.

    Raises:
        TypeError: if an argument is no array of real numbers, or a state of another form.
        ValueError: if the shapes do not fit each other.

    Source: Greff et al. (2017), without peepholes.

    With an open forget gate the derivative by c passes unchanged:

    >>> W, U, b = np.zeros((1, 4)), np.zeros((1, 4)), np.array([-50.0, 50.0, 0.0, 0.0])
    >>> state, d_state = (np.array([[0.0]]), np.array([[0.7]])), (np.array([[0.0]]), np.array([[1.0]]))
    >>> lstm_step_backward(np.array([[3.0]]), state, [W, U, b], d_state)[1][1]
    array([[1.]])
    """
    (h, c), (d_h, d_c) = state, d_state
    W, U, b = _unpack(x, h, weights, blocks=4)
    i, f, candidate, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    gate_i, gate_f, gate_o = sigmoid(i), sigmoid(f), sigmoid(o)
    tanh_candidate = np.tanh(candidate)
    tanh_c = np.tanh(gate_f * c + gate_i * tanh_candidate)
    d_c = d_c + d_h * gate_o * (1 - tanh_c**2)  # h was made from c
    d_o = d_h * tanh_c * gate_o * (1 - gate_o)
    d_f = d_c * c * gate_f * (1 - gate_f)
    d_i = d_c * tanh_candidate * gate_i * (1 - gate_i)
    d_candidate = d_c * gate_i * (1 - tanh_candidate**2)
    d_a = np.concatenate([d_i, d_f, d_candidate, d_o], axis=-1)
    d_weights = [x.T @ d_a, h.T @ d_a, d_a.sum(axis=0)]
    return d_a @ W.T, (d_a @ U.T, d_c * gate_f), d_weights[: len(weights)]


@_of_arrays
def gru_step_backward(
    x: Array, h: Array, weights: Weights, d_h: Array, *, reset_after: bool = True
) -> tuple[Array, Array, list[Array]]:
    """Take the derivatives of a loss back through one step of a GRU.

    Args:
        x: the input at this time step, shape (batch, m).
        h: the state before the step, shape (batch, n).
        weights: as :func:`~rnn_guide.cells.gru_step` takes them.
        d_h: the derivative of the loss by the state after the step, shape (batch, n).
        reset_after: whether the reset gate acts after the matrix product.

    Returns:
        The derivatives by ``x``, by ``h`` and by each of the weights.

    Raises:
        TypeError: if an argument is no array of real numbers, or a state of another form.
        ValueError: if the shapes do not fit each other.

    Source: the chain rule on Cho et al. (2014), arXiv versions 1 and 3.

    With an open update gate the derivative passes unchanged:

    >>> W, U, b = np.zeros((1, 3)), np.zeros((1, 3)), np.array([[50.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> gru_step_backward(np.array([[3.0]]), np.array([[0.7]]), [W, U, b], np.array([[1.0]]))[1]
    array([[1.]])
    """
    W, U, b = _unpack(x, h, weights, blocks=3, bias_rows=2 if reset_after else 1)
    U_z, U_r, U_h = np.split(U, 3, axis=-1)
    b_x, b_h = (b[0], b[1]) if reset_after else (b, np.zeros_like(b))
    x_z, x_r, x_h = np.split(x @ W + b_x, 3, axis=-1)
    b_z, b_r, b_h = np.split(b_h, 3)
    z, r = sigmoid(x_z + h @ U_z + b_z), sigmoid(x_r + h @ U_r + b_r)
    h_h = h @ U_h + b_h if reset_after else (r * h) @ U_h
    candidate = np.tanh(x_h + (r * h_h if reset_after else h_h))
    d_z = d_h * (h - candidate) * z * (1 - z)
    d_candidate = d_h * (1 - z) * (1 - candidate**2)
    if reset_after:
        d_r = d_candidate * h_h * r * (1 - r)
        d_b = np.concatenate([d_z, d_r, d_candidate * r], axis=-1)  # what comes to the state's own product
        d_U, d_before = h.T @ d_b, d_b @ U.T
    else:
        d_reset = d_candidate @ U_h.T
        d_r = d_reset * h * r * (1 - r)
        d_U = np.concatenate([h.T @ d_z, h.T @ d_r, (r * h).T @ d_candidate], axis=-1)
        d_before = d_z @ U_z.T + d_r @ U_r.T + d_reset * r
    d_a = np.concatenate([d_z, d_r, d_candidate], axis=-1)
    d_bias = np.stack([d_a.sum(axis=0), d_b.sum(axis=0)]) if reset_after else d_a.sum(axis=0)
    return d_a @ W.T, d_h * z + d_before, [x.T @ d_a, d_U, d_bias][: len(weights)]


_BACKWARD: dict[Callable[..., Any], Callable[..., Any]] = {
    simple_rnn_step: simple_rnn_step_backward,
    lstm_step: lstm_step_backward,
    gru_step: gru_step_backward,
}


def backpropagate(
    step: Callable[..., Any], x: Array, weights: Weights, d_outputs: Array, initial_state: Any = None
) -> Gradients:
    """Take the derivatives of a loss back through a sequence, from the last time step to the first.

    Args:
        step: ``simple_rnn_step``, ``lstm_step`` or ``gru_step`` of
            :mod:`rnn_guide.cells`; for the other GRU
            ``functools.partial(gru_step, reset_after=False)``.
        x: the sequences, shape (batch, time steps, m).
        weights: what ``step`` takes.
        d_outputs: the derivative of the loss by the output at each time step,
            shape (batch, time steps, n); zero where the loss does not read it.
        initial_state: the state before the first step; zeros by default.

    Returns:
        The derivatives of the loss by everything that went in. All have the
        dtype that NumPy gives ``x``, ``weights``, ``d_outputs`` and
        ``initial_state`` together; where all are integers or booleans, float64.

    Raises:
        TypeError: if an argument is no array of real numbers, or the state of another form.
        ValueError: if ``step`` is no cell of the package, or the shapes do not
            fit each other.

    Source: Werbos (1990).

    >>> W, U, b = np.ones((2, 12)), np.zeros((3, 12)), np.zeros(12)
    >>> gradients = backpropagate(lstm_step, np.zeros((5, 7, 2)), [W, U, b], np.ones((5, 7, 3)))
    >>> [array.shape for array in gradients.weights], gradients.states.shape
    ([(2, 12), (3, 12), (12,)], (5, 7, 6))
    """
    step_backward = _backward_of(step)
    x, weights, start = _start(step, x, weights, initial_state)
    d_outputs = _array("d_outputs", d_outputs)
    if d_outputs.shape != (expected := (*x.shape[:2], len(weights[1]))):
        raise ValueError(f"d_outputs must have the shape of the outputs, {expected}, got {d_outputs.shape}")
    has_cell_state = isinstance(start, tuple)
    parts = start if has_cell_state else (start,)
    dtype = _floating(x, *weights, *parts, d_outputs)
    x, d_outputs, *weights = _as_floats(dtype, x, d_outputs, *weights)
    parts = _as_floats(dtype, *parts)
    states = _states(step, x, weights, parts if has_cell_state else parts[0])
    d_x, d_weights = np.zeros(x.shape, dtype), [np.zeros(weight.shape, dtype) for weight in weights]
    d_states = []
    d_state: Any = np.zeros_like(states[0], dtype=dtype)  # nothing comes after the last step
    for t in reversed(range(x.shape[1])):
        if has_cell_state:
            d_h, d_c = d_state
            d_state = (d_h + d_outputs[:, t], d_c)
        else:
            d_state = d_state + d_outputs[:, t]
        d_states.append(np.concatenate(d_state, axis=-1) if has_cell_state else d_state)
        d_x[:, t], d_state, from_step = step_backward(x[:, t], states[t], weights, d_state)
        # The same weights serve every step, so what each step has to say about them adds up.
        d_weights = [total + part for total, part in zip(d_weights, from_step, strict=True)]
    return Gradients(d_x, d_weights, np.stack(d_states[::-1], axis=1), d_state)


def gradient_by_lag(
    step: Callable[..., Any], x: Array, weights: Weights, d_outputs: Array, initial_state: Any = None
) -> Array:
    """Return how large the derivative of the loss by the state is, k steps before the last.

    It is the total derivative by all that the cell hands on: of an LSTM by h
    and c, each with the other held fixed.

    Args:
        step: as :func:`backpropagate` takes it, and so the rest.
        x: the sequences, shape (batch, time steps, m).
        weights: what ``step`` takes.
        d_outputs: the derivative of the loss by the output at each time step,
            shape (batch, time steps, n).
        initial_state: the state before the first step; zeros by default.

    Returns:
        One number a time step, the last step first, in float64. Entry k is
        the Euclidean norm at lag k, averaged over the sequences.

    Raises:
        TypeError, ValueError: as :func:`backpropagate`.

    Source: the factors of the sum in Pascanu et al. (2013), multiplied out.

    With W = 0 the state stays 0, tanh has slope 1, and each step back costs a factor U:

    >>> weights = [np.zeros((1, 1)), np.full((1, 1), 0.5), np.zeros(1)]
    >>> d_outputs = np.array([[[0.0], [0.0], [0.0], [1.0]]])
    >>> gradient_by_lag(simple_rnn_step, np.zeros((1, 4, 1)), weights, d_outputs).tolist()
    [1.0, 0.5, 0.25, 0.125]
    """
    d_states = backpropagate(step, x, weights, d_outputs, initial_state).states
    norms: Array = np.linalg.norm(d_states.astype("float64"), axis=-1).mean(axis=0)[::-1]
    return norms


def _backward_of(step: Callable[..., Any]) -> Callable[..., Any]:
    cell = step.func if isinstance(step, partial) else step
    backward = next((value for key, value in _BACKWARD.items() if key is cell), None)
    if backward is None:
        raise ValueError(f"step must be simple_rnn_step, lstm_step or gru_step, got {step!r}")
    return partial(backward, *step.args, **step.keywords) if isinstance(step, partial) else backward


def _states(step: Callable[..., Any], x: Array, weights: Weights, start: Any) -> list[Any]:
    """Return the state before each time step."""
    states = [start]
    for t in range(x.shape[1] - 1):
        states.append(step(x[:, t], states[-1], weights))
    return states
