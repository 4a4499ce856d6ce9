"""What :func:`rnn_guide.keras.explain` found."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from .blocks import Block
from .report import html, text


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
class Part:
    """A layer that has weights, or will have some.

    Attributes:
        path: the names of the layers around it and its own, from the model down.
        kind: its class.
        formula: the sum that gives its count, with the sizes in; None where it has no formula here.
        rows: its weights.
        blocks: of a recurrent layer the gates, in the order of their columns.
        same_as: the path of the layer that all its weights are counted with, if another shares them.
        built: whether its weights are there yet.
    """

    path: str
    kind: str
    formula: str | None = None
    rows: tuple[Row, ...] = ()
    blocks: tuple[Block, ...] = ()
    same_as: str | None = None
    built: bool = True

    @property
    def count(self) -> int:
        """Its parameters; 0 where they are counted with another layer."""
        return sum(row.count for row in self.rows)


@dataclass(frozen=True, repr=False)
class Explanation:
    """Every weight of a model. ``str()`` is for a terminal of 80 columns; a notebook shows a table.

    Attributes:
        name: the model's name.
        parts: its layers that have weights, in the order of the model.
    """

    name: str
    parts: tuple[Part, ...]

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

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON has it: dicts, lists, strings, numbers; None for NaN."""
        totals = {"total": self.total, "trainable": self.trainable, "non_trainable": self.non_trainable}
        plain: dict[str, Any] = _plain({"name": self.name, **totals, "parts": [asdict(part) for part in self.parts]})
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
