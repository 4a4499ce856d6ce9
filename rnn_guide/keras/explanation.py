"""What :func:`rnn_guide.keras.explain` found."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from .blocks import Block
from .report import text
from .table import html


@dataclass(frozen=True)
class Row:
    """One weight.

    Attributes:
        path: the names of the layers around it and its own, from the model down.
        shape: its shape.
        formula: the product that gives its count, such as ``64·4·128``; None
            where the layer has no formula here.
        count: its entries.
        trainable: whether training changes it: not if it is frozen, and not if
            it is such as a moving average.
    """

    path: str
    shape: tuple[int, ...]
    formula: str | None
    count: int
    trainable: bool


@dataclass(frozen=True)
class Use:
    """What a layer computes where the model calls it.

    Attributes:
        formula: the multiply–adds of its matrix products each time, such as ``4·(64+128)·128``.
        each: their number.
        unit: what ``each`` is for: a ``step`` of a recurrent layer, a ``position`` of a
            Dense layer or a convolution, an ``index`` of an Embedding, a ``vector`` of
            a normalization, a whole ``call`` of attention.
        times: how many of these there are, in all calls together.
        calls: how often the model calls the layer.
        elementwise: what is done entry by entry each time, by name.
    """

    formula: str
    each: int
    unit: str
    times: int
    calls: int
    elementwise: dict[str, int] = field(hash=False)

    @property
    def multiply_adds(self) -> int:
        """The multiply–adds of all calls."""
        return self.each * self.times


@dataclass(frozen=True)
class Part:
    """A layer that has weights, or will have some, or that multiplies matrices.

    Attributes:
        path: the names of the layers around it and its own, from the model down.
        kind: its class.
        formula: the sum that gives its count, with the sizes in; None where it has no formula here.
        rows: its weights.
        blocks: of a recurrent layer the gates, in the order of their columns.
        same_as: the path of the layer that all its weights are counted with, if another shares them.
        built: whether its weights are there yet.
        uses: what it computes, if that was asked: one for each formula, most often one.
        uncounted: whether the model calls it and there is no formula for what it then computes.
    """

    path: str
    kind: str
    formula: str | None = None
    rows: tuple[Row, ...] = ()
    blocks: tuple[Block, ...] = ()
    same_as: str | None = None
    built: bool = True
    uses: tuple[Use, ...] = ()
    uncounted: bool = False

    @property
    def count(self) -> int:
        """Its parameters; 0 where they are counted with another layer."""
        return sum(row.count for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Its multiply–adds wherever the model calls it; 0 where there is no formula."""
        return sum(use.multiply_adds for use in self.uses)


@dataclass(frozen=True, repr=False)
class Explanation:
    """Every weight of a model. ``str()`` is for a terminal of 80 columns; a notebook shows a table.

    Attributes:
        name: the model's name.
        parts: its layers that have weights, in the order of the model; those that multiply
            matrices without weights as well, if multiply–adds were asked.
        inputs: the shapes of what the model takes, for which multiply–adds were
            counted; empty if they were not.
    """

    name: str
    parts: tuple[Part, ...]
    inputs: tuple[tuple[int, ...], ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every weight, once."""
        return tuple(row for part in self.parts for row in part.rows)

    @property
    def total(self) -> int:
        """What ``model.count_params()`` returns."""
        return sum(row.count for row in self.rows)

    @property
    def trainable(self) -> int:
        """What ``model.summary()`` calls trainable."""
        return sum(row.count for row in self.rows if row.trainable)

    @property
    def non_trainable(self) -> int:
        """What ``model.summary()`` calls non-trainable."""
        return self.total - self.trainable

    @property
    def multiply_adds(self) -> int:
        """The multiply–adds of the matrix products in all parts that have a formula, for these inputs."""
        return sum(part.multiply_adds for part in self.parts)

    @property
    def uncounted(self) -> tuple[str, ...]:
        """The paths of the parts without a formula for what they compute."""
        return tuple(part.path for part in self.parts if part.uncounted)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON has it: dicts, lists, strings, numbers; None for NaN."""
        found: dict[str, Any] = {
            "name": self.name,
            "total": self.total,
            "trainable": self.trainable,
            "non_trainable": self.non_trainable,
        }
        parts = [asdict(part) for part in self.parts]
        if self.inputs:
            found |= {"inputs": self.inputs, "multiply_adds": self.multiply_adds, "uncounted": self.uncounted}
            for part, each in zip(parts, self.parts, strict=True):
                part["multiply_adds"] = None if each.uncounted else each.multiply_adds
        else:
            for part in parts:
                del part["uses"], part["uncounted"]
        plain: dict[str, Any] = _plain({**found, "parts": parts})
        return plain

    def __str__(self) -> str:
        return text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html(self)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
