"""Replace the HTML of some extensions by HTML that works by keyboard, with a screen reader and without scripts.

sphinx-exercise, MyST-NB and docutils write folds, exercises and entries of the
bibliography; what is wrong with theirs stands at each replacement.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


def drop_ids(_app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Take away the ids that sphinx-exercise gives to every exercise; no page may have one twice."""
    for section in doctree.findall(nodes.section):
        if section["ids"] in (["exercise-content"], ["solution-content"]):
            section["ids"] = []


def leave_out(node: nodes.Element, kind: type[nodes.Element]) -> None:
    """Keep some of a node's children from being written here; the page's copies are written from the same node."""
    node["whole"] = node.children
    node.children = [child for child in node.children if not isinstance(child, kind)]


def visit_solution(translator: Any, solution: nodes.Element) -> None:
    """Open a fold, which needs no script; an e-book, which may not open it, has the solution in sight."""
    leave_out(solution, nodes.title)
    solution["classes"] = ["solution"]
    if translator.builder.name == "epub":
        translator.body.append(translator.starttag(solution, "div") + '<p class="solution-title">Solution</p>')
    else:
        translator.body.append(translator.starttag(solution, "details") + "<summary>Solution</summary>\n")


def depart_solution(translator: Any, solution: nodes.Element) -> None:
    """Close the fold."""
    solution.children = solution["whole"]
    translator.body.append("</div>\n" if translator.builder.name == "epub" else "</details>\n")


def visit_hidden_input(translator: Any, cell: nodes.Element) -> None:
    """Fold a cell's code. MyST-NB's own fold is called by another name than the one it shows."""
    translator.body.append(f'<details class="hide {" ".join(cell["classes"])}"><summary>Code</summary>\n')


def visit_citation(translator: Any, citation: nodes.Element) -> None:
    """Write an entry of the bibliography as a paragraph: the usual roles are deprecated, labels tell nothing."""
    leave_out(citation, nodes.label)
    translator.body.append(translator.starttag(citation, "div", CLASS="citation"))


def depart_citation(translator: Any, citation: nodes.Element) -> None:
    """End the entry."""
    citation.children = citation["whole"]
    translator.body.append("</div>\n")
