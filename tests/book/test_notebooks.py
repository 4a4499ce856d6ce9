"""What a reader takes away from a page is clean Markdown, and a notebook that runs in an empty folder."""

import json
import os
import re
import subprocess
import sysconfig
import venv
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat import NotebookNode
from sphinx.errors import ExtensionError

from book import DOCS, HEAD, PAGES, ROOT, build, write_small_book
from rnn_book.copies import notebook

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n((?::[^\n]*\n)*)", re.M)
RAW = re.compile(r"\{[\w:+-]+\}`|^[\s>]*(?:```+|~~~+|:::+) ?\{|^[\s>]*:::|^[\s>]*:[\w-]+: |^[\s>]*\([\w-]+\)=$", re.M)
NAMES = [path.relative_to(DOCS).with_suffix("").as_posix() for path in PAGES]
NOTEBOOKS = [name for name in NAMES if CELL.search((DOCS / f"{name}.md").read_text("utf-8"))]
RUN = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[1])
"""
PAGE = f"""{HEAD}# A *small* page

Read {{cite:t}}`elman1990`, [](other.md), [a site](https://example.org/_(b)) or {{eq}}`small-sum`.

1. 2 * 3 < 7_000 is *true*,
2. $x_1$, which is **one**, `a|b` is code.

```{{math}}
:label: small-sum
a + b
```

| left | right |
|:---|---:|
| `a\\|b` | 1.50 |
| $x$ | [](other.md#below) |

:::{{note}}
Mind

- one
- two

  and more
:::

term
: its meaning

:::{{margin}}
An aside.
:::

![an arrow](arrow.png)

```{{exercise}} Add
:label: small-add

What is 1 + 1?
```

````{{solution-start}} small-add
:class: dropdown
````

```{{code-cell}}
:tags: [hide-input]
print(1 + 1)
1 + 2
```

````{{solution-end}}
````

```{{code-cell}}
:tags: [remove-cell]
hidden = True
```
"""
TEXT = """# A *small* page

Read Elman [[1990](#id3)], [Another page](other.md), [a site](<https://example.org/_(b)>) or [(1)](#equation-small-sum).

1. 2 \\* 3 < 7_000 is *true*,
2. $x_1$, which is **one**, `a|b` is code.

<a id="equation-small-sum"></a>

$$
a + b \\tag{1}
$$

| left | right |
| :-- | --: |
| `a\\|b` | 1.50 |
| $x$ | [Below](other.md#below) |

> **Note**
>
> Mind
>
> - one
>
> - two
>
>   and more

- **term**: its meaning

> An aside.

![an arrow](_images/arrow.png)

<a id="small-add"></a>**Exercise 1 (Add).**

What is 1 + 1?

<a id="page-solution-1"></a>**Solution**

```python
print(1 + 1)
1 + 2
```

```text
2
3
```
"""


def read(path: Path) -> NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def raw(markdown: str) -> list[str]:
    """Return the MyST that stands outside of code."""
    return RAW.findall(re.sub(r"^([ >]*)(```+)\w*\n.*?^\1\2$", "", markdown, flags=re.M | re.S))


@pytest.mark.parametrize("name", NAMES)
def test_no_copy_holds_raw_myst(name: str, book: Path) -> None:
    text = (book / f"{name}.md").read_text("utf-8")
    assert raw(text) == []
    assert re.findall(r"^- (?:<a [^>]*></a>)?$", text, re.M) == [], "an entry has lost its text"
    assert (book / f"{name}.ipynb").exists() == (name in NOTEBOOKS)
    if name in NOTEBOOKS:
        for cell in read(book / f"{name}.ipynb").cells:
            assert (raw(cell.source) if cell.cell_type == "markdown" else RAW.findall(cell.source)) == []


def test_the_source_of_every_chapter_would_not_pass() -> None:
    for path in PAGES:
        text = path.read_text("utf-8").split("---\n", 2)[-1]
        assert raw(text) or "{" not in text, path
    for sample in ("{eq}`a`", "```{note}\n```", "> :::{note}", ":tags: [x]", "(label)=", "{cite:p}`a,b`"):
        assert raw(f"Text.\n\n{sample}\n"), sample


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_has_its_pages_cells_and_their_outputs(name: str, book: Path) -> None:
    notebook = read(book / f"{name}.ipynb")
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert "stamp" not in json.dumps(notebook.metadata)
    options = CELL.findall((DOCS / f"{name}.md").read_text("utf-8"))
    install, *cells = [cell for cell in code(notebook) if not cell.source.startswith("%%writefile")]
    assert "import rnn_guide" in install.source
    assert len(cells) == sum("remove-cell" not in option for option in options)
    assert any(cell.outputs for cell in cells)
    assert not [cell for cell in cells if "print(" in cell.source and "def " not in cell.source and not cell.outputs]


def test_links_lead_to_files_that_exist(book: Path) -> None:
    for name in NAMES:
        copies = [(book / f"{name}.md").read_text("utf-8")]
        if name in NOTEBOOKS:
            copies += [cell.source for cell in read(book / f"{name}.ipynb").cells if cell.cell_type == "markdown"]
        for text in copies:
            for address in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
                assert ((book / name).parent / address).exists(), (name, address)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page above beside another, built without an address."""
    folder = tmp_path_factory.mktemp("small") / "docs"
    folder.mkdir()
    bibliography = "\n```{bibliography}\n```\n"
    write_small_book(folder, {"page": PAGE + bibliography, "other": "# Another page\n\n## Below\n\nText.\n"})
    (folder / "arrow.png").write_bytes(b"an image")
    run = build(folder, folder.parent / "html")
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def test_a_page_becomes_exactly_this_markdown(small: Path) -> None:
    text = (small.parent / "html" / "page.md").read_text("utf-8")
    assert text.partition("\n- <a id=")[0] == TEXT


def test_a_page_becomes_exactly_these_cells(small: Path) -> None:
    notebook = read(small.parent / "html" / "page.ipynb")
    first, install, page, cell, *rest = notebook.cells
    assert first.source == "From the book rnn-guide: *A small page*"
    assert "import rnn_guide" in install.source
    assert page.source == TEXT.partition("\n\n```python")[0]
    assert cell.source == "print(1 + 1)\n1 + 2"
    assert [output.get("text") or output.data["text/plain"] for output in cell.outputs] == ["2\n", "3"]
    assert cell.metadata == {"jupyter": {"source_hidden": True}}
    assert [later.cell_type for later in rest] == ["markdown"]


def test_a_build_that_does_not_read_a_page_again_writes_its_copies_again(small: Path) -> None:
    output = small.parent / "html"
    run = build(small, output, SITE_URL="https://book.example/")
    assert run.returncode == 0, run.stdout + run.stderr
    for name in ("page.md", "page.ipynb"):
        (output / name).unlink()
    # The site's name stands in the pages' frame and not in their text, which changes with the site's address.
    run = build(small, output, options=("-D", "html_title=Another name"), SITE_URL="https://book.example/")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "reading sources" not in run.stdout
    text = (output / "page.md").read_text("utf-8")
    assert "[Another page](https://book.example/other.md)" in text
    notebook = read(output / "page.ipynb")
    assert "[A small page](https://book.example/page.html)" in notebook.cells[0].source
    assert "[Below](https://book.example/other.html#below)" in notebook.cells[2].source
    assert notebook.cells[3].outputs
    assert [path.name for path in (output / "wheels").iterdir()] == ["rnn_guide-0.1.0-py3-none-any.whl"]
    assert not list((output / "_sources").rglob("*.ipynb"))

    again = small.parent / "again" / "html"
    run = build(small, again, SITE_URL="https://book.example")
    assert run.returncode == 0, run.stdout + run.stderr
    for path in [*output.rglob("*.md"), *output.rglob("*.ipynb"), *output.rglob("*.whl")]:
        assert path.read_bytes() == (again / path.relative_to(output)).read_bytes(), path


def test_templates_learn_where_colab_opens_a_notebook() -> None:
    app = SimpleNamespace(config=SimpleNamespace(html_baseurl="", notebooks_repository="someone/book"))
    assert notebook.colab(app, "gates/lstm") is None, "without a site there is no branch of notebooks"
    app.config.html_baseurl = "https://book.example/"
    app.config.notebooks_repository = ""
    assert notebook.colab(app, "gates/lstm") is None
    app.config.notebooks_repository = "someone/book"
    address = "https://colab.research.google.com/github/someone/book/blob/notebooks/gates/lstm.ipynb"
    assert notebook.colab(app, "gates/lstm") == address


def test_a_wheel_that_cannot_be_built_fails_the_build(tmp_path: Path) -> None:
    config = SimpleNamespace(html_baseurl="https://book.example", project="rnn-guide", release="0")
    app = SimpleNamespace(
        builder=SimpleNamespace(name="html"), config=config, outdir=tmp_path / "out", confdir=tmp_path / "docs"
    )
    with pytest.raises(ExtensionError, match="hatchling did not build rnn_guide-0-py3"):
        notebook.build_wheel(app)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader's Python: it has pip and everything that the book needs, but not the book."""
    folder = tmp_path_factory.mktemp("reader") / "venv"
    venv.create(folder, with_pip=True)
    base = {"base": str(folder), "platbase": str(folder)}
    # Not a second site folder: its .pth files, and with them the project installed as editable, do not count.
    outside = Path(sysconfig.get_path("purelib", "venv", base), "outside.pth")
    outside.write_text(f"{Path(pytest.__file__).parent.parent}\n")
    return Path(sysconfig.get_path("scripts", "venv", base), "python.exe" if os.name == "nt" else "python")


@pytest.mark.parametrize(
    "name", ["gates/counting-parameters", "layers/vanishing-gradient", "examples/count-parameters"]
)
def test_a_notebook_runs_in_an_empty_folder_and_puts_out_what_the_page_shows(
    name: str, site: tuple[Path, str], python: Path, tmp_path: Path
) -> None:
    folder, address = site
    stored = read(folder / f"{name}.ipynb")
    copy = tmp_path / "copy.ipynb"
    copy.write_bytes((folder / f"{name}.ipynb").read_bytes())
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("TF_", "KERAS_", "PIP_"))}
    environment |= {"PYTHONPATH": str(ROOT / "tests" / "support" / "loopback_only"), "PIP_NO_INDEX": "1"}
    empty = tmp_path / "empty"
    empty.mkdir()
    run = subprocess.run(
        [python, "-c", RUN, copy], cwd=empty, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    install, *cells = code(read(copy))
    assert f'%pip install -q "rnn-guide[{{extra}}] @ {address}wheels/' in install.source
    for cell, page in zip(cells, code(stored)[1:], strict=True):
        assert shown(cell) == shown(page), cell.source
    where = "import rnn_guide; print(rnn_guide.__file__)"
    environment.pop("PYTHONPATH")
    installed = subprocess.run(
        [python, "-c", where], cwd=empty, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert Path(installed).is_relative_to(python.parent.parent)


def shown(cell: NotebookNode) -> list[object]:
    """Return what a cell put out, without what it logged and in how many pieces it came."""
    texts = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
    return [texts, *(output.data for output in cell.outputs if "data" in output)]
