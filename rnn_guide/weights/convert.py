"""From one framework's arrays to another's."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np  # noqa: F401  (the doctest's)

from ..cells import Array
from .forms import READ, WRITE, Kind
from .layouts import GATES, LAYOUTS, Maps


def convert(
    arrays: Any,
    layer: str,
    source: str,
    target: str,
    *,
    bidirectional: bool = False,
    use_bias: bool = True,
    reset_after: bool = True,
) -> Any:
    """Return the weights of a recurrent layer, or of a stack of them, as another framework keeps them.

    The forms are what the frameworks take and give themselves:

    - ``"keras"``: the list of ``layer.get_weights()``: kernel, recurrent kernel
      and bias; of a ``Bidirectional`` layer the forward layer's and then the backward
      layer's; of a stack the lists of all layers, one after the other.
    - ``"torch"``: a mapping such as ``module.state_dict()``, from ``weight_ih_l0``
      and so on to arrays. What NumPy makes arrays of may stand there, such as
      tensors of PyTorch.
    - ``"onnx"``: a list of mappings, one for each node of the stack, from ``"W"``,
      ``"R"`` and ``"B"`` to arrays. One mapping alone is taken as one node.

    Two biases that are added to each other, which PyTorch and ONNX keep and Keras
    does not, become one: their sum. The layer computes the same; trained further, the
    one bias moves half as far in a step of gradient descent as the two together. One
    that becomes two stands with the input's kernel, beside zeros.

    Args:
        arrays: the weights in the source's form.
        layer: ``"simple_rnn"``, ``"lstm"`` or ``"gru"``.
        source: the framework they come from, ``"keras"``, ``"torch"`` or ``"onnx"``.
        target: the framework they go to.
        bidirectional: whether the layers run in both directions.
        use_bias: whether they have biases.
        reset_after: of a GRU, whether its reset gate acts after the matrix
            product: Keras's ``reset_after``, ONNX's ``linear_before_reset``. PyTorch's
            always does.

    Returns:
        The weights in the target's form, in the dtype they came in.

    Raises:
        TypeError: if an argument is of another type.
        ValueError: if the arrays do not fit the layer or each other, or hold
            what the target cannot: a GRU whose reset gate acts before the product
            (PyTorch), a projection, peepholes.

    Source: ``LAYOUTS``, and the documentation named there.

    A kernel of Keras has a column for each unit of each gate, in the order z, r, h;
    PyTorch has rows, in the order r, z, h:

    >>> kernel, recurrent_kernel = np.array([[1.0, 2.0, 3.0]]), np.array([[4.0, 5.0, 6.0]])
    >>> state = convert([kernel, recurrent_kernel], "gru", "keras", "torch", use_bias=False)
    >>> state["weight_ih_l0"].ravel().tolist(), state["weight_hh_l0"].ravel().tolist()
    ([2.0, 1.0, 3.0], [5.0, 4.0, 6.0])
    """
    _choice("layer", layer, GATES)
    _choice("source", source, LAYOUTS)
    _choice("target", target, LAYOUTS)
    for name, value in (("bidirectional", bidirectional), ("use_bias", use_bias), ("reset_after", reset_after)):
        if not isinstance(value, bool):
            raise TypeError(f"{name} must be True or False, got {value!r}")
    reset = "after" if reset_after else "before"
    for framework in (source, target):
        if layer == "gru" and reset not in LAYOUTS[framework].resets:
            raise ValueError(
                f"reset_after must be True for {framework!r}, got False: its GRU multiplies first and resets after, "
                "which no choice of weights turns into the other form"
            )
    kind = Kind(layer, 2 if bidirectional else 1, use_bias, reset_after)
    stack = READ[source](arrays, kind)
    _check(stack, kind, joins="torch" in (source, target))
    return WRITE[target](stack, kind)


def _choice(name: str, value: Any, choices: Mapping[str, Any]) -> None:
    if not isinstance(value, str) or value not in choices:
        known = ", ".join(repr(each) for each in choices)
        raise (ValueError if isinstance(value, str) else TypeError)(f"{name} must be one of {known}; got {value!r}")


def _check(stack: Sequence[Sequence[Maps]], kind: Kind, *, joins: bool) -> None:
    """Say which array has another shape than its layer asks for."""
    columns = len(GATES[kind.layer])
    below = 0
    for level, directions in enumerate(stack):
        units, features = (_rows(array) for array in (directions[0].recurrent_kernel, directions[0].kernel))
        width = (columns * units,)
        for maps in directions:
            wanted: list[tuple[str, Any, tuple[int, ...]]] = [
                ("recurrent kernel", maps.recurrent_kernel, (units, *width))
            ]
            wanted += [("kernel", maps.kernel, (features, *width))]
            for name, array, shape in [*wanted, *(("bias", bias, width) for bias in maps.biases)]:
                if array.shape != shape:
                    raise ValueError(
                        f"arrays must fit a {kind.layer} of {units} units on {features} features: "
                        f"the {name} of layer {level} must have, as Keras has it, shape {shape}; got {array.shape}"
                    )
        if below and joins and features != kind.directions * below:
            raise ValueError(
                "arrays must be of a stack, as PyTorch's are, that joins its directions: "
                f"layer {level} must read {kind.directions * below} features, got {features}"
            )
        below = units


def _rows(array: Array) -> int:
    return len(array) if array.ndim else 0
