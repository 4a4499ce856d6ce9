"""Give every plot of every page the book's style, without the page asking for it.

Matplotlib reads the file that MATPLOTLIBRC names when a kernel imports it.
"""

import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from rnn_guide import diagrams


def setting(value: Any) -> str:
    """Write a value as Matplotlib's configuration files have it, where # begins a comment."""
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text.replace("#", "")


def write_style(app: Sphinx) -> None:
    """Write the style where the kernels of this build find it."""
    path = Path(app.doctreedir) / "matplotlibrc"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{key}: {setting(value)}\n" for key, value in diagrams.rc().items()), "utf-8")
    os.environ["MATPLOTLIBRC"] = str(path)
