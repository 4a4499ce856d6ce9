"""From a model to its weights, layer by layer."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import keras

from .blocks import blocks_of
from .explanation import Explanation, Part, Row
from .formulas import count_of


def explain(model: keras.Layer, *, statistics: bool = False) -> Explanation:
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

    Returns:
        A row for each weight, in layers. Its ``total``, ``trainable`` and
        ``non_trainable`` are those of ``model.summary()``: the states of an optimizer
        and of generators of random numbers are no parameters.

    Raises:
        TypeError: if ``model`` is no model and no layer of Keras, or
            ``statistics`` not a bool.
        ValueError: if the model has no weights yet.

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
    return Explanation(model.name, parts)


class _Walk:
    """One way through a model, which remembers the weights that it has passed."""

    def __init__(self, model: keras.Layer, statistics: bool) -> None:
        self.trainable = {id(variable) for variable in model.trainable_weights}
        self.statistics = statistics
        self.passed: dict[int, str] = {}  # the layer that each weight is counted with

    def parts(self, layer: Any, path: str) -> Iterator[Part]:
        """Yield a layer that has weights of its own or a formula, and the layers in it otherwise."""
        here, kind, inner = path or layer.name, type(layer).__name__, _inner(layer)
        if not layer.weights and not layer.built and (inner or type(layer).build is not keras.Layer.build):
            yield Part(here, kind, built=False)
        elif layer.weights and all(id(variable) in self.passed for variable in layer.weights):
            yield Part(here, kind, same_as=self.passed[id(layer.weights[0])])
        elif (part := self.counted(layer, here)) is not None:
            yield part
        else:
            within = {id(variable) for each in inner for variable in each.weights}
            own = [variable for variable in layer.weights if id(variable) not in within | set(self.passed)]
            if own:
                yield Part(here, kind, rows=self.rows(own, _distinct([variable.name for variable in own]), here))
            for name, each in zip(_distinct([each.name for each in inner]), inner, strict=True):
                yield from self.parts(each, f"{path}/{name}" if path else name)

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
