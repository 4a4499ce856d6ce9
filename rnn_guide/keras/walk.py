"""From a model to its weights, layer by layer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import keras

from ..params.arguments import _integer
from .blocks import blocks_of
from .calls import Call, calls_of, inputs_of, shapes_of
from .explanation import Explanation, Part, Row, Use
from .formulas import count_of
from .work import is_free, is_known, work_of


def explain(model: keras.Layer, *, statistics: bool = False, steps: int | None = None) -> Explanation:
    """Return every weight of a model: where it is, its shape, and the formula that gives its count.

    A layer without a formula, such as one of your own, is listed with its shapes
    and the words "no formula here". A formula is shown only where it gives the
    very shapes that the layer has. A layer that is used twice is counted once.

    Args:
        model: any model of Keras, or a layer; built.
        statistics: whether to measure each gate of the recurrent layers, too:
            the norm and the largest singular value of its block of each kernel, the
            share of its biases beyond 2 or -2. No number of them has a unit; for their
            definitions see :class:`Statistics`.
        steps: time steps of a sequence for which to count multiply–adds, too. Each length
            that the model leaves open gets this value, lengths that it fixes stay, and the
            explanation says for which shape it counts. The model is called on shapes alone:
            nothing is computed, and it stays as it is. A layer that is called twice
            is counted twice here. Windows of a convolution are counted whole where they reach over
            the border.

    Returns:
        A row for each weight, in layers. Its ``total``, ``trainable`` and
        ``non_trainable`` are those of ``model.summary()``: the states of an optimizer
        and of generators of random numbers are no parameters.

    Raises:
        TypeError: if ``model`` is no model and no layer of Keras, or
            ``statistics`` not a bool, or ``steps`` not an int.
        ValueError: if the model has no weights yet, ``steps`` is below 1, or the model
            cannot be called on such a sequence.

    Source: :mod:`rnn_guide.params`, whose formulas these are.

    >>> model = keras.Sequential([keras.Input((None, 64)), keras.layers.GRU(128, name="gru")], name="small")
    >>> explain(model)
    small
    <BLANKLINE>
    gru  GRU  3·((64+128)·128+2·128) = 74,496
      kernel            (64, 384)   64·3·128   24,576
      recurrent_kernel  (128, 384)  128·3·128  49,152
      bias              (2, 384)    2·3·128       768
      columns           z 0:128, r 128:256, h 256:384
    <BLANKLINE>
    trainable      74,496
    non-trainable       0
    total          74,496
    >>> print(str(explain(model, steps=10)).split("h 256:384")[1])
    <BLANKLINE>
      multiply-adds     3·(64+128)·128 = 73,728 a step, 737,280 in 10 steps
      element-wise      1,408 sums, 384 products, 384 activations a step
    <BLANKLINE>
    trainable      74,496
    non-trainable       0
    total          74,496
    <BLANKLINE>
    multiply-adds  737,280 for an input of shape (1, 10, 64)
    """
    if not isinstance(model, keras.Layer):
        raise TypeError(f"model must be a model or a layer of Keras, got {type(model).__name__}")
    if not isinstance(statistics, bool):
        raise TypeError(f"statistics must be True or False, got {statistics!r}")
    parts = tuple(_Walk(model, statistics).parts(model, "")) if model.built else ()
    if not model.built or (any(not part.built for part in parts) and not model.weights):
        raise ValueError(
            f"model must be built, {model.name!r} has no weights yet: "
            "call model.build(input_shape), or call the model once on what it takes"
        )
    if steps is None:
        return Explanation(model.name, parts)
    given = inputs_of(model, _integer("steps", steps))
    walk = _Walk(model, statistics, calls_of(model, given, is_known))
    return Explanation(model.name, (*walk.parts(model, ""), *walk.left()), tuple(shapes_of(given)))


class _Walk:
    """One way through a model, which remembers the weights and the calls that it has passed."""

    def __init__(self, model: keras.Layer, statistics: bool, calls: Iterable[Call] = ()) -> None:
        self.trainable = {id(variable) for variable in model.trainable_weights}
        self.statistics = statistics
        self.passed: dict[int, str] = {}  # the layer that each weight is counted with
        self.calls: dict[int, list[Call]] = {}
        for call in calls:
            self.calls.setdefault(id(call.layer), []).append(call)

    def parts(self, layer: Any, path: str) -> Iterator[Part]:
        """Yield a layer that has weights of its own or a formula, and the layers in it otherwise."""
        here, kind, inner = path or layer.name, type(layer).__name__, _inner(layer)
        if not layer.weights and not layer.built and (inner or type(layer).build is not keras.Layer.build):
            yield Part(here, kind, built=False)
        elif layer.weights and all(id(variable) in self.passed for variable in layer.weights):
            yield self.used(Part(here, kind, same_as=self.passed[id(layer.weights[0])]), layer)
        elif (part := self.counted(layer, here)) is not None:
            yield self.used(part, layer)
        else:
            within = {id(variable) for each in inner for variable in each.weights}
            own = [variable for variable in layer.weights if id(variable) not in within | set(self.passed)]
            rows = self.rows(own, _distinct([variable.name for variable in own]), here)
            part = self.used(Part(here, kind, rows=rows), layer)
            if own or part.multiply_adds or part.uncounted:
                yield part
            for name, each in zip(_distinct([each.name for each in inner]), inner, strict=True):
                yield from self.parts(each, f"{path}/{name}" if path else name)

    def used(self, part: Part, layer: Any) -> Part:
        """Return the part with what its layer computes wherever the model calls it."""
        calls = self.calls.pop(id(layer), [])
        if not calls or (is_free(layer) and part.formula is None):
            return part
        found: dict[tuple[str, str], Use] = {}
        for call in calls:
            computed = work_of(call)
            if computed is None:
                return replace(part, uncounted=True)
            work, unit, times = computed
            before = found.get((work.numbers, unit))
            times, count = (times + before.times, before.calls + 1) if before else (times, 1)
            found[work.numbers, unit] = Use(work.numbers, int(work), unit, times, count, work.elementwise)
        return replace(part, uses=tuple(found.values()))

    def left(self) -> Iterator[Part]:
        """Yield what is called and was not passed: operations, and layers that only a shared model has."""
        for layer in [calls[0].layer for calls in self.calls.values()]:
            part = self.used(Part(layer.name, type(layer).__name__), layer)
            if part.multiply_adds or part.uncounted:
                yield part

    def counted(self, layer: Any, path: str) -> Part | None:
        """Return a layer with its formula, or None if it has none or shares some of its weights."""
        count = count_of(layer)
        if count is None or any(id(variable) in self.passed for variable in layer.weights):
            return None
        names = [weight.name for weight in count.weights]
        rows = self.rows(layer.weights, names, path, [weight.numbers for weight in count.weights])
        blocks = blocks_of(count, dict(zip(names, layer.weights, strict=True)), statistics=self.statistics)
        return Part(path, type(layer).__name__, count.numbers, rows, blocks)

    def rows(
        self, variables: list[Any], names: Iterable[str], path: str, formulas: Sequence[str | None] | None = None
    ) -> tuple[Row, ...]:
        """Return the rows of weights, which count as passed from now on."""
        rows = []
        for variable, name, formula in zip(variables, names, formulas or [None] * len(variables), strict=True):
            self.passed[id(variable)] = path
            shape = tuple(int(length) for length in variable.shape)
            size = 1
            for length in shape:
                size *= length
            rows.append(Row(f"{path}/{name}", shape, formula, size, id(variable) in self.trainable))
        return tuple(rows)


def _inner(layer: Any) -> list[Any]:
    """Return the layers right inside of a layer."""
    inner: list[Any] = layer._flatten_layers(include_self=False, recursive=False)
    return inner


def _distinct(names: Iterable[str]) -> list[str]:
    """Number the names that are there already: Keras lets siblings have the same."""
    distinct: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in distinct:
            number += 1
            candidate = f"{name} ({number})"
        distinct.append(candidate)
    return distinct
