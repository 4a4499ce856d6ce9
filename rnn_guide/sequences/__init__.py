"""The sequences that the book's models learn from, in the form they take them.

Each loader imports the package that ships its data only when it is called.
"""

from . import fulda, names, source
from .adding import adding_problem
from .delay import mackey_glass
from .fulda import fulda_river
from .names import place_names
from .source import python_classes, python_source
from .sums import digit_sums, written_sums

__all__ = [
    "CLASSES",
    "COUNTRIES",
    "WEATHER",
    "adding_problem",
    "digit_sums",
    "fulda_river",
    "mackey_glass",
    "place_names",
    "python_classes",
    "python_source",
    "written_sums",
]

#: ISO code and name of the ten countries, in the order of the labels.
COUNTRIES = names.COUNTRIES

#: The columns of the weather over the Fulda.
WEATHER = fulda.WEATHER

#: The classes of a character of Python source, in the order of the labels.
CLASSES = source.CLASSES
