"""Text whose characters have colours, as HTML that follows the page's theme."""

import html
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .style import PALETTE

# Colour is never alone: weight, slant or a background goes with it where two could be mistaken for one another.
_STYLES = (
    "",
    "color: {ink}",
    "color: {i}; font-weight: 700",
    "color: {c}",
    "color: {quiet}; font-style: italic",
    "color: {o}; font-weight: 700",
    "color: {f}",
)
_WRONG = "text-decoration: underline 2px {o}; text-underline-offset: 3px; background: {muted}"
_BOX = "white-space: pre-wrap; overflow-wrap: anywhere; font: 0.8rem/1.5 ui-monospace, monospace; margin: 1rem 0"
_LEVELS = 5  # of shading; more could not be told apart


class Text:
    """Text as HTML; a notebook shows it inline.

    Args:
        title: what a screen reader calls it.
        markup: the HTML element.

    >>> Text("A word", "<div>word</div>")
    Text('A word')
    """

    def __init__(self, title: str, markup: str) -> None:
        self.title = title
        self._markup = markup

    def __repr__(self) -> str:
        return f"Text({self.title!r})"

    def __str__(self) -> str:
        return self._markup

    def _repr_html_(self) -> str:
        return self._markup


def coloured(text: str, classes: ArrayLike, names: Sequence[str], title: str, truth: ArrayLike | None = None) -> Text:
    """Return text whose characters are coloured by their class, with a key below it.

    Args:
        text: any text.
        classes: for each character the position of its class in ``names``, shape (characters,).
        names: of the classes, at most seven. The first has no style.
        title: what a screen reader calls it.
        truth: the right classes. What differs from them is underlined.

    Raises:
        ValueError: if there are more than seven names, or not one class for each character.

    >>> coloured("if x", [1, 1, 0, 2], ["space", "keyword", "name"], "A condition")
    Text('A condition')
    """
    if len(names) > len(_STYLES):
        raise ValueError(f"names must be at most {len(_STYLES)}, got {len(names)}")
    shown = _fit("classes", classes, text)
    wrong = np.zeros(len(text), bool) if truth is None else shown != _fit("truth", truth, text)
    marks = [_WRONG if off else "" for off in wrong]
    styles = ["; ".join(filter(None, (_STYLES[place], mark))) for place, mark in zip(shown, marks, strict=True)]
    key = " ".join(_span(name, _STYLES[place]) for place, name in enumerate(names) if place)
    if wrong.any():
        key += " " + _span("wrong", _WRONG)
    return _box(text, styles, title, f'<div style="margin-top: 0.5rem">{key}</div>')


def shaded(text: str, values: ArrayLike, title: str) -> Text:
    """Return text with a background behind each character, stronger where its value is larger.

    Args:
        text: any text.
        values: for each character a number, from 0, no background, to 1; shape (characters,).
        title: what a screen reader calls it.

    Raises:
        ValueError: if there is not one value for each character.

    >>> shaded("if x", [0, 0, 0.5, 1], "A unit")
    Text('A unit')
    """
    levels = np.clip(_fit("values", values, text) * _LEVELS, 0, _LEVELS).round().astype(int)
    mixed = "background: color-mix(in srgb, {{f}} {}%, {{paper}})"
    return _box(text, [mixed.format(8 * level) if level else "" for level in levels], title)


def _fit(name: str, values: ArrayLike, text: str) -> NDArray[Any]:
    array = np.asarray(values)
    if array.shape != (len(text),):
        raise ValueError(f"{name} must have shape ({len(text)},), one for each character, got {array.shape}")
    return array


def _span(text: str, style: str) -> str:
    for role, value in PALETTE.items():
        style = style.replace(f"{{{role}}}", f"var(--rnn-{role}, {value.light})")
    return f'<span style="{style}">{html.escape(text)}</span>' if style else html.escape(text)


def _box(text: str, styles: list[str], title: str, key: str = "") -> Text:
    runs = groupby(zip(text, styles, strict=True), key=lambda pair: pair[1])
    inside = "".join(_span("".join(character for character, _ in run), style) for style, run in runs)
    label = html.escape(title, quote=True)
    return Text(title, f'<div class="characters" role="group" aria-label="{label}" style="{_BOX}">{inside}{key}</div>')
