"""Cells that have no layer in Keras or PyTorch; their counts follow the papers."""

from .count import Count, Weight
from .formula import Formula, as_size
from .recurrent import keras_weights


def peephole_lstm(input_dim: int, units: int) -> Count:
    """Count an LSTM whose three gates also see the cell state.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Gers and Schmidhuber (2000); one vector of n peephole weights a gate.

    >>> print(peephole_lstm(64, 128))
    4·((64+128)·128+128)+3·128 = 99,200
    """
    m, n = as_size("input_dim", "m", input_dim), as_size("units", "n", units)
    peepholes = Weight("peephole", (3 * n,), tuple("ifo"))
    return Count(4 * ((m + n) * n + n) + 3 * n, (*keras_weights(m, n, "ifco", ()), peepholes))


def coupled_gate_lstm(input_dim: int, units: int) -> Count:
    """Count an LSTM whose forget gate is one minus its input gate.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Greff et al. (2017), the variant CIFG, without its peepholes.

    >>> print(coupled_gate_lstm(64, 128))
    3·((64+128)·128+128) = 74,112
    """
    m, n = as_size("input_dim", "m", input_dim), as_size("units", "n", units)
    return Count(3 * ((m + n) * n + n), keras_weights(m, n, "ico", ()))


def mgu(input_dim: int, units: int) -> Count:
    """Count a minimal gated unit: one forget gate and a candidate.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Zhou et al. (2016).

    >>> print(mgu(64, 128))
    2·((64+128)·128+128) = 49,408
    """
    m, n = as_size("input_dim", "m", input_dim), as_size("units", "n", units)
    return Count(2 * ((m + n) * n + n), keras_weights(m, n, "fh", ()))


def min_lstm(input_dim: int, units: int) -> Count:
    """Count a minLSTM: two gates and a candidate that see the input alone.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Feng et al. (2024), section 3.2.

    >>> print(min_lstm(64, 128))
    3·(64·128+128) = 24,960
    """
    m, n = as_size("input_dim", "m", input_dim), as_size("units", "n", units)
    return Count(3 * (m * n + n), _input_only_weights(m, n, "fih"))


def min_gru(input_dim: int, units: int) -> Count:
    """Count a minGRU: one gate and a candidate that see the input alone.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Source: Feng et al. (2024), section 3.1.

    >>> print(min_gru(64, 128))
    2·(64·128+128) = 16,640
    """
    m, n = as_size("input_dim", "m", input_dim), as_size("units", "n", units)
    return Count(2 * (m * n + n), _input_only_weights(m, n, "zh"))


def _input_only_weights(m: Formula, n: Formula, gates: str) -> "tuple[Weight, ...]":
    columns, blocks = len(gates) * n, tuple(gates)
    return (Weight("kernel", (m, columns), blocks), Weight("bias", (columns,), blocks))
