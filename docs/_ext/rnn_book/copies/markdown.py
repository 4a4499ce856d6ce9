"""Write a page as Markdown that every program reads: CommonMark, GitHub's tables, formulas between dollars.

It starts from the resolved doctree, so that citations, numbers of equations
and links are what the page shows. sphinx-markdown-builder starts there too;
it leaves out admonitions, exercises, citations and numbers of equations,
rounds the numbers in tables, and cannot stop at the cells.
"""

import re
from collections.abc import Callable, Iterator
from functools import singledispatchmethod
from types import SimpleNamespace
from typing import cast

from docutils import nodes
from sphinx import addnodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.locale import admonitionlabels
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator
from sphinx_design.dropdown import dropdown_title
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node

# A cell stays a node, so that a notebook can make a cell of it.
Piece = str | nodes.container

SPECIAL = re.compile(r"[\\`*$~]|\](?=\()|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
START = re.compile(r"^(\d*)(?=[.)] |(?<!\d)(?:#{1,6} |>|[-+] ))")
LANGUAGES = {"default": "python", "none": "text"}
ALIGNED = {"text-left": ":--", "text-center": ":-:", "text-right": "--:"}


def escape(text: str) -> str:
    """Return text with a backslash before what Markdown would take for markup."""
    return SPECIAL.sub(r"\\\g<0>", re.sub(r"\s*\n\s*", " ", text))


def fence(language: str, code: str) -> str:
    """Return a block of code, between more backticks than it holds."""
    ticks = "`" * max([3, *(1 + len(run) for run in re.findall("`+", code))])
    return f"{ticks}{language}\n{code.rstrip()}\n{ticks}"


def prefix(first: str, others: str, text: str) -> str:
    """Return text with one mark before its first line and another before the others."""
    head, *tail = text.split("\n")
    return "\n".join([first + head, *((others + line).rstrip() for line in tail)])


def listed(items: list[str], first: int | None = None) -> str:
    """Return a list, numbered from `first` on, with empty lines between its items if an item has some."""
    marks = ["- " if first is None else f"{first + place}. " for place in range(len(items))]
    gap = "\n\n" if any("\n\n" in item for item in items) else "\n"
    return gap.join(prefix(mark, " " * len(mark), item) for mark, item in zip(marks, items, strict=True))


def elements(node: nodes.Node) -> list[nodes.Element]:
    """Return a node's children that are no text."""
    return [child for child in node.children if isinstance(child, nodes.Element)]


def anchors(node: nodes.Element) -> str:
    """Return the places that links to a node lead to. A heading has its own: programs name it like its text."""
    own = {node["slug"], *map(nodes.make_id, node["names"])} if "slug" in node else ()
    return "".join(f'<a id="{name}"></a>' for name in node["ids"] if name not in own)


class Writer:
    """The Markdown of one page.

    Args:
        builder: the HTML builder while it writes the page, because it knows the page's numbers.
        link: where a reference leads.
        cell: a cell as text, for a cell inside a quote or a list.
    """

    def __init__(
        self,
        builder: StandaloneHTMLBuilder,
        link: Callable[[nodes.Element], str],
        cell: Callable[[nodes.container], str],
    ) -> None:
        self.builder = builder
        self.link = link
        self.cell = cell

    def children(self, node: nodes.Node) -> str:
        """Return what stands in a line."""
        return "".join(self.inline(child) for child in node.children)

    def inside(self, node: nodes.Node, start: int = 0) -> Iterator[Piece]:
        """Yield the blocks of a node's children, from one of them on."""
        for child in node.children[start:]:
            yield from self.blocks(child)

    def text(self, node: nodes.Node, start: int = 0) -> str:
        """Return the blocks of a node's children as one text."""
        return "\n\n".join(piece if isinstance(piece, str) else self.cell(piece) for piece in self.inside(node, start))

    def entry(self, entry: nodes.Element) -> str:
        """Return an entry of a table as one line."""
        return self.text(entry).replace("\n\n", "<br>").replace("\n", " ").replace("|", "\\|")

    @singledispatchmethod
    def inline(self, node: nodes.Node) -> str:
        """Return a node in a line: its children, unless there is a rule for it."""
        return self.children(node)

    @inline.register(nodes.Invisible)
    @inline.register(nodes.raw)
    def _(self, _node: nodes.Node) -> str:
        return ""

    @inline.register
    def _(self, node: nodes.Text) -> str:
        return escape(str(node))

    @inline.register
    def _(self, node: nodes.emphasis) -> str:
        return f"*{self.children(node)}*"

    @inline.register
    def _(self, node: nodes.strong) -> str:
        return f"**{self.children(node)}**"

    @inline.register
    def _(self, node: nodes.literal) -> str:
        text = node.astext()
        ticks = "`" * max([1, *(1 + len(run) for run in re.findall("`+", text))])
        pad = " " if "`" in text[:1] + text[-1:] else ""
        return f"{ticks}{pad}{text}{pad}{ticks}"

    @inline.register
    def _(self, node: nodes.math) -> str:
        return f"${' '.join(node.astext().split())}${node.get('tail', '')}"  # katex.py has put the comma there

    @inline.register
    def _(self, node: nodes.reference) -> str:
        address = self.link(node)
        return f"[{self.children(node)}]({f'<{address}>' if set(address) & set(' ()') else address})"

    @inline.register
    def _(self, node: nodes.image) -> str:
        return f"![{escape(node.get('alt', ''))}]({self.link(node)})"

    @singledispatchmethod
    def blocks(self, node: nodes.Node) -> Iterator[Piece]:
        """Yield a node's blocks: a paragraph, or its children's blocks, unless there is a rule for it."""
        if isinstance(node, nodes.TextElement | nodes.image):
            text = START.sub(r"\1\\", self.inline(node).strip())
            if text:
                yield text
        else:
            yield from self.inside(node)

    @blocks.register
    def _(self, node: nodes.container) -> Iterator[Piece]:
        if node.get("nb_element") == "cell_code":
            yield node
        else:
            yield from self.inside(node)

    @blocks.register
    def _(self, node: addnodes.desc) -> Iterator[Piece]:  # which is an admonition to docutils
        yield from self.inside(node)

    @blocks.register
    def _(self, node: nodes.title) -> Iterator[Piece]:
        section = node.parent
        level = 1
        while isinstance(section.parent, nodes.section):
            section, level = section.parent, level + 1
        if anchors(node.parent):
            yield anchors(node.parent)
        yield f"{'#' * min(level, 6)} {self.children(node)}"

    @blocks.register
    def _(self, node: dropdown_title) -> Iterator[Piece]:
        yield f"**{self.children(node)}**"

    @blocks.register
    def _(self, node: nodes.literal_block) -> Iterator[Piece]:
        language = node.get("language", "none")
        yield fence(LANGUAGES.get(language, language), node.astext())

    @blocks.register
    def _(self, node: nodes.doctest_block) -> Iterator[Piece]:
        yield fence("pycon", node.astext())

    @blocks.register
    def _(self, node: nodes.math_block) -> Iterator[Piece]:
        if node["ids"]:
            yield anchors(node)
        writer = cast(HTML5Translator, SimpleNamespace(builder=self.builder))
        tag = f" \\tag{{{get_node_equation_number(writer, node)}}}" if node["number"] else ""
        yield f"$$\n{node.astext().strip()}{tag}\n$$"

    @blocks.register
    def _(self, node: nodes.block_quote) -> Iterator[Piece]:
        yield prefix("> ", "> ", self.text(node))

    @blocks.register
    def _(self, node: nodes.sidebar) -> Iterator[Piece]:  # an aside in the margin, whose title is empty
        yield prefix("> ", "> ", self.text(node, 1))

    @blocks.register(nodes.Admonition)
    def _(self, node: nodes.Element) -> Iterator[Piece]:
        own = isinstance(node[0], nodes.title)
        title = self.children(node[0]) if own else str(admonitionlabels[node.tagname])
        yield prefix("> ", "> ", f"**{title}**\n\n{self.text(node, int(own))}")

    @blocks.register(exercise_node)
    @blocks.register(exercise_enumerable_node)
    @blocks.register(solution_node)
    def _(self, node: nodes.Element) -> Iterator[Piece]:
        kind = self.builder.env.domains.standard_domain.get_enumerable_node_type(node) or ""
        number = self.builder.fignumbers.get(kind, {}).get(node["ids"][0])
        label = self.builder.config.numfig_format[kind] % ".".join(map(str, number)) if number else ""
        yield f"{anchors(node)}**{label}{self.children(node[0])}{'.' if label else ''}**"
        yield from self.inside(node, 1)

    @blocks.register(nodes.bullet_list)
    @blocks.register(nodes.enumerated_list)
    def _(self, node: nodes.Element) -> Iterator[Piece]:
        first = node.get("start", 1) if isinstance(node, nodes.enumerated_list) else None
        yield listed([self.text(item) for item in node.children], first)

    @blocks.register(nodes.definition_list)
    @blocks.register(nodes.field_list)
    def _(self, node: nodes.Element) -> Iterator[Piece]:
        items = []
        for item in elements(node):
            name, *_, body = elements(item)
            gap = " " if isinstance(body[0], nodes.paragraph) else "\n\n"
            items.append(f"{anchors(name)}**{self.children(name)}**:{gap}{self.text(body)}")
        yield listed(items)

    @blocks.register
    def _(self, node: nodes.citation) -> Iterator[Piece]:
        yield listed([anchors(node) + self.text(node, 1)])

    @blocks.register
    def _(self, node: addnodes.desc_signature) -> Iterator[Piece]:
        yield f"{anchors(node)}**`{node.astext()}`**"

    @blocks.register
    def _(self, node: nodes.table) -> Iterator[Piece]:
        rows = [elements(row) for row in node.findall(nodes.row)]
        marks = [next((ALIGNED[name] for name in entry["classes"] if name in ALIGNED), "---") for entry in rows[0]]
        head, *body = [[self.entry(entry) for entry in row] for row in rows]
        yield "\n".join(f"| {' | '.join(row)} |" for row in [head, marks, *body])
