"""The weights of recurrent layers, from one framework to another.

:data:`LAYOUTS` says how Keras, PyTorch and ONNX keep them; :func:`convert` moves them.
NumPy is all that is needed.
"""

from .convert import convert
from .layouts import GATES, LAYOUTS, Layout

__all__ = ["GATES", "LAYOUTS", "Layout", "convert"]
