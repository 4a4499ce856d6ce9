"""What each framework hands over and takes: Keras a list, PyTorch a mapping of names, ONNX arrays of a node."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..cells import Array, _array, _arrays, _told
from .layouts import GATES, LAYOUTS, Maps, reordered

Stack = list[list[Maps]]


@dataclass(frozen=True)
class Kind:
    """Which layers the arrays are of; the arguments of :func:`convert`."""

    layer: str
    directions: int
    use_bias: bool
    reset_after: bool

    @property
    def is_pair(self) -> bool:
        """Whether Keras keeps two biases, in one array."""
        return self.use_bias and self.layer == "gru" and self.reset_after


def read_keras(arrays: Any, kind: Kind) -> Stack:
    """Return the maps in a list such as ``layer.get_weights()``."""
    flat = _arrays("arrays", arrays)
    each = 2 + kind.use_bias
    if not flat or len(flat) % (each * kind.directions):
        what = f"{each} arrays for each layer{' and direction' * (kind.directions > 1)} (use_bias={kind.use_bias})"
        raise ValueError(f"arrays must be {what}, got {len(flat)}")
    maps = []
    for start in range(0, len(flat), each):
        kernel, recurrent_kernel, *biases = flat[start : start + each]
        if kind.is_pair:
            if biases[0].ndim != 2 or len(biases[0]) != 2:
                raise ValueError(
                    f"arrays must hold the two biases of a GRU with reset_after, shape (2, 3n), got {biases[0].shape}"
                )
            biases = list(biases[0])
        maps.append(Maps(kernel, recurrent_kernel, tuple(biases)))
    return [maps[start : start + kind.directions] for start in range(0, len(maps), kind.directions)]


def write_keras(stack: Stack, kind: Kind) -> list[Array]:
    """Return the list that ``layer.set_weights()`` takes."""
    arrays = []
    for maps in _flat(stack):
        arrays += [maps.kernel.copy(), maps.recurrent_kernel.copy()]
        if kind.is_pair:
            arrays.append(np.stack(_two(maps.biases)))
        elif maps.biases:
            arrays.append(np.sum(maps.biases, axis=0, dtype=maps.biases[0].dtype))
    return arrays


def read_torch(arrays: Any, kind: Kind) -> Stack:
    """Return the maps in a mapping such as ``module.state_dict()``."""
    _mapping("arrays", arrays, "weight_ih_l0")
    if learning := [name for name, array in arrays.items() if getattr(array, "requires_grad", False)]:
        raise TypeError(f"arrays must be detached, as module.state_dict() has them; {learning[0]} still learns")
    if projection := [name for name in arrays if str(name).startswith("weight_hr")]:
        raise ValueError(f"arrays must be without a projection, got {projection[0]}: no other framework has one")
    levels = 1 + max(
        (int(n[11:]) for n in map(str, arrays) if n.startswith("weight_ih_l") and n[11:].isdigit()), default=0
    )
    parts = LAYOUTS["torch"].arrays[: 4 if kind.use_bias else 2]
    names = [
        [[f"{part}_l{level}{suffix}" for part in parts] for suffix in ("", "_reverse")[: kind.directions]]
        for level in range(levels)
    ]
    _same_names(arrays, [name for level in names for direction in level for name in direction])
    order = LAYOUTS["torch"].gates[kind.layer]
    return [[_from_rows([arrays[name] for name in each], each, order, kind.layer) for each in level] for level in names]


def write_torch(stack: Stack, kind: Kind) -> dict[str, Array]:
    """Return the mapping that ``module.load_state_dict()`` takes, of arrays instead of tensors."""
    state = {}
    for level, directions in enumerate(stack):
        for maps, suffix in zip(directions, ("", "_reverse"), strict=False):
            rows = _to_rows(maps, LAYOUTS["torch"].gates[kind.layer], kind.layer)
            for part, array in zip(LAYOUTS["torch"].arrays, rows, strict=False):
                state[f"{part}_l{level}{suffix}"] = array
    return state


def read_onnx(arrays: Any, kind: Kind) -> Stack:
    """Return the maps in the inputs W, R and B of one node, or of several."""
    nodes = [arrays] if isinstance(arrays, Mapping) else arrays
    if not isinstance(nodes, Sequence) or isinstance(nodes, str) or not nodes:
        raise TypeError(f"arrays must be a mapping with W and R, or a list of such, got {_told(nodes)}")
    stack = []
    for node in nodes:
        _mapping("arrays", node, "W")
        if "P" in node:
            raise ValueError("arrays must be without peepholes, got P: neither Keras nor PyTorch has them")
        _same_names(node, LAYOUTS["onnx"].arrays[: 3 if kind.use_bias else 2])
        given = {name: _array(name, node[name]) for name in node}
        if any(array.shape[:1] != (kind.directions,) for array in given.values()):
            lengths = ", ".join(f"{name} {array.shape}" for name, array in given.items())
            raise ValueError(
                f"arrays must have {kind.directions} on their first axis, one for each direction, got {lengths}"
            )
        level = []
        for k in range(kind.directions):
            biases = np.split(given["B"][k], 2) if kind.use_bias else []
            names = ["W", "R", "B", "B"][: 2 + len(biases)]
            level.append(
                _from_rows(
                    [given["W"][k], given["R"][k], *biases], names, LAYOUTS["onnx"].gates[kind.layer], kind.layer
                )
            )
        stack.append(level)
    return stack


def write_onnx(stack: Stack, kind: Kind) -> list[dict[str, Array]]:
    """Return the inputs W, R and B of a node for each layer."""
    nodes = []
    for directions in stack:
        rows = [_to_rows(maps, LAYOUTS["onnx"].gates[kind.layer], kind.layer) for maps in directions]
        node = {"W": np.stack([each[0] for each in rows]), "R": np.stack([each[1] for each in rows])}
        if len(rows[0]) == 4:
            node["B"] = np.stack([np.concatenate(each[2:]) for each in rows])
        nodes.append(node)
    return nodes


def _from_rows(arrays: Sequence[Any], names: Sequence[str], order: tuple[str, ...], layer: str) -> Maps:
    """Return arrays with a row for each unit of each gate as Keras has them."""
    turned = []
    for name, value in zip(names, arrays, strict=True):
        array = _array(name, value)
        if array.ndim == 0 or len(array) % len(order):
            raise ValueError(f"{name} must have {len(order)}·n rows, for {', '.join(order)}; got shape {array.shape}")
        turned.append(reordered(array, order, GATES[layer], axis=0).T)
    kernel, recurrent_kernel, *biases = turned
    return Maps(kernel, recurrent_kernel, tuple(biases))


def _to_rows(maps: Maps, order: tuple[str, ...], layer: str) -> list[Array]:
    columns = [maps.kernel, maps.recurrent_kernel, *_two(maps.biases)]
    return [np.ascontiguousarray(reordered(array.T, GATES[layer], order, axis=0)) for array in columns]


def _two(biases: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return two biases for one; for none, none."""
    return (biases[0], np.zeros_like(biases[0])) if len(biases) == 1 else biases


def _flat(stack: Stack) -> Iterable[Maps]:
    return (maps for level in stack for maps in level)


def _mapping(name: str, value: Any, example: str) -> None:
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping from names such as {example!r} to arrays, got {_told(value)}")


def _same_names(given: Mapping[str, Any], wanted: Sequence[str]) -> None:
    missing, foreign = (
        [name for name in wanted if name not in given],
        [str(name) for name in given if name not in wanted],
    )
    if missing or foreign:
        faults = [f"without {', '.join(missing)}"] * bool(missing) + [f"with {', '.join(foreign)} besides"] * bool(
            foreign
        )
        raise ValueError(f"arrays must be named {', '.join(wanted)}; got them {' and '.join(faults)}")


READ = {"keras": read_keras, "torch": read_torch, "onnx": read_onnx}
WRITE = {"keras": write_keras, "torch": write_torch, "onnx": write_onnx}
