"""Formulas in SVG text.

Matplotlib places every letter of a formula by itself, in its own font; in
another font the letters drift apart. Here a formula is plain text, such as
``"hₜ₋₁"``, that becomes one flowing text in whatever font the reader has.
"""

import re
from xml.etree import ElementTree

# The mark (Matplotlib's gid) of a text whose single letters are variables.
FORMULA = "formula"

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+−aehijklmnoprstuvx")
_SUBSCRIPT = "".join(map(chr, _SUBSCRIPTS))
_RUN = re.compile(rf"(?P<sub>[{_SUBSCRIPT}]+)|(?P<variable>(?<![A-Za-z])[A-Za-z]\u0303?(?![A-Za-z]))")


def typeset(root: ElementTree.Element) -> None:
    """Set the subscripts in every text, and slant the variables in formulas.

    Args:
        root: the picture's ``<svg>`` element, changed in place.

    >>> root = ElementTree.fromstring('<svg><g id="formula"><text>tanh(xₜ)</text></g></svg>')
    >>> typeset(root)
    >>> [(span.text, span.get("font-style")) for span in root.iter("tspan")]
    [('x', 'italic'), ('t', 'italic'), (')', None)]
    """
    for group in root.iter("g"):
        is_formula = group.get("id") == FORMULA
        if is_formula:
            del group.attrib["id"]
        for text in group.findall("text"):
            _set_runs(text, is_formula)


def _set_runs(text: ElementTree.Element, is_formula: bool) -> None:
    content, text.text = text.text or "", ""
    lowered = False
    for run, is_subscript, is_variable in _runs(content, is_formula):
        if not (is_subscript or is_variable or lowered or len(text)):
            text.text += run
            continue
        span = ElementTree.SubElement(text, "tspan")
        span.text = run
        # dy moves all that follows, and its em is the span's own size.
        if is_subscript != lowered:
            span.set("dy", "0.3em" if is_subscript else "-0.21em")
        if is_subscript:
            span.set("font-size", "70%")
        if is_variable:
            span.set("font-style", "italic")
        lowered = is_subscript


def _runs(content: str, is_formula: bool) -> "list[tuple[str, bool, bool]]":
    """Split a text into runs, each with whether it is a subscript and whether slanted."""
    runs = []
    end = 0
    for match in _RUN.finditer(content):
        runs.append((content[end : match.start()], False, False))
        end = match.end()
        if match["sub"]:
            lowered = match["sub"].translate(_SUBSCRIPTS)
            parts = re.split("([a-z])", lowered) if is_formula else [lowered]
            runs += [(part, True, is_formula and part.isalpha()) for part in parts]
        else:
            runs.append((match["variable"], False, is_formula))
    runs.append((content[end:], False, False))
    return [run for run in runs if run[0]]
