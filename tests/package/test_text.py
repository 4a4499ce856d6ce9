"""Coloured text: every character is there, in the colour of its class."""

import html
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_guide import diagrams
from rnn_guide.diagrams.style import PALETTE

NAMES = ["space", "name", "keyword", "string"]


def shown(text: diagrams.Text) -> ElementTree.Element:
    return ElementTree.fromstring(str(text))


def pieces(text: diagrams.Text) -> list[tuple[str, str]]:
    """Return the styled runs of characters, the key left out."""
    return [(span.get("style", ""), span.text or "") for span in shown(text).findall("span")]


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_no_character_is_lost(text: str) -> None:
    classes = np.arange(len(text)) % 4
    assert "".join(shown(diagrams.shaded(text, classes / 4, "t")).itertext()) == text
    assert "".join(shown(diagrams.coloured(text, classes, NAMES, "t")).itertext()).startswith(text)


def test_a_class_has_its_colour_and_a_run_of_it_one_element() -> None:
    found = pieces(diagrams.coloured("if ab", [2, 2, 0, 1, 1], NAMES, "t"))
    assert [run for _, run in found] == ["if", "ab"]
    assert "--rnn-i" in found[0][0]
    assert "--rnn-ink" in found[1][0]


def test_what_differs_from_the_truth_is_underlined_and_only_that() -> None:
    text = diagrams.coloured("if ab", [2, 2, 0, 2, 1], NAMES, "t", truth=[2, 2, 0, 1, 1])
    assert [run for style, run in pieces(text) if "underline" in style] == ["a"]
    assert "wrong" in str(text)
    assert "wrong" not in str(diagrams.coloured("a", [1], NAMES, "t", truth=[1]))


def test_a_larger_value_has_a_stronger_background() -> None:
    found = pieces(diagrams.shaded("abc", [0, 0.5, 1], "t"))
    strengths = [int(share) for style, _ in found for share in re.findall(r"(\d+)%", style)]
    assert [run for _, run in found] == ["b", "c"]
    assert 0 < strengths[0] < strengths[1] <= 40  # beyond, the text would be hard to read


def test_only_colours_of_the_palette_and_a_name_for_screen_readers() -> None:
    text = diagrams.coloured("a<b", [1, 2, 3], NAMES, 'What "is" <this>')
    assert shown(text).get("aria-label") == 'What "is" <this>'
    assert html.escape("<") in str(text)
    assert set(re.findall(r"--rnn-([\w-]+)", str(text))) <= PALETTE.keys()
    assert "{" not in str(text)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: diagrams.coloured("ab", [1], NAMES, "t"),
            r"classes must have shape \(2,\), one for each character, got",
        ),
        (lambda: diagrams.coloured("a", [1], NAMES, "t", truth=[1, 1]), r"truth must have shape \(1,\)"),
        (lambda: diagrams.coloured("a", [1], NAMES * 2, "t"), "names must be at most 7, got 8"),
        (lambda: diagrams.shaded("ab", 1, "t"), r"values must have shape \(2,\)"),
    ],
)
def test_bad_input_is_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
