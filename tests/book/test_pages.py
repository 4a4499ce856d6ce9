"""Every chapter keeps the frame that CONTRIBUTING.md describes."""

import json
import re
from pathlib import Path

import pytest

from book import CHAPTERS, DOCS, FIXES, PAGES

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n((?::[^\n]*\n)*)(.*?)^```$", re.M | re.S)
chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def cells(path: Path) -> list[tuple[str, str]]:
    """Return options and code of a page's cells."""
    return CELL.findall(path.read_text("utf-8"))


@chapter
def test_has_the_parts_in_order(path: Path) -> None:
    text = path.read_text("utf-8")
    parts = [
        "# ",
        "Before you start",
        "{runtime}",
        "} Predict",
        "## What goes wrong here",
        "## Exercises",
        "## Sources",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "description:" in text.split("---")[1]


@chapter
def test_every_question_is_settled_by_the_next_cell_or_explorable(path: Path) -> None:
    text = path.read_text("utf-8")
    for question in re.split(r"\{admonition\} Predict", text)[1:]:
        assert CELL.search(question) or ":::{explorable} " in question, "nothing that runs follows the question"


@chapter
def test_every_exercise_has_a_solution_that_runs(path: Path) -> None:
    text = path.read_text("utf-8")
    labels = re.findall(r"```\{exercise\} .*\n:label: (\S+)", text)
    assert len(labels) >= 3
    for label in labels:
        solution = text.split(f"{{solution-start}} {label}\n")[1].split("{solution-end}")[0]
        assert CELL.search(solution), label


@pytest.mark.parametrize("path", FIXES, ids=lambda path: path.stem)
def test_a_page_of_fixes_leads_from_each_symptom_to_its_section(path: Path) -> None:
    """It is for somebody in a hurry, so it has a table of symptoms in place of predictions and exercises."""
    text = path.read_text("utf-8")
    assert "description:" in text.split("---")[1]
    assert text.index("| you see |") < text.index("Before you start") < text.index("{runtime}") < text.index("\n## ")
    table = text.split("Before you start")[0]
    *sections, answered, sources = re.split(r"^## ", text, flags=re.M)[1:]
    assert (answered.split("\n")[0], sources.split("\n")[0]) == ("Questions that other pages answer", "Sources")
    for section in sections:
        heading, body = section.split("\n", 1)
        assert f"](#{anchor(heading)})" in table, "the table of symptoms does not lead here"
        assert CELL.search(body) or re.search(r"\]\(\.\./\S+\)", body), f"neither a run nor a page for {heading}"
    assert len(re.findall(r"\]\(#", table)) == len(sections)


def anchor(heading: str) -> str:
    """Return a heading's address as the site makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@page
def test_code_fits_a_narrow_column(path: Path) -> None:
    for _, code in cells(path):
        lines = [line for line in code.strip().splitlines() if not line.startswith("%")]
        assert len(lines) <= 30, code
        assert [line for line in lines if len(line) > 70] == []


def test_every_chapter_has_a_measured_time() -> None:
    times = json.loads((DOCS / "runtimes.json").read_text("utf-8"))
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in PAGES if cells(path)}
    assert set(times) == pages, "run `python3 run.py benchmarks -- --record`"
