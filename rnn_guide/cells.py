"""One time step of each recurrent cell, and the loop that runs it over a sequence.

The code is the equations, row vectors and weight layout as in Keras, so that
``layer.get_weights()`` can be passed in as it is. The cells take whatever
``numpy.asarray`` takes. They compute in the dtype that NumPy gives their
arguments together; where all are integers or booleans, in float64.

>>> weights = [np.ones((1, 1)), np.ones((1, 1)), np.zeros(1)]
>>> x = np.array([[[1.0], [0.0], [0.0]]])  # one sequence of three steps
>>> outputs, h = run(simple_rnn_step, x, weights)
>>> outputs.round(3).ravel().tolist()
[0.762, 0.642, 0.566]
"""

import inspect
import reprlib
from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["gru_step", "lstm_step", "run", "sigmoid", "simple_rnn_step"]

Array = NDArray[np.floating[Any]]
Weights = Sequence[Array]
Step = TypeVar("Step", bound=Callable[..., Any])


def _of_arrays(step: Step) -> Step:
    """Let a step take what NumPy makes arrays of, and name in one line what does not fit.

    NumPy would broadcast a state of another batch size without a word, and
    multiply small integers in a dtype that they overflow.
    """
    signature = inspect.signature(step)

    @wraps(step)
    def checked(*args: Any, **options: Any) -> Any:
        bound = signature.bind(*args, **options)
        given = bound.arguments
        x, weights = _array("x", given["x"]), _arrays("weights", given["weights"])
        if x.ndim != 2:
            raise ValueError(f"x must have shape (batch, features), got {x.shape}")
        states = {name: _parts(name, given[name]) for name in ("h", "state", "d_h", "d_state") if name in given}
        first, *_ = next(iter(states.values()))
        shape = (len(x), first.shape[-1] if first.ndim == 2 else "n")
        for name, parts in states.items():
            _fit(name, parts, shape)
        dtype = _floating(x, *weights, *(part for parts in states.values() for part in parts))
        x, *weights = _as_floats(dtype, x, *weights)
        given |= {"x": x, "weights": weights}
        for name, parts in states.items():
            parts = _as_floats(dtype, *parts)
            given[name] = parts if name in _PAIRS else parts[0]
        return step(*bound.args, **bound.kwargs)

    return checked  # type: ignore[return-value]


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
    logistic: Array = 0.5 * (1 + np.tanh(0.5 * np.asarray(x)))
    return logistic


@_of_arrays
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
        TypeError: if an argument is no array of real numbers, or the state of another form.
        ValueError: if the shapes do not fit each other.

    Source: Elman (1990).

    >>> W, U, b = np.array([[2.0]]), np.array([[0.5]]), np.array([0.0])
    >>> simple_rnn_step(np.array([[1.0]]), np.array([[-4.0]]), [W, U, b])
    array([[0.]])
    """
    W, U, b = _unpack(x, h, weights, blocks=1)
    return np.tanh(x @ W + h @ U + b)


@_of_arrays
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
        TypeError: if an argument is no array of real numbers, or the state of another form.
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


@_of_arrays
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
        TypeError: if an argument is no array of real numbers, or the state of another form.
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
        initial_state: the state before the first step, of an LSTM the pair
            (h, c); zeros by default. A step of your own starts, unless you
            give it, with one array of zeros, as long as its second weight.

    Returns:
        The output at every time step, shape (batch, time steps, n), and the
        last state, as ``step`` returns it.

    Raises:
        TypeError: if an argument is no array of real numbers, or the state of another form.
        ValueError: if ``x`` is not of rank 3, has no time step, or does not
            fit the weights, or ``initial_state`` does not fit both.

    >>> W, U, b = np.ones((2, 3)), np.zeros((3, 3)), np.zeros(3)
    >>> outputs, h = run(simple_rnn_step, np.zeros((5, 7, 2)), [W, U, b])
    >>> outputs.shape, h.shape
    ((5, 7, 3), (5, 3))
    """
    x, weights, state = _start(step, x, weights, initial_state)
    outputs = []
    for t in range(x.shape[1]):
        state = step(x[:, t], state, weights)
        outputs.append(state[0] if isinstance(state, tuple) else state)
    return np.stack(outputs, axis=1), state


