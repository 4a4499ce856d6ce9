"""What the build promises: the same pages twice, nothing stale, and a failure for every defect."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from docutils import nodes
from sphinx.errors import ExtensionError

from book import DOCS, HEAD, PAGES, ROOT, build, executed, write_small_book
from rnn_book import formulas, node
from rnn_book.cells import stamp
from rnn_book.site import fonts, versions


def test_two_cold_builds_are_the_same_byte_for_byte(book: Path, tmp_path: Path) -> None:
    again = tmp_path / "html"
    run = build(DOCS, again)
    assert run.returncode == 0, run.stdout + run.stderr
    files = sorted(file.relative_to(book) for file in book.rglob("*") if file.is_file())
    others = sorted(file.relative_to(again) for file in again.rglob("*") if file.is_file())
    assert files == others
    assert len(files) > 50
    assert [str(file) for file in files if (book / file).read_bytes() != (again / file).read_bytes()] == []


def test_nothing_is_left_raw(book: Path) -> None:
    """Markup that its renderer did not know would stand on the page as text."""
    for file in book.rglob("*.html"):
        text = re.sub(r"<(pre|code|annotation|script)\b.*?</\1>", "", file.read_text("utf-8"), flags=re.S)
        assert re.findall(r"\|\s*-{3}|—\|—|\{(?:cite|eq|doc|ref)\b|\$\$|:::", text) == [], file
    assert "<td" in (book / "gates" / "counting-parameters.html").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).with_suffix("").as_posix())
def test_a_page_depends_on_every_file_that_its_imports_load(page: Path) -> None:
    """Python itself is the oracle: it imports what the page and its script import, and says what that loaded."""
    text = page.read_text("utf-8")
    scripts = [(ROOT / name).read_text("utf-8") for name in stamp.EXAMPLE.findall(text)]
    trees = [ast.parse(source) for source in (stamp.cells(text), *scripts)]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    ours = [ast.unparse(node) for node in nodes if "rnn_guide" in ast.unparse(node)]
    tell = "import sys; print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'rnn_guide'))"
    loaded = subprocess.run(
        [sys.executable, "-c", "\n".join([*ours, tell])], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    python = [path for path in stamp.dependencies(text, ROOT) if path.suffix == ".py"]
    found = {path for path in python if path.parent.name != "examples"}
    assert found == {Path(file) for file in loaded}


def page(code: str, title: str = "A page") -> str:
    return f"{HEAD}# {title}\n\n```{{code-cell}}\n{code}\n```\n"


def test_an_edit_of_the_package_runs_the_pages_that_import_it_and_no_other(tmp_path: Path) -> None:
    source, output = tmp_path / "docs", tmp_path / "out" / "html"
    source.mkdir()
    shutil.copytree(ROOT / "rnn_guide", tmp_path / "rnn_guide", ignore=shutil.ignore_patterns("__pycache__"))
    pages = {
        "counts": page("from rnn_guide import params\nprint('count', int(params.lstm(64, 128)))"),
        "runs": page("from rnn_guide.cells import sigmoid\nprint(sigmoid(0.0))"),
        "neither": page("print('a plain page')"),
    }
    write_small_book(source, pages)
    cold = build(source, output, tmp_path)
    assert cold.returncode == 0, cold.stdout + cold.stderr
    assert executed(cold) == {"counts", "runs", "neither"}
    assert executed(build(source, output, tmp_path)) == set()

    module = tmp_path / "rnn_guide" / "params" / "recurrent.py"
    text = module.read_text("utf-8")
    assert text.count("4 * ((m + n) * n + biases)") == 1
    module.write_text(text.replace("4 * ((m + n) * n + biases)", "5 * ((m + n) * n + biases)"), "utf-8")
    edited = build(source, output, tmp_path)
    assert edited.returncode == 0, edited.stdout + edited.stderr
    assert executed(edited) == {"counts"}
    assert "count 123520" in (output / "counts.html").read_text("utf-8")


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book without a defect, in a folder that is named like a glob."""
    folder = tmp_path_factory.mktemp("small") / "book (copy) [2]"
    folder.mkdir()
    plot = (
        "import matplotlib.pyplot as plt\nfrom rnn_guide import diagrams\nplt.plot([1, 2])\n"
        "diagrams.picture(plt.gcf(), 'A plot', 'It rises.')"
    )
    pieces = "print('one', end='', flush=True)\nprint(' line  ', flush=True)\nprint('and another')"
    kernel = (
        "import json\nfrom ipykernel.connect import get_connection_file\nprint(json.load(open(get_connection_file())))"
    )
    note = "# A page\n\n:::{note}\nMind.\n:::\n"
    write_small_book(folder, {"plot": page(plot), "pieces": page(pieces), "kernel": page(kernel), "note": note})
    run = build(folder, folder / "out" / "html")
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "out" / "html"


def test_every_plot_has_the_books_style_without_asking(healthy: Path) -> None:
    plot = re.search(r"<svg.*?</svg>", (healthy / "plot.html").read_text("utf-8").split("<article")[1])
    assert plot is not None
    assert "var(--rnn-i, #0072b2)" in plot[0]  # the line, which Matplotlib would draw in #1f77b4
    assert "font-size: 16px" in plot[0] or "font: 16px" in plot[0]


