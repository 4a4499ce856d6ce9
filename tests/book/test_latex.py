"""Equations are read as they are written, and what is not understood is refused."""

from typing import Any

import numpy as np
import pytest

from equations.displays import displays, overlooked
from equations.evaluate import assign, evaluate
from equations.latex import UnreadableError, canonical, equations

ROW, OTHER, SQUARE = np.array([[1.0, -2.0]]), np.array([[3.0, 0.5]]), np.array([[1.0, 2.0], [3.0, 4.0]])
VALUES = {"x_t": ROW, "h_{t-1}": OTHER, "W": SQUARE, "U": SQUARE.T, "z": OTHER, "k": 2.0, r"\theta": 5.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"x_t W + h_{t-1}\, U", ROW @ SQUARE + OTHER @ SQUARE.T),
        (r"x_t \odot z W", ROW * (OTHER @ SQUARE)),
        (r"(x_t \odot z)\, W^\top", (ROW * OTHER) @ SQUARE.T),
        (r"1 - z - z \odot z", 1 - OTHER - OTHER * OTHER),
        (r"\tanh^2 x_t - x_t^2", np.tanh(ROW) ** 2 - ROW**2),
        (r"\sigma'(z)", 1 / (2 + np.exp(OTHER) + np.exp(-OTHER))),
        (r"[\,x_t,\ z\,]", np.concatenate([ROW, OTHER], axis=1)),
        (r"\left(2\,\theta\right)^k\; \|x_t\|", 100 * np.sqrt(5)),
        (r"z \cdot \min\bigl(1, \frac{k}{\|z\|}\bigr)", 2 * OTHER / np.sqrt(9.25)),
        (r"x_t^\top\, z", ROW.T @ OTHER),
    ],
)
def test_an_expression_is_read_as_on_paper(text: str, value: Any) -> None:
    (equation,) = equations(text)
    np.testing.assert_allclose(evaluate(equation.right, VALUES), value, rtol=1e-14)


def test_lines_are_joined_and_values_assigned() -> None:
    text = "\\begin{aligned}\n[\\,i,\\ f\\,] = {}&x_t W \\\\\n&\\odot z \\\\\ndc_t &\\mathrel{+}= z\n\\end{aligned}\\,."
    values: dict[str, Any] = VALUES | {"dc_t": ROW}
    for equation in equations(text):
        assign(equation, values)
    product = ROW @ SQUARE * OTHER
    assert (values["i"], values["f"]) == (product[0, 0], product[0, 1])
    np.testing.assert_array_equal(values["dc_t"], ROW + OTHER)


@pytest.mark.parametrize(
    ("one_way", "another"), [(r"\tilde{c}", r"\tilde c"), ("h_{t}", "h_t"), ("b_h'", "b'_h"), ("h_{t - 1}", "h_{t-1}")]
)
def test_a_name_may_be_written_in_several_ways(one_way: str, another: str) -> None:
    assert canonical(one_way) == another


@pytest.mark.parametrize(
    "text",
    [
        r"x_t * W",  # no sign of the grammar
        r"\text{gate} + z",
        r"\sqrt{z}",
        r"\sigma z",  # a function without brackets
        r"\tanh x_t W",  # where does the argument end?
        r"\tanh x_t^2",
        r"\tanh(x_t, z)",
        r"x_t \odot",
        r"(x_t + z",
        r"x_t + z)",
        r"h_t = z = x_t",
        r"\|x_t, z\|",
        r"\frac{1, 2}{k}",
        r"-z",  # not needed so far
        r"x_t z",  # two rows: entry by entry, or a sum?
        r"x_t \odot k",
        r"x_t \cdot z",
        r"x_t + W",
        r"W^2",  # of a matrix: entry by entry, or W W?
        r"z^z",
        r"k^\top",
        r"k^23",  # TeX sets it as k² 3
        r"h_t + z",  # nobody gave h_t a value
        r"d z",  # a derivative is dz, without a space
        "z \\\\ + x_t",  # a line of its own that starts with a sign
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        [evaluate(equation.right, VALUES) for equation in equations(text)]


@pytest.mark.parametrize("text", [r"x_t + z", r"x_t + z = z", r"dh_t \mathrel{+}= z", r"z \le x_t"])
def test_only_an_assignment_to_a_name_is_carried_out(text: str) -> None:
    with pytest.raises(UnreadableError):
        assign(equations(text)[0], dict(VALUES))


def test_displays_are_found_in_every_way_of_writing_them() -> None:
    code = "```{code-cell}\n$$\nx\n$$ (no)\n```\n\n"
    page = f"{code}$$\na\n$$ (first)\n\n$$b$$ (second)\n\n```{{math}}\n:label: third\nc\n```\n\n$$\nd\n$$\n"
    assert displays(page) == [("first", "a", 7), ("second", "b", 11), ("third", "c", 13), ("", "d", 18)]
    assert overlooked(page) == []


@pytest.mark.parametrize("text", ["- $$x$$", "> ```{math}\n> x", "\\begin{align}\nx\n\\end{align}", "$$\nx $$ and"])
def test_a_display_written_otherwise_is_noticed(text: str) -> None:
    assert displays(text) == []
    assert len(overlooked(text)) >= 1
