"""The layers that Keras and PyTorch have: SimpleRNN, LSTM, GRU."""

from .arguments import as_flag, is_torch
from .count import Count, Weight
from .formula import Formula, as_size
from .work import Work


def simple_rnn(input_dim: int, units: int, *, use_bias: bool = True, layout: str = "keras") -> Count:
    """Count a ``SimpleRNN``: one affine map of the input and the last state.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.
        use_bias: whether a bias is added.
        layout: ``"keras"``, or ``"torch"`` for PyTorch's ``RNN`` with its two biases.

    Raises:
        TypeError: if a size is not an integer or ``use_bias`` not a bool.
        ValueError: if a size is below 1 or the layout unknown.

    Source: Elman (1990), in the notation of Keras.

    >>> print(simple_rnn(64, 128))
    (64+128)·128+128 = 24,704
    >>> print(simple_rnn(64, 128, layout="torch"))
    (64+128)·128+2·128 = 24,832
    """
    m, n = as_size("input_dim", "m", input_dim), as_size("units", "n", units)
    bias = n if as_flag("use_bias", use_bias) else 0
    torch = is_torch(layout)
    biases, rows = 2 * bias if torch else bias, () if use_bias else None
    weights = torch_weights(m, n, n, "", use_bias) if torch else keras_weights(m, n, "", rows)
    return Count((m + n) * n + biases, weights, Work((m + n) * n, sums=n + biases, activations=n))


def lstm(
    input_dim: int, units: int, *, use_bias: bool = True, layout: str = "keras", proj_size: "int | None" = None
) -> Count:
    """Count an ``LSTM``: four affine maps, for three gates and a candidate.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.
        use_bias: whether biases are added.
        layout: ``"keras"``, or ``"torch"`` for PyTorch's two biases.
        proj_size: p, length to which PyTorch projects the hidden state;
            only with ``layout="torch"``.

    Raises:
        TypeError: if a size is not an integer or ``use_bias`` not a bool.
        ValueError: if a size is below 1, the layout unknown, ``proj_size``
            given without PyTorch's layout or not below ``units``.

    Source: Gers, Schmidhuber and Cummins (2000), the LSTM with a forget gate.

    >>> print(lstm(64, 128))
    4·((64+128)·128+128) = 98,816
    >>> print(lstm(64, 128, use_bias=False))
    4·(64+128)·128 = 98,304
    >>> print(lstm(64, 128, layout="torch", proj_size=32))
    4·((64+32)·128+2·128)+128·32 = 54,272
    """
    m, n = as_size("input_dim", "m", input_dim), as_size("units", "n", units)
    bias = n if as_flag("use_bias", use_bias) else 0
    torch = is_torch(layout)
    if proj_size is not None:
        p = as_size("proj_size", "p", proj_size)
        if not torch:
            raise ValueError(f"proj_size must go with layout='torch', got {proj_size!r} with {layout!r}")
        if p.value >= n.value:
            raise ValueError(f"proj_size must be below units ({units!r}), got {proj_size!r}")
        weights = (*torch_weights(m, n, p, "ifgo", use_bias), Weight("weight_hr_l0", (p, n)))
        work = Work(4 * (m + p) * n + n * p, sums=4 * (n + 2 * bias) + n, products=3 * n, activations=5 * n)
        return Count(4 * ((m + p) * n + 2 * bias) + n * p, weights, work)
    biases, rows = 2 * bias if torch else bias, () if use_bias else None
    weights = torch_weights(m, n, n, "ifgo", use_bias) if torch else keras_weights(m, n, "ifco", rows)
    work = Work(4 * (m + n) * n, sums=4 * (n + biases) + n, products=3 * n, activations=5 * n)
    return Count(4 * ((m + n) * n + biases), weights, work)


def gru(input_dim: int, units: int, *, use_bias: bool = True, reset_after: bool = True, layout: str = "keras") -> Count:
    """Count a ``GRU``: three affine maps, for two gates and a candidate.

    Args:
        input_dim: m, features at each time step.
        units: n, length of the state.
        use_bias: whether biases are added.
        reset_after: Keras's default; the reset gate then acts after the matrix
            product, and the input and the state have a bias each.
        layout: ``"keras"``, or ``"torch"``, which always resets after.

    Raises:
        TypeError: if a size is not an integer or an option not a bool.
        ValueError: if a size is below 1, the layout unknown, or
            ``reset_after=False`` asked of PyTorch.

    Source: Cho et al. (2014), arXiv version 1, equation 8 (after), and version 3 (before).

    >>> print(gru(64, 128))
    3·((64+128)·128+2·128) = 74,496
    >>> print(gru(64, 128, reset_after=False))
    3·((64+128)·128+128) = 74,112
    """
    m, n = as_size("input_dim", "m", input_dim), as_size("units", "n", units)
    bias = n if as_flag("use_bias", use_bias) else 0
    torch = is_torch(layout)
    if torch and not as_flag("reset_after", reset_after):
        raise ValueError("reset_after must be True with layout='torch', got False")
    biases = 2 * bias if as_flag("reset_after", reset_after) else bias
    rows = None if not use_bias else (2,) if reset_after else ()
    weights = torch_weights(m, n, n, "rzn", use_bias) if torch else keras_weights(m, n, "zrh", rows)
    work = Work(3 * (m + n) * n, sums=3 * (n + biases) + 2 * n, products=3 * n, activations=3 * n)
    return Count(3 * ((m + n) * n + biases), weights, work)


def keras_weights(m: Formula, n: Formula, gates: str, bias: "tuple[int, ...] | None") -> "tuple[Weight, ...]":
    """Return the arrays of a layer in Keras: the gates' columns side by side.

    Args:
        m: features of the input.
        n: length of the state.
        gates: a letter for each gate; empty where there is one block alone.
        bias: what of the bias's shape stands before its columns; None without a bias.
    """
    columns = len(gates) * n if gates else n
    arrays: list[tuple[str, tuple[Formula | int, ...]]] = [("kernel", (m, columns)), ("recurrent_kernel", (n, columns))]
    if bias is not None:
        arrays.append(("bias", (*bias, columns)))
    return tuple(Weight(name, shape, tuple(gates)) for name, shape in arrays)


def torch_weights(m: Formula, n: Formula, state: Formula, gates: str, use_bias: bool) -> "tuple[Weight, ...]":
    """Return the arrays of a layer in PyTorch: the gates' rows below each other, two biases.

    Args:
        m: features of the input.
        n: length of the cell's state.
        state: length of the hidden state, which the recurrent weights see.
        gates: a letter for each gate; empty where there is one block alone.
        use_bias: whether there are biases.
    """
    rows = len(gates) * n if gates else n
    arrays: list[tuple[str, tuple[Formula | int, ...]]] = [("weight_ih_l0", (rows, m)), ("weight_hh_l0", (rows, state))]
    if use_bias:
        arrays += [("bias_ih_l0", (rows,)), ("bias_hh_l0", (rows,))]
    return tuple(Weight(name, shape, tuple(gates)) for name, shape in arrays)
