"""From a Matplotlib figure to SVG that follows the page's theme.

Matplotlib measures text in DejaVu Sans, which is wider than the system fonts
of phones and desktops; what fits in the figure therefore fits on the page.
"""

import hashlib
import io
import os
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
from matplotlib.figure import Figure

from .style import PALETTE
from .typeset import typeset

# Matplotlib's own black and white are ink and paper too, for figures drawn without the palette.
_ROLES = {value.light: role for role, value in PALETTE.items()} | {"#000000": "ink", "#ffffff": "paper"}
_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "rnn-guide",
    "savefig.bbox": "standard",
    "mathtext.fontset": "dejavusans",  # the one fontset whose letters are plain Unicode
}


class Picture:
    """A picture as SVG text; a notebook shows it inline.

    Args:
        title: what a screen reader calls the picture.
        svg: the ``<svg>`` element.

    >>> from rnn_guide import diagrams
    >>> diagrams.lstm_cell()
    Picture('LSTM cell')
    """

    def __init__(self, title: str, svg: str) -> None:
        self.title = title
        self._svg = svg

    def __repr__(self) -> str:
        return f"Picture({self.title!r})"

    def __str__(self) -> str:
        return self._svg

    def _repr_html_(self) -> str:
        return self._svg

    def save(self, path: "str | os.PathLike[str]") -> None:
        """Write the SVG to a file, whole or not at all.

        Args:
            path: where to write; an existing file is replaced.

        >>> import tempfile
        >>> from rnn_guide import diagrams
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     diagrams.lstm_cell().save(Path(folder, "lstm.svg"))
        ...     os.listdir(folder)
        ['lstm.svg']
        """
        target = Path(path)
        unfinished = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            unfinished.write_text(self._svg + "\n", encoding="utf-8")
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)


def picture(fig: Figure, title: str, description: str) -> Picture:
    """Turn a Matplotlib figure into a picture that follows the page's theme.

    The colours of the palette become CSS variables; others stay as they are.
    Unicode subscripts, as in ``"hₜ₋₁"``, are set as real ones. If pyplot holds
    the figure it is closed there, or a notebook would show it a second time.

    Args:
        fig: the figure.
        title: what a screen reader calls the picture.
        description: what it reads out instead of the picture.

    Raises:
        TypeError: if ``fig`` is not a figure or a text not a string.
        ValueError: if the title or the description is empty.

    >>> from rnn_guide.diagrams import colour
    >>> fig = Figure(figsize=(2, 1))
    >>> text = fig.text(0.5, 0.5, "hₜ", color=colour("ink"))
    >>> svg = str(picture(fig, "A letter", "The state at time t."))
    >>> "var(--rnn-ink, #222832)" in svg, '<tspan dy="0.3em" font-size="70%">t</tspan>' in svg
    (True, True)
    """
    if not isinstance(fig, Figure):
        raise TypeError(f"fig must be a matplotlib Figure, got {fig!r}")
    for name, text in (("title", title), ("description", description)):
        if not isinstance(text, str):
            raise TypeError(f"{name} must be a str, got {text!r}")
        if not text.strip():
            raise ValueError(f"{name} must be a text for readers who cannot see the picture, got {text!r}")
    buffer = io.StringIO()
    with matplotlib.rc_context(_SETTINGS):  # type: ignore[arg-type]
        fig.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(fig)
    root = _parse(buffer.getvalue())
    for element in root.iter():
        _theme(element)
    typeset(root)
    _name(root, title, description)
    return Picture(title, ElementTree.tostring(root, encoding="unicode"))


def _parse(svg: str) -> ElementTree.Element:
    """Return Matplotlib's SVG without metadata, namespaces and white space."""
    root = ElementTree.fromstring(svg)  # noqa: S314, Matplotlib wrote it a moment ago
    for parent in list(root.iter()):
        for child in list(parent):
            # Matplotlib's style element would apply to the whole page; its one rule is in _name.
            if child.tag.endswith("}metadata") or child.find("{*}style") is not None:
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.partition("}")[2]
        for key in [key for key in element.attrib if key.startswith("{")]:
            element.set(key.partition("}")[2], element.attrib.pop(key))
        if element.tag not in ("text", "tspan"):
            element.text = None
        element.tail = None
    return root


def _variable(role: str) -> str:
    return f"var(--rnn-{role}, {PALETTE[role].light})"


def _theme(element: ElementTree.Element) -> None:
    """Replace the palette's colours by variables and drop Matplotlib's fonts."""
    style = element.get("style")
    if style is None:
        return
    kept = []
    for declaration in style.split("; "):
        key, _, value = declaration.partition(": ")
        if key != "font-family":
            kept.append(f"{key}: {_variable(_ROLES[value]) if value in _ROLES else value}")
        elif "monospace" in value:
            kept.append("font-family: ui-monospace, monospace")
    element.set("style", "; ".join(kept))


def _name(root: ElementTree.Element, title: str, description: str) -> None:
    """Give the picture its title, its size and ids that no other picture has."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "picture"
    digest = hashlib.sha256(ElementTree.tostring(root) + description.encode()).hexdigest()
    prefix = f"{slug}-{digest[:6]}"
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, f"{prefix}-{value}")
            elif key == "href" and value.startswith("#"):
                element.set(key, f"#{prefix}-{value[1:]}")
            else:
                element.set(key, value.replace("url(#", f"url(#{prefix}-"))
    for tag, text in (("desc", description), ("title", title)):
        child = ElementTree.Element(tag, {"id": f"{prefix}-{tag}"})
        child.text = text
        root.insert(0, child)
    width = float(root.get("viewBox", "").split()[2])
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": root.get("viewBox", ""),
        "role": "img",
        "aria-labelledby": f"{prefix}-title {prefix}-desc",
        "style": f"max-width: {width:g}px; fill: {_variable('ink')}; font-family: system-ui, sans-serif; "
        "stroke-linejoin: round",
    }
