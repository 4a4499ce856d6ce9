"""One time step of each recurrent cell, and the loop that runs it over a sequence.

The code is the equations, row vectors and weight layout as in Keras, so that
``layer.get_weights()`` can be passed in as it is.

>>> weights = [np.ones((1, 1)), np.ones((1, 1)), np.zeros(1)]
>>> x = np.array([[[1.0], [0.0], [0.0]]])  # one sequence of three steps
>>> outputs, h = run(simple_rnn_step, x, weights)
>>> outputs.round(3).ravel().tolist()
[0.762, 0.642, 0.566]
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["gru_step", "lstm_step", "run", "sigmoid", "simple_rnn_step"]

Array = NDArray[np.floating[Any]]
Weights = Sequence[Array]


def sigmoid(x: Array) -> Array:
    """Return the logistic function 1 / (1 + exp(-x)), between 0 and 1.

    Args:
        x: an array of any shape and floating dtype.

    Returns:
        An array of the same shape and dtype. It is computed as
        (1 + tanh(x/2)) / 2, the same function, because exp(-x) overflows.

    >>> sigmoid(np.array([-1000.0, 0.0, 1.0])).round(4).tolist()
    [0.0, 0.5, 0.7311]
    """
    logistic: Array = 0.5 * (1 + np.tanh(0.5 * x))
    return logistic


def simple_rnn_step(x: Array, h: Array, weights: Weights) -> Array:
    """Return the next state of a SimpleRNN: h = tanh(x W + h U + b).

    Args:
        x: the input at this time step, shape (batch, m).
        h: the last state, shape (batch, n).
        weights: kernel W (m, n), recurrent kernel U (n, n) and, unless the
            layer has none, bias b (n,).

    Returns:
        The new state, shape (batch, n), which is also the output.

    Raises:
        ValueError: if the shapes do not fit each other.

    Source: Elman (1990).

    >>> W, U, b = np.array([[2.0]]), np.array([[0.5]]), np.array([0.0])
    >>> simple_rnn_step(np.array([[1.0]]), np.array([[-4.0]]), [W, U, b])
    array([[0.]])
    """
    W, U, b = _unpack(x, h, weights, blocks=1)
    return np.tanh(x @ W + h @ U + b)


def lstm_step(x: Array, state: tuple[Array, Array], weights: Weights) -> tuple[Array, Array]:
    """Return the next hidden and cell state of an LSTM.

    Args:
        x: the input at this time step, shape (batch, m).
        state: the last (h, c), each of shape (batch, n).
        weights: kernel W (m, 4n), recurrent kernel U (n, 4n) and, unless the
            layer has none, bias b (4n,); column blocks in the order i, f, c, o.

    Returns:
        The new (h, c), each of shape (batch, n). h is the output.

    Raises:
        ValueError: if the shapes do not fit each other.

    Source: Gers, Schmidhuber and Cummins (2000), without peepholes.

    A forget gate held open and an input gate held shut keep the cell state:

    >>> W, U, b = np.zeros((1, 4)), np.zeros((1, 4)), np.array([-50.0, 50.0, 0.0, 0.0])
    >>> h, c = lstm_step(np.array([[3.0]]), (np.array([[0.0]]), np.array([[0.7]])), [W, U, b])
    >>> c
    array([[0.7]])
    """
    h, c = state
    W, U, b = _unpack(x, h, weights, blocks=4)
    i, f, candidate, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(candidate)
    h = sigmoid(o) * np.tanh(c)
    return h, c


def gru_step(x: Array, h: Array, weights: Weights, *, reset_after: bool = True) -> Array:
    """Return the next state of a GRU.

    Args:
        x: the input at this time step, shape (batch, m).
        h: the last state, shape (batch, n).
        weights: kernel W (m, 3n), recurrent kernel U (n, 3n) and, unless the
            layer has none, bias b, shape (2, 3n) with ``reset_after`` (one row
            for the input, one for the state) and (3n,) without; column blocks
            in the order z, r, h.
        reset_after: whether the reset gate acts after the matrix product, as
            in Keras by default, or before it.

    Returns:
        The new state, shape (batch, n), which is also the output.

    Raises:
        ValueError: if the shapes do not fit each other.

    Source: Cho et al. (2014), arXiv version 1, equation 8 (after), and version 3 (before).

    An update gate held open keeps the state:

    >>> W, U, b = np.zeros((1, 3)), np.zeros((1, 3)), np.array([[50.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> gru_step(np.array([[3.0]]), np.array([[0.7]]), [W, U, b])
    array([[0.7]])
    """
    W, U, b = _unpack(x, h, weights, blocks=3, bias_rows=2 if reset_after else 1)
    if reset_after:
        x_z, x_r, x_h = np.split(x @ W + b[0], 3, axis=-1)
        h_z, h_r, h_h = np.split(h @ U + b[1], 3, axis=-1)
        z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
        candidate = np.tanh(x_h + r * h_h)
    else:
        x_z, x_r, x_h = np.split(x @ W + b, 3, axis=-1)
        U_z, U_r, U_h = np.split(U, 3, axis=-1)
        z, r = sigmoid(x_z + h @ U_z), sigmoid(x_r + h @ U_r)
        candidate = np.tanh(x_h + (r * h) @ U_h)
    h = z * h + (1 - z) * candidate
    return h


def run(
    step: Callable[[Array, Any, Weights], Any], x: Array, weights: Weights, initial_state: Any = None
) -> tuple[Array, Any]:
    """Run a cell over a sequence, one time step after the other.

    Args:
        step: ``simple_rnn_step``, ``lstm_step``, ``gru_step`` or a function of
            the same form: input at one time step, state, weights -> state.
        x: the sequences, shape (batch, time steps, m).
        weights: what ``step`` takes.
        initial_state: the state before the first step; zeros by default.

    Returns:
        The output at every time step, shape (batch, time steps, n), and the
        last state, as ``step`` returns it.

    Raises:
        ValueError: if ``x`` is not of rank 3, has no time step, or does not
            fit the weights.

    >>> W, U, b = np.ones((2, 3)), np.zeros((3, 3)), np.zeros(3)
    >>> outputs, h = run(simple_rnn_step, np.zeros((5, 7, 2)), [W, U, b])
    >>> outputs.shape, h.shape
    ((5, 7, 3), (5, 3))
    """
    state = _start(step, x, weights, initial_state)
    outputs = []
    for t in range(x.shape[1]):
        state = step(x[:, t], state, weights)
        outputs.append(state[0] if isinstance(state, tuple) else state)
    return np.stack(outputs, axis=1), state


def _start(step: Callable[..., Any], x: Array, weights: Weights, initial_state: Any) -> Any:
    """Return the state before the first step, zeros if none is given."""
    if np.ndim(x) != 3 or x.shape[1] == 0:
        raise ValueError(f"x must have shape (batch, time steps, features), got {np.shape(x)}")
    if initial_state is not None:
        return initial_state
    h = np.zeros((x.shape[0], weights[1].shape[0]), dtype=np.result_type(x, *weights))
    return (h, h) if step is lstm_step else h


def _unpack(x: Array, h: Array, weights: Weights, *, blocks: int, bias_rows: int = 1) -> tuple[Array, Array, Array]:
    """Return kernel, recurrent kernel and bias (zeros if there is none), or say which shape is off."""
    m, n = x.shape[-1], h.shape[-1]
    bias_shape = (blocks * n,) if bias_rows == 1 else (bias_rows, blocks * n)
    expected = [(m, blocks * n), (n, blocks * n), bias_shape]
    shapes = [np.shape(weight) for weight in weights]
    if shapes not in (expected, expected[:2]):
        raise ValueError(f"weights must have shapes {expected} for input {x.shape} and state {h.shape}, got {shapes}")
    W, U = weights[0], weights[1]
    return W, U, weights[2] if len(weights) == 3 else np.zeros(bias_shape, dtype=U.dtype)
