"""The weights of recurrent layers, from one framework to another.

``LAYOUTS`` says how Keras, PyTorch and ONNX keep them; :func:`convert` moves them.
NumPy is all that is needed.
"""

from .convert import convert
from .layouts import LAYOUTS, Layout

__all__ = ["LAYOUTS", "Layout", "convert"]
