"""Every symbol in a formula is in the notation, and no page uses one before the page that introduces it."""

import re
from pathlib import Path

import pytest

from book import CHAPTERS, DOCS, FIXES

NOTATION = (DOCS / "reference" / "notation.md").read_text("utf-8")
NAMES = re.findall(r"^((?:layers|gates|behaviour|work)/\S+)$", (DOCS / "index.md").read_text("utf-8"), re.M)
ORDER = [DOCS / f"{name}.md" for name in NAMES]
GREEK = {"alpha", "sigma", "gamma", "epsilon", "theta"}
MATH = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+?)\$|^```\{math\}\n(?::[^\n]*\n)*(.*?)^```", re.M | re.S)


def symbols(math: str) -> set[str]:
    """Return the letters of a formula: ``h``, ``W``, ``sigma``, ``tilde c``; a derivative ``dh`` is ``d`` and ``h``."""
    math = re.sub(r"\\(?:text|mathrm|label)\{[^}]*\}|\\(?:begin|end)\{[^}]*\}", " ", math)
    found = {f"tilde {letter}" for letter in re.findall(r"\\tilde\s*\{?([a-z])", math)}
    math = math.replace("e^{-", "{-")  # the number e
    found |= {"sigma max"} if r"\sigma_{\max}" in math else set()
    math = re.sub(r"\\tilde\s*\{?[a-z]|\\sigma_\{\\max\}", " ", math)
    found |= GREEK & set(re.findall(r"\\([A-Za-z]+)", math))
    return found | set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", math)))


def in_formulas(text: str) -> set[str]:
    """Return the symbols of all formulas of a page, code left out."""
    prose = re.sub(r"^```\{code-cell\}.*?^```$", "", text.split("---", 2)[-1], flags=re.M | re.S)
    prose = re.sub(r"`[^`\n]*`", "", prose)
    return set().union(*(symbols(next(filter(None, match))) for match in MATH.findall(prose)))


def introduced() -> dict[str, Path]:
    """Return for each symbol of the notation the page that it says introduces it."""
    table = NOTATION.split("## Symbols")[1].split("## ")[0]
    pages = {}
    for row in re.findall(r"^\| \$.*$", table, re.M):
        shown, *_, link = row.strip("|").split("|")
        target = re.search(r"\]\(\.\./(.+?)\.md\)", link)
        assert target, f"{shown} is introduced nowhere"
        for symbol in in_formulas(shown):
            pages.setdefault(symbol, DOCS / f"{target[1]}.md")
    return pages


def test_the_chapters_are_in_order() -> None:
    assert set(ORDER) == {*CHAPTERS, *FIXES}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_symbols_are_in_the_notation_and_not_used_early(path: Path) -> None:
    where, here = introduced(), ORDER.index(path)
    used = in_formulas(path.read_text("utf-8"))
    assert used - set(where) == set()
    early = {symbol: where[symbol].stem for symbol in used if ORDER.index(where[symbol]) > here}
    assert early == {}


def test_the_page_that_is_said_to_introduce_a_symbol_uses_it() -> None:
    for symbol, path in introduced().items():
        assert symbol in in_formulas(path.read_text("utf-8")), (symbol, path.stem)


def test_the_glossary_is_in_alphabetical_order() -> None:
    (glossary,) = re.findall(r"^:::\{glossary\}\n(.*?)^:::", NOTATION, re.M | re.S)
    terms = re.findall(r"^(\S.*)$", glossary, re.M)
    assert len(terms) > 20
    assert terms == sorted(terms, key=str.lower)


def test_an_unknown_symbol_would_be_found() -> None:
    cell = "```{code-cell}\nprice = '$v$'\n```"
    text = f"---\nx\n---\nSee $q_t$ and `$w$`.\n\n{cell}\n\n$$\n\\tilde u \\odot \\sigma(a)\n$$\n"
    assert in_formulas(text) == {"q", "t", "tilde u", "sigma", "a"}
