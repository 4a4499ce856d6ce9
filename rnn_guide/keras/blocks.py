"""Which columns of a recurrent layer's arrays belong to which gate, and what they look like."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..cells import Array
from ..params import Count

SATURATED = 2.0


@dataclass(frozen=True)
class Statistics:
    """What the numbers of one gate look like.

    Attributes:
        kernel_norm: Euclidean norm of its columns of the kernel.
        kernel_largest: their largest singular value, the most by which they can
            lengthen an input. Of a ConvLSTM the block is taken as a matrix, with a row
            for each place and channel of the window.
        recurrent_norm: as ``kernel_norm``, of the recurrent kernel.
        recurrent_largest: as ``kernel_largest``, of the recurrent kernel and the last state.
        saturated: share of its biases beyond 2 or -2, where a sigmoid is above
            0.88 or below 0.12 before it has seen anything; from 0 to 1. Two biases of one
            unit, which a GRU has, are added first. None without a bias.

    None of them has a unit. Where an array holds a NaN or an infinity, what is
    computed of it is NaN.
    """

    kernel_norm: float
    kernel_largest: float
    recurrent_norm: float
    recurrent_largest: float
    saturated: float | None


@dataclass(frozen=True)
class Block:
    """One gate's columns, the same in every array of the layer.

    Attributes:
        gate: its letter: i, f, c, o of an LSTM, z, r, h of a GRU, h of a SimpleRNN.
        start: its first column.
        stop: the column after its last.
        statistics: what its numbers look like, if that was asked.
    """

    gate: str
    start: int
    stop: int
    statistics: Statistics | None = None


def blocks_of(count: Count, variables: Mapping[str, Any], *, statistics: bool) -> tuple[Block, ...]:
    """Return the gates of a recurrent layer in the order of their columns, none of another layer."""
    if "recurrent_kernel" not in variables:
        return ()
    gates = count.weights[0].gates or ("h",)
    units = count.weights[0].shape[-1] // len(gates)
    arrays = {name: each.numpy().astype("float64") for name, each in variables.items() if statistics}
    spans = [(gate, k * units, (k + 1) * units) for k, gate in enumerate(gates)]
    return tuple(
        Block(gate, start, stop, _statistics(arrays, slice(start, stop)) if statistics else None)
        for gate, start, stop in spans
    )


def _statistics(arrays: dict[str, Array], columns: slice) -> Statistics:
    kernel, recurrent = (_matrix(arrays[name][..., columns]) for name in ("kernel", "recurrent_kernel"))
    saturated = None
    if "bias" in arrays:
        bias = np.atleast_2d(arrays["bias"])[:, columns].sum(axis=0)
        saturated = float(np.mean(np.abs(bias) > SATURATED)) if np.isfinite(bias).all() else float("nan")
    return Statistics(_norm(kernel), _norm(kernel, 2), _norm(recurrent), _norm(recurrent, 2), saturated)


def _matrix(block: Array) -> Array:
    return block.reshape(-1, block.shape[-1])


def _norm(matrix: Array, order: int | None = None) -> float:
    return float(np.linalg.norm(matrix, order)) if np.isfinite(matrix).all() else float("nan")