def _start(step: Callable[..., Any], x: Any, weights: Any, initial_state: Any) -> tuple[Array, Weights, Any]:
    """Return the sequences, the weights and the state before the first step, zeros if none is given."""
    x = x if hasattr(x, "shape") else _array("x", x)
    if np.ndim(x) != 3 or x.shape[1] == 0:
        raise ValueError(f"x must have shape (batch, time steps, features), got {np.shape(x)}")
    cell = _innermost(step)
    if cell not in {_innermost(ours) for ours in (simple_rnn_step, lstm_step, gru_step)}:
        return x, weights, _zeros(x, weights) if initial_state is None else initial_state
    x, weights = _array("x", x), _arrays("weights", weights)
    if len(weights) < 2 or weights[1].ndim != 2:
        shapes = [weight.shape for weight in weights]
        raise ValueError(f"weights must be a kernel, a recurrent kernel and perhaps a bias, got shapes {shapes}")
    shape, is_pair = (len(x), len(weights[1])), cell is _innermost(lstm_step)
    if initial_state is None:
        h = np.zeros(shape, _floating(x, *weights))
        return x, weights, (h, h) if is_pair else h
    parts = _pair("initial_state", initial_state) if is_pair else (_array("initial_state", initial_state),)
    _fit("initial_state", parts, shape)
    return x, weights, parts if is_pair else parts[0]


def _innermost(step: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function inside ``functools.partial`` and wrappers, which says what the state is."""
    while inner := step.func if isinstance(step, partial) else getattr(step, "__wrapped__", None):
        step = inner
    return step


def _zeros(x: Array, weights: Any) -> Array:
    """Return the first state of a step of the reader's own."""
    try:
        return np.zeros((len(x), np.shape(weights[1])[0]), np.result_type(x, *map(np.asarray, weights)))
    except (IndexError, KeyError, TypeError, ValueError):
        raise ValueError("initial_state must be given, for weights[1] is no array whose length it could have") from None


_PAIRS = ("state", "d_state")


def _parts(name: str, value: Any) -> tuple[Array, ...]:
    return _pair(name, value) if name in _PAIRS else (_array(name, value),)


def _pair(name: str, value: Any) -> tuple[Array, Array]:
    try:
        if isinstance(value, np.ndarray) and value.ndim != 3:  # two rows, the batch of an h alone, are no pair
            raise ValueError
        h, c = value
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a pair (h, c), got {_told(value)}") from None
    return _array(f"h in {name}", h), _array(f"c in {name}", c)


def _arrays(name: str, values: Any) -> list[Array]:
    try:
        values = list(values)
    except TypeError:
        raise TypeError(f"{name} must be a list of arrays, got {_told(values)}") from None
    return [_array(f"{name}[{k}]", value) for k, value in enumerate(values)]


def _array(name: str, value: Any) -> Array:
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):  # such as rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must be an array of real numbers, got {_told(value)}")
    return array


def _told(value: Any) -> str:
    """Describe a value in one line."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    return " ".join(reprlib.repr(value).split())


def _fit(name: str, parts: tuple[Array, ...], shape: tuple[Any, ...]) -> None:
    for part in parts:
        if part.shape != shape:
            expected = f"({', '.join(map(str, shape))})"
            raise ValueError(f"{name} must have shape {expected}, got {part.shape}")


def _floating(*arrays: Array) -> np.dtype[Any]:
    common = np.result_type(*arrays)
    return common if common.kind == "f" else np.dtype("float64")


def _as_floats(dtype: np.dtype[Any], *arrays: Array) -> tuple[Array, ...]:
    """Cast integers and booleans; what is floating stays, for NumPy promotes it."""
    return tuple(array if array.dtype.kind == "f" else array.astype(dtype) for array in arrays)


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
