"""Write what the search looks in: every section of the built pages, its prose apart from its code.

Sphinx's own search finds pages, and only those that hold every word asked. This
one finds sections. Their list is a script, so that it loads from a folder too;
`web/site/search.js` gives it to MiniSearch.
"""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from .. import node
from . import metadata

ENGINE = node.MODULES / "minisearch"
COMMENT = re.compile(r"^ */\*\*.*?\*/\n", re.S | re.M)
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
BLOCKS = frozenset({"p", "li", "dt", "dd", "tr", "div", "section", "figcaption", "table", "details", "summary"})
# Elements and classes by what the text in them is. `apart` can be searched, and makes no sense out of its place.
KINDS = {
    "out": {
        *("svg", "script", "style", "button"),
        *(".katex", "div.math", ".headerlink", ".frame", ".toctree-wrapper", ".explorable"),
    },
    "heading": {"h1", "h2", "h3", "h4", ".descclassname", ".descname"},
    "apart": {"pre", ".cell_output", ".solution", ".field-list", ".sig"},
    "strong": {"strong"},
}
WORD = re.compile(r"[^\W\d]\w+")
CITED = re.compile(r" ?\[[^\]]*(?:\d{4}|n\.d\.)[a-z]?\]")

COMMANDS = {
    "tanh": "tanh", "max": "max", "sigma": "σ", "theta": "θ", "gamma": "γ", "alpha": "α", "epsilon": "ε", "odot": "⊙",
    "cdot": "·", "partial": "∂", "approx": "≈", ",": " ", ";": " ", "top": "ᵀ", "infty": "∞",
}  # fmt: skip
# What can stand below and above the line.
SCRIPTS = {
    "_": dict(zip("0123456789+-aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)),
    "^": dict(zip("0123456789+-nt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵗ", strict=True)),
}


def script(part: re.Match[str]) -> str:
    """Return what stands below or above the line in letters that do, if there are such for all of it."""
    letters, signs = part[2].strip("{}"), SCRIPTS[part[1]]
    return "".join(signs[letter] for letter in letters) if set(letters) <= set(signs) else part[0]


def plain(tex: str) -> str:
    """Return a short formula as a line of text, or three dots for one that needs more than that."""
    tex = re.sub(r"\\tilde (\w)", "\\1\u0303", tex.replace("{,}", ",").replace(r"^\top", r"\top"))
    tex = re.sub(r"([_^])(\w|\{[^{}]+\})", script, tex)
    tex = re.sub(r"\\(\w+|[,;])", lambda command: COMMANDS.get(command[1], command[0]), tex)
    return "…" if re.search(r"[\\{}^_]", tex) or len(tex) > 24 else tex


def tidy(text: str) -> str:
    """Return text on one line."""
    return re.sub(r"\s+([,.;:)])", r"\1", re.sub(r"\s+", " ", text)).strip()


@dataclass
class Section:
    """A place where an answer may stand: a section, a term of the glossary, an entry of the reference."""

    page: str
    anchor: str
    title: str
    heading: str = ""
    strong: str = ""
    blocks: list[str] = field(default_factory=lambda: [""])
    apart: str = ""

    def record(self) -> dict[str, str]:
        """Return what the script gets of it; of what is not shown, each word once."""
        whole = "\n".join(tidy(block) for block in self.blocks if re.search(r"\w", block) and block != "Predict")
        text = CITED.sub("", whole)
        apart = set(WORD.findall(" ".join([self.apart, *CITED.findall(whole)]))) - set(WORD.findall(text))
        titles = {"title": tidy(self.title), "heading": tidy(self.heading), "strong": tidy(self.strong)}
        return {"page": self.page, "anchor": self.anchor, **titles, "text": text, "apart": " ".join(sorted(apart))}


class Reader(HTMLParser):
    """Reads the sections of a page, whose elements are all closed, as Sphinx writes them."""

    def __init__(self, page: str, description: str) -> None:
        super().__init__()
        self.page, self.description = page, description
        self.sections: list[Section] = []
        self.within: list[tuple[int, Section]] = []  # the sections that are not over, and how deep they began
        self.open: list[tuple[str, str]] = []  # the elements that are not over, and what the text in them is

    def begin(self, anchor: str) -> None:
        """Begin a section; a page's first one is the page itself."""
        whole = Section(self.page, "", "", blocks=[self.description, ""])
        self.sections.append(Section(self.page, anchor, self.sections[0].heading) if self.sections else whole)
        self.within.append((len(self.open), self.sections[-1]))

    def leave(self, depth: int) -> None:
        """Leave the sections that began so deep or deeper."""
        while self.within and self.within[-1][0] >= depth:
            self.within.pop()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Tell from an element what the text in it is, and whether a section begins."""
        if tag in VOID:
            return
        values = {name: value or "" for name, value in attrs}
        names = {tag, *(f"{of}.{name}" for name in values.get("class", "").split() for of in ("", tag))}
        kind = self.open[-1][1] if self.open else ""
        if tag == "annotation":
            kind = "tex"
        elif kind != "out":
            told = next((of for of, elements in KINDS.items() if names & elements), kind)
            kind = kind if kind == "apart" and told == "strong" else told
            if tag == "dt" and "id" in values and kind != "apart":
                kind = "heading"  # a term; an entry's name is only a part of its line
        if "id" in values and tag in ("section", "dt"):
            if tag == "dt":
                self.leave(len(self.open))  # the entry before; its description is over
            self.begin(values["id"])
        elif self.ends_block(tag):
            self.within[-1][1].blocks.append("")
        elif tag == "td" and self.within:
            self.within[-1][1].blocks[-1] += " · " if self.within[-1][1].blocks[-1] else ""
        self.open.append((tag, kind))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and the section that it was; an entry's lasts as long as the list of entries."""
        if tag in VOID:
            return
        self.open.pop()
        if tag in ("section", "dl"):
            self.leave(len(self.open) + (tag == "dl"))
        if self.ends_block(tag):
            self.within[-1][1].blocks.append("")

    def ends_block(self, tag: str) -> bool:
        """Return whether a line of text begins or ends with this element; a row of a table is one line."""
        return bool(self.within) and tag in BLOCKS and not any(name == "tr" for name, _ in self.open)

    def handle_data(self, data: str) -> None:
        """Add text to its section."""
        kind = self.open[-1][1] if self.open else ""
        if kind == "tex":
            alone = any(name == "div" and of == "out" for name, of in self.open)
            kind = "out" if alone else next((of for _, of in reversed(self.open) if of not in ("tex", "out")), "")
            data = plain(data)
        if not self.within or kind == "out":
            return
        section = self.within[-1][1]
        if kind == "heading":
            section.heading += data
        elif kind == "apart":
            section.apart += f"{data} "
        else:
            section.blocks[-1] += data
            section.strong += f"{data} " if kind == "strong" else ""


def read(page: str, html: str, description: str) -> list[dict[str, str]]:
    """Return the sections of a page, but for the list of its sources."""
    reader = Reader(page, description)
    reader.feed(html[html.index("<article") : html.index("</article>")])
    return [section.record() for section in reader.sections if section.heading != "Sources"]


def switch_off(app: Sphinx) -> None:
    """Have no index of Sphinx's, and so no search page."""
    if app.builder.name == "html":
        app.builder.search = False  # type: ignore[attr-defined]


def pages(app: Sphinx) -> list[tuple[str, dict[str, str], str]]:
    """Have a search page, ours."""
    return [("search", {}, "search.html")] if app.builder.name == "html" else []


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the sections as a script, and put the engine beside it.

    Raises:
        ExtensionError: if the engine is not installed.
    """
    if exception or app.builder.name != "html":
        return
    if not ENGINE.exists():
        raise ExtensionError("MiniSearch is not installed: build the book with `python3 run.py docs`")
    out, sections = Path(app.outdir), []
    for name in metadata.pages(app):
        sections += read(name, (out / f"{name}.html").read_text("utf-8"), metadata.describe(app, name))
    lines = ",\n".join(json.dumps(section, ensure_ascii=False) for section in sections)
    (out / "_static" / "sections.js").write_text(f"const SECTIONS = [\n{lines}\n];\n", "utf-8")
    licence, engine = ((ENGINE / name).read_text("utf-8") for name in ("LICENSE.txt", "dist/umd/index.js"))
    (out / "_static" / "minisearch.js").write_text(f"/*\n{licence}*/\n{COMMENT.sub('', engine)}", "utf-8")
