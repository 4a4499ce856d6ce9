"""Which layers a model calls, how often, and on what shapes."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import signature
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from keras import layers, tree

from .report import plain

LONGEST = 200
Shape = tuple[int, ...]


class Call(NamedTuple):
    """One call of a layer or of an operation.

    Attributes:
        layer: the layer, or the operation.
        inputs: the shapes of what it took, by name.
        outputs: the shapes of what it gave.
        times: how often it is called like this; None inside of a loop or a branch of the graph.
    """

    layer: Any
    inputs: dict[str, list[Shape]]
    outputs: list[Shape]
    times: int | None

    @property
    def first(self) -> Shape:
        """The shape of its first input."""
        return next(iter(self.inputs.values()))[0]


def inputs_of(model: keras.Layer, steps: int) -> Any:
    """Return what a model takes: one sequence, and ``steps`` for each length that it leaves open.

    Raises:
        ValueError: if the model does not know what it takes.
    """

    def closed(shape: Any) -> Shape:
        return tuple(steps if length is None else int(length) for length in (shape[0] or 1, *shape[1:]))

    if isinstance(model, keras.Model) and getattr(model, "inputs", None):
        taken = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
        return (tree.map_structure(lambda each: keras.KerasTensor(closed(each.shape), each.dtype), taken),), {}
    config = model.get_build_config() or {}
    if "input_shape" in config and config["input_shape"] is not None:
        first = tree.map_shape_structure(
            lambda shape: keras.KerasTensor((1, *closed(shape)[1:])), config["input_shape"]
        )
        return (first,), {}
    if "shapes_dict" in config:
        given = {name.removesuffix("_shape"): shape for name, shape in config["shapes_dict"].items() if shape}
        return (), {name: keras.KerasTensor((1, *closed(shape)[1:])) for name, shape in given.items()}
    raise ValueError(f"model must know what it takes, {model.name!r} does not: call model.build(input_shape)")


def calls_of(model: keras.Layer, given: Any, is_whole: Callable[[Any], bool]) -> list[Call]:
    """Return every call that a model makes, in order, without computing anything.

    Args:
        model: the model.
        given: what :func:`inputs_of` returns.
        is_whole: whether what a layer calls inside of it is of no interest.

    Raises:
        ValueError: in one line, if the model cannot be called on these shapes.
    """
    calls: list[Call] = []
    args, kwargs = given
    try:
        _follow(model, args, kwargs, 1, is_whole, calls)
    except Exception as error:  # a model can raise anything
        said = re.findall(r"\x1b\[1m(.*?)\x1b\[0m", str(error), re.DOTALL)  # Keras puts more around it
        words = plain(" ".join((said[-1] if said else str(error)).split()))[:LONGEST]
        raise ValueError(f"model cannot be called on {shapes_of(given)}: {words}") from error
    return calls


def _follow(
    model: Any, args: Any, kwargs: Any, times: int | None, is_whole: Callable[[Any], bool], calls: list[Call]
) -> None:
    """Add the calls of a layer, and of what it calls at each time step."""
    found: list[Call] = []
    with _listening(found, times, is_whole):
        _Trace(model).symbolic_call(*args, **kwargs)
    for call in found:
        calls.append(call)
        if not is_loop(call.layer):
            continue
        batch, length, *features = call.first
        again = None if call.times is None else call.times * length
        step = keras.KerasTensor((batch, *features))
        if isinstance(call.layer, layers.TimeDistributed):
            _follow(call.layer.layer, (step,), {}, again, is_whole, calls)
        else:
            _follow(_Step(call.layer), (step,), {}, again, is_whole, calls)


def is_loop(layer: Any) -> bool:
    """Return whether a layer of Keras calls another one at each time step."""
    return type(layer).call in (layers.TimeDistributed.call, layers.RNN.call)


class _Trace(keras.Operation):  # type: ignore[misc]
    """An operation that calls a layer: Keras follows its call with shapes alone."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self.layer(*args, **kwargs)


class _Step:
    """One time step of an RNN: its cell on a first state."""

    def __init__(self, rnn: Any) -> None:
        self.rnn = rnn

    def __call__(self, x: Any) -> Any:
        return self.rnn.cell(x, self.rnn.get_initial_state(x.shape[0]))


@contextmanager
def _listening(calls: list[Call], times: int | None, is_whole: Callable[[Any], bool]) -> Iterator[None]:
    """Note every call of a layer or an operation, but not those inside of a layer that is taken as a whole."""
    call, vectorized_map = keras.Operation.__call__, tf.vectorized_map
    inside, mapped, graphs = False, False, []

    def heard(layer: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal inside
        if inside:
            return call(layer, *args, **kwargs)
        graphs.append(tf.compat.v1.get_default_graph())  # that of a loop or a branch is another one
        known = None if mapped or graphs[-1] is not graphs[0] else times
        place, inside = len(calls), is_whole(layer) or is_loop(layer)
        try:
            outputs = call(layer, *args, **kwargs)
        finally:
            inside = False
        given = signature(layer.call).bind(*args, **kwargs).arguments
        named = {name: shapes for name, each in given.items() if (shapes := shapes_of(each))}
        calls.insert(place, Call(layer, named, shapes_of(outputs), known))
        return outputs

    def map_heard(*args: Any, **kwargs: Any) -> Any:
        nonlocal mapped
        before, mapped = mapped, True
        try:
            return vectorized_map(*args, **kwargs)
        finally:
            mapped = before

    keras.Operation.__call__, tf.vectorized_map = heard, map_heard
    try:
        yield
    finally:
        keras.Operation.__call__, tf.vectorized_map = call, vectorized_map


def shapes_of(value: Any) -> list[Shape]:
    """Return the shapes of all tensors in a value."""
    return [tuple(each.shape) for each in tree.flatten(value) if hasattr(each, "shape")]
