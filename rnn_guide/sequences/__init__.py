"""The sequences that the book's models learn from, in the form they take them.

Each loader imports the package that ships its data only when it is called.
"""

from . import names, source
from .adding import adding_problem
from .names import place_names
from .source import python_classes, python_source

__all__ = ["CLASSES", "COUNTRIES", "adding_problem", "place_names", "python_classes", "python_source"]

#: ISO code and name of the ten countries, in the order of the labels.
COUNTRIES = names.COUNTRIES

#: The classes of a character of Python source, in the order of the labels.
CLASSES = source.CLASSES
