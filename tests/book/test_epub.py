"""The e-book is whole and well-formed, and needs no script to be read."""

from collections import Counter
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, fromstring, tostring
from zipfile import ZipFile

import pytest

from book import DOCS, PAGES, build

XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
MATH = "{http://www.w3.org/1998/Math/MathML}math"
SVG = "{http://www.w3.org/2000/svg}svg"


@pytest.fixture(scope="module")
def epub(own: Path) -> dict[str, bytes]:
    """The e-book's files, built with the outputs of the book's cells."""
    output = own / "epub"
    run = build(DOCS, output, options=("-b", "epub"))
    assert run.returncode == 0, run.stdout + run.stderr
    with ZipFile(output / "rnn-guide.epub") as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.fixture(scope="module")
def pages(epub: dict[str, bytes]) -> dict[str, Element]:
    """The e-book's pages, each parsed as XML."""
    return {name: fromstring(content) for name, content in epub.items() if name.endswith(".xhtml")}


def test_every_page_is_there(epub: dict[str, bytes], pages: dict[str, Element]) -> None:
    names = {path.relative_to(DOCS).with_suffix(".xhtml").as_posix() for path in PAGES}
    assert names <= set(pages)
    listed = {link.get("href") for link in pages["nav.xhtml"].iter(f"{XHTML}a")}
    assert names <= listed
    assert not [name for name in epub if name.startswith(("_sources", ".doctrees")) or name.endswith(".ipynb")]


def test_the_list_of_files_is_true(epub: dict[str, bytes], pages: dict[str, Element]) -> None:
    package = fromstring(epub["content.opf"])
    items = {item.attrib["href"]: item.get("properties", "").split() for item in package.iter(f"{OPF}item")}
    assert set(items) == set(epub) - {"mimetype", "META-INF/container.xml", "content.opf"}
    for name, page in pages.items():
        held = {kind for kind, tag in (("mathml", MATH), ("svg", SVG)) if next(page.iter(tag), None) is not None}
        assert held == set(items[name]) - {"nav"}, name
    identifier = next(package.iter("{http://purl.org/dc/elements/1.1/}identifier")).text
    assert identifier
    assert f'name="dtb:uid" content="{identifier}"' in epub["toc.ncx"].decode()


def test_every_link_and_style_sheet_leads_somewhere(epub: dict[str, bytes], pages: dict[str, Element]) -> None:
    ids = {name: {element.get("id") for element in page.iter()} for name, page in pages.items()}
    for name, page in pages.items():
        for element in page.iter():
            for address in filter(None, (element.get("href"), element.get("src"))):
                parts = urlsplit(address)
                if parts.scheme:
                    continue
                target = normpath(join(dirname(name), unquote(parts.path))) if parts.path else name
                assert target in epub, (name, address)
                assert not parts.fragment or parts.fragment in ids[target], (name, address)


def test_no_id_stands_twice_on_a_page(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
        assert [key for key, count in ids.items() if count > 1] == [], name


def test_every_formula_is_mathml(epub: dict[str, bytes], pages: dict[str, Element]) -> None:
    formulas = [
        element for page in pages.values() for element in page.iter() if "math" in element.get("class", "").split()
    ]
    assert len(formulas) > 100
    assert [element for element in formulas if len(list(element.iter(MATH))) != 1] == []
    for name in pages:
        assert b"$$" not in epub[name], name
        assert b"katex-html" not in epub[name], name
    assert not [name for name in epub if "katex" in name]


def test_pictures_have_plain_colours_and_nothing_is_folded(pages: dict[str, Element]) -> None:
    pictures = [picture for page in pages.values() for picture in page.iter(SVG)]
    assert len(pictures) >= 5
    assert not [picture for picture in pictures if b"var(" in tostring(picture)]
    for name, page in pages.items():
        for tag in ("details", "script", "button"):
            assert next(page.iter(XHTML + tag), None) is None, (name, tag)
    assert "remembered(forget_bias, 1000)" in "".join(pages["gates/lstm.xhtml"].itertext())
