"""Python source, from the standard library, and the class of each character, from ``tokenize``."""

import ast
import hashlib
import io
import keyword
import sysconfig
import tokenize
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..params import _integer

CLASSES = ("space", "name", "keyword", "string", "comment", "number", "operator")
PARTS = ("train", "validation", "test")

# Tests, and what is mostly tables, made by a program, or not there in every Python.
_LEFT_OUT = {"site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "distutils", "encodings"}
_MOST = 30  # snippets of one file, so that no file makes up much of a part
_KINDS = {tokenize.STRING: 3, tokenize.COMMENT: 4, tokenize.NUMBER: 5, tokenize.OP: 6}


def python_classes(text: str) -> NDArray[np.int8]:
    """Return the class of each character of Python source, as Python's own ``tokenize`` sees it.

    A string is of one class from its prefix to its closing quote. Python 3.12
    and later tokenize the expressions inside f-strings; here they stay part of
    the string, as in 3.11. ``match``, ``case`` and ``type`` are names.

    Args:
        text: source that Python can parse.

    Returns:
        For each character the position of its class in ``CLASSES``, shape (characters,).

    Raises:
        TypeError: if ``text`` is not a string.
        ValueError: if ``text`` cannot be tokenized.

    >>> print(*(CLASSES[place] for place in python_classes("if x")))
    keyword keyword space name
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {type(text).__name__}")
    classes = np.zeros(len(text), dtype=np.int8)
    # Lines as tokenize counts them: str.splitlines would also end one at a form feed.
    starts = np.cumsum([0, *(len(line) for line in io.StringIO(text))])
    begun: list[int] = []  # where the f-strings begin that are still open
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            first, last = (int(starts[row - 1]) + column for row, column in (token.start, token.end))
            name = tokenize.tok_name[token.type]
            if name in ("FSTRING_START", "TSTRING_START"):
                begun.append(first)
            elif name in ("FSTRING_END", "TSTRING_END"):
                classes[begun.pop() : last] = 3
            elif token.type == tokenize.NAME:
                classes[first:last] = 2 if keyword.iskeyword(token.string) else 1
            elif token.type in _KINDS:
                classes[first:last] = _KINDS[token.type]
    except (tokenize.TokenError, SyntaxError) as error:
        raise ValueError(f"text must be Python source, got {error.args[0]}") from None
    return classes


def python_source(
    snippets: int, part: str = "train", length: int = 400, seed: int = 0
) -> tuple[list[str], NDArray[np.int8]]:
    """Return pieces of the standard library, and the class of each of their characters.

    A snippet begins where a function begins and goes on for ``length``
    characters, no matter where the function ends. No two overlap or are equal,
    at most 30 are of one file, and all are ASCII without tabs. The parts share
    no file: a hash of its path says which part a file is in, whatever the seed.
    What there is differs a little from one version of Python to the next.

    Args:
        snippets: how many.
        part: ``"train"``, ``"validation"`` or ``"test"``; of ten files about eight, one and one.
        length: characters of each.
        seed: of the choice of files and of the order.

    Returns:
        The snippets, and their classes as positions in ``CLASSES``, shape (snippets, length).

    Raises:
        TypeError: if ``snippets``, ``length`` or ``seed`` is not an integer.
        ValueError: if ``part`` is none of the three, a number is too small, or there are fewer snippets.

    Source: the standard library of the Python that runs, PSF License.

    >>> texts, classes = python_source(2, "validation", length=60)
    >>> classes.shape, len(texts[0]), texts[0].split()[0]
    ((2, 60), 60, 'def')
    """
    snippets, length = _integer("snippets", snippets), _integer("length", length)
    seed = _integer("seed", seed, least=0)
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}, got {part!r}")
    rng = np.random.default_rng(seed)
    files = _files(part)
    found: dict[str, NDArray[np.int8]] = {}
    for place in rng.permutation(len(files)):
        if len(found) >= snippets:
            break
        found |= _cut(files[place], length)
    if len(found) < snippets:
        raise ValueError(f"snippets must be at most {len(found)} in the {part} part, got {snippets}")
    texts = list(found)
    chosen = [texts[place] for place in rng.permutation(len(texts))[:snippets]]
    return chosen, np.stack([found[text] for text in chosen])


def _files(part: str) -> list[Path]:
    root = Path(sysconfig.get_paths()["stdlib"])
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py"))
    return [root / path for path in paths if not _LEFT_OUT & set(path.split("/")) and _part(path) == part]


def _part(path: str) -> str:
    tenth = hashlib.sha256(path.encode()).digest()[0] % 10
    return {0: "test", 1: "validation"}.get(tenth, "train")


def _cut(path: Path, length: int) -> dict[str, NDArray[np.int8]]:
    """Return the snippets of a file with their classes; of a file that is no plain Python, none."""
    try:
        text = path.read_text("utf-8")
        tree = ast.parse(text)
    except (ValueError, SyntaxError):  # of what is not UTF-8, too
        return {}
    if not text.isascii() or "\t" in text or "\f" in text:
        return {}
    classes = python_classes(text)
    starts = np.cumsum([0, *(len(line) for line in text.splitlines(keepends=True))])
    found: dict[str, NDArray[np.int8]] = {}
    free = 0
    for line in sorted(node.lineno for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        first = int(starts[line - 1])
        if free <= first <= len(text) - length and len(found) < _MOST:
            free = first + length
            found[text[first:free]] = classes[first:free]
    return found