def test_a_line_that_the_kernel_sends_in_pieces_is_one_line_on_the_page(healthy: Path) -> None:
    text = "one line  \nand another\n"
    assert f"<pre><span></span>{text}</pre>" in (healthy / "pieces.html").read_text("utf-8")
    assert f"```text\n{text}```" in (healthy / "pieces.md").read_text("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no sockets that are files")
def test_a_kernel_listens_at_files_that_no_other_process_can_take(healthy: Path) -> None:
    told = (healthy / "kernel.md").read_text("utf-8")
    assert "'transport': 'ipc'" in told
    (socket,) = re.findall(r"'ip': '([^']*)'", told)
    assert Path(socket).is_absolute()
    assert not Path(socket).parent.exists(), "the folder goes with the kernel"


def test_styles_survive_a_folder_that_is_named_like_a_glob(healthy: Path) -> None:
    assert "admonition" in (healthy / "_static" / "site.css").read_text("utf-8")


DEFECTS = {
    "a failing cell": (page("1 / 0"), "ZeroDivisionError"),
    "a broken link": ("# A page\n\n[](nowhere.md)\n", "nowhere.md"),
    "an image without alternative text": ("# A page\n\n![](picture.svg)\n", "image without alternative text"),
    "a plot without alternative text": (
        page("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"),
        "image without alternative text",
    ),
    "a formula that KaTeX cannot read": ("# A page\n\n$\\frac{1$\n", "KaTeX parse error"),
    "an output on standard error": (page("import sys\nprint('careful', file=sys.stderr)"), "stderr"),
    "a chapter whose time nobody measured": ("# A page\n\n{runtime}`cells`\n", "in runtimes.json: run"),
}


@pytest.fixture(scope="module")
def defective(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """A small book that has every defect, each on a page of its own."""
    folder = tmp_path_factory.mktemp("defective")
    write_small_book(folder, {file_name(defect): text for defect, (text, _) in DEFECTS.items()})
    api = folder / "reference" / "api.md"
    api.write_text(api.read_text("utf-8").replace("   :members:", "   :members: run\n", 1), "utf-8")
    (folder / "picture.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", "utf-8")
    return build(folder, folder / "out" / "html")


def file_name(defect: str) -> str:
    return defect.replace(" ", "-")


@pytest.mark.parametrize("defect", list(DEFECTS))
def test_a_defect_fails_the_build(defect: str, defective: subprocess.CompletedProcess[str]) -> None:
    """Any warning fails it; that there is none without a defect shows the small book that has none."""
    assert defective.returncode != 0
    _, complaint = DEFECTS[defect]
    warnings = re.findall(r"^.*(?:WARNING|ERROR).*(?:\n(?!.*(?:WARNING|ERROR)).*)*", defective.stderr, re.MULTILINE)
    assert [text for text in warnings if file_name(defect) in text and complaint in text], defective.stderr


def test_an_undocumented_public_name_fails_the_build(defective: subprocess.CompletedProcess[str]) -> None:
    assert defective.returncode != 0
    assert "WARNING: rnn_guide.params.lstm is public and not in the reference" in defective.stderr


def test_a_formula_takes_the_stop_after_it_and_no_other() -> None:
    """The text after the first code is equal to that after the formula, but another one."""
    words = ["Of ", nodes.literal("", "a"), ". ", nodes.literal("", "b"), " is ", nodes.math("", "x"), ". ", "End"]
    paragraph = nodes.paragraph("", "", *(nodes.Text(word) if isinstance(word, str) else word for word in words))
    (math,) = paragraph.findall(nodes.math)
    formulas.keep_punctuation(math)
    assert math["tail"] == "."
    assert [child.astext() for child in paragraph] == ["Of ", "a", ". ", "b", " is ", "x", " ", "End"]


def test_styles_of_no_page_at_all_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError, match="there is no page in"):
        node.run("purge.mjs", text="p { color: red }", folder=tmp_path)


def test_another_tensorflow_runs_every_page_again() -> None:
    assert re.search(r"\btensorflow(?:_cpu)?-\d", stamp.versions())


def test_the_fonts_hold_what_scripts_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text("a", "utf-8")
    (tmp_path / "ours.js").write_text("'ξ'", "utf-8")
    assert "ξ" not in fonts.shown(tmp_path)
    monkeypatch.setattr(fonts, "SCRIPTS", [tmp_path])
    assert {"a", "ξ"} <= fonts.shown(tmp_path)


def test_a_file_of_another_content_has_another_address(book: Path, tmp_path: Path) -> None:
    text = (book / "gates" / "lstm.html").read_text("utf-8")
    static = re.findall(r'(?:href|src)="[^"]*_static/[^"]+\.(?:css|js)[^"]*', text)
    assert len(static) > 5
    assert [address for address in static if "?v=" not in address] == []
    addresses = set()
    for content in ("one", "other"):
        (tmp_path / "a.js").write_text(content)
        found = versions.STATIC.match(f'src="_static/../a.js?v={content}')
        assert found
        (tmp_path / "_static").mkdir(exist_ok=True)
        addresses.add(versions.versioned(tmp_path, found))
    assert len(addresses) == 2


def test_no_page_tells_where_it_was_built(book: Path) -> None:
    pages = [file for file in book.rglob("*") if file.suffix in {".html", ".md", ".ipynb", ".js", ".txt", ".json"}]
    assert len(pages) > 50
    assert [file.name for file in pages if str(ROOT) in file.read_text("utf-8")] == []
