"""Visible code uses what visible code or the text has introduced, and names a record's columns before it takes them."""

from pathlib import Path

import pytest

from book import DOCS, PAGES
from reading.columns import unnamed
from reading.visible import mentioned, unseen

page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def cell(code: str, tag: str = "") -> str:
    return f"```{{code-cell}}\n{f':tags: [{tag}]' if tag else ''}\n{code}\n```\n\n"


def named(text: str) -> list[tuple[str, int]]:
    return [tuple(use) for use in unseen(text)]


@page
def test_visible_code_uses_names_that_the_reader_has_seen(path: Path) -> None:
    found = [f"docs/{path.relative_to(DOCS)}:{use.line}: {use.name}" for use in unseen(path.read_text("utf-8"))]
    if found:
        pytest.fail("only a hidden cell binds, and no text above has in backticks:\n" + "\n".join(found), pytrace=False)


@page
def test_columns_of_a_record_are_named_before_they_are_taken(path: Path) -> None:
    found = [f"docs/{path.relative_to(DOCS)}:{use.line}: {use.name}" for use in unnamed(path.read_text("utf-8"))]
    if found:
        pytest.fail("which figure is that? Unpack the columns, or name them:\n" + "\n".join(found), pytrace=False)


@pytest.mark.parametrize(
    "hidden", ["note = 1", "def note():\n    pass", "for note in range(3):\n    pass", "import os as note"]
)
@pytest.mark.parametrize("tag", ["hide-input", "remove-input", "remove-cell", "hide-input, other"])
def test_a_name_from_a_hidden_cell_is_found(hidden: str, tag: str) -> None:
    text = "# Title\n\nSee $note$ and {py:func}`note`.\n\n"
    page = text + cell(hidden, tag) + cell("x = 1\nprint(note, x)")
    assert [name for name, _ in named(page)] == ["note"]
    assert page.splitlines()[named(page)[0][1] - 1] == "print(note, x)"


def test_the_text_above_may_introduce_it() -> None:
    hidden, use = cell("note = print", "hide-input"), cell("note(1)")
    assert named(f"{hidden}`note` prints.\n\n{use}") == []
    assert named(f"The function `note(update)` prints.\n\n{hidden}{use}") == []
    assert named(f"{hidden}{use}`note` prints.\n\n") == [("note", 8)]


def test_a_hidden_cell_that_binds_a_name_anew_takes_it_from_the_reader() -> None:
    seen, hidden, use = cell("x = 1"), cell("x = 2", "hide-input"), cell("print(x)")
    assert [name for name, _ in named(seen + hidden + use)] == ["x"]
    assert named(seen + hidden + seen + use) == []
    again = cell("import numpy as np", "hide-input")
    assert named(cell("import numpy as np") + again + cell("print(np.pi)")) == []


def test_options_may_be_a_block() -> None:
    hidden = "```{code-cell} ipython3\n---\ntags:\n  - hide-input\n---\nx = 1\n```\n\n"
    assert named(hidden + cell("print(x)")) == [("x", 11)]


def test_output_that_is_hidden_hides_no_code() -> None:
    assert named(cell("x = 1", "hide-output") + cell("print(x)")) == []


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("%matplotlib inline\nprint(a)", "a"),
        ("a = a", "a"),
        ("a += 1", "a"),
        ("a[0] = 1", "a"),
        ("print(a)\na = 1", "a"),
        ("for i in a:\n    b = i\nprint(b, i)", "a"),
        ("print([i * a for i in range(3)], i)", "a i"),
        ("print({k: v for k, v in {}.items() if k}, (b := 2), b)", ""),
        ("f = lambda x, y=a: x + y + b", "a b"),
        ("def f(x, *y, z=a, **w):\n    q = x\n    return q, y, z, w, b\nb = 1", "a"),
        ("def f():\n    def g():\n        return a, h\n    h = 1\n    return g", "a"),
        ("class A(a):\n    b = 1\n    def f(self):\n        return self.b, c", "a c"),
        ("try:\n    a\nexcept ValueError as error:\n    print(error)\nfinally:\n    b = 1\nprint(b)", "a"),
        ("with open(a) as f, open('x'):\n    print(f)", "a"),
        ("import os.path, numpy as np\nfrom os import sep as s\nprint(os, np, s)", ""),
        ("a = b = 1\n(c, *d), e = [1, 2], 3\nprint(a, b, c, d, e)", ""),
        ("a = 1\ndel a\nprint(a)", "a"),
        ("if (n := 3) > 2:\n    m = n\nelse:\n    m = a\nwhile m:\n    m -= 1", "a"),
        ("print(f'{a:{b}} {len(c)}')", "a b c"),
        ("assert a, b", "a b"),
    ],
)
def test_free_names_are_found_as_python_finds_them(code: str, names: str) -> None:
    assert {name for name, _ in named(cell(code))} == set(names.split())


@pytest.mark.parametrize("code", ["from numpy import *", "match 1:\n    case x:\n        pass"])
def test_what_would_hide_a_name_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=r"\*|Match"):
        unseen(cell(code))


def test_only_names_in_backticks_are_mentioned() -> None:
    text = "`a`, `b[0]`, `c(x, y)`, `units=1`, `tests/d.py`, `x @ W`, `e.f`, {eq}`g`, $h$, ``i``"
    assert mentioned(text) == {"a", "b", "c"}


ROWS = 'rows = np.array([run["rows"] for run in runs])\n'


@pytest.mark.parametrize(
    "code",
    [
        "rows[:, 3]",
        "rows[:, [0, 1, 2, 4], 3]",
        "rows[:, 0, [1, 2]]",
        "ends = rows[:, -1]\nends[:, 1] > 1 / 12",
        "for row in rows:\n    print(row[:, 2])",
        "[row[:, 2] for row in rows]",
        'run["rows"][-1][5]',
        'np.array(run["rows"])[:, 1]',
        "def last(n):\n    return rows[n]\nlast(1)[:, 4]",
        "@cache\ndef ends(n):\n    found = rows[n]\n    return found\nends(1)[:, 4]",
        '_, _, _, _, _, mean, largest = run["rows"][-1]',
        "_, _, _, x = y",
        "for n, (_, _, _, x) in y:\n    pass",
    ],
)
def test_a_column_by_number_is_found(code: str) -> None:
    assert len(unnamed(cell(ROWS + code))) == 1
    assert unnamed(cell(ROWS + code, "hide-input")) == []


@pytest.mark.parametrize(
    "code",
    [
        "x[:, t] + h[:, -1] + h[:, 1]",
        "b[0], b[1], weights[1]",
        "W[:, block], W[:, :128], windows[:, 7], layer.get_weights()[1][:, 3]",
        "norms[50] / norms[0]",
        'run["last"][50], np.array([run["first"] for run in runs])[:, 50]',
        'update, loss, length, left, *gates = np.array(run["rows"]).T',
        'rows[:, columns.index("mse")], rows[..., LOSS]',
        'rows[3], run["rows"][2], rows[:, 0], rows[0, :, :]',
        "_, h, _ = state",
        "_, (_, d_c), (_, d_U, _) = lstm_step_backward(*given)",
        "rows = 0 * x\nrows[:, 3]",
    ],
)
def test_an_honest_index_passes(code: str) -> None:
    assert unnamed(cell(ROWS + code)) == []
